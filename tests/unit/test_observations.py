from typing import Any

import pandas as pd
import pytest

from beskplan.core.errors import DataError
from beskplan.observations.contract import COLUMNS, validate
from tests.conftest import cases

CASES = cases("observations")

GOOD: dict[str, Any] = {
    "indicator": "fuldtidspersoner",
    "ydelse": "a_dagpenge",
    "group": "alle",
    "area": "230",
    "period": "2020M06",
    "value": 703.0,
    "decimals": 0,
    "unit": "fuldtidspersoner",
    "state": "known",
    "source": "jobindsats",
    "table_id": "y01a02",
    "reference": "",
    "retrieved_at": "2020-11-18",
}


def frame(*changes: dict[str, Any]) -> pd.DataFrame:
    rows = [
        {**GOOD, "period": f"2020M{number:02d}", **change}
        for number, change in enumerate(changes, 1)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"value": "float64"})


def test_a_table_that_keeps_the_contract_passes_unchanged() -> None:
    table = frame({}, {"state": "withheld", "value": None}, {"state": "absent", "value": None})
    pd.testing.assert_frame_equal(validate(table, "x.csv"), table)


@pytest.mark.parametrize(("change", "column"), CASES["each_broken_rule_is_refused_with_its"])
def test_each_broken_rule_is_refused_with_its_row_and_column(
    change: dict[str, Any], column: str
) -> None:
    with pytest.raises(DataError) as refusal:
        validate(frame({}, change), "x.csv")
    wheres = [problem.where for problem in refusal.value.problems]
    assert any(where.startswith("x.csv: række 2") and where.endswith(column) for where in wheres), (
        wheres
    )


def test_two_rows_for_the_same_observation_are_refused() -> None:
    with pytest.raises(DataError, match="én række for hver"):
        validate(frame({"period": "2020M06"}, {"period": "2020M06", "value": 704.0}), "x.csv")


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(DataError) as refusal:
        validate(frame({"state": "hidden"}, {"period": "?"}, {"indicator": "?"}), "x.csv")
    assert {problem.where.split(": ")[1].split()[1] for problem in refusal.value.problems} >= {
        "1",
        "2",
        "3",
    }
