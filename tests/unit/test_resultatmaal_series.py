"""The series that a target is followed by: a share is withheld with the count that it is a share of."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from beskplan.areas import find
from beskplan.indicators.quantities import Quantity
from beskplan.params.maal_parts import Maaling
from beskplan.periods import Period
from beskplan.report.resultatmaal.series import read_series

LAESOE = find("Læsø")
MONTH = "2026M06"
MEASURE = Maaling(indikator="pct_af_arbejdsstyrken", ydelser=("sygedagpenge",))


class Data:
    """Numbers of one benefit in one month, by indicator."""

    def __init__(self, **numbers: Quantity) -> None:
        self.numbers = numbers
        keys: dict[tuple[str, ...], object] = {
            (name, "sygedagpenge", "alle", LAESOE.kode, MONTH): {} for name in numbers
        }
        self.snapshot = SimpleNamespace(rows_by_area={LAESOE.kode: keys})

    def quantity(self, indicator: str, *_: object) -> Quantity:
        return self.numbers.get(indicator, Quantity(None, 0, "", "absent"))


def value(**numbers: Quantity) -> Quantity:
    context: Any = SimpleNamespace(data=Data(**numbers))
    (point,) = read_series(context, MEASURE, LAESOE)
    assert point.period == Period.parse(MONTH)
    return point.quantity


SHARE = Quantity(Decimal("0.3"), 1, "pct. af arbejdsstyrken", "known")
HIDDEN = Quantity(None, 0, "fuldtidspersoner", "withheld")
KNOWN = Quantity(Decimal(7), 0, "fuldtidspersoner", "known")


@pytest.mark.parametrize("count", ["fuldtidspersoner", "personer"])
def test_a_share_is_withheld_with_its_count(count: str) -> None:
    assert value(pct_af_arbejdsstyrken=SHARE, **{count: HIDDEN}).state == "withheld"


def test_a_share_stands_where_its_count_does_or_where_there_is_none() -> None:
    assert value(pct_af_arbejdsstyrken=SHARE, fuldtidspersoner=KNOWN) == SHARE
    assert value(pct_af_arbejdsstyrken=SHARE) == SHARE
