"""What a params file may say, and from YAML files to `PlanParams` or to everything that is wrong with them.

Keys are Danish, as the analysts write them; unknown keys are refused.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Discriminator, Field, StringConstraints, Tag, model_validator

from beskplan.core.errors import ParamsError, Problem, UnknownNameError, did_you_mean
from beskplan.core.periods import Kind, Period
from beskplan.params import values
from beskplan.params.bilag import (
    EgetBilag,
    Forklaring,
    Overblik,
    Plantekst,
    RarOversigt,
    Refusion,
    Udvalgssag,
    Varighed,
)
from beskplan.params.maal import Maal
from beskplan.registers.areas import area, find, kommuner
from beskplan.registers.document import Document
from beskplan.registers.indicators import ALL, OWN, declare_own
from beskplan.registers.reading import Closed, explained, validated

Kilde = Literal["jobindsats", "statbank"]
"""Whose numbers: Jobindsats's full-time persons, or Danmarks Statistik's full-time recipients."""
FULDTIDSMODTAGERE: Final = "fuldtidsmodtagere"
MEASURES: Final[dict[Kilde, str]] = {
    "jobindsats": "fuldtidspersoner",
    "statbank": FULDTIDSMODTAGERE,
}
"""What each source counts."""
DENOMINATORS: Final = {
    "pct_af_arbejdsstyrken": "arbejdsstyrke",
    "pct_af_befolkningen": "befolkning_16_66",
}
"""What a share of Danmarks Statistik's full-time recipients is calculated of."""


class Afsnit(Closed):
    """One section of the Bilag about target groups: a benefit, its periods and what must be said of it."""

    ydelse: values.Ydelse
    gruppe: values.Text = ALL
    """Population group id; `alle` where no distinction is made."""
    statbank: values.Ydelse | None = None
    """The benefit of Danmarks Statistik's count (AUK01) that stands here where that is the source."""
    periode: values.PeriodValue | None = None
    """The later period, held against the one a year before; the Bilag's own where left out."""
    maal: values.IndicatorId = "fuldtidspersoner"
    """Indicator of the level."""
    andel: values.IndicatorId = "pct_af_arbejdsstyrken"
    """Indicator of the share."""
    forbehold: tuple[values.Text, ...] = ()
    """Reservations about the numbers, in Danish, written by a person: also the only place for causes."""

    @model_validator(mode="after")
    def _has_a_denominator(self) -> Self:
        if (self.statbank or self.is_statbank) and self.andel not in DENOMINATORS:
            expected = f"en af {', '.join(DENOMINATORS)}"
            raise explained(expected, "andre andele kan ikke regnes af fuldtidsmodtagere")
        return self

    @property
    def is_statbank(self) -> bool:
        """Whether the section is of Danmarks Statistik's own count."""
        return self.maal == FULDTIDSMODTAGERE

    def of(self, kilde: Kilde) -> Self | None:
        """The section of one source; None where that source has no such count."""
        if kilde == "jobindsats" or self.is_statbank:
            return self if self.is_statbank == (kilde == "statbank") else None
        if self.statbank is None:
            return None
        counted = {"ydelse": self.statbank, "maal": FULDTIDSMODTAGERE, "gruppe": ALL}
        return self.model_copy(update=counted)


class Gruppetabel(Closed):
    """A table of a group among the recipients of some benefits, beside the sections."""

    gruppe: values.Text
    """Population group id."""
    ydelser: Annotated[tuple[values.Ydelse, ...], Field(min_length=1)]
    """The rows; one without a number leaves the table."""
    maal: values.IndicatorId = "fuldtidspersoner"
    """Indicator of the level."""
    andel: values.IndicatorId | None = None
    """Indicator of every area's share; its change in per cent where left out."""


class Sammenligningsgruppe(Closed):
    """Municipalities to be seen beside: each by itself, never a mean of them."""

    navn: values.Text = "landets kommuner"
    """What the group is called, as in "kommuner med samme rammevilkår"."""
    kommuner: Annotated[
        Annotated[tuple[values.Kommune, ...], Field(min_length=2, max_length=12), Tag("liste")]
        | Annotated[Literal["alle"], Tag("ord")],
        # What is wrong is told of the one that is meant.
        Discriminator(lambda value: "ord" if isinstance(value, str) else "liste"),
    ]
    """Its members, or `alle`; the municipality itself may be among them."""
    kilde: values.Text | None = None
    """Who chose them: KL, VIVE with year, or the municipality itself; nobody chose `alle`."""

    @model_validator(mode="after")
    def _chosen_by_somebody(self) -> Self:
        chosen = {"navn", "kilde"} & self.model_fields_set
        if self.kommuner == "alle" and chosen:
            raise explained("`kommuner: alle` alene", "slet `navn` og `kilde`")
        if self.kommuner != "alle" and (self.kilde is None or "navn" not in chosen):
            raise explained("gruppens `navn` og `kilde`", "skriv, hvem der har valgt kommunerne")
        if len({find(name).kode for name in self.members}) < len(self.members):
            raise explained("hver kommune én gang i `kommuner`", "slet den, der står to gange")
        return self

    @property
    def members(self) -> tuple[str, ...]:
        """The names of its members."""
        if self.kommuner == "alle":
            return tuple(one.navn for one in kommuner())
        return self.kommuner


class Maalgrupper(Closed):
    """Parameters of `notebooks/maalgrupper.ipynb`."""

    periode: values.PeriodValue
    """The period that the Bilag is about; a section may have its own."""
    sammenlign_med: Annotated[tuple[values.Comparison, ...], Field(min_length=1, max_length=3)] = (
        "oestdanmark",
        "rar",
    )
    """Reference areas in table order; `rar` is the municipality's own regional council at that time."""
    sammenligningsgruppe: Sammenligningsgruppe | None = None
    """Municipalities whose shares are shown beside the own ones, with the own place among them."""
    decimaler_udvikling: Annotated[int, Field(ge=0, le=2)] = 0
    """Decimals of the change in per cent."""
    fortegn: bool = False
    """Whether increases are printed with a plus sign."""
    kilde: Literal["jobindsats", "statbank", "bedst"] | None = None
    """Whose numbers the whole Bilag shows, Danmarks Statistik's by quarter. `bedst`: Jobindsats's where the
    data have them for the municipality and period, else Danmarks Statistik's. Every section then has the
    benefit's own heading, in the order here; one without numbers leaves the page and is named. Where left
    out, the notebook's own headings show the sections by name."""
    afsnit: Annotated[dict[values.BilagId, Afsnit], Field(min_length=1)]
    """The sections by the name that the notebook uses."""
    tillaeg: dict[values.BilagId, Gruppetabel] = Field(default_factory=dict)
    """Tables of Jobindsats's groups after the sections, where that is the source and the data have them."""
    benchmark: bool = False
    """Whether Jobindsats's expected and actual number (y30r21) stand after them, in the same way."""
    ledige: tuple[Literal["bruttoledige", "bruttoledige_foreloebig"], ...] = ()
    """Danmarks Statistik's counts of the unemployed by month, each with its newest months in a table of its
    own after the sections, where that is the source. The preliminary one has the months after the final's."""


class Status(Closed):
    """Parameters of the periodical status; its sections and areas are those of `maalgrupper`."""

    hver: Literal["maaned", "kvartal"]
    """How often an edition is made."""
    udelad: tuple[values.BilagId, ...] = ()
    """Sections of `maalgrupper` that no edition has, such as one whose numbers come once a year."""
    bemaerkninger: dict[values.EditionCode, dict[values.BilagId, Forklaring]] = Field(
        default_factory=dict
    )
    """The administration's remarks, by edition (2026K3, 2026M09) and section."""

    @property
    def kind(self) -> Kind:
        """The kind of period that an edition is about."""
        return "M" if self.hver == "maaned" else "Q"

    @model_validator(mode="after")
    def _remarks_have_an_edition(self) -> Self:
        for code in self.bemaerkninger:
            if Period.parse(code).kind != self.kind:
                form = "måneder som 2026M09" if self.kind == "M" else "kvartaler som 2026K3"
                raise explained(form, f"ret {code} under `bemaerkninger`, eller ret `hver`")
        return self

    def remarks(self, periode: Period) -> dict[str, Forklaring]:
        """The remarks of one edition by section."""
        return self.bemaerkninger.get(periode.statbank, {})


class PlanParams(Closed):
    """All that a report of one municipality and year is made from, besides the data."""

    kommune: values.Subject
    """The municipality; of a regional overview, the region."""
    aar: Annotated[int, Field(ge=2014, le=2100)]
    bilag: Annotated[tuple[values.BilagId, ...], Field(min_length=1)]
    """The notebooks to build, in the order of the plan."""
    datagrundlag: (
        Literal["nyeste", "publiceret"]
        | Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")]
    ) = "nyeste"
    """`nyeste`: the newest valid snapshot, else the published figures. `publiceret`: always the figures
    that the plan itself printed. Or a snapshot's id."""
    vedtaget: date | None = None
    """When the plan was adopted."""
    ministermaal: tuple[values.Text, ...] = ()
    """The ministers' goals of the year, in their official words."""
    maalgrupper: Maalgrupper | None = None
    status: Status | None = None
    """How often a status is made, and the remarks in it."""
    overblik: Overblik | None = None
    varighed: Varighed | None = None
    refusion: Refusion | None = None
    rar_oversigt: RarOversigt | None = None
    egne: dict[values.BilagId, EgetBilag] = Field(default_factory=dict)
    """Parameters of notebooks of one's own, by the notebook's name."""
    plantekst: dict[values.BilagId, Plantekst] = Field(default_factory=dict)
    """What the plan's own text adds to a Bilag, by the name of the Bilag."""
    udvalgssag: Udvalgssag | None = None
    """The committee's agenda item; no report is made from it."""
    maal: Maal | None = None
    """The plan's targets, from `params/<kommune>/<aar>.maal.yaml`."""

    @model_validator(mode="after")
    def _remarks_have_a_section(self) -> PlanParams:
        known = self.maalgrupper.afsnit if self.maalgrupper else {}
        named = {"udelad": self.status.udelad} if self.status else {}
        for code, remarks in (self.status.bemaerkninger if self.status else {}).items():
            named[f"bemaerkninger.{code}"] = tuple(remarks)
        for key, names in named.items():
            for name in names:
                if name not in known:
                    fix = did_you_mean(name, known, "ret navnet, eller slet det")
                    wanted = f"et afsnit under `maalgrupper` ved `status.{key}`"
                    raise explained(f"{wanted}, ikke {name}", fix)
        return self

    @model_validator(mode="after")
    def _ministers_goals_are_named(self) -> PlanParams:
        known = range(1, len(self.ministermaal) + 1)
        goals = self.maal.overordnede if self.maal else ()
        if wrong := [goal for goal in goals if goal.ministermaal not in (None, *known)]:
            numbers = ", ".join(str(goal.ministermaal) for goal in wrong)
            raise explained(
                f"numre på årets `ministermaal`, 1 til {len(known)}",
                f"ret `ministermaal: {numbers}` i målene",
            )
        return self


TARGETS_SUFFIX = ".maal.yaml"
"""Ending of the file with a plan's targets, beside the plan's own file."""


def params_path(root: Path, kommune: str, aar: int) -> Path:
    """Where a municipality's params of a year lie; `kommune` may be a name, code or slug."""
    return root / "params" / values.subject(kommune).slug / f"{aar}.yaml"


def plan_files(root: Path, kommune: str, aar: int) -> tuple[Path, ...]:
    """The files that a plan's parameters are read from and that exist, the strongest first.

    Its own file, its targets (`<aar>.maal.yaml`, the key `maal`), and the year's shared facts.
    """
    own = params_path(root, kommune, aar)
    files = (own, own.with_name(f"{aar}{TARGETS_SUFFIX}"), root / "params" / own.name)
    return tuple(path for path in files if os.path.lexists(path))


def params_files(root: Path, kommune: str, aar: int) -> tuple[Path, ...]:
    """Every params file that a report may be made from: of a region, also its municipalities' plans."""
    region = values.subject(kommune)
    slugs = [area(kode).slug for kode in region.parts]
    others = (path for slug in slugs for path in plan_files(root, slug, aar))
    own = [path for path in (root / OWN,) if os.path.lexists(path)]
    return tuple(dict.fromkeys((*plan_files(root, kommune, aar), *others, *own)))


def available(root: Path) -> tuple[tuple[str, int], ...]:
    """(slug, year) of every params file below `root/params`, sorted by year and slug.

    The name of a folder is taken as it stands: `misnamed` tells those that are no slug.
    """
    files = (path for path in (root / "params").glob("*/*.yaml") if _is_year(path.stem))
    return tuple(
        sorted(((path.parent.name, int(path.stem)) for path in files), key=lambda item: item[::-1])
    )


def misnamed(root: Path) -> dict[str, tuple[str, Problem]]:
    """Folders of params that are not named by their municipality's slug.

    Two folders of one municipality would be two plans of one year; every other file of a plan is
    looked for under the slug.

    Returns:
        By the folder's name: the slug that it should have, and what is wrong.
    """
    found = {}
    for name in sorted({folder for folder, _ in available(root)}):
        try:
            one = values.subject(name)
        except UnknownNameError as error:
            found[name] = (name, replace(error.problems[0], where=f"params/{name}/"))
            continue
        if name != one.slug:
            fix = f"omdøb mappen til {one.slug}"
            if os.path.lexists(root / "params" / one.slug):
                fix = f"{one.navn} har også params/{one.slug}/: saml filerne dér, og slet denne"
            where, is_named = f"params/{name}/", repr(name)
            told = values.problem("folder-name", where, is_named, expected=one.slug, fix=fix)
            found[name] = (one.slug, told)
    return found


def refuse_misnamed(root: Path, folder: str) -> None:
    """Refuse a folder of params that is not named by its municipality's slug.

    Raises:
        UnknownNameError: with the name that it should have.
    """
    if wrong := misnamed(root).get(folder):
        raise UnknownNameError(wrong[1])


def _is_year(name: str) -> bool:
    return len(name) == 4 and name.isascii() and name.isdigit()


def read(kommune: str, aar: int, root: Path) -> PlanParams:
    """The complete parameters of one municipality and year.

    Args:
        kommune: Name, code or slug.
        aar: Plan year.
        root: The folder that holds `params/`.

    Raises:
        UnknownNameError: no such municipality.
        ParamsError: a file is missing, or says something wrong; all problems of its files at once.
    """
    declare_own(root)
    own_path = params_path(root, kommune, aar)
    if not os.path.lexists(own_path):
        raise ParamsError(_missing(root, own_path, kommune, aar))
    documents = [_load(path, root) for path in plan_files(root, kommune, aar)]
    if problems := [fault for one in reversed(documents) for fault in one.problems]:
        raise ParamsError(problems)
    merged: dict[str, Any] = {}
    for document in reversed(documents):
        merged = _merge(merged, document.values)
    params = validated(PlanParams, merged, *documents, error=ParamsError)
    if wrong := list(_misplaced(params, own_path, documents[0])):
        raise ParamsError(wrong)
    return params


def _load(path: Path, root: Path) -> Document:
    document = Document.load(path, root)
    return document.below("maal") if path.name.endswith(TARGETS_SUFFIX) else document


def _missing(root: Path, path: Path, kommune: str, aar: int) -> Problem:
    years = sorted(year for slug, year in available(root) if slug == path.parent.name)
    where, found = path.relative_to(root).as_posix(), f"kommune {kommune}, aar {aar}"
    expected = f"et af årene {', '.join(map(str, years))}" if years else "en fil med det navn"
    return values.problem("no-params", where, found, expected=expected)


def _misplaced(params: PlanParams, path: Path, own: Document) -> Iterator[Problem]:
    for key, expected in (
        ("aar", int(path.stem)),
        ("kommune", values.subject(path.parent.name).navn),
    ):
        found = getattr(params, key)
        if found != expected:
            where = own.where((key,))
            yield values.problem("misplaced", where, repr(found), expected=repr(expected), key=key)


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` on `base`: mappings are merged key by key, everything else is replaced."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = (
            _merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
        )
    return merged
