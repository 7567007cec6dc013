"""Parameters of `notebooks/rar_oversigt.ipynb`: the plans of all jobcentres of a region."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from beskplan.core.errors import BeskplanError
from beskplan.params.values import BilagId, PeriodValue, Text, register_value
from beskplan.registers.areas import find as find_area
from beskplan.registers.reading import Closed, explained

Mark = Literal["X", "(X)"]
"""`X`: the plan has a target with a level. `(X)`: it describes the goal without one."""
Amount = Literal[
    "alle", "næsten alle", "de fleste", "mange", "en del", "flere", "nogle", "enkelte", "få"
]
"""How many, where the source gives a word and no number."""


def _jobcenter(value: Any) -> str:
    try:
        hit = find_area(str(value))
    except BeskplanError as error:
        raise explained(error.problems[0].expected, error.problems[0].fix) from None
    if hit.kind not in ("kommune", "jobcenter"):
        raise explained("a municipality or a joint jobcentre")
    return hit.kode


Jobcenter = Annotated[str, BeforeValidator(_jobcenter), register_value("jobcenter")]
"""Whose plan: the code of a municipality or of a joint jobcentre."""


class Planoversigt(Closed):
    """What the overview holds of one jobcentre's plan."""

    maal: dict[Annotated[int, Field(ge=1)], Mark] = Field(default_factory=dict)
    """Mark by the number of the ministers' goal; a goal that is left out is not in the plan."""
    supplerende: tuple[Text, ...] = ()
    """Supplementary goals and remarks, besides those that stand as targets."""
    handicap: Text | None = None
    """What the plan does for people with a handicap."""
    kompenserende_ordninger: bool = False
    """Whether that is about the schemes that compensate for a handicap."""


class Udsagn(Closed):
    """What some of the plans say on a theme."""

    tekst: Text
    """What they mention, as a noun phrase after "nævner"."""
    omfang: Amount | None = None
    """How many, in the source's word; left out where it does not say."""
    fx: tuple[Jobcenter, ...] = ()
    """Examples among them."""
    jobcentre: tuple[Jobcenter, ...] = ()
    """All that mention it, where the source names them all."""

    @model_validator(mode="after")
    def _all_or_examples(self) -> Self:
        if self.jobcentre and (self.fx or self.omfang):
            raise explained(
                "`jobcentre` (all of them), or `omfang` and `fx`", "keep one of the two"
            )
        return self


class Tema(Closed):
    """One theme of the region's strategy."""

    nr: int
    titel: Text
    udsagn: Annotated[tuple[Udsagn, ...], Field(min_length=1)]


class RarOversigt(Closed):
    """Parameters of the regional overview."""

    kilde: Text
    """Where `jobcentre` and `temaer` are read, as sources name it."""
    kilde_reference: Text | None = None
    opgjort: PeriodValue | None = None
    """When the overview was made: plans change afterwards."""
    jobcentre: dict[Jobcenter, Planoversigt] = Field(default_factory=dict)
    """The plans that are not themselves under params/; the others are read from there."""
    temaer: dict[BilagId, tuple[Tema, ...]] = Field(default_factory=dict)
    """The themes by their group, as the notebook names it."""
    forbehold: tuple[Text, ...] = ()
