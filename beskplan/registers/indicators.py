"""Indicators: what a number counts or measures, with its unit and printed precision.

A working copy may have its own besides, for what no register of a source counts:

    # params/indikatorer.yaml
    indikatorer:
      samtaler: {navn: Antal samtaler, enhed: samtaler}
      fremmoede: {navn: Andel fremmødte, enhed: pct. af de indkaldte, decimaler: 1, godt: op}
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from beskplan.core.errors import DataError
from beskplan.registers.document import Document, problem
from beskplan.registers.reading import Closed, checked, data_text

ALL: Final = "alle"
"""The benefit or group that means "no distinction made"."""


@dataclass(frozen=True)
class Indicator:
    """What a number is, as `data/indicators.yaml` says it."""

    id: str
    unit: str
    name: str
    decimals: int = 0
    adds_over_areas: bool = False
    """Whether the areas of a larger area add up to it, but for rounding."""
    adds_over_ydelser: bool = False
    """Whether the benefits of a composite add up to it."""
    note: str = ""
    """What readers of its tables are told that it is, where its name does not say it."""
    basis: Literal["", "igang", "i_aaret"] = ""
    """What a duration is measured on; empty for all other measures."""
    people: bool = False
    """Whether an indicator of a working copy's own counts people, whatever its unit is called."""
    own: bool = False
    """Whether it is a working copy's own."""
    good: Literal["", "op", "ned"] = ""
    """Which way is the right one for a working copy's own; empty where neither is."""

    @property
    def is_of_people(self) -> bool:
        """Whether it is people as a share of all people: with the known whole it tells their number."""
        return self.unit.startswith("pct. af ")

    @property
    def counts_people(self) -> bool:
        """Whether it counts people, or their courses: small counts of them are not published."""
        return self.people or (self.unit in _OF_PEOPLE and not self.id.startswith("aendring_"))

    def expected_of(self, value: Decimal) -> str:
        """Tell what a value may be, where it is not: `0 til 100`; empty where it is. A change may be any."""
        is_share = self.unit.startswith("pct.")
        if self.id.startswith("aendring_") or (value >= 0 and not (is_share and value > 100)):
            return ""
        return "0 til 100" if is_share else "0 eller mere"

    @property
    def is_count(self) -> bool:
        """Whether it counts anything, such as visits."""
        return not (
            self.unit.startswith("pct.") or self.unit == "uger" or self.id.startswith("aendring")
        )


_OF_PEOPLE: Final = (
    "fuldtidspersoner",
    "fuldtidsmodtagere",
    "personer",
    "helårspersoner",
    "forløb",
)
"""Units of counts of people, or of their courses. Company visits and weeks are not protected."""

_FILE = "indicators.yaml"
_ROWS: dict[str, dict[str, Any]] = Document.parse(data_text(_FILE), _FILE).values
INDICATORS: Final = {key: Indicator(id=key, **row) for key, row in _ROWS.items()}
"""Every indicator by its id: the shipped ones, and those of the working copy (`declare_own`)."""
OWN: Final = Path("params") / "indikatorer.yaml"
"""Where a working copy declares its own."""


class _OwnIndicator(Closed):
    navn: str
    enhed: str
    decimaler: Annotated[int, Field(ge=0, le=3)] = 0
    personer: bool = False
    """Whether it counts people: small counts are then withheld."""
    godt: Literal["op", "ned"] | None = None
    """Which way is the right one, so that a text may say so; neither where it is left out."""


class OwnIndicators(Closed):
    """The whole of `params/indikatorer.yaml`."""

    indikatorer: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], _OwnIndicator]


def declare_own(root: Path) -> None:
    """Know the indicators that a working copy declares, and no other one's.

    Args:
        root: The working copy; without `params/indikatorer.yaml` it has none.

    Raises:
        DataError: the file is wrong, or gives a shipped indicator another meaning.
    """
    found: dict[str, _OwnIndicator] = {}
    if (root / OWN).is_file():
        found = checked(Document.load(root / OWN, root), OwnIndicators).indikatorer
    if taken := [name for name in found if name in _ROWS]:
        raise DataError(problem("indicator-taken", f"{OWN.as_posix()}: {name}") for name in taken)
    for name in [name for name, one in INDICATORS.items() if one.own]:
        del INDICATORS[name]
    for name, one in found.items():
        INDICATORS[name] = Indicator(
            name,
            one.enhed,
            one.navn,
            one.decimaler,
            people=one.personer,
            own=True,
            good=one.godt or "",
        )
