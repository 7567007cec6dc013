"""The refusals kept as data: every one that the code names is there, and every one there is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from beskplan.sources.refusals import problem, refusals

NAMED = re.compile(r'"([a-z][a-z -]+)"')
_WORDS = re.compile(r"(?<!\{)\{([a-z]+)\}")


def test_the_code_names_each_refusal_and_no_other(root: Path) -> None:
    code = "\n".join(p.read_text("utf-8") for p in (root / "beskplan" / "sources").glob("*.py"))
    called = set(re.findall(r'\b(?:problem|refusal|_note|_refused|_ask)\(\s*"([a-z][^"]*)"', code))
    assert called <= set(refusals())
    # StatBank's own codes, and the kinds of a day, are named by what the source or file says.
    ours = {name for name in refusals() if name.islower() and not name.startswith("no-day-of-")}
    assert ours <= set(NAMED.findall(code))


@pytest.mark.parametrize("name", list(refusals()))
def test_a_refusal_says_what_is_wrong_and_its_words_are_filled_in(name: str) -> None:
    texts = [text for key, text in refusals()[name].items() if key != "error"]
    wanted = {word: "»ord«" for text in texts for word in _WORDS.findall(text)}
    said = problem(name, "her", "noget", **wanted)
    assert said.what
    assert not re.search(r"\{[a-z]+\}", f"{said.what}{said.expected}{said.fix}")


def test_a_word_that_is_not_given_is_told() -> None:
    with pytest.raises(KeyError):
        problem("no-value", "her")
