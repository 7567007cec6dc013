"""Parameters of the Bilag: one closed model for each, and the committee's case.

The examples in docs/ show the YAML of each; a Bilag's model stands under its notebook's name.

What a plan's own text adds to the numbers of a Bilag (corrections, facts, explanations, lost figures) is
written by a person under `plantekst`, by the name of the Bilag; `linje` is the line of the plan's text.
"""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from beskplan.core.periods import periods_between
from beskplan.params import values
from beskplan.registers.areas import find as find_area
from beskplan.registers.benefits import benefit
from beskplan.registers.indicators import ALL, INDICATORS, target_groups
from beskplan.registers.reading import Closed, explained


class Rettelse(Closed):
    """A misprint of the plan that no calculation finds."""

    hvor: values.Text
    """Which number or word: `Tabel 11, kolonnen med udviklingen`."""
    trykt: values.Text
    rettet: values.Text
    hvorfor: values.Text
    linje: int | None = None


class Oplysning(Closed):
    """A fact that the plan prints, in our own words."""

    tekst: values.Text
    linje: int | None = None


class Forklaring(Closed):
    """The administration's own explanation of a section's numbers."""

    tekst: values.Text
    navn: values.Text
    """Who answers for it."""
    dato: date


class Afsnitstekst(Closed):
    """What is told of one section besides its numbers."""

    planen: tuple[Oplysning, ...] = ()
    """How the plan itself explains the numbers."""
    forklaring: Forklaring | None = None
    """None: a draft shows an empty place for it, a published page nothing."""


class TabtFigur(Closed):
    """A figure of the plan that is not preserved."""

    navn: values.Text
    """As the page calls it: `Figur 2 »Andel af …«`."""
    viste: values.Text
    """What the printed figure showed."""
    saadan: values.Text
    """What fills its place."""
    linje: int | None = None


class Plantekst(Closed):
    """What the plan's own text adds to one Bilag."""

    rettelser: tuple[Rettelse, ...] = ()
    oplysninger: tuple[Oplysning, ...] = ()
    """Numbers of the plan's text that no table of the Bilag has."""
    figurer: tuple[TabtFigur, ...] = ()
    afsnit: dict[values.BilagId, Afsnitstekst] = Field(default_factory=dict)
    """By the name of the section in the notebook."""


class Fordeling(Closed):
    """How the groups share the workforce or population between them."""

    ydelser: tuple[values.Ydelse, ...] = ()
    """Benefits to rank; those of the overview where left out."""
    oevrige: values.Ydelse | None = None
    """A composite whose share the source gives for the small groups together."""
    saml_under: Annotated[Decimal, Field(gt=0)] | None = None
    """Groups with a smaller printed share are collected into one; all stand alone where left out."""


class Overblik(Closed):
    """Parameters of the overview."""

    foer: values.PeriodValue
    """The earlier period."""
    nu: values.PeriodValue
    """The later period, of the same kind."""
    ultimo: bool = False
    """Whether the source counts at the end of the periods ("ultimo 2015")."""
    maal: values.IndicatorId = "fuldtidspersoner"
    """Indicator of the levels, one for all rows: persons and full-time persons never meet."""
    andel: values.IndicatorId = "pct_af_arbejdsstyrken"
    """Indicator of the shares."""
    ydelser: Annotated[tuple[values.Ydelse, ...], Field(min_length=1)]
    """The rows, in order."""
    i_alt: values.Ydelse | None = None
    """The composite that is the total of the rows."""
    trykte_aendringer: bool = False
    """Read the changes that a plan printed without levels, where the levels are not in the data. The
    data do not say from which period they are counted: `foer` must be the plan's."""
    decimaler_udvikling: Annotated[int, Field(ge=0, le=2)] = 0
    """Decimals of the change in per cent."""
    fortegn: bool = False
    """Whether increases are printed with a plus sign."""
    fordeling: Fordeling = Field(default_factory=Fordeling)
    forbehold: tuple[values.Text, ...] = ()
    """Reservations about the numbers, in Danish, written by a person: also the only place for causes."""

    @model_validator(mode="after")
    def _periods_in_order(self) -> Self:
        if self.foer.kind != self.nu.kind or not self.foer < self.nu:
            raise explained(
                f"`foer` før `nu`, begge måneder, kvartaler eller år; ikke {self.foer} og {self.nu}",
                "ret de to perioder",
            )
        return self

    @model_validator(mode="after")
    def _each_row_once(self) -> Self:
        shown = [*self.ydelser, *([self.i_alt] if self.i_alt else [])]
        if repeated := sorted({one for one in shown if shown.count(one) > 1}):
            raise explained("hver ydelse én gang", f"behold én af {', '.join(repeated)}")
        return self


def _raekke(name: str) -> str:
    targets = {group.id for group in target_groups()}
    return name if name == ALL or name in targets else benefit(name).id


Raekke = Annotated[str, values.OfRegister("raekke", _raekke, "en målgruppe som lab_2_3, eller {}")]
"""A row: a target group of the law, a benefit, or `alle` for all groups together."""


class Serie(Closed):
    """One section: a measure for some groups at some points in time, in one municipality."""

    emne: values.Text
    """What is measured, as a definite noun phrase: `den gennemsnitlige varighed`."""
    kommune: values.Kommune | None = None
    """Another municipality of the joint jobcentre; the plan's own where left out."""
    maal: values.IndicatorId
    raekker: Annotated[tuple[Raekke, ...], Field(min_length=1)]
    """All groups that the reader would look for: those without numbers are named below the table."""
    perioder: Annotated[tuple[values.PeriodValue, ...], Field(min_length=2)]
    forbehold: tuple[values.Text, ...] = ()
    """Reservations about the numbers, in Danish, written by a person: also the only place for causes."""

    @model_validator(mode="after")
    def _periods_in_order(self) -> Self:
        if any(a.kind != b.kind or not a < b for a, b in pairwise(self.perioder)):
            listed = ", ".join(one.code for one in self.perioder)
            raise explained(
                f"perioder af én slags, i rækkefølge; ikke {listed}", "sæt `perioder` i rækkefølge"
            )
        return self


class Varighed(Closed):
    """Parameters of the Bilag about time on benefits."""

    serier: Annotated[dict[values.BilagId, Serie], Field(min_length=1)]
    """The sections by the name that the notebook uses."""


class Varighedskilde(Closed):
    """The mean duration that the calculation starts from."""

    maal: values.IndicatorId = "gns_varighed_igang_uger"
    raekke: Raekke = "offentlig_forsoergelse"
    periode: values.PeriodValue

    @model_validator(mode="after")
    def _of_running_courses(self) -> Self:
        spec = INDICATORS[self.maal]
        if spec.basis != "igang" or spec.unit != "uger":
            raise explained(
                "en gennemsnitlig varighed af igangværende forløb i uger",
                "brug gns_varighed_igang_uger: et gennemsnit i året tæller højst 52 uger",
            )
        return self


class Refusion(Closed):
    """Parameters of the Bilag about refusion."""

    dato: date | None = None
    """The day whose rates are used; 1 January of the plan year where left out."""
    maal: values.Text | None = None
    """Id of the plan's target (key `maal`) for the mean refund in per cent."""
    varighed: Varighedskilde | None = None
    """None: the effect of shorter courses is left out."""
    forkortelser_uger: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(min_length=1)] = (
        1,
        4,
        13,
        26,
    )
    """By how many weeks the mean duration is made shorter in the calculation, rising."""
    forbehold: tuple[values.Text, ...] = ()


Mark = Literal["X", "(X)"]
"""`X`: the plan has a target with a level. `(X)`: it describes the goal without one."""
Amount = Literal[
    "alle", "næsten alle", "de fleste", "mange", "en del", "flere", "nogle", "enkelte", "få"
]
"""How many, where the source gives a word and no number."""


def _jobcenter(name: str) -> str:
    hit = find_area(name)
    if hit.kind not in ("kommune", "jobcenter"):
        raise explained("en kommune eller et fælles jobcenter")
    return hit.kode


Jobcenter = Annotated[str, values.OfRegister("jobcenter", _jobcenter)]
"""Whose plan: the code of a municipality or of a joint jobcentre."""


class Planoversigt(Closed):
    """What the overview holds of one jobcentre's plan."""

    maal: dict[Annotated[int, Field(ge=1)], Mark] = Field(default_factory=dict)
    """Mark by the number of the ministers' goal; a goal that is left out is not in the plan."""
    supplerende: tuple[values.Text, ...] = ()
    """Supplementary goals and remarks, besides those that stand as targets."""
    handicap: values.Text | None = None
    """What the plan does for people with a handicap."""
    kompenserende_ordninger: bool = False
    """Whether that is about the schemes that compensate for a handicap."""


class Udsagn(Closed):
    """What some of the plans say on a theme."""

    tekst: values.Text
    """What they mention, as a noun phrase after "nævner"; also one of several in a list."""
    omfang: Amount | None = None
    """How many, in the source's word; left out where it does not say."""
    fx: tuple[Jobcenter, ...] = ()
    """Examples among them."""
    jobcentre: tuple[Jobcenter, ...] = ()
    """All that mention it, where the source names them all."""

    @model_validator(mode="after")
    def _all_or_examples(self) -> Self:
        if self.jobcentre and (self.fx or self.omfang):
            raise explained("`jobcentre` (dem alle), eller `omfang` og `fx`", "behold den ene")
        return self


class Tema(Closed):
    """One theme of the region's strategy."""

    nr: int
    titel: values.Text
    udsagn: Annotated[tuple[Udsagn, ...], Field(min_length=1)]


class RarOversigt(Closed):
    """Parameters of the regional overview."""

    kilde: values.Text
    """Where `jobcentre` and `temaer` are read, as sources name it."""
    kilde_reference: values.Text | None = None
    opgjort: values.PeriodValue | None = None
    """When the overview was made: plans change afterwards."""
    jobcentre: dict[Jobcenter, Planoversigt] = Field(default_factory=dict)
    """The plans that are not themselves under params/; the others are read from there."""
    temaer: dict[values.BilagId, tuple[Tema, ...]] = Field(default_factory=dict)
    """The themes by their group, as the notebook names it."""
    forbehold: tuple[values.Text, ...] = ()


MOST_PERIODS = 36
"""Each period is a row of the table: three years of months still fit on a page of the PDF."""


class EgetAfsnit(Closed):
    """One section: one measure of the municipality, period by period."""

    emne: values.Text
    """What is counted, as an indefinite noun in the plural: `virksomhedsbesøg`."""
    maal: values.IndicatorId
    ydelse: values.Ydelse | None = None
    """None: the number makes no distinction between benefits."""
    gruppe: values.Text = ALL
    fra: values.PeriodValue
    """The first period ..."""
    til: values.PeriodValue
    """... and the last, of the same kind."""
    laegges_sammen: bool = False
    """Whether the periods may be added up: visits may, persons on a benefit may not, as one who
    receives it for two months would be counted twice."""
    sammenlign_med: Annotated[tuple[values.Comparison, ...], Field(max_length=3)] = ()
    """Areas beside the municipality, where the data hold the same number of them."""
    resultatmaal: tuple[values.TargetId, ...] = ()
    """Ids of the plan's targets (`<aar>.maal.yaml`) that the numbers belong to."""
    forbehold: tuple[values.Text, ...] = ()
    """Reservations about the numbers, in Danish, written by a person: also the only place for causes."""

    @model_validator(mode="after")
    def _periods_in_order(self) -> Self:
        if self.fra.kind != self.til.kind or not self.fra < self.til:
            raise explained(
                f"`fra` tidligere end `til`, af samme slags; ikke {self.fra} og {self.til}",
                "ret de to perioder",
            )
        if len(periods_between(self.fra, self.til)) > MOST_PERIODS:
            raise explained(f"højst {MOST_PERIODS} perioder", "begynd senere, eller brug år")
        return self


class EgetBilag(Closed):
    """Parameters of one notebook of one's own."""

    afsnit: Annotated[dict[values.BilagId, EgetAfsnit], Field(min_length=1)]
    """The sections by the name that the notebook uses."""


class Udvalgssag(Closed):
    """One item of a committee's agenda; a field that is left out is shown as `-`, as agendas do."""

    udvalg: values.Line
    """Name of the committee."""
    moede: date
    """The day of the meeting."""
    punkt: Annotated[int, Field(ge=1, le=999)] | None = None
    """Number on the agenda, once it is known."""
    sagsnr: values.Line | None = None
    """Number of the case in the municipality's journal, e.g. `13/4229`."""
    titel: values.Line
    punkttype: Literal["Beslutning", "Drøftelse", "Orientering"]
    tema: values.Prosa
    """What the committee is asked about, in a few lines."""
    sagsbeskrivelse: values.Prosa
    """Background; stands before what is generated."""
    administrationens_forslag: values.Prosa
    afledte_konsekvenser: values.Prosa | None = None
    oekonomi_og_finansiering: values.Prosa | None = None
    dialog_hoering: values.Prosa | None = None
    beslutning: values.Prosa | None = None
    """What the committee decided; left out until the meeting has been held."""
    fravaerende: values.Prosa | None = None
    """Who was absent; `Ingen` where nobody was."""
