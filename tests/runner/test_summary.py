"""What a build says at its end: how many, what failed for one and the same reason, what still stands."""

from pathlib import Path

import pytest

from beskplan.core.errors import Problem
from beskplan.params.jobs import Job
from beskplan.runner.building import lines
from beskplan.runner.records import Outcome

WHERE = "notebooks/maalgrupper.ipynb: celle 5"
REASON = "det afsnit findes ikke"


def failed(folder: Path, kommune: str) -> Outcome:
    problem = Problem(WHERE, f"fejler for {kommune} 2027", REASON, fix="ret den")
    return Outcome(Job(2027, kommune, "maalgrupper"), folder / kommune, (problem,))


@pytest.mark.parametrize("stands", [True, False])
def test_a_report_that_failed_alone_is_not_told_of_twice(tmp_path: Path, stands: bool) -> None:
    if stands:
        (tmp_path / "aarhus").mkdir()
    good = Outcome(Job(2027, "rudersdal", "maalgrupper"), tmp_path)
    last = ["Den seneste gode rapport ligger stadig: 2027/aarhus/maalgrupper"] if stands else []
    assert lines([good, failed(tmp_path, "aarhus")]) == ["1 lavet, 1 mislykkedes.", *last]


def test_a_reason_that_several_have_is_told_once_with_all_of_them(tmp_path: Path) -> None:
    (tmp_path / "aarhus").mkdir()
    assert lines([failed(tmp_path, "aarhus"), failed(tmp_path, "randers")]) == [
        "0 lavet, 2 mislykkedes.",
        "",
        f"2 x {WHERE}: fejler for … …: {REASON}",
        "  2027/aarhus/maalgrupper, 2027/randers/maalgrupper",
        "  gør:    ret den",
        "  den seneste gode rapport af 1 af dem ligger stadig",
    ]
