"""The refusals kept as data: every one that the code names is there, and every one there is named."""

import re
from pathlib import Path

import pytest

from beskplan.core.errors import Refusals, refusals

ROOMS = {
    name: refusals(f"beskplan.{name}")
    for name in ("observations", "params", "registers", "sources")
}
_TABLES = ("yaml-faults", "expected")
"""Entries that are no refusals but words for what others say."""
_WORDS = re.compile(r"(?<!\{)\{([a-z]+)\}")
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
    texts = [text for key, text in ROOMS[room][name].items() if key != "error"]
    wanted = {word: "»ord«" for text in texts for word in _WORDS.findall(text)}
    said = Refusals(f"beskplan.{room}")(name, "her", "noget", **wanted)
    assert said.what
    assert not re.search(r"\{[a-z]+\}", f"{said.what}{said.expected}{said.fix}")


def test_a_word_that_is_not_given_is_told() -> None:
    with pytest.raises(KeyError):
        Refusals("beskplan.sources")("no-value", "her")
