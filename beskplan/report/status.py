"""The status to the committee: every benefit of the plan in one month or quarter, in at most four pages.

Used by `notebooks/status.ipynb`. Sections, areas and source are those of `maalgrupper` in the plan's
params, with the edition's period; `status` says how often there is an edition.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from beskplan.blocks.charts.line_chart import sparkline
from beskplan.blocks.html import shown
from beskplan.blocks.model import (
    Block,
    Cell,
    CellLine,
    Omitted,
    Prose,
    Table,
)
from beskplan.blocks.tables import Note, cell
from beskplan.blocks.text import language
from beskplan.blocks.text.all_benefits import Page
from beskplan.blocks.text.one_benefit import IN_STEP_PCTPOINT, SMALL_BASE, has_pct
from beskplan.core.danish import list_danish
from beskplan.core.errors import Problem
from beskplan.core.periods import Period, date_text, periods_between
from beskplan.indicators.followup import direction_of
from beskplan.indicators.forecast import Scenarios
from beskplan.indicators.quantities import Quantity
from beskplan.indicators.targets import Series, by_period, is_met
from beskplan.params.models import Maalgrupper as MaalgrupperParams
from beskplan.registers.areas import Area, area, kommuner
from beskplan.registers.areas import find as find_area
from beskplan.registers.indicators import ALL, INDICATORS
from beskplan.report import followed_target, status_periode
from beskplan.report.base import GET_NUMBERS, Context
from beskplan.report.beside import Matrix, is_region, of_area, place_cell
from beskplan.report.course import LENGTH, NO_PERIOD, course_figure, read_series
from beskplan.report.maalgrupper import BENEFIT, Maalgrupper
from beskplan.report.maalgrupper_tal import BenefitSection
from beskplan.report.place import problem
from beskplan.report.resultatmaal import targets_table
from beskplan.report.shared_blocks import (
    WORDS,
    ColumnOf,
    listing,
    pct_cell,
    prose,
    sentences,
    signed_cell,
)
from beskplan.report.target_section import courses_of

CHANGE = "aendring"
WITHOUT_WORD = "neutral"
TOO_FEW = "for få"
_BESIDE = {
    "bedre": ("bedre end {}", "bedre"),
    "som": ("som {}", "ens"),
    "ringere": ("ringere end {}", "ringere"),
}
"""How the words are told: the first with the area, the others after it."""
GOAL_WORDS = WORDS["maal_i_svaret"]
"""How the goals of each status are told: what stands before their number and what after."""
MOST_LINES = 3
"""So many benefits besides the total have their course drawn."""


class Status(Maalgrupper):
    """The blocks of the status: those of `Maalgrupper`, of the edition's period, and its own."""

    bilag = "status"

    def __init__(self, context: Context) -> None:
        if context.periode is None and context.params.status and context.params.maalgrupper:
            context = replace(context, periode=status_periode.newest_period(context).periode)
        super().__init__(context)

    @classmethod
    def load(cls, kommune: str, aar: int, periode: str = "", root: Path | None = None) -> Status:  # type: ignore[override]
        """The status of one municipality and period.

        Args:
            kommune: Name, code or slug of the municipality.
            aar: The plan year whose params are used.
            periode: `2026M09` or `2026K3`; empty for the newest with all numbers.
            root: The working copy; found from the current folder where left out.

        Raises:
            InputError: names, params, the period or data are wrong; all problems at once.
        """
        return cls(Context.load(cls.bilag, kommune, aar, root, periode)).checked()

    def asked(self) -> MaalgrupperParams | None:
        """The params of the target groups with the edition's period; None where something lacks."""
        plan, periode = self.context.params, self.context.periode
        if plan.status is None or plan.maalgrupper is None or periode is None:
            return None
        return status_periode.edition_of(plan.maalgrupper, periode, plan.status.udelad)

    @property
    def shown_beside(self) -> Sequence[str]:
        """The one area of the scoreboard."""
        return self.params.sammenlign_med[:1]

    def no_params(self) -> Problem:
        """What is missing: how often, the sections, or any period with all numbers."""
        plan, file = self.context.params, self.context.file
        for name, expected in (
            ("status", "{hver: kvartal} eller {hver: maaned}"),
            ("maalgrupper", "afsnit"),
        ):
            if getattr(plan, name) is None:
                return self.missing_key(f"{file}: {name}", expected)
        if status_periode.has_only_quarters(self.context):
            return self._only_quarters()
        lacking, one = status_periode.newest_period(self.context).waits_for, self.context.kommune
        found = f"der mangler {list_danish(lacking)}" if lacking else f"ingen tal for {one.navn}"
        if not lacking and one.valid_from and plan.aar <= one.valid_from.year:
            begins = f"{one.navn} findes fra {date_text(one.valid_from)}"
            return problem(
                "no-whole-period", self.where, begins, fix="vent med status, til der er tal"
            )
        return problem("no-whole-period", self.where, found, fix=GET_NUMBERS)

    def _only_quarters(self) -> Problem:
        return problem("only-quarters", f"{self.context.file}: status.hver", "maaned")

    def explained_sections(self) -> Collection[str]:
        """None: an edition has the administration's remarks instead."""
        return ()

    def missing_data(self) -> Iterator[Problem]:
        """A period of another kind, or one for which a section has no numbers yet."""
        periode, status = self.context.periode, self.context.params.status
        if periode is None or status is None:
            return
        if periode.kind != status.kind:
            expected = {"M": "en måned som 2026M09", "Q": "et kvartal som 2026K3"}[status.kind]
            where, found = f"{self.context.file}: status.hver", f"{status.hver}, {periode.statbank}"
            yield problem("other-period", where, found, expected=expected)
        elif status_periode.has_only_quarters(self.context):
            yield self._only_quarters()
        elif not status_periode.exists_in(self.context, periode):
            area_ = self.context.kommune
            heirs = list_danish([area(kode).navn for kode in area_.successors])
            end = f"en periode til og med {date_text(area_.valid_to)}" if area_.valid_to else ""
            found, fix = (
                f"{area_.navn}, {periode.text}",
                f"lav en plan for {heirs}" if heirs else "",
            )
            yield problem("area-ended", self.where, found, expected=end, fix=fix)
        elif lacking := status_periode.waits_for(self.context, periode):
            found = f"der mangler {list_danish(lacking)}"
            yield problem("lacks-numbers", self.where, found, period=periode.text)
        else:
            yield from super().missing_data()

    @cached_property
    def _page(self) -> Page:
        """The sentences, beside the one area that the scoreboard shows."""
        page = super()._page
        return replace(
            page, facts=tuple(replace(one, references=one.references[:1]) for one in page.facts)
        )

    @shown
    def answer(self) -> Block:
        """The news in at most five sentences: all benefits, a year ago, others, the goals, what comes."""
        said = [*self._page.news(), self._judged(), self._ahead()]
        if not any(said):
            return Omitted(id="svar", reason="Der er ingen tal at sammenfatte.")
        return prose("svar", sentences(*said))

    def _said_once(self) -> str:
        """Nothing: a status has no sections."""
        return ""

    def _judged(self) -> str:
        """How many goals are reached, on their way or behind; without goals, how the words are shared out."""
        keys = [followed_target.status_key(one.own) for one in self._targets if one.is_counted]
        if keys:
            return how_goals_stand(keys)
        words = Counter(verdict(one) for one in self._all if one.references and not one.is_total)
        where = self._all[0].references[0].area.stedsform if words else ""
        told = [(forms, words[word]) for word, forms in _BESIDE.items() if words[word]]
        if not told:
            return ""
        (forms, count), *more = told
        first = f"udviklingen er {forms[0].format(where)}"
        if count == words.total():
            return first if count == 1 else f"{first} på {language.all_benefits(count)}"
        on = f"på {language.number_word(count)} ydelse{'r' if count > 1 else ''}"
        return list_danish(
            [f"{first} {on}", *(f"{one[1]} på {language.number_word(n)}" for one, n in more)]
        )

    def _ahead(self) -> str:
        """Whether the goals will be met by the forecast; else when the next edition comes."""
        ends = Counter(found[1] for one in self._targets if (found := forecast_end(one)))
        if ends:
            return f"efter fremskrivningen {at_the_deadline(ends)}"
        following = self.context.periode and self.context.periode.next
        if following is None or not status_periode.exists_in(self.context, following):
            return ""
        return f"næste udgave handler om {following.text} og kommer, når alle tallene er offentliggjort"

    @cached_property
    def _targets(self) -> tuple[followed_target.FollowedTarget, ...]:
        return followed_target.read_targets(self._as_of) if self.context.params.maal else ()

    @cached_property
    def _as_of(self) -> Context:
        """The context in which the plan's targets are judged: on what was known at the edition's end."""
        params, periode = self.context.params, self.context.periode
        if params.maal is None or periode is None:
            return self.context
        last = periode.months()[-1]
        stands = min(params.maal.status_pr or last, last)
        held = params.maal.model_copy(update={"status_pr": stands})
        return replace(self.context, params=params.model_copy(update={"maal": held}))

    @shown
    def targets(self) -> Table | Omitted:
        """The plan's targets: status, distance, and the forecast with its interval to the deadline."""
        if not self._targets:
            return Omitted(id="resultatmaal", reason="Planen har ingen mål med tal.", missed=False)
        forecast = ("fremskrivning", "Fremskrivning til fristen", "", _forecast_cell)
        told = [WORDS["fremskrivning"]] if any(map(forecast_end, self._targets)) else []
        told += [WORDS["ingen_fremskrivning"]] if any(map(_is_quarterly, self._targets)) else []
        told += self._how_judged()
        return targets_table(self._as_of, self._targets, [forecast], told)

    def _how_judged(self) -> Iterator[str]:
        """What the words of the targets mean, and why some cannot be judged yet."""
        counted = [one for one in self._targets if one.is_counted]
        keys = {followed_target.status_key(one.own) for one in counted}
        if keys & {"on_track", "behind"}:
            yield WORDS["maal_metode"]["path"]
        waiting = (one for one in counted if followed_target.status_key(one.own) == "waiting")
        reasons = dict.fromkeys(map(followed_target.unknown_reason, waiting))
        if reasons:
            yield f"»Afventer tal«: {' '.join(reasons)}"

    @shown
    def scoreboard(self) -> Table:
        """Every benefit a row: the course, level, change beside the comparison's, share, place and a word."""
        first = self._all[0]
        beside = first.references[0].area if first.references else None
        shares = [INDICATORS[name] for name in dict.fromkeys(one.params.andel for one in self._all)]
        names = list_danish([one.name for one in shares])
        there = f"Ændring {beside.stedsform} i pct." if beside else "-"
        unit, of, start = first.unit, list_danish([one.unit for one in shares]), self._start
        # Read before the sources are asked for, which are those of all that was read.
        places = {one.name: self._place(one) for one in self._all} if self._others else {}
        columns: list[tuple[bool, ColumnOf]] = [
            (
                start is not None,
                ("fra", status_periode.column_head(start or first.now), unit, self._line),
            ),
            (True, ("nu", status_periode.column_head(first.now), unit, lambda one: one.own.now)),
            (True, (CHANGE, "Ændring på et år", unit, lambda one: signed_cell(one.own.change))),
            (
                True,
                (
                    "pct",
                    "Ændring på et år i pct.",
                    "pct.",
                    lambda one: pct_cell(one.own.change_pct),
                ),
            ),
            (beside is not None, ("sammenlignet", there, "pct.", _beside)),
            (True, ("andel", names, of, lambda one: one.own.shown_share)),
            (bool(places), ("plads", "Placering", "", lambda one: places[one.name])),
            (beside is not None, ("vurdering", "Vurdering", "", verdict)),
        ]
        known = (self._courses[one.name] for one in self._all) if start else ()
        gaps = any(start not in by_period(course) for course in known)
        lines = [f"»{NO_PERIOD}«: tallet kan ikke sammenlignes så langt tilbage."]
        return listing(
            self._all,
            BENEFIT,
            [column for is_there, column in columns if is_there],
            id="resultattavle",
            title=f"Ydelserne {self.context.kommune.stedsform}: antal, ændring på et år og andel",
            unit=language.capital(first.unit),
            period=f"{(start or first.before).text} til {first.now.text}",
            sources=self.context.data.sources(),
            notes=[*self._score_notes(beside), *(lines if gaps else [])],
        )

    @cached_property
    def _courses(self) -> dict[str, Series]:
        """By section: the own numbers of three years that can be compared."""
        found = {}
        for one in self._all:
            if length := LENGTH.get(one.now.kind):
                span = (one.now.shift(1 - length), one.now)
                found[one.name] = read_series(self.context.data, one.own.now, span)[0]
        return found

    @cached_property
    def _start(self) -> Period | None:
        """The first period that any section has; None where there is no course."""
        told = [p for one in self._courses.values() for p in one if p.quantity.state != "absent"]
        first = min((point.period for point in told), default=None)
        return first if first is not None and first < self._all[0].before else None

    def _line(self, one: BenefitSection) -> Cell:
        """The number in the first period, and the line from it to the number now."""
        known = by_period(self._courses[one.name])
        numbers = [known.get(period) for period in periods_between(self._start or one.now, one.now)]
        values = [n.exact if n is not None and n.is_number else None for n in numbers]
        made = Cell(text=NO_PERIOD) if numbers[0] is None else cell(numbers[0])
        if not (svg := sparkline(values)):
            return made
        line = CellLine(svg=svg, values=tuple(None if v is None else float(v) for v in values))
        return made.model_copy(update={"line": line})

    @shown
    def course(self) -> Block:
        """The course of the total and of those that have moved most, beside the area of the words."""
        chosen = self._leading(MOST_LINES + any(one.is_total for one in self._all))
        known = [one for one in chosen if one.own.change.is_number and self._has_anybody(one)]
        two = [replace(one, references=one.references[:1]) for one in known]
        return course_figure(self.context.data, two, "blandt de viste")

    def _has_anybody(self, one: BenefitSection) -> bool:
        """Whether anybody was on the benefit in the three years: a line at 0 says nothing."""
        return any(
            p.quantity.is_number and p.quantity.exact for p in self._courses.get(one.name, ())
        )

    @cached_property
    def _others(self) -> list[Area]:
        """Beside whose shares the own ones are placed: the plan's group, else all; of a region nobody."""
        if is_region(self.context.kommune):
            return []
        group = self.params.sammenligningsgruppe
        names = group.members if group else ()
        others = [find_area(name, kind="kommune") for name in names] or kommuner()
        return [one for one in others if one != self.context.kommune]

    def _place(self, one: BenefitSection) -> Cell:
        own = one.own.share
        if own is None:
            return Cell(text="-")
        shares = (
            of_area(own.origin, self.context.data, area, own.decimals) for area in self._others
        )
        return place_cell([own, *shares])

    def _score_notes(self, beside: Area | None) -> list[str | Note]:
        """What the columns mean, and what stands between the two periods at the changes it is about."""
        group = self.params.sammenligningsgruppe
        among = f"{group.navn} ({group.kilde})" if group and group.kilde else "landets kommuner"
        placed = (
            f"»Placering«: blandt {among}, nr. 1 med den højeste andel. Kommuner med fortrolige eller "
            "manglende tal eller med en andel på 0,0 har ingen placering."
        )
        notes: list[str | Note] = [placed] if self._others else []
        if beside is not None:
            used = {verdict(one) for one in self._all}
            limits = {"in_step": IN_STEP_PCTPOINT, "small": SMALL_BASE}
            told = [why for word, why in WORDS["vurderinger"].items() if word in used]
            said = " ".join((WORDS["vurdering"], *told))
            notes.append(said.format(where=beside.stedsform, **limits))
        offers = [one.label for one in self._all if one.benefit.tilbud]
        if offers:
            be = "er tilbud og tæller ikke med" if offers[1:] else "er et tilbud og tæller ikke med"
            notes.append(
                f"{list_danish([f'»{one}«' for one in offers])} {be} i antallet af ydelser."
            )
        breaks: dict[str, list[tuple[str, str]]] = {}
        for one in self._all:
            for note in self._breaks(one) if one.own.change.is_number else ():
                breaks.setdefault(note, []).append((one.label, CHANGE))
        shares = dict.fromkeys(note for one in self._all for note in one.definitions)
        return [*notes, *shares, *(Note(text, cells) for text, cells in breaks.items())]

    @cached_property
    def _matrix(self) -> Matrix:
        return Matrix(self.context, self.params, self._all)

    @shown
    def kommuner_aendring(self) -> Table | Omitted:
        """The municipalities of a region: each benefit's change on a year."""
        return self._matrix.changes()

    @shown
    def kommuner_andel(self) -> Table | Omitted:
        """The municipalities of a region: each benefit's share."""
        return self._matrix.shares()

    @shown
    def since(self) -> Table | Omitted:
        """What has changed since the last edition, and why."""
        return status_periode.since_table(
            self.context, status_periode.read_earlier(self.context), self._all, self._courses
        )

    @shown
    def remarks(self) -> Prose | Omitted:
        """The administration's remarks on this edition, in the order of the sections."""
        status, periode = self.context.params.status, self.context.periode
        told = status.remarks(periode) if status and periode else {}
        titles = {one.name: one.label for one in self._read[1]}
        texts = [
            f"{titles.get(name, name)}: {told[name].tekst} ({told[name].navn}, {date_text(told[name].dato)})"
            for name in self.params.afsnit
            if name in told
        ]
        if not texts:
            return Omitted(id="bemaerkninger", reason="Der er ingen bemærkninger.", missed=False)
        return Prose(id="bemaerkninger", paragraphs=tuple(texts), bullets=True)


def _beside(one: BenefitSection) -> Cell:
    return pct_cell(one.references[0].change_pct)


def verdict(one: BenefitSection) -> str:
    """`bedre`, `som` or `ringere`: the own change in per cent against that of the first area beside it."""
    own, other = one.own, one.references[0]
    if not one.benefit.faerre_er_bedre or one.group.id != ALL:
        return WITHOUT_WORD
    # Not of the per cent: 0 a year ago is too few, and no lack of numbers.
    states: list[Quantity] = [own.change, other.change]
    if missing := next((state for state in states if not state.is_number), None):
        return missing.text()
    if not (has_pct(own) and has_pct(other)):
        return TOO_FEW
    gap = own.change_pct.printed - other.change_pct.printed
    if abs(gap) <= IN_STEP_PCTPOINT:
        return "som"
    return "bedre" if gap < 0 else "ringere"


def forecast_end(followed: followed_target.FollowedTarget) -> tuple[Scenarios, str] | None:
    """The courses of a target that has a forecast to its deadline, and how it ends; None for any other."""
    found, own = courses_of(followed), followed.own
    if found is None or not found.forecast or own.level is None or not own.level.is_number:
        return None
    ends = (found.forecast[-1], found.lower[-1], found.upper[-1])
    met = {is_met(one.quantity, own.level, direction_of(followed.target)) for one in ends}
    return found, ("uvist" if len(met) > 1 else "nået" if met.pop() else "ikke nået")


def _is_quarterly(followed: followed_target.FollowedTarget) -> bool:
    """Whether a target that is still open is followed by quarters."""
    series = followed.series
    return bool(series and series[-1].period.kind == "Q") and not followed.own.final


def _forecast_cell(followed: followed_target.FollowedTarget) -> Cell:
    """`455 (430 til 480), nået`; why there is none, where there is none."""
    if (end := forecast_end(followed)) is None:
        return Cell(text="målet er gjort op" if followed.own.final else "ingen fremskrivning")
    found, words = end
    middle, lower, upper = (one[-1].quantity for one in (found.forecast, found.lower, found.upper))
    text = f"{followed_target.with_unit(middle)} ({lower.text()} til {upper.text()}), {words}"
    return Cell(text=text, value=float(middle.printed), origin=middle.origin)


def how_goals_stand(keys: Sequence[str]) -> str:
    """`af planens tre mål er to nået, og ét er bagud`; by the keys of `GOAL_WORDS`, at least one."""
    counted = [(_goals(n), *GOAL_WORDS[key]) for key in GOAL_WORDS if (n := keys.count(key))]
    (number, verb, rest), *more = counted
    if not more:
        return f"planens {number if len(keys) > 1 else 'ene'} mål {verb} {rest}"
    parts = [f"{verb} {number} {rest}", *(" ".join(one) for one in more)]
    return f"af planens {_goals(len(keys))} mål {language.list_clauses(parts)}"


def at_the_deadline(ends: Counter[str]) -> str:
    """`bliver to mål nået ved fristen, ét bliver ikke nået, og for ét er det uvist`."""
    every = "målet" if ends.total() == 1 else f"{_goals(ends.total())} mål"
    if list(ends) == ["uvist"]:
        return f"er det uvist, om {every} bliver nået ved fristen"
    (first, number), *rest = [(word, n) for word in ("nået", "ikke nået") if (n := ends[word])]
    noun = every if number == ends.total() else f"{_goals(number)} mål"
    parts = [f"bliver {noun} {first} ved fristen"]
    parts += [f"{_goals(n)} bliver {word}" for word, n in rest]
    parts += [f"for {_goals(n)} er det uvist"] if (n := ends["uvist"]) else []
    return language.list_clauses(parts)


def _goals(number: int) -> str:
    return "ét" if number == 1 else language.number_word(number)


load = Status.load
