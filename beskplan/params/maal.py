"""A plan's targets as a params file gives them: one closed model for each kind of target.

The file is `params/<kommune>/<aar>.maal.yaml`; it becomes the key `maal` of the plan's parameters.
`slags` says what kind a target is and thereby which keys it has; docs/vejledning.md lists them for those
who write them.

Signs are those of the movement: "nedbringes med 10 pct." is -10.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from beskplan.params import target_words, values
from beskplan.registers import benefits
from beskplan.registers.indicators import INDICATORS
from beskplan.registers.reading import Closed, explained


def _not_zero(value: Decimal) -> Decimal:
    if value == 0:
        raise explained("en ændring, altså ikke 0", "skriv bevægelsens fortegn, fx -10")
    return value


Number = Decimal
Change = Annotated[Number, AfterValidator(_not_zero)]
Share = Annotated[Number, Field(ge=0, le=100)]
Level = Annotated[Number, Field(ge=0)]
Positive = Annotated[Number, Field(gt=0)]


class Maaling(Closed):
    """How the data follow a target; several benefits are added up."""

    indikator: values.IndicatorId
    ydelser: tuple[values.Ydelse, ...] = ()
    """None: the number makes no distinction between benefits."""
    gruppe: values.Text = "alle"
    i_pct_af: tuple[values.Ydelse, ...] = ()
    """The target follows `ydelser` as a share, in per cent, of these benefits together."""


class Udgangspunkt(Closed):
    """What a target is measured from."""

    periode: values.PeriodValue | None = None
    """A year means the mean of its months where the data are monthly."""
    vaerdi: Level | None = None
    """As the plan prints it; taken from the data where it prints none."""
    decimaler: Annotated[int, Field(ge=0, le=2)] = 0
    ord: values.Text | None = None
    """The plan's words where they name no period: `forrige halvårsmåling`, `ikke angivet`."""

    @model_validator(mode="after")
    def _names_something(self) -> Udgangspunkt:
        if self.periode is None and self.ord is None:
            raise explained("`periode`, eller `ord` med planens ord")
        if self.vaerdi is not None and self.periode is None:
            raise explained("`periode` ved siden af en værdi")
        return self


class PlanensTal(Closed):
    """A number that the plan prints of what a target measures."""

    periode: values.PeriodValue
    vaerdi: Level
    decimaler: Annotated[int, Field(ge=0, le=2)] = 0
    linje: int | None = None


class Figur(Closed):
    """A figure of the plan that is not preserved: the page says what it showed, and how to fill its place."""

    nr: values.Text | None = None
    """The plan's own number: `Figur 1`."""
    billedtekst: values.Text
    linje: int | None = None
    enhed: values.Text
    """What its numbers count: `helårspersoner`, `pct.`."""


class _Target(Closed):
    id: values.TargetId
    nr: values.Text | None = None
    """The plan's own number, where it has one."""
    hvad: values.Text
    """What is measured, as a short noun phrase: the target's name in tables and headings."""
    tekst: values.Text
    """The target in the plan's own words."""
    frist: values.PeriodValue
    """The month at whose end, or the year in which, it must be met."""
    frist_ord: values.Text | None = None
    """A deadline that no period says: `senest 4 uger efter ankomsten`."""
    udgangspunkt: Udgangspunkt | None = None
    maaling: Maaling | None = None
    """None: no data of ours follow it."""
    rolle: values.Text = "resultatmål"
    """What it is: `resultatmål`, `prognose`, `brugerundersøgelse`, `mål i teksten`."""
    medregnes: bool = True
    """Whether the plan counts it among its targets; a survey, a remark or an expectation is none."""
    planens_tal: tuple[PlanensTal, ...] = ()
    """Numbers of the target's own measure that the plan prints, besides the baseline."""
    naeste_maaling: values.Text | None = None
    """When the next number comes, where somebody knows better than the data and the deadline."""
    ansvarlig: values.Text | None = None
    """Who answers for the target; that of its goal where left out."""
    opgoeres_i: values.Text | None = None
    """Where the plan says its numbers come from."""
    sammenlign_med: tuple[values.Comparison, ...] | None = None
    """The plan's own choice where left out."""
    jobcenter: values.AreaName | None = None
    """Whose target it is, in a regional overview."""
    linje: int | None = None
    """Line in the source document."""
    forbehold: tuple[values.Text, ...] = ()
    figur: Figur | None = None
    andre_tal_i_teksten: bool = False
    """Whether the words name other numbers than the target's own: they are then not compared."""

    @model_validator(mode="after")
    def _number_is_that_of_the_words(self) -> Self:
        """What the fields say is what the words say, and counts have no decimals."""
        unit = getattr(self, "enhed", "pct")
        baseline = self.udgangspunkt.vaerdi if self.udgangspunkt else None
        decimals = self.udgangspunkt.decimaler if self.udgangspunkt else 0
        counted = target_words.is_counted(unit)
        if counted and not decimals and baseline is not None and baseline % 1:
            fix = "skriv hele tallet, eller `decimaler: 1`, hvis planen har decimaler"
            raise explained(f"`vaerdi` i hele {unit}", fix, str(baseline))
        for name, own_unit in _NUMBERS.items():
            value: Decimal | int | None = getattr(self, name, None)
            if value is None:
                continue
            if own_unit == "" and counted and value % 1:
                fix = "skriv hele tallet, uden punktum ved tusinder"
                raise explained(f"`{name}` i hele {unit}", fix, str(value))
            other = target_words.other_number(
                Decimal(value), own_unit or unit, self.tekst, baseline
            )
            if other is not None and not self.andre_tal_i_teksten:
                raise explained(
                    f"tallet i målets egne ord: {other}",
                    f"ret `{name}` eller `tekst`; nævner planens ord kun andre tal end målets, så "
                    "skriv `andre_tal_i_teksten: true`",
                    f"{name}: {value}",
                )
            if not self.andre_tal_i_teksten:
                self._refuse_other_direction(name, Decimal(value))
        return self

    @model_validator(mode="after")
    def _baseline_and_deadline_are_those_of_the_words(self) -> Self:
        """The months and the level that the words name are those of the fields."""
        if self.andre_tal_i_teksten:
            return self
        fix = "ret feltet eller `tekst`; siger ordene noget andet, så skriv `andre_tal_i_teksten: true`"
        start = self.udgangspunkt
        periode = start.periode if start else None
        if (other := target_words.other_dates(self.tekst, self.frist, periode)) is not None:
            field, said = other
            found = str(self.frist if field == "frist" else periode)
            raise explained(f"`{field}`, som målets egne ord har den: {said}", fix, found)
        if start and start.vaerdi is not None:
            unit = getattr(self, "enhed", "pct")
            if (level := target_words.other_baseline(self.tekst, unit, start.vaerdi)) is not None:
                raise explained(
                    f"udgangspunktet i målets egne ord: {level}", fix, str(start.vaerdi)
                )
        return self

    @model_validator(mode="after")
    def _measurement_is_of_the_words(self) -> Self:
        """What the data measure is in the target's unit, and of a benefit that its name names."""
        if self.maaling is None:
            return self
        unit = getattr(self, "enhed", None)
        if unit is None and any(hasattr(self, name) for name in _SHARES):
            unit = "pct."
        measured = INDICATORS[self.maaling.indikator].unit
        own = "pct" if self.maaling.i_pct_af else target_words.unit_of(measured)
        if unit is not None and target_words.unit_of(unit) != own:
            fix = "ret `enhed`, `slags` eller `maaling`"
            raise explained(f"en måling i {unit}", fix, f"{self.maaling.indikator}: {measured}")
        named = benefits.named_in(self.hvad)
        followed = set(self.maaling.ydelser)
        kin = followed.union(*(benefits.kin(ydelse) for ydelse in followed))
        if named and followed and not named & kin:
            fix = "ret `hvad` eller `ydelser`"
            raise explained(
                f"en måling af det, målet hedder: {self.hvad}", fix, ", ".join(followed)
            )
        return self

    def _refuse_other_direction(self, name: str, value: Decimal) -> None:
        """Raise where the words fall and the field rises, or name the other kind of limit."""
        word = None
        if name == "aendring_pct" and target_words.other_scale(self.tekst, value):
            fix = "skriv `slags: procentpoint` og `aendring_pctpoint`"
            raise explained(
                "en ændring i pct.; målets egne ord siger procentpoint", fix, str(value)
            )
        if name.startswith("aendring") and value:
            word = target_words.other_direction(self.tekst, rises=value > 0)
        kind = getattr(self, "slags", "")
        if kind.endswith(("_hoejst", "_mindst")):
            word = target_words.other_limit(self.tekst, at_least=kind.endswith("_mindst"))
        if word is not None:
            fix = f"ret fortegnet i `{name}`, `slags` eller `tekst`"
            found = f"{kind}, {name}: {value}"
            raise explained(f"det, målets egne ord siger: »{word}«", fix, found)


_SHARES = ("andel_pct", "rate_pct", "aendring_pctpoint")
"""The fields of targets whose level is a share in per cent."""
_NUMBERS = {
    "aendring_pct": "pct",
    "aendring": "",
    "aendring_pctpoint": "pct",
    "niveau": "",
    "andel_pct": "pct",
    "rate_pct": "pct",
    "antal": "",
    "maaneder": "måneder",
}
"""The fields whose number a target's words may say, each with its unit; empty: that of `enhed`."""


class _Changing(_Target):
    """A target that counts from a baseline names it."""

    udgangspunkt: Udgangspunkt


class Relativ(_Changing):
    """A change in per cent of the baseline."""

    slags: Literal["relativ"]
    aendring_pct: Change
    enhed: values.Text
    """Unit of the level."""


class Absolut(_Changing):
    """A change in the baseline's own unit."""

    slags: Literal["absolut"]
    aendring: Change
    enhed: values.Text


class Procentpoint(_Changing):
    """A change of a share, in percentage points."""

    slags: Literal["procentpoint"]
    aendring_pctpoint: Change


class Niveau(_Target):
    """A level: at most, at least or exactly."""

    slags: Literal["niveau_hoejst", "niveau_mindst", "niveau"]
    niveau: Level | None = None
    """The baseline's level where left out."""
    under: bool = False
    """The level itself is not enough: `skal være under niveauet for 2016`."""
    enhed: values.Text

    @model_validator(mode="after")
    def _has_a_level(self) -> Niveau:
        if self.niveau is None and self.udgangspunkt is None:
            raise explained("`niveau`, eller et `udgangspunkt`, hvis niveau det er")
        return self


class Andel(_Target):
    """A share in per cent: at most, at least or exactly."""

    slags: Literal["andel_hoejst", "andel_mindst", "andel"]
    andel_pct: Share


class RatePrMaaned(_Target):
    """A mean of the year's monthly shares, at least."""

    slags: Literal["rate_pr_maaned"]
    rate_pct: Share


class AntalPrMaaned(_Target):
    """A count in each month, at least."""

    slags: Literal["antal_pr_maaned"]
    antal: Positive
    enhed: values.Text


class AntalIAaret(_Target):
    """A count in the deadline's year, at least."""

    slags: Literal["antal_i_aaret"]
    antal: Positive
    enhed: values.Text


class FristMaaneder(_Target):
    """Something happens within so many months."""

    slags: Literal["frist_maaneder"]
    maaneder: Annotated[int, Field(gt=0)]


class Landsgennemsnit(_Target):
    """At least the national average of the same period."""

    slags: Literal["landsgennemsnit"]


class IkkeRingereEnd(_Target):
    """A development no worse than that of named municipalities."""

    slags: Literal["ikke_ringere_end"]
    kommuner: Annotated[tuple[values.Kommune, ...], Field(min_length=1)]
    bedre: Literal["op", "ned"]
    """Which way is better."""


class Retning(_Target):
    """A direction without a level."""

    slags: Literal["kun_retning"]
    retning: Literal["op", "ned"]


class Opfoelgning(_Target):
    """Followed, and waiting for the level that a committee sets later."""

    slags: Literal["opfoelgning"]
    enhed: values.Text
    niveau_fastsaettes: values.Text
    """When and where: `på Erhvervsudvalgets møde i marts 2021`."""


class Prognosetrin(Closed):
    """A level of an official forecast, as printed."""

    periode: values.PeriodValue
    niveau: Number


class Prognose(_Target):
    """An official forecast: not a target, but the ground that targets were set on."""

    slags: Literal["prognose"]
    enhed: values.Text
    start: Prognosetrin
    forloeb: Annotated[tuple[Prognosetrin, ...], Field(min_length=1)]


class Kvalitativ(_Target):
    """A process or an experience: no number judges it."""

    slags: Literal["kvalitativ"]
    andel_pct: Share | None = None
    """Where the plan says `alle`."""


class Naevnt(_Target):
    """Named, without a level."""

    slags: Literal["naevnt"]
    antal_maal: Annotated[int, Field(gt=0)] | None = None
    """How many targets the text stands for."""


Target = (
    Relativ | Absolut | Procentpoint | Niveau | Andel | RatePrMaaned | AntalPrMaaned | AntalIAaret
    | FristMaaneder | Landsgennemsnit | IkkeRingereEnd | Retning | Opfoelgning | Prognose
    | Kvalitativ | Naevnt
)  # fmt: skip
"""Every kind of target."""


class OverordnetMaal(Closed):
    """One of the plan's goals, with the targets that it is measured by."""

    nr: int | None = None
    titel: values.Text
    """In the plan's own words."""
    ministermaal: int | None = None
    """Number, from 1, of the ministers' goal that it serves in the year's list; None for an own goal."""
    fastsat_af: values.Text | None = None
    """Who set it, where the plan says so."""
    ansvarlig: values.Text | None = None
    """Who answers for its targets: a committee, a centre, a head of department."""
    resultatmaal: Annotated[
        tuple[Annotated[Target, Field(discriminator="slags")], ...], Field(min_length=1)
    ]


class Maal(Closed):
    """All targets of one plan."""

    kilde: values.Text
    """The plan's title, as sources name it."""
    sider: values.Text | None = None
    """Where in the plan its targets stand: `side 10-24`."""
    planens_antal: values.Text | None = None
    """The plan's own count of its targets, in its words: `seks resultatmål`."""
    dokument: values.Text | None = None
    """Id of the source document that `linje` counts in."""
    gaelder_ogsaa: tuple[values.Kommune, ...] = ()
    """Municipalities that share the targets, as those of a joint jobcentre do."""
    sammenlign_med: tuple[values.Comparison, ...] = ()
    """The municipalities that the plan compares itself with."""
    status_pr: values.PeriodValue | None = None
    """The month of the follow-up; the newest month of the data where left out."""
    overordnede: Annotated[tuple[OverordnetMaal, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Maal:
        ids = [target.id for target in self.targets()]
        if repeated := sorted({name for name in ids if ids.count(name) > 1}):
            raise explained("et id til hvert mål", f"omdøb {', '.join(repeated)}")
        return self

    def targets(self) -> Iterator[Target]:
        """Every target, in the order of the plan."""
        return (target for goal in self.overordnede for target in goal.resultatmaal)
