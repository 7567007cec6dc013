"""The mapping: what the columns of a file mean, as a small closed YAML that people write and keep.

Keys are Danish, as in params/. Layouts of the sources ship in `beskplan/data/mappings/`; those of a
municipality lie in `mappings/` of the working copy and are reviewed like any other text there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from beskplan.core.errors import (
    BeskplanError,
    DataError,
    Problem,
    UnknownNameError,
    did_you_mean,
    os_reason,
)
from beskplan.core.files import write_whole
from beskplan.registers.areas import find as find_area
from beskplan.registers.benefits import benefit
from beskplan.registers.document import read_text
from beskplan.registers.indicators import ALL, INDICATORS, declare_own, groups
from beskplan.registers.reading import Closed, explained, parse
from beskplan.sources.cells import (
    NumberCell,
    PeriodType,
    Sign,
    is_per_cent,
    period_of,
    read_number,
    shown_cell,
)
from beskplan.sources.labels import problem

CHOOSE: Final = "VALG"
"""Stands in a draft where a person must decide."""
FOLDER = "mappings"
"""Where a working copy keeps its own mappings."""
SCHEMA: Final = "indlaesning.json"
"""Name of the JSON schema of mapping files, beside those of params."""
ANY_YEAR: Final = 2000
"""Stands in for the year of heads such as `jan`, whose year each row has."""
OTHER_ENCODINGS: Final = ("cp850", "mac_roman")
"""Of old programs: never guessed, as their letters are letters in Windows' encoding too."""


def _registered(noun: str, find: Callable[[str], str]) -> AfterValidator:
    """A validator that refuses a word which its register does not have, with the nearest."""

    def check(name: str) -> str:
        try:
            return find(name)
        except BeskplanError as error:
            fix = "erstat VALG" if name == CHOOSE else error.problems[0].fix
            raise explained(f"{noun}, som beskplan kender", fix) from None

    return AfterValidator(check)


def _one_of(name: str, known: Collection[str]) -> str:
    if name not in known:
        every = f"en af {', '.join(known)}"
        # The nearest of a few may mean the opposite: `under_30` of `over_30`.
        fix = did_you_mean(name, known, every) + f" Ellers {every}" * (len(known) < 20)
        if known is INDICATORS:
            fix += "; er det noget andet, så giv det et navn i params/indikatorer.yaml (docs/egne-tal.md)"
        raise UnknownNameError(problem("not-there", "skema", repr(name), fix=fix))
    return name


IndicatorId = Annotated[
    str,
    _registered("en indikator", lambda name: _one_of(name, INDICATORS)),
    WithJsonSchema({"$comment": "indikator"}),
]
YdelseId = Annotated[
    str, _registered("en ydelse", lambda name: name if name == ALL else benefit(name).id)
]
GroupId = Annotated[
    str, _registered("en gruppe", lambda name: _one_of(name, [one.id for one in groups()]))
]
AreaName = Annotated[
    str,
    _registered("et område", lambda name: find_area(name) and name),
    WithJsonSchema({"$comment": "omraade"}),
]


def _answered(expected: str, fix: str) -> BeforeValidator:
    def check(text: Any) -> Any:
        if text == CHOOSE:
            raise explained(expected, fix)
        return text

    return BeforeValidator(check)


Answered = Annotated[str, _answered("det, som filen kalder det", "erstat VALG, eller slet det")]
Label = Annotated[Answered, Field(min_length=1, max_length=200)]
FixedPeriod = Annotated[str, _registered("en periode", lambda name: period_of(name) and name)]
Labels = tuple[Label, ...]


class FileFormat(Closed):
    """How the file is written; what is left out is found in the file."""

    tegnkodning: Literal["utf-8", "utf-16", "cp1252", "cp850", "mac_roman"] | None = None
    skilletegn: Literal[";", ",", "\t", "|"] | None = None
    decimaltegn: Literal[",", "."] | None = None
    ark: Label | None = None
    """Name of the sheet in a workbook."""
    overskrift: Annotated[int, Field(ge=1)] | None = None
    """Row number of the column heads, as a spreadsheet counts: the first row is 1."""
    overskrift_raekker: Annotated[int, Field(ge=1, le=3)] = 1
    """How many rows the heads fill, the first of them at `overskrift`: years above months."""


class AreaColumn(Closed):
    """Where an area stands: in a column, in the heads, or the same for the whole file."""

    kolonne: Label | None = None
    fast: AreaName | None = None
    i_overskrift: bool = False

    @model_validator(mode="after")
    def _one_of_them(self) -> AreaColumn:
        if [self.kolonne is None, self.fast is None, not self.i_overskrift].count(False) != 1:
            raise ValueError("skal have `kolonne`, `fast` eller `i_overskrift: true`")
        return self


class PeriodColumn(Closed):
    """Where a row's period stands: in a column, or in the heads of the number columns.

    With both, the column has the month or quarter and the heads have its year.
    """

    kolonne: Label | None = None
    i_overskrift: bool = False
    fast: FixedPeriod | None = None
    """The month, quarter or year of the whole file."""
    aar: Annotated[int, Field(ge=1990, le=2099)] | None = None
    """The year of months and quarters that are written without one."""
    aar_kolonne: Label | None = None
    """The column with the year of each row."""
    aar_i_raekker: bool = False
    """A row whose period is a year alone gives it to the months below, and is not read: pivot tables."""
    type: PeriodType | None = None
    """What a day in the file is the first or last of: `maaned`, `kvartal` or `aar`."""

    @model_validator(mode="after")
    def _one_of_both(self) -> PeriodColumn:
        if (self.kolonne is not None or self.i_overskrift) is (self.fast is not None):
            raise ValueError("skal have `kolonne`, `i_overskrift: true` eller `fast`")
        years = (self.aar is not None, self.aar_kolonne is not None, self.aar_i_raekker)
        if sum((*years, self.years_in_heads)) > 1 or (self.aar_i_raekker and self.i_overskrift):
            raise ValueError(
                "året står ét sted: i `aar`, i `aar_kolonne`, i rækker i `kolonne` eller over tallene"
            )
        return self

    @property
    def years_in_heads(self) -> bool:
        """Whether the heads of the numbers are the years of the months or quarters in the rows."""
        return self.i_overskrift and self.kolonne is not None


class GroupColumn(Closed):
    """The column that names a row's population group, and the group id of each of its values."""

    kolonne: Label
    vaerdier: Annotated[dict[str, GroupId], Field(min_length=1)]


class NumberColumn(Closed):
    """One kind of number: an indicator of a benefit and group."""

    kolonne: Label | None = None
    """The column's head. Of heads that are periods or areas: what stands there besides, None for nothing."""
    hvor: dict[Label, Answered] = Field(default_factory=dict)
    """The rows that it is read from, by what other columns hold there; all rows where left out."""
    indikator: IndicatorId
    ydelse: YdelseId = ALL
    gruppe: GroupId = ALL
    decimaler: Annotated[int, Field(ge=0, le=6)] | None = None
    """What the source prints; the indicator's own precision where left out."""
    andel: bool | None = None
    """Whether the cells hold shares of 1, formatted as per cent or not: 0.62 is read as 62."""

    @property
    def decimals(self) -> int:
        """Decimals of the column."""
        return INDICATORS[self.indikator].decimals if self.decimaler is None else self.decimaler

    def number_of(self, cell: NumberCell, sign: Sign | None, *, told: bool) -> Decimal:
        """The number in one of its cells, if it is one that the indicator can take; see `read_number`.

        Raises:
            DataError: it cannot be: per cents of counts or shares, or below 0 where only a change may be.
        """
        indicator = INDICATORS[self.indikator]
        unit = "andele" if self.andel else indicator.unit
        if isinstance(cell.value, str) and is_per_cent(cell.value) and "pct." not in unit:
            raise DataError(problem("per-cent-of-counts", cell.where, repr(cell.value), unit=unit))
        value = read_number(cell, sign, told=told) * (100 if self.andel else 1)
        if expected := indicator.expected_of(value):
            found = shown_cell(cell.value)
            raise DataError(
                problem("out-of-range", cell.where, found, expected=expected, unit=unit)
            )
        return value

    def refuse_doubtful_shares(self, values: Sequence[float], where: str) -> None:
        """Refuse per cents with two decimals of which none is above 1: 0.62 may be 62 per cent."""
        is_open = self.andel is None and self.decimals > 1
        if not (is_open and INDICATORS[self.indikator].unit.startswith("pct.")):
            return
        if max(values, default=2) <= 1 and any(one % 1 for one in values):
            place = f"{where}: {self.kolonne or self.indikator}"
            raise DataError(problem("doubtful-shares", place, shown_cell(max(values))))

    @model_validator(mode="after")
    def _percent_of_shares(self) -> NumberColumn:
        if self.andel is not None and not INDICATORS[self.indikator].unit.startswith("pct."):
            raise ValueError("`andel` hører til indikatorer i pct.")
        return self


class Named(Closed):
    """What a mapping is called, and whose table it reads."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    titel: Annotated[str, _answered("tabellens navn, som læserne ser det", "erstat VALG")]
    """What the table is called where it comes from."""
    kilde: Annotated[str, _answered("fx own:jobcenter_furesoe", "erstat VALG")] = Field(
        pattern=r"^(jobindsats|statbank|demo|own:[a-z][a-z0-9_-]*)$"
    )
    tabel: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")


class Mapping(Named):
    """The whole of a mapping file."""

    fil: FileFormat = FileFormat()
    omraade: AreaColumn
    periode: PeriodColumn
    gruppe: GroupColumn | None = None
    faste: dict[Label, Annotated[tuple[str, ...], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    """Columns that must hold one of some equal values in every row: `KØN: [I alt, Total]`."""
    ignorer: Labels = ()
    """Columns that are not read. A column that the mapping does not name is refused."""
    udelad: dict[Label, Annotated[tuple[Answered, ...], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    """Values of a column whose rows are not read: `Kommune: [I alt, Hele regionen]`."""
    fyld_ned: Labels = ()
    """Columns in which an empty cell repeats the one above, as in exported pivot tables."""
    fortroligt: tuple[str, ...] = ()
    """Marks of a number that exists and is kept back."""
    mangler: tuple[str, ...] = ()
    """Marks of a number that does not exist."""
    nul: tuple[str, ...] = ()
    """Marks of the number 0, as `-` in tables of Danmarks Statistik."""
    tom: Literal["fortroligt", "mangler", "afvis"] = "afvis"
    """What an empty cell means; refused where the mapping does not say."""
    fortroligt_under: Annotated[int, Field(ge=0)] | None = None
    """Counts below this are withheld; the source's threshold where left out, 0 for none."""
    tal: Annotated[tuple[NumberColumn, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _consistent(self) -> Mapping:
        marks = (*self.fortroligt, *self.mangler, *self.nul)
        if len(set(marks)) < len(marks):
            raise ValueError("et mærke står kun én gang under `fortroligt`, `mangler` og `nul`")
        if "" in marks:
            raise ValueError("en tom celle beskrives med `tom`")
        labels = {number.kolonne for number in self.tal}
        if None in labels and (len(labels) > 1 or not self.is_wide):
            raise ValueError("hvert punkt under `tal` skal have sin `kolonne`")
        rows = {(one.kolonne, *sorted(one.hvor.items())) for one in self.tal}
        series = {(one.indikator, one.ydelse, one.gruppe) for one in self.tal}
        alike = {(one.kolonne, *sorted(one.hvor)) for one in self.tal}
        if len(alike) > len(labels) or len(self.tal) > min(len(rows), len(series)):
            raise explained(
                "punkter med hver sin indikator, ydelse eller gruppe, i samme `kolonne` med hver sin `hvor`",
                "skriv, hvad hvert tæller; nævn det, der ikke skal læses, under `udelad` eller `ignorer`",
            )
        if self.gruppe is not None and any(number.gruppe != ALL for number in self.tal):
            raise ValueError("`gruppe` står enten i en kolonne eller ved et tal, ikke begge steder")
        return self

    @property
    def is_wide(self) -> bool:
        """Whether the heads of the numbers are periods or areas."""
        return self.periode.i_overskrift or self.omraade.i_overskrift

    @property
    def row_labels(self) -> Labels:
        """Labels of the columns that say what a row is about."""
        columns = (
            self.omraade.kolonne,
            self.periode.kolonne,
            self.periode.aar_kolonne,
            self.gruppe.kolonne if self.gruppe else None,
            *self.faste,
            *(label for number in self.tal for label in number.hvor),
        )
        return tuple(dict.fromkeys(label for label in columns if label is not None))

    @property
    def labels(self) -> Labels:
        """Labels of every column that must be there."""
        numbers = () if self.is_wide else (n.kolonne for n in self.tal if n.kolonne is not None)
        return tuple(dict.fromkeys((*self.row_labels, *self.udelad, *numbers)))


def load_mapping(wanted: str | Path, root: Path | None = None) -> Mapping:
    """The mapping in a file, or the one with an id among the working copy's and the shipped ones.

    Raises:
        DataError: the file is not readable or no valid mapping; all problems at once.
        UnknownNameError: no mapping has this id.
    """
    if root is not None:
        declare_own(root)
    if isinstance(wanted, Path):
        return parse(_text(wanted), wanted.name, Mapping)
    known = mappings(root, unfinished=wanted)
    if wanted not in known:
        expected, fix = (
            f"en fil eller et af {', '.join(sorted(known))}",
            did_you_mean(wanted, known),
        )
        raise UnknownNameError(
            problem("no-mapping", "mapping", repr(wanted), expected=expected, fix=fix)
        )
    return known[wanted]


def mappings(root: Path | None = None, unfinished: str = "") -> dict[str, Mapping]:
    """Every mapping by id: the shipped ones, then those in `mappings/` of the working copy.

    A draft in which something is still to be chosen is none, but for the one that is `unfinished`.

    Raises:
        DataError: one of the files is wrong, or an id stands in two of them.
    """
    if root is not None:
        declare_own(root)
    texts = {
        f"beskplan/data/{FOLDER}/{item.name}": item.read_text(encoding="utf-8")
        for item in files("beskplan").joinpath("data", FOLDER).iterdir()
        if item.name.endswith(".yaml")
    }
    own = sorted((root / FOLDER).glob("*.yaml")) if root is not None else []
    read = {path: _text(path) for path in own}
    texts |= {
        f"{FOLDER}/{path.name}": text
        for path, text in read.items()
        if path.stem == unfinished or not _is_draft(text)
    }
    found: dict[str, Mapping] = {}
    paths: dict[str, str] = {}
    for where, text in texts.items():
        mapping = parse(text, where, Mapping)
        if mapping.id in found:
            both = f"{paths[mapping.id]} og {where}"
            raise DataError(problem("same-id", f"{where}: id", both))
        found[mapping.id], paths[mapping.id] = mapping, where
    return found


def _is_draft(text: str) -> bool:
    return any(CHOOSE in line.partition("#")[0] for line in text.splitlines())


def mapping_text(mapping: Mapping) -> str:
    """The mapping as YAML, without what it leaves out."""
    content: dict[str, Any] = mapping.model_dump(mode="json", exclude_unset=True)
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)


def save_mapping(text: str, path: Path) -> None:
    """Write the text of a mapping for the next time; an existing file is not touched.

    Raises:
        DataError: the file exists, or cannot be written.
    """
    if path.exists():
        raise DataError(problem("file-exists", str(path)))
    try:
        write_whole(path, text.encode())
    except OSError as error:
        raise DataError(problem("not-written", str(path), os_reason(error))) from None


def _text(path: Path) -> str:
    text = read_text(path, str(path))
    if isinstance(text, Problem):
        raise DataError(text)
    return text
