"""The refusals kept as data: every one that the code names is there, and every one there is named."""

import json
import re
from pathlib import Path

import pytest

from beskplan.core.errors import BeskplanError, DataError, Problem, Refusals, refusals
from beskplan.core.files import named_file
from beskplan.core.periods import Period
from tests.conftest import cases

CASES = cases("refusals")


ROOMS = {
    name: refusals(f"beskplan.{name}")
    for name in ("core", "observations", "params", "registers", "report", "sources")
}
_TABLES = ("yaml-faults", "expected", "fixes", "patterns", "area-kinds", "system", "network")
"""Entries that are no refusals but words for what others say."""
_WORDS = re.compile(r"(?<!\{)(?:\{\{)*\{([a-z]+)\}")
_GIVEN = r"\b(?:problem|told|refusal|_note|_refuse|_refused|_ask|_summed)\(\s*f?\"([a-z][^\"]*)\""


@pytest.mark.parametrize("room", ROOMS)
def test_the_code_names_each_refusal_and_no_other(root: Path, room: str) -> None:
    files = (root / "beskplan" / room).rglob("*.py")
    code = "\n".join(path.read_text("utf-8") for path in files)
    assert {n for n in re.findall(_GIVEN, code) if "{" not in n} <= set(ROOMS[room])
    # StatBank's own codes, and the kinds of a day, are named by what the source or file says.
    ours = {n for n in ROOMS[room] if n.islower() and not n.startswith("no-day-of-")}
    assert ours <= set(re.findall(r'"([a-z0-9][a-z0-9 -]+)"', code))


@pytest.mark.parametrize(("room", "name"), [(r, n) for r in ROOMS for n in ROOMS[r]])
def test_a_refusal_says_what_is_wrong_and_its_words_are_filled_in(room: str, name: str) -> None:
    if name in _TABLES:
        return
    texts = " ".join(text for key, text in ROOMS[room][name].items() if key != "error")
    wanted = {word: "»ord«" for word in _WORDS.findall(texts) if word != "where"}
    said = Refusals(f"beskplan.{room}")(name, "her", "noget", **wanted)
    assert said.what
    assert not re.search(r"\{[a-z]+\}", f"{said.what}{said.expected}{said.fix}")


def test_each_pattern_of_the_files_that_people_write_has_words(root: Path) -> None:
    texts = [one.read_text("utf-8") for one in (root / "params" / "skema").glob("*.json")]
    patterns = {
        str(json.loads(hit)) for text in texts for hit in re.findall(r'"pattern": ("\S+")', text)
    }
    # Periods and mail servers are refused in other words.
    missing = {
        one
        for one in patterns - set(ROOMS["registers"]["patterns"])
        if not re.search("0,61|QMAT", one)
    }
    assert missing == set()
    assert len(patterns) > 5


def test_the_problems_of_a_cell_stand_in_the_one_that_names_it() -> None:
    inner = Problem("params/x.yaml: fra", "ingen tal", "2026M01", fix="indlæs dem")
    assert str(Problem("celle 3", "fejler for x 2026", str(DataError(inner)))).splitlines() == [
        "celle 3: fejler for x 2026",
        "  params/x.yaml: fra: ingen tal",
        "    fundet:   2026M01",
        "    gør:      indlæs dem",
    ]


def test_a_word_that_is_not_given_is_told() -> None:
    with pytest.raises(KeyError):
        Refusals("beskplan.sources")("no-value", "her")


@pytest.mark.parametrize(
    ("name", "found", "fix"),
    CASES["a_file_that_cannot_be_read_is"],
)
def test_a_file_that_cannot_be_read_is_told_with_the_nearest(
    tmp_path: Path, name: str, found: str, fix: str
) -> None:
    (tmp_path / "plan.docx").write_bytes(b"x")
    (tmp_path / "mappe").mkdir()
    assert named_file(tmp_path / "plan.docx") == b"x"
    with pytest.raises(DataError) as caught:
        named_file(tmp_path / name)
    [problem] = caught.value.problems
    assert (problem.found, problem.fix) == (found, fix)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("31-12-2027", "2027M12"), ("5/6/2027", "2027M06"), ("32-13-2027", "")],
)
def test_a_day_in_the_place_of_a_period_is_told_with_its_month(text: str, meant: str) -> None:
    with pytest.raises(BeskplanError) as caught:
        Period.parse(text)
    assert caught.value.problems[0].fix == (f"mente du '{meant}'?" if meant else "")
