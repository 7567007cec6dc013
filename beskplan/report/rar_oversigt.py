"""The regional overview: which ministers' goals and themes the plans of a region's jobcentres take up.

Used by `notebooks/rar_oversigt.ipynb`; what the plans say stands in the region's params under
`rar_oversigt`, or in the params of the municipalities themselves.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import chain, starmap
from pathlib import Path
from textwrap import shorten
from typing import Any

from beskplan.blocks.charts.canvas import drawing
from beskplan.blocks.charts.rows import Bar, ranking
from beskplan.blocks.html import shown
from beskplan.blocks.model import Block, Cell, Column, Omitted, Row, Source, Table
from beskplan.blocks.tables import figure, table
from beskplan.blocks.text.language import (
    UnitNoun,
    as_sentence,
    capital,
    counted_amount,
    number_word,
    with_examples,
)
from beskplan.core.danish import danish_key, list_danish
from beskplan.core.errors import ParamsError, Problem
from beskplan.indicators.quantities import ABSENT_TEXT
from beskplan.params.bilag import Mark, Planoversigt, Tema
from beskplan.params.bilag import RarOversigt as RarParams
from beskplan.params.maal import Maal
from beskplan.params.models import available, read
from beskplan.registers.areas import Area, area, find, joint_jobcentre, must_have_jobcentre
from beskplan.report.base import Report
from beskplan.report.shared_blocks import Shows, listing, notes, prose, sentences

NONE_TEXT = "-"
"""Printed where a plan does not have a goal: a table has no empty cells."""
LEGEND = (
    "»X«: planen har et mål med et resultatniveau. »(X)«: planen beskriver målet uden et resultatniveau. "
    f"»{NONE_TEXT}«: oversigten har ikke markeret målet."
)
MOST_OF_A_GOAL = 60
"""Characters of a goal beside its bar."""
MOST_WITH_ALL = 8
"""More jobcentres than this that have every goal are counted and not named."""
MOST_NAMED = 3
"""More jobcentres than this are counted, and named in brackets."""
NO_HANDICAP = Omitted(
    id="handicap", reason="Ingen af planerne nævner borgere med handicap særskilt."
)
JOBCENTRES = UnitNoun("ét jobcenter", "jobcentre")
MUNICIPALITIES = UnitNoun("én kommune", "kommuner")
"""Whose plans they are once no municipality need have a jobcentre."""
WITHOUT_LEVEL = ("kvalitativ", "naevnt", "retning", "opfoelgning")
"""Kinds of target that describe a goal without a level."""

PARTS = {
    "alle": 1.0, "næsten alle": 0.9, "de fleste": 0.7, "mange": 0.5, "en del": 0.35, "flere": 0.25,
    "nogle": 0.2, "enkelte": 0.1, "få": 0.05,
}  # fmt: skip
"""Where a source's word, which has no number, stands among counts: about so great a part of all."""
NO_TARGET = ("prognose",)
"""What stands among the targets and is none."""


@dataclass(frozen=True)
class Plan:
    """One jobcentre's plan, as the overview tells it.

    Attributes:
        jobcentre: The municipality, or the joint jobcentre.
        marks: Mark by goal number; None where the overview has no plan for it.
        supplementary: Goals besides the ministers', and remarks.
        handicap: What it does for people with a handicap; empty where it does not say.
        compensating: Whether that is about the schemes that compensate for a handicap.
        is_broken: Whether there is a plan under params/ that cannot be read.
    """

    jobcentre: Area
    marks: dict[int, Mark] | None
    supplementary: tuple[str, ...] = ()
    handicap: str = ""
    compensating: bool = False
    is_broken: bool = False

    @property
    def label(self) -> str:
        """The plan as a row head."""
        return self.jobcentre.navn

    def mark(self, goal: int) -> Mark | None:
        """The mark of a goal; None where the plan does not have it, or is not known."""
        return (self.marks or {}).get(goal)


def jobcentres(region: Area, on: date) -> tuple[Area, ...]:
    """Every jobcentre of a region on a day, joint ones once, in Danish order."""
    found = {joint_jobcentre(kode, on=on) or area(kode) for kode in region.parts}
    return tuple(sorted(found, key=lambda one: danish_key(one.navn)))


def own_plans(region: Area, year: int, root: Path) -> dict[str, Plan]:
    """The plan of each jobcentre whose municipality has one with targets of that year under params/.

    A plan with faults in it is told of as one that cannot be read: they are another's to mend.
    """
    found, there = {}, set(available(root))
    for kommune in map(area, region.parts):
        if (kommune.slug, year) not in there:
            continue
        centre = joint_jobcentre(kommune, on=date(year, 1, 1)) or kommune
        try:
            params = read(kommune.slug, year, root)
        except ParamsError:
            found[centre.kode] = Plan(centre, None, is_broken=True)
            continue
        if params.maal is not None:
            found[centre.kode] = Plan(centre, _marks(params.maal), _supplementary(params.maal))
    return found


def region_plan(centre: Area, entry: Planoversigt, targets: Maal | None) -> Plan:
    """A plan as the region's params tell it, with the overview's words on the targets of its jobcentre."""
    named = [
        target.tekst
        for goal in (targets.overordnede if targets else ())
        for target in goal.resultatmaal
        if goal.ministermaal is None and target.jobcenter and find(target.jobcenter) == centre
    ]
    return Plan(
        jobcentre=centre,
        marks=dict(entry.maal),
        supplementary=(*named, *entry.supplerende),
        handicap=entry.handicap or "",
        compensating=entry.kompenserende_ordninger,
    )


def _marks(targets: Maal) -> dict[int, Mark]:
    """`X` for a goal with a level in one of its targets, `(X)` for one without."""
    marks: dict[int, Mark] = {}
    for goal in targets.overordnede:
        kinds = [target.slags for target in goal.resultatmaal if target.slags not in NO_TARGET]
        if goal.ministermaal is None or not kinds:
            continue
        has_level = any(kind not in WITHOUT_LEVEL for kind in kinds)
        if has_level or goal.ministermaal not in marks:
            marks[goal.ministermaal] = "X" if has_level else "(X)"
    return marks


def _supplementary(targets: Maal) -> tuple[str, ...]:
    """The names of a plan's targets besides those for the ministers' goals."""
    goals = (goal for goal in targets.overordnede if goal.ministermaal is None)
    every = chain.from_iterable(goal.resultatmaal for goal in goals)
    return tuple(target.hvad for target in every if target.slags not in NO_TARGET)


class RarOversigt(Report[RarParams]):
    """The blocks of the Bilag; `kommune` names the region, `name` a group of themes in the params."""

    bilag = "rar_oversigt"

    def problems(self) -> list[Problem]:
        """No region, no params, jobcentres and goals that the region and the year do not have."""
        region, file = self.context.kommune, self.context.file
        if region.kind not in ("rar", "region"):
            expected = "en region, fx RAR Hovedstaden"
            return [Problem(f"{file}: bilag", "er ingen region", region.navn, expected)]
        if self.asked() is None:
            return [self.no_params()]
        found = [*self._jobcentre_problems(), *self._goal_problems()]
        if not self._goals:
            fix = f"skriv dem i params/{self.context.params.aar}.yaml"
            place = f"{file}: ministermaal"
            found.append(Problem(place, "nøglen mangler", "ingenting", fix=fix))
        return found

    def _jobcentre_problems(self) -> Iterator[Problem]:
        """Jobcentres that are not of the region, stand twice, or share one with another municipality."""
        expected = {one.kode: one for one in self._jobcentres}
        for kode in self.params.jobcentre:
            navn = area(kode).navn
            joint = joint_jobcentre(kode, on=self._day) if area(kode).kind == "kommune" else None
            place = f"{self.where}.jobcentre.{navn}"
            if joint is not None:
                fix = f"skriv {joint.navn}"
                yield Problem(place, "har fælles jobcenter", navn, joint.navn, fix)
            elif kode not in expected:
                names = ", ".join(one.navn for one in expected.values())
                what = f"er ikke et jobcenter i {self.context.kommune.navn}"
                yield Problem(place, what, navn, names)
            elif kode in self._own_plans:
                yield Problem(place, "har også sin egen plan under params/", navn, fix="behold én")

    def _goal_problems(self) -> Iterator[Problem]:
        last = len(self._goals)
        for kode, entry in self.params.jobcentre.items():
            if odd := [number for number in entry.maal if number > last]:
                place = f"{self.where}.jobcentre.{area(kode).navn}"
                expected = f"1 til {last}, årets `ministermaal`"
                found = ", ".join(map(str, odd))
                yield Problem(place, "det mål findes ikke", found, expected)

    @property
    def _day(self) -> date:
        return date(self.context.params.aar, 1, 1)

    @property
    def _who(self) -> UnitNoun:
        """What those are called whose plans the year has, as the law calls them when it ends."""
        end = date(self.context.params.aar, 12, 31)
        return JOBCENTRES if must_have_jobcentre(end) else MUNICIPALITIES

    @property
    def _column(self) -> tuple[str, str]:
        return "jobcenter", capital(self._who.one.removeprefix(f"{self._who.alone} "))

    @property
    def _goals(self) -> tuple[str, ...]:
        """The ministers' goals in their official words; the first is number 1."""
        return self.context.params.ministermaal

    @property
    def _numbers(self) -> range:
        return range(1, len(self._goals) + 1)

    @property
    def _period(self) -> str:
        return f"planerne for {self.context.params.aar}"

    @property
    def _source(self) -> Source:
        return Source(text=self.params.kilde, reference=self.params.kilde_reference or "")

    @cached_property
    def _jobcentres(self) -> tuple[Area, ...]:
        return jobcentres(self.context.kommune, self._day)

    @cached_property
    def _own_plans(self) -> dict[str, Plan]:
        """The region's municipalities that have a plan with targets of that year under params/."""
        return own_plans(self.context.kommune, self.context.params.aar, self.context.root)

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        """The plan of every jobcentre of the region, from its own params or from the region's."""
        from_region = {
            kode: region_plan(area(kode), entry, self.context.params.maal)
            for kode, entry in self.params.jobcentre.items()
        }
        plans = {**from_region, **self._own_plans}
        return tuple(plans.get(one.kode) or Plan(one, None) for one in self._jobcentres)

    @property
    def _known(self) -> tuple[Plan, ...]:
        return tuple(plan for plan in self.plans if plan.marks is not None)

    def _goal(self, number: int) -> str:
        return f"Mål {number}: {self._goals[number - 1]}"

    def _named(self, count: int) -> str:
        """The goals that `count` plans have a level for, each with its name."""
        found = [number for number in self._numbers if self._count(number, "X") == count]
        return list_danish([f"mål {number} (»{self._goals[number - 1]}«)" for number in found])

    def _count(self, goal: int, mark: str) -> int:
        """How many plans have `mark` for a goal."""
        return sum(plan.mark(goal) == mark for plan in self._known)

    @shown
    def goal_matrix(self) -> Table:
        """Each jobcentre a row, each goal a column; totals below."""
        heads = [self._column, *((f"maal-{n}", f"Mål {n}") for n in self._numbers)]
        goals = [Column(id=id_, label=label, kind="text") for id_, label in heads]
        with_level = Column(id="kvantificeret", label="Mål kvantificeret", unit="mål")
        totals = (("I alt kvantificeret (X)", "X"), ("I alt beskrevet uden niveau", "(X)"))
        title = "Ministerens mål i beskæftigelsesplanerne"
        return table(
            id="maal",
            columns=[*goals, with_level],
            rows=[*map(self._plan_row, self.plans), *starmap(self._total_row, totals)],
            unit="Markering for hvert mål og antal mål",
            notes=(LEGEND,),
            **self._words(title),
        )

    def _plan_row(self, plan: Plan) -> Row:
        # No area code: the row counts goals of a plan, it holds no observations of the area.
        if plan.marks is None:
            absent = Cell(text=ABSENT_TEXT, state="absent")
            return Row(label=plan.label, cells=(absent,) * (len(self._goals) + 1))
        marks = [Cell(text=plan.mark(number) or NONE_TEXT) for number in self._numbers]
        quantified = _counted(list(plan.marks.values()).count("X"))
        return Row(label=plan.label, cells=(*marks, quantified))

    def _total_row(self, label: str, mark: str) -> Row:
        counts = [self._count(number, mark) for number in self._numbers]
        cells = tuple(_counted(count) for count in (*counts, sum(counts)))
        return Row(label=label, emphasis=True, cells=cells)

    @shown
    def goal_points(self) -> Block:
        """How many plans have each goal, a point each."""
        if not self._known:
            return self._no_plans()
        return prose("maal-punkter", *map(self._point, self._numbers), bullets=True)

    @shown
    def summary(self) -> Block:
        """Who has a level for every goal and for none, the goals with most and fewest, and handicap."""
        if not self._known:
            return self._no_plans("sammenfatning")
        counts, total = [self._count(number, "X") for number in self._numbers], len(self._known)
        most, least = max(counts), min(counts)
        many = f"flest planer ({most} af {total}) har et resultatniveau for {self._named(most)}"
        told = [f"{many}, og færrest ({least} af {total}) for {self._named(least)}"]
        if most == least:
            told = [f"hvert mål er kvantificeret i {most} af {total} planer"]
        if found := len(self._with_handicap):
            told.append(
                f"{number_word(found)} af {total} planer nævner indsatsen for borgere med handicap"
            )
        return prose("sammenfatning", f"{self._news()} {sentences(*told)}")

    def _news(self) -> str:
        """Which jobcentres have a level for every goal, and how many for none."""
        levels = [
            (plan.jobcentre.navn, list((plan.marks or {}).values()).count("X"))
            for plan in self._known
        ]
        every = [name for name, count in levels if count == len(self._goals)]
        none = sum(count == 0 for _, count in levels)
        goals = f"alle {number_word(len(self._goals))} mål"
        many = number_word(len(every)) if every else "ingen"
        told = f"{many} {self._who.many} har et resultatniveau for {goals}"
        if len(every) == 1:
            told = f"kun {every[0]} har et resultatniveau for {goals}"
        elif 0 < len(every) <= MOST_WITH_ALL:
            told = f"{told}: {list_danish(every)}"
        return as_sentence(told) + (f" {capital(number_word(none))} har ingen." if none else "")

    def _point(self, number: int) -> str:
        """Goal and count: `Mål 1: Flere … De fleste jobcentre (17 af 26) har kvantificeret målet.`."""
        with_level, without = self._count(number, "X"), self._count(number, "(X)")
        counted = counted_amount(with_level, len(self._known), self._who)
        more = self._who.one if without == 1 else f"{number_word(without)} {self._who.many}"
        rest = f", og {more} har beskrevet det uden et resultatniveau" if without else ""
        return sentences(self._goal(number), f"{counted} har kvantificeret målet{rest}")

    @shown
    def goal_figure(self) -> Block:
        """The goals ranked by how many plans have set a level for them."""
        if not self._known:
            return self._no_plans()
        counts = {number: self._count(number, "X") for number in self._numbers}
        top, total = max(counts, key=counts.__getitem__), len(self._known)
        most, least = counts[top], min(counts.values())
        # The list above has the goals whole.
        bars = [
            Bar(shorten(self._goal(number), MOST_OF_A_GOAL, placeholder=" …"), Decimal(count))
            for number, count in counts.items()
        ]
        return figure(
            title=f"Flest planer har et resultatniveau for mål {top}: {most} af {total}",
            subtitle=f"Antal {self._who.many}, der har kvantificeret målet, {self._period}",
            alt=(
                f"Liggende søjler med antallet af {self._who.many}, der har kvantificeret hvert af de "
                f"{len(counts)} mål, ordnet efter størrelse. Flest ({most} af {total}) har "
                f"{self._named(most)}. Færrest ({least} af {total}) har {self._named(least)}."
            ),
            svg=drawing(ranking, bars, unit=self._who.many, decimals=0),
            data=self._counts_table(),
        )

    def _counts_table(self) -> Table:
        def counted(mark: str) -> Shows:
            return lambda number: _counted(self._count(number, mark))

        who = self._who.many
        return listing(
            self._numbers,
            ("maal", "Mål"),
            [
                ("kvantificeret", "Kvantificeret", who, counted("X")),
                ("beskrevet", "Beskrevet uden niveau", who, counted("(X)")),
            ],
            label=self._goal,
            id="maal",
            unit=who,
            **self._words(f"{capital(who)} med hvert af ministerens mål"),
        )

    @shown
    def missing_plans(self) -> Block:
        """Which jobcentres the overview has no plan of."""
        missing = [plan.label for plan in self.plans if plan.marks is None]
        broken = [plan.label for plan in self.plans if plan.is_broken]
        count = counted_amount(len(self._known), len(self.plans), self._who)
        texts = [f"oversigten omfatter {count}. Der er ingen oplysninger om {list_danish(missing)}"]
        if broken:
            texts.append(f"planen for {list_danish(broken)} har fejl og er derfor ikke læst")
        paragraphs = map(as_sentence, texts if missing else [])
        return notes("mangler", paragraphs, f"Alle {self._who.many} i området er med.")

    @shown
    def supplementary(self) -> Block:
        """Goals besides the ministers', and remarks, a row for each jobcentre that has any."""
        plans = [plan for plan in self._known if plan.supplementary]
        if not plans:
            return Omitted(id="supplerende", reason="Ingen af planerne har supplerende mål.")
        title = "Supplerende mål og bemærkninger"
        return listing(
            plans,
            self._column,
            [("tekst", title, "", lambda plan: "; ".join(plan.supplementary))],
            id="supplerende",
            unit="Tekst fra planerne",
            **self._words(title),
        )

    @shown
    def themes(self, name: str) -> Block:
        """The themes of a group, a point each: who mentions what."""
        block, themes = f"tema-{name.replace('_', '-')}", self.params.temaer.get(name, ())
        if not themes:
            reason = f"Planerne for {self.context.params.aar} er ikke gennemgået efter temaer."
            return Omitted(id=block, reason=reason)
        return prose(block, *map(self._theme, themes), bullets=True)

    def _theme(self, theme: Tema) -> str:
        """`Samarbejde. Alle: A. De fleste: B; C. Desuden: D (Herlev).`, the widest first, names last."""
        parts: dict[str, float] = {}
        said: dict[str, list[str]] = {}
        for one in theme.udsagn:
            names, count, of = _names(one.jobcentre), len(one.jobcentre), len(self.plans)
            who: str = one.omfang or ""
            if count > MOST_NAMED:
                who = counted_amount(count, of, self._who)
            parts[who] = PARTS[one.omfang] if one.omfang else count / of if who else 0
            examples = f" ({list_danish(names)})" if names else with_examples(_names(one.fx))
            said.setdefault(who, []).append(f"{one.tekst}{examples}")
        ordered = sorted(said, key=lambda who: -parts[who])
        heads = [f"{who or 'desuden'}: " if len(said) > 1 or who else "" for who in ordered]
        lists = (f"{head}{'; '.join(said[who])}" for head, who in zip(heads, ordered, strict=True))
        return f"{theme.titel}. {sentences(*lists)}"

    @shown
    def theme_table(self) -> Block:
        """Each theme a row: the jobcentres that are named with it."""
        themes = tuple(chain.from_iterable(self.params.temaer.values()))
        if not themes:
            reason = "Planerne er ikke gennemgået efter temaer."
            return Omitted(id="temaer", reason=reason, missed=False)
        who = capital(self._who.many)
        return listing(
            themes,
            ("tema", "Tema"),
            [("jobcentre", who, "", _named_with)],
            label=lambda theme: f"{theme.nr}. {theme.titel}",
            id="temaer",
            unit=f"{who}nes navne",
            notes=[f"»{who}«: kilden nævner ofte kun eksempler, så flere kan arbejde med temaet."],
            **self._words(f"{who}, der er nævnt ved navn under hvert tema"),
        )

    @property
    def _with_handicap(self) -> list[Plan]:
        return [plan for plan in self._known if plan.handicap]

    @shown
    def handicap(self) -> Block:
        """How many plans mention people with a handicap, and how many the compensating schemes."""
        found = self._with_handicap
        if not found:
            return NO_HANDICAP
        count = counted_amount(len(found), len(self._known), self._who)
        schemes = sum(plan.compensating for plan in found)
        how_many = self._who.alone if schemes == 1 else number_word(schemes)
        of_these = f"; heraf nævner {how_many} de ordninger, der kompenserer for et handicap"
        text = f"{count} nævner indsatsen for borgere med handicap i planen"
        return prose("handicap-tekst", as_sentence(f"{text}{of_these if schemes else ''}"))

    @shown
    def handicap_table(self) -> Block:
        """What each of these plans does."""
        if not self._with_handicap:
            return NO_HANDICAP
        return listing(
            self._with_handicap,
            self._column,
            [
                ("indsats", "Indsats", "", lambda plan: plan.handicap),
                (
                    "ordninger",
                    "Kompenserende ordninger",
                    "",
                    lambda one: "ja" if one.compensating else "nej",
                ),
            ],
            id="handicap",
            unit="Planernes indsats i korte træk",
            **self._words("Indsatsen for borgere med handicap"),
        )

    def other_sources(self) -> Iterable[Source]:
        """The overview that the region's params were written from."""
        return (self._source,)

    def reservations(self) -> Iterable[str]:
        """The month of the overview, and what the params say."""
        if month := self.params.opgjort:
            yield f"Oversigten er fra {month.text}. Planer, der er ændret siden, er vist, som de var."
        yield from self.params.forbehold

    def _words(self, title: str) -> dict[str, Any]:
        """What every table about the plans of the region has."""
        title = f"{title} {self.context.kommune.stedsform}"
        return {"title": title, "period": self._period, "sources": (self._source,)}

    def _no_plans(self, id: str = "maal") -> Omitted:
        where = self.context.kommune.stedsform
        reason = f"Der er ingen planer for {self.context.params.aar} {where}."
        return Omitted(id=id, reason=reason)


def _counted(count: int) -> Cell:
    return Cell(text=str(count), value=float(count), origin=("count",))


def _named_with(theme: Tema) -> str:
    names = _names({kode for one in theme.udsagn for kode in (*one.fx, *one.jobcentre)})
    return list_danish(names) or "ingen nævnt ved navn"


def _names(codes: Iterable[str]) -> list[str]:
    return sorted((area(kode).navn for kode in codes), key=danish_key)


load = RarOversigt.load
