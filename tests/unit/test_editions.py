"""Editions: the period in a name, in its one form; the edition before; jobs of editions."""

from pathlib import Path

import pytest

from beskplan.core.editions import by_end, earlier_edition, edition_period, finished_editions
from beskplan.core.errors import UnknownNameError
from beskplan.params.jobs import Job
from beskplan.publish.trail import Event
from tests.conftest import cases

CASES = cases("editions")


@pytest.mark.parametrize(("text", "code"), CASES["forms"])
def test_the_one_form_of_a_period_is_read(text: str, code: str) -> None:
    assert edition_period(text).code == code
    assert edition_period(text).statbank == text


@pytest.mark.parametrize(("text", "meant"), CASES["slips"])
def test_every_other_form_is_refused_with_the_nearest(text: str, meant: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        edition_period(text)
    (problem,) = caught.value.problems
    assert problem.fix == (f"mente du '{meant}'?" if meant else "")
    assert "2026K3" in problem.expected


@pytest.mark.parametrize(("written", "job"), CASES["jobs"])
def test_an_id_says_the_same_as_its_job(written: str, job: list[object]) -> None:
    parsed = Job.parse(written)
    assert [parsed.aar, parsed.kommune, parsed.bilag, parsed.periode] == job
    assert parsed.parameters.get("periode", "") == job[-1]
    assert Job.parse(parsed.id) == parsed
    # The trail of approvals takes every id that there can be.
    assert Event(what="godkendt", job=parsed.id, content="a", by="M").job == parsed.id


@pytest.mark.parametrize("written", CASES["no_jobs"])
def test_an_id_with_no_right_period_is_no_job(written: str) -> None:
    with pytest.raises(UnknownNameError):
        Job.parse(written)


def test_months_and_quarters_stand_in_order_of_time(tmp_path: Path) -> None:
    for name in sorted(CASES["in_time"]):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").touch()
    found = [path.name for _, path in finished_editions(tmp_path, "status")]
    assert found == CASES["in_time"] != sorted(CASES["in_time"])


def test_a_month_and_the_quarter_that_it_ends_have_one_order() -> None:
    assert by_end(edition_period("2026K3")) < by_end(edition_period("2026M09"))


@pytest.mark.parametrize("case", CASES["earlier"], ids=lambda case: case["what"])
def test_the_edition_before_is_the_newest_finished_one(
    tmp_path: Path, case: dict[str, str]
) -> None:
    for name in case["there"]:
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "manifest.json").touch()
    (tmp_path / "2026/rudersdal/status-2026K2").mkdir(parents=True, exist_ok=True)
    found = earlier_edition(tmp_path, case["of"])
    assert (found and found.relative_to(tmp_path).as_posix()) == case["before"]
