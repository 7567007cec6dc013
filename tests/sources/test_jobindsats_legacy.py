"""API v2: says that it is the legacy one, and gives the same observations as v3."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from beskplan.core.errors import SourceError
from beskplan.sources.fetching import Clients, fetch
from beskplan.sources.jobindsats import Jobindsats
from beskplan.sources.plan import default_plan
from tests.sources.conftest import Connected
from tests.sources.server.faults import WHAT, Fault
from tests.sources.server.serving import Sources

PLAN = default_plan().only(tables=("y01a02", "y25i01"))


@pytest.fixture
def legacy(connected: Connected) -> Jobindsats:
    return connected(version="v2")


def test_both_versions_give_the_same_observations(
    star: Jobindsats, legacy: Jobindsats, tmp_path: Path
) -> None:
    key = ["indicator", "ydelse", "group", "area", "period"]
    frames = [
        fetch(PLAN, tmp_path / one.version, Clients(jobindsats=one))
        .delivery.frame.drop(columns=["reference", "retrieved_at"])
        .sort_values(key, ignore_index=True)
        for one in (star, legacy)
    ]
    assert len(frames[0]) > 0
    assert frames[0].equals(frames[1])


def test_questions_name_areas_periods_and_values(
    sources: Sources, legacy: Jobindsats, tmp_path: Path
) -> None:
    fetch(PLAN.only(tables=("y25i01",)), tmp_path, Clients(jobindsats=legacy))
    bodies = [json.loads(one.body) for one in sources.asked("/v2/data")]
    assert [one.get("_ygrpi09") for one in bodies] == [None, ["A-dagpenge"], ["Kontanthjælp"]]
    assert {one["area"] for one in bodies} == {"*"}
    assert bodies[0]["period"][:2] == ["2026M07", "2026M06"]


def test_a_value_without_its_hierarchy_is_refused(legacy: Jobindsats, tmp_path: Path) -> None:
    table = PLAN.jobindsats[1]
    part = table.parts[1].model_copy(update={"hierarchy": None})
    plan = PLAN.model_copy(update={"jobindsats": (table.model_copy(update={"parts": (part,)}),)})
    with pytest.raises(SourceError, match="hvilket hierarki"):
        fetch(plan, tmp_path, Clients(jobindsats=legacy))


def test_a_wrong_key_that_comes_as_200_is_seen(connected: Connected, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        fetch(PLAN, tmp_path, Clients(connected("another-key", version="v2")))
    problem = caught.value.problems[0]
    assert problem.what == WHAT["key"]
    assert problem.found == "Forkert nøgle eller nøglen er udløbet."


@pytest.mark.parametrize(
    ("gone", "what"),
    [
        (("Hele landet", ""), "tabellen har ikke dette område"),
        (("Hele landet", "2026M07"), "hele landet mangler i perioder"),
        (("Rudersdal", ""), "tabellen har ikke dette område"),
    ],
)
def test_a_part_of_an_answer_is_refused(
    sources: Sources, legacy: Jobindsats, tmp_path: Path, gone: tuple[str, str], what: str
) -> None:
    def cut(body: bytes) -> bytes:
        content = json.loads(body.decode("utf-8-sig"))
        rows = content[0]["Data"]
        content[0]["Data"] = [row for row in rows if row[0] != gone[0] or gone[1] not in row[1]]
        return json.dumps(content).encode()

    sources.faults.append(Fault("/v2/data", times=9, change=cut))
    with pytest.raises(SourceError) as caught:
        fetch(PLAN.only(tables=("y01a02",)), tmp_path, Clients(jobindsats=legacy))
    assert {problem.what for problem in caught.value.problems} == {what}
