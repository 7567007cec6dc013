"""What every Bilag is made with: context, report object, readings, and the blocks that several have."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from beskplan.blocks import model
from beskplan.blocks.html import Shown, shown
from beskplan.blocks.tables import table
from beskplan.blocks.text.language import capital
from beskplan.core.colours import readable
from beskplan.core.editions import edition_period
from beskplan.core.errors import InputError, Problem, did_you_mean
from beskplan.core.periods import Period, date_text
from beskplan.indicators.quantities import Quantity
from beskplan.observations.contract import Key
from beskplan.observations.snapshot_store import choose
from beskplan.params import profil as profiles
from beskplan.params.bilag import Afsnitstekst, Plantekst, Rettelse
from beskplan.params.models import PlanParams, read
from beskplan.params.values import subject
from beskplan.registers import areas
from beskplan.registers.benefits import benefit
from beskplan.registers.indicators import ALL, target_group, target_groups
from beskplan.report.data import ReportData, news_since
from beskplan.report.place import (
    find_root,
    forget_if_refused,
    problem,
    refuse_unknown_parameters,
)
from beskplan.report.shared_blocks import WORDS

GET_NUMBERS = WORDS["hent_tal"]
"""What is to be done where the data have no numbers."""


@dataclass(frozen=True)
class Context:
    """One municipality and year, ready to report on."""

    bilag: str
    kommune: areas.Area
    params: PlanParams
    data: ReportData
    presentation: profiles.Presentation
    root: Path
    """The working copy, for a report about the plans of several municipalities."""
    periode: Period | None = None
    """The month or quarter of an edition; None of a Bilag that has none, and for the newest one."""

    @classmethod
    @forget_if_refused()
    def load(
        cls,
        bilag: str,
        kommune: str,
        aar: int,
        root: Path | None = None,
        periode: str | None = None,
    ) -> Context:
        """Read parameters and choose the data.

        Args:
            bilag: Name of the notebook.
            kommune: Name, code or slug of the municipality.
            aar: Plan year.
            root: The working copy; found from the current folder where left out.
            periode: The edition's month or quarter of a periodical Bilag, empty for the newest one; None
                of any other Bilag.

        Raises:
            InputError: a name is unknown, or a params file is wrong.
        """
        refuse_unknown_parameters(periodical=periode is not None)
        root = root or find_root()
        params = read(kommune, aar, root)
        snapshot = choose(params.datagrundlag, root)
        presentation = profiles.read_presentation(kommune, root)
        edition = edition_period(periode) if periode else None
        who = subject(params.kommune)
        return cls(bilag, who, params, ReportData(snapshot), presentation, root, edition)

    @property
    def file(self) -> str:
        """The municipality's own params file, for messages: `params/rudersdal/2021.yaml`."""
        return f"params/{self.kommune.slug}/{self.params.aar}.yaml"

    def header(self) -> model.Header:
        """The report's identity, for title, metadata and proof."""
        snapshot = self.data.snapshot
        profil, logo = self.presentation.profil, self.presentation.logo
        colours = profil.farver
        return model.Header(
            bilag=self.bilag.replace("_", "-"),
            kommune=self.kommune.navn,
            kommune_kode=self.kommune.kode,
            afsender=profil.afsender or self.kommune.lang_navn,
            aar=self.params.aar,
            periode=self.periode.text if self.periode else "",
            data_id=snapshot.id,
            # A sentence of its own on the page; inside one in a message.
            data_text=capital(self.data.text),
            facts=self._facts(),
            demo=snapshot.demo,
            logo=logo.uri if logo else "",
            logo_alt=logo.alt if logo else "",
            light=_accent(colours.lys, profiles.LIGHT_GROUNDS) if colours else None,
            dark=_accent(colours.moerk, profiles.DARK_GROUNDS) if colours else None,
            statement_url=profil.tilgaengelighedserklaering or "",
        )

    def _facts(self) -> tuple[str, ...]:
        """`Beskæftigelsesplan 2021, vedtaget 18. november 2020`, and whom to ask."""
        adopted, contact = self.params.vedtaget, self.presentation.profil.kontakt
        plan = f"Beskæftigelsesplan {self.params.aar}"
        return (
            f"{plan}, vedtaget {date_text(adopted)}" if adopted else plan,
            *([f"Kontakt: {contact}"] if contact else []),
        )

    def reference_areas(self, names: Sequence[str], on: date) -> tuple[areas.Area, ...]:
        """The areas to compare with on a day; `rar` is the municipality's own regional council.

        In the place of an area that has ended stands what it has become (`area_notes` tells of it).
        """
        found = (
            areas.regional_council(self.kommune, on)
            if name == "rar"
            else areas.in_force(areas.find(name), on)
            for name in names
            # A region is its own council's area.
            if name != "rar" or self.kommune.kind == "kommune"
        )
        return tuple(dict.fromkeys(found))

    def area_notes(self, names: Sequence[str], first: date, on: date) -> Iterator[str]:
        """What readers must know of areas to compare with that begin or end.

        Args:
            names: As the params name them.
            first: First day of the oldest numbers.
            on: The day whose areas are shown.
        """
        named = (areas.find(name) for name in names if name != "rar")
        yield from (areas.ended_note(one) for one in named if areas.in_force(one, on) != one)
        shown, ending = self.reference_areas(names, on), dict[object, list[areas.Area]]()
        for one in shown:
            if one.valid_from and first < one.valid_from and (note := areas.merger_note(one)):
                yield note
            if areas.in_force(one, date(self.params.aar, 1, 1)) != one:
                ending.setdefault((one.valid_to, one.successors), []).append(one)
        yield from map(areas.ending_note, ending.values())


def _accent(
    colours: profiles.LightColours | profiles.DarkColours, grounds: tuple[str, ...]
) -> model.Accent:
    small = readable(colours.tekst, grounds)
    return model.Accent(text=small, large=colours.tekst, graphics=colours.grafik)


Asked = TypeVar("Asked")
Loaded = TypeVar("Loaded", bound="Report[Any]")


class Report(Generic[Asked]):
    """Base of the report objects that notebooks work with; `Asked` is the model of its params."""

    bilag: ClassVar[str]
    """Name of the notebook, and of its params."""

    def __init__(self, context: Context) -> None:
        self.context = context

    @classmethod
    def load(cls: type[Loaded], kommune: str, aar: int, root: Path | None = None) -> Loaded:
        """The report object of one municipality and plan year.

        Raises:
            InputError: names, params or data are wrong; all problems at once.
        """
        return cls(Context.load(cls.bilag, kommune, aar, root)).checked()

    @forget_if_refused()
    def checked(self: Loaded) -> Loaded:
        """The report itself, where it has all that it needs; InputError with all problems else."""
        if problems := self.problems():
            raise InputError(problems)
        return self

    def problems(self) -> list[Problem]:
        """What the params and the data lack for this Bilag; empty where it can be made."""
        if self.asked() is None:
            return [self.no_params()]
        return [*self._lost_explanations(), *self.missing_data()]

    def explained_sections(self) -> Collection[str]:
        """Names of the sections that have room for an explanation."""
        return ()

    def _lost_explanations(self) -> Iterable[Problem]:
        """What is written under `plantekst` for a section that would not show it."""
        known = self.explained_sections()
        expected = (
            f"et af {', '.join(known)}" if known else "ingen: bilaget viser ikke forklaringer"
        )
        for name in self._plan_text.afsnit:
            if name not in known:
                where = f"{self.context.file}: plantekst.{self.context.bilag}.afsnit.{name}"
                fix = did_you_mean(name, known, "ret navnet, eller slet forklaringen")
                yield problem("lost-explanation", where, repr(name), expected=expected, fix=fix)

    def missing_data(self) -> Iterable[Problem]:
        """What the data lack, where the params are there."""
        return ()

    def asked(self) -> Asked | None:
        """The parameters of this Bilag; None where the plan has none."""
        found: Asked | None = getattr(self.context.params, self.bilag)
        return found

    @property
    def params(self) -> Asked:
        """The parameters of this Bilag; ValueError where there are none: `problems` comes first."""
        if (found := self.asked()) is None:
            raise ValueError("the params were not checked")
        return found

    @property
    def where(self) -> str:
        """Where the params of this Bilag stand: `params/rudersdal/2021.yaml: overblik`."""
        return f"{self.context.file}: {self.bilag}"

    def no_params(self) -> Problem:
        """The problem of a plan that asks for this Bilag and does not say what should stand in it."""
        return self.missing_key(self.where, f"`{self.bilag}`")

    def missing_key(
        self, where: str, expected: str, fix: str = "skriv den her eller i årets fil"
    ) -> Problem:
        """The problem of params without a key."""
        return problem("key-missing", where, "ingenting", expected=expected, fix=fix)

    def no_data(self, where: str, of: str, found: str, fix: str) -> Problem:
        """The problem of numbers that the chosen data do not have; `of` says whose they are."""
        data = self.context.data.snapshot.text
        return problem("no-numbers", where, found, whose=of, data=data, fix=fix)

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        return Shown(self.context.header())._repr_mimebundle_()

    @shown
    def sources(self) -> model.SourceList:
        """Every source that the report has read, and the reservations."""
        told = (*self.reservations(), *self.context.data.older())
        reservations = tuple(dict.fromkeys(told))
        entries = (*self.context.data.sources(), *self.other_sources())
        news = tuple(self.news())
        return model.SourceList(entries=entries, news=news, reservations=reservations)

    def news(self) -> Iterable[str]:
        """What is new in the numbers since the last approved edition with others."""
        context = self.context
        job = f"{context.params.aar}/{context.kommune.slug}/{context.bilag}"
        return news_since(context.root / "reports", job, context.kommune, context.data.readings)

    @property
    def _plan_text(self) -> Plantekst:
        return self.context.params.plantekst.get(self.context.bilag, Plantekst())

    def found_corrections(self) -> Iterable[Rettelse]:
        """The plan's misprints that its own numbers give away."""
        return ()

    @shown
    def corrections(self) -> model.Table | model.Omitted:
        """Every number of the plan that is shown otherwise, or cannot be right: printed, right, why."""
        found = (*self.found_corrections(), *self._plan_text.rettelser)
        if not found:
            reason = "Planens tal er vist, som de er trykt."
            return model.Omitted(id="rettelser", reason=reason, missed=False)
        labels = {"hvor": "Hvor", "trykt": "Planen skriver", "rettet": "Her", "hvorfor": "Hvorfor"}
        return table(
            id="rettelser",
            title=f"Rettelser til planen for {self.context.params.aar}",
            unit="Som trykt og som vist her",
            period=f"planåret {self.context.params.aar}",
            columns=[
                model.Column(id=key, label=label, kind="text") for key, label in labels.items()
            ],
            rows=[
                model.Row(
                    label=one.hvor,
                    cells=tuple(
                        model.Cell(text=text) for text in (one.trykt, one.rettet, one.hvorfor)
                    ),
                )
                for one in found
            ],
            sources=tuple(self.context.data.sources()) or tuple(self.other_sources()),
        )

    @shown
    def plan_facts(self) -> model.Prose | model.Omitted:
        """Numbers of the plan's text that no table has."""
        facts = [one.tekst for one in self._plan_text.oplysninger]
        return _prose("planens-tekst", facts, "Planens tekst har ingen andre tal.", bullets=True)

    @shown
    def lost_figures(self) -> model.Prose | model.Omitted:
        """An empty place for each figure of the plan that is not preserved: what it showed, what fills it."""
        places = list(self.lost_places())
        return _prose("tabte-figurer", places, "Planens figurer er bevaret.", role="place")

    def lost_places(self) -> Iterable[str]:
        """What each lost figure showed, and what fills its place."""
        return (
            f"{one.navn} er ikke bevaret. Her stod {one.viste}. {one.saadan}"
            for one in self._plan_text.figurer
        )

    def reservations(self) -> Iterable[str]:
        """What readers must know of the whole page."""
        return ()

    def other_sources(self) -> Iterable[model.Source]:
        """Sources that are no rows of the data, such as a law or the plan itself."""
        return ()


def _prose(id: str, texts: Sequence[str], nothing: str, **look: Any) -> model.Prose | model.Omitted:
    if not texts:
        return model.Omitted(id=id, reason=nothing, missed=False)
    return model.Prose(id=id, paragraphs=tuple(texts), **look)


class WithReservations(Protocol):
    """Params of a section."""

    @property
    def forbehold(self) -> tuple[str, ...]:
        """What readers must know of the section's numbers."""


SectionParams_co = TypeVar("SectionParams_co", bound=WithReservations, covariant=True)


@dataclass(frozen=True)
class Section(Generic[SectionParams_co]):
    """One section of a Bilag: what the params ask for, and the sources of what was read for it."""

    name: str
    params: SectionParams_co
    sources: tuple[model.Source, ...]

    @property
    def id(self) -> str:
        """The section's name as part of ids and file names."""
        return self.name.replace("_", "-")


AnySection = TypeVar("AnySection", bound=Section[Any])


class SectionReport(Report[Asked], Generic[Asked, AnySection]):
    """A report with sections that the params name; the notebook asks for a block by that name."""

    @functools.cached_property
    def sections(self) -> dict[str, AnySection]:
        """Every section by its name in the params, in their order."""
        return {}

    def no_section(self, name: str) -> model.Omitted:
        """What stands instead of a section that the params do not have."""
        reason = "Afsnittet indgår ikke i planen."
        return model.Omitted(id=name.replace("_", "-"), reason=reason, missed=False)

    def reservations(self) -> Iterable[str]:
        """Those of all sections."""
        return (note for section in self.sections.values() for note in section.params.forbehold)


AnyReport = TypeVar("AnyReport", bound=SectionReport[Any, Any])


def of_section(
    method: Callable[[AnyReport, AnySection], model.Block],
) -> Callable[[AnyReport, str], Shown]:
    """Let a method that makes a block of a section take the section's name and show the block."""

    @functools.wraps(method)
    def show(self: AnyReport, name: str) -> Shown:
        section = self.sections.get(name)
        return Shown(self.no_section(name) if section is None else method(self, section))

    return show


NO_EXPLANATION = "Forvaltningens forklaring er ikke skrevet endnu."


class ExplainedReport(SectionReport[Asked, AnySection]):
    """A report whose sections have room for an explanation."""

    def explained_sections(self) -> Collection[str]:
        """All that cells show by their name."""
        return tuple(self.sections)

    def _explanation(self, section: AnySection) -> model.Prose:
        """The plan's and the administration's explanation of the numbers; a draft shows an empty slot."""
        told = self._plan_text.afsnit.get(section.name, Afsnitstekst())
        texts = [f"Planens forklaring: {one.tekst}" for one in told.planen]
        if own := told.forklaring:
            by = f"{own.navn}, {date_text(own.dato)}"
            texts.append(f"Forvaltningens forklaring ({by}): {own.tekst}")
        role = "text" if texts else "slot"
        paragraphs = tuple(texts) or (NO_EXPLANATION,)
        return model.Prose(id=f"{section.id}-forklaring", paragraphs=paragraphs, role=role)

    explanation = of_section(_explanation)


@dataclass
class Reading:
    """The numbers that are read for one block or section, with their keys."""

    data: ReportData
    keys: list[Key] = field(default_factory=list)

    def __call__(
        self, indicator: str, ydelse: str, area: areas.Area, period: Period, group: str = ALL
    ) -> Quantity:
        """Read one number; state `absent` where the data have no row for it."""
        self.keys.append((indicator, ydelse, group, area.kode, period.code))
        return self.data.read(self.keys[-1])

    @property
    def sources(self) -> tuple[model.Source, ...]:
        """The sources of what was read."""
        return self.data.sources(self.keys)


def place_of(row: str) -> tuple[str, str]:
    """Benefit and group of the observations that a row of the params means."""
    return (ALL, row) if row in {group.id for group in target_groups()} else (row, ALL)


def label_of(row: str, on: Period) -> str:
    """A row of the params as a row head."""
    if row == ALL:
        return "Målgrupperne i alt"
    if place_of(row)[1] != ALL:
        return target_group(row).label
    return benefit(row).tabeltitel(on.last_day)
