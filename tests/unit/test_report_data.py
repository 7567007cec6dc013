"""What a report reads: a share is withheld with the count that it is a share of."""

from decimal import Decimal

import pandas as pd
import pytest

from beskplan.core.periods import Period
from beskplan.observations.contract import COLUMNS
from beskplan.observations.snapshot import Origin, Snapshot, reader_text
from beskplan.registers.areas import find
from beskplan.registers.indicators import INDICATORS
from beskplan.report.data import ReportData
from tests.conftest import cases
from tests.unit.report_samples import observation, snapshot

CASES = cases("report_data")

LAESOE = find("Læsø").kode
MONTH = Period.parse("2026M06")


def data(**numbers: float | None) -> ReportData:
    """One benefit's numbers of one month, by indicator; None is withheld."""
    rows = []
    for name, value in numbers.items():
        spec = INDICATORS[name]
        state = "withheld" if value is None else "known"
        key = (name, "sygedagpenge", "alle", LAESOE, MONTH.code)
        shown = float("nan") if value is None else value
        source = ("jobindsats", "y60a02", "linje 2", "2026-08-01")
        rows.append((*key, shown, spec.decimals, spec.unit, state, *source))
    return ReportData(Snapshot("0" * 12, "prøvedata", pd.DataFrame(rows, columns=list(COLUMNS))))


def share(found: ReportData) -> Decimal | str:
    quantity = found.quantity("pct_af_arbejdsstyrken", "sygedagpenge", LAESOE, MONTH)
    return quantity.exact if quantity.is_number else quantity.state


@pytest.mark.parametrize("count", ["fuldtidspersoner", "personer"])
def test_a_share_is_withheld_with_its_count(count: str) -> None:
    assert share(data(pct_af_arbejdsstyrken=0.3, **{count: None})) == "withheld"


def test_a_share_stands_where_its_count_does_or_where_there_is_none() -> None:
    assert share(data(pct_af_arbejdsstyrken=0.3, fuldtidspersoner=7)) == Decimal("0.3")
    assert share(data(pct_af_arbejdsstyrken=0.3)) == Decimal("0.3")


def test_a_count_that_is_published_later_makes_the_report_another() -> None:
    hidden = data(pct_af_arbejdsstyrken=0.3, fuldtidspersoner=None)
    printed = data(pct_af_arbejdsstyrken=0.3, fuldtidspersoner=7)
    for one in (hidden, printed):
        share(one)
    assert hidden.rows_hash != printed.rows_hash


@pytest.mark.parametrize(("origins", "text"), CASES["sources_are_named_by_their_titles"])
def test_sources_are_named_by_their_titles(origins: list[Origin], text: str) -> None:
    assert reader_text(origins, {("own:besoeg", "b1"): "Besøg"}) == text


def test_a_page_names_the_sources_of_the_rows_that_it_read_and_no_others() -> None:
    rows = [
        observation("virksomhedsbesoeg", 14, "2026M06", source="own:gribskov", area="270"),
        observation("fuldtidspersoner", 7, "2026M06", ydelse="sygedagpenge", area=LAESOE),
    ]
    found = ReportData(snapshot(rows))
    found.quantity("fuldtidspersoner", "sygedagpenge", LAESOE, MONTH)
    assert found.text == "tal fra Jobindsats.dk (hentet 1. august 2026)"
