"""The status to the committee: every benefit of the plan in one month or quarter, in at most four pages.

Used by `notebooks/status.ipynb`. Sections, areas and source are those of `maalgrupper` in the plan's
params, with the edition's period; `status` says how often there is an edition.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from beskplan.blocks.html import shown
from beskplan.blocks.model import Block, Cell, Column, Omitted, Prose, Row, Table, make
from beskplan.blocks.tables import cell, table
from beskplan.blocks.text.language import as_sentence, list_danish, number_word
from beskplan.blocks.text.one_benefit import IN_STEP_PCTPOINT, SMALL_BASE, has_pct
from beskplan.core.errors import Problem
from beskplan.core.periods import date_text
from beskplan.indicators.quantities import Quantity
from beskplan.params import Maalgrupper as MaalgrupperParams
from beskplan.registers.areas import Area, kommuner
from beskplan.registers.areas import find as find_area
from beskplan.registers.indicators import INDICATORS
from beskplan.report.base import Context
from beskplan.report.beside import of_area, place_cell
from beskplan.report.followed_target import STATUS_WORDS, read_targets, status_key
from beskplan.report.maalgrupper import BENEFIT, Maalgrupper
from beskplan.report.maalgrupper_tal import BenefitSection
from beskplan.report.shared_blocks import prose, small
from beskplan.report.status_periode import edition_of, newest_period, waits_for

WITHOUT_WORD = "vurderes ikke"
TOO_FEW = "for få"
JUDGEMENT = (
    f"»Vurdering« sammenligner ændringen i pct. med ændringen {{where}}. »Som«: højst "
    f"{IN_STEP_PCTPOINT} procentpoint fra. »Bedre«: antallet er steget mindre eller faldet mere. »Ringere«: "
    f"omvendt. »{WITHOUT_WORD.capitalize()}«: det er ikke givet, at færre på ydelsen er bedre. "
    f"»{TOO_FEW.capitalize()}«: under {SMALL_BASE} året før."
)
"""The fixed definition of the word, as the page has it."""


class Status(Maalgrupper):
    """The blocks of the status: those of `Maalgrupper`, of the edition's period, and its own."""

    bilag = "status"

    def __init__(self, context: Context) -> None:
        if context.periode is None and context.params.status and context.params.maalgrupper:
            context = replace(context, periode=newest_period(context).periode)
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
        return edition_of(plan.maalgrupper, periode)

    def no_params(self) -> Problem:
        """What is missing: how often, the sections, or any period with all numbers."""
        plan, file = self.context.params, self.context.file
        for name, expected in (
            ("status", "{hver: kvartal} eller {hver: maaned}"),
            ("maalgrupper", "afsnit"),
        ):
            if getattr(plan, name) is None:
                fix = "skriv den her eller i årets fil"
                return Problem(f"{file}: {name}", "nøglen mangler", "ingenting", expected, fix)
        lacking = newest_period(self.context).waits_for
        what = "der er ingen periode med tal for alle afsnit"
        found = f"der mangler {list_danish(lacking)}" if lacking else "ingen tal for kommunen"
        return Problem(self.where, what, found, fix="hent tallene (beskplan fetch)")

    def missing_data(self) -> Iterator[Problem]:
        """A period of another kind, or one for which a section has no numbers yet."""
        periode, status = self.context.periode, self.context.params.status
        if periode is None or status is None:
            return
        if periode.kind != status.kind:
            expected = {"M": "en måned som 2026M09", "Q": "et kvartal som 2026K3"}[status.kind]
            fix = f"`status.hver` er {status.hver}"
            yield Problem("parameter periode", "er en anden slags", periode.statbank, expected, fix)
        elif lacking := waits_for(self.context, periode):
            what = f"der er ikke tal for alle afsnit i {periode.text}"
            found = f"der mangler {list_danish(lacking)}"
            yield Problem(
                self.where, what, found, fix="vent på tallene, eller vælg en tidligere periode"
            )
        else:
            yield from super().missing_data()

    @shown
    def answer(self) -> Block:
        """The news in at most five sentences: all benefits, a year ago, others, the goals, what comes."""
        said = [*self._page.news(), *self._goals(), *self._next()]
        if not said:
            return Omitted(id="svar", reason="Der er ingen tal at sammenfatte.")
        return prose("svar", " ".join(map(as_sentence, said)))

    def _goals(self) -> Iterator[str]:
        """`af planens fire mål er to på vej og ét bagud`."""
        if self.context.params.maal is None:
            return
        keys = [status_key(one.own) for one in read_targets(self._as_of) if one.is_counted]
        counted = [(count, key) for key in STATUS_WORDS if (count := Counter(keys)[key])]
        if counted:
            parts = [f"{_goal_count(count)} {small(STATUS_WORDS[key])}" for count, key in counted]
            yield f"af planens {_goal_count(len(keys))} mål er {list_danish(parts)}"

    def _next(self) -> Iterator[str]:
        if self.context.periode is not None:
            yield (
                f"næste udgave handler om {self.context.periode.next.text} og kommer, når alle tallene er "
                "offentliggjort"
            )

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
    def scoreboard(self) -> Table:
        """Every benefit a row: level, change, the comparison's change, share, place and a word."""
        first = self._all[0]
        beside = first.references[0].area if first.references else None
        shares = [INDICATORS[name] for name in dict.fromkeys(one.params.andel for one in self._all)]
        names = list_danish([small(one.name) for one in shares])
        columns = [
            BENEFIT,
            Column(id="nu", label=first.now.head, unit=first.unit),
            Column(id="aendring", label="Ændring på et år", unit=first.unit),
            Column(id="pct", label="Ændring i pct.", unit="pct."),
            Column(id="andel", label="Andel", unit=list_danish([one.unit for one in shares])),
            Column(id="plads", label="Placering", kind="text"),
        ]
        if beside is not None:
            columns[4:4] = [Column(id="sammenlignet", label=beside.navn, unit="pct.")]
            columns.append(Column(id="vurdering", label="Vurdering", kind="text"))
        return table(
            id="resultattavle",
            title=f"Resultattavle {self.context.kommune.stedsform}",
            unit=f"Antal {first.unit} og {names}",
            period=f"{first.before.text} og {first.now.text}",
            columns=columns,
            rows=[self._score(one) for one in self._all],
            sources=self.context.data.sources(),
            notes=self._score_notes(beside),
        )

    def _score(self, one: BenefitSection) -> Row:
        own, signed = one.own, True
        cells = [
            cell(own.now),
            cell(own.change, signed=signed),
            cell(own.change_pct, signed=signed, unit="%"),
            cell(own.share or own.change_pct),
            self._place(one),
        ]
        if one.references:
            cells[3:3] = [cell(one.references[0].change_pct, signed=signed, unit="%")]
            cells.append(Cell(text=verdict(one)))
        return Row(label=one.short_title, cells=tuple(cells), emphasis=one.is_total)

    @cached_property
    def _others(self) -> list[Area]:
        """Those whose shares the own ones are placed among: the plan's group, else every municipality."""
        group = self.params.sammenligningsgruppe
        names = group.kommuner if group else ()
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

    def _score_notes(self, beside: Area | None) -> list[str]:
        group = self.params.sammenligningsgruppe
        among = f"{group.navn} ({group.kilde})" if group else "landets kommuner"
        placed = (
            f"»Placering«: blandt {among}, nr. 1 med den højeste andel. Kommuner med fortrolige eller "
            "manglende tal har ingen placering."
        )
        notes = [placed]
        if beside is not None:
            notes.append(JUDGEMENT.format(where=beside.stedsform))
        shares = dict.fromkeys(note for one in self._all for note in one.definitions)
        return [*notes, *shares]

    @shown
    def remarks(self) -> Prose | Omitted:
        """The administration's remarks on this edition, in the order of the sections."""
        status, periode = self.context.params.status, self.context.periode
        told = status.remarks(periode) if status and periode else {}
        titles = {one.name: one.short_title for one in self._read[1]}
        texts = [
            f"{titles.get(name, name)}: {told[name].tekst} ({told[name].navn}, {date_text(told[name].dato)})"
            for name in self.params.afsnit
            if name in told
        ]
        if not texts:
            return Omitted(id="bemaerkninger", reason="Der er ingen bemærkninger.", missed=False)
        return make(Prose, id="bemaerkninger", paragraphs=tuple(texts), bullets=True)


def verdict(one: BenefitSection) -> str:
    """`bedre`, `som` or `ringere`: the own change in per cent against that of the first area beside it."""
    own, other = one.own, one.references[0]
    if not one.benefit.faerre_er_bedre or one.group_words:
        return WITHOUT_WORD
    states: list[Quantity] = [own.change_pct, other.change_pct]
    if missing := next((state for state in states if not state.is_number), None):
        return missing.text()
    if not (has_pct(own) and has_pct(other)):
        return TOO_FEW
    gap = own.change_pct.printed - other.change_pct.printed
    if abs(gap) <= IN_STEP_PCTPOINT:
        return "som"
    return "bedre" if gap < 0 else "ringere"


def _goal_count(number: int) -> str:
    return "ét" if number == 1 else number_word(number)


load = Status.load
