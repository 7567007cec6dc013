"""GLOSSARY.md: every Danish noun that the code uses is defined once, and each entry is in use."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from beskplan.core.danish import danish_key
from beskplan.registers.benefits import benefits
from beskplan.registers.indicators import INDICATORS

ROW = re.compile(
    r"^\| (?P<word>[^|]+?) \| (?:`(?P<name>[^`|]+)`)? ?\| (?P<text>[^|]+?) \|$", re.MULTILINE
)


@dataclass(frozen=True)
class Entry:
    word: str
    name: str | None
    text: str


def entries(glossary: str) -> list[Entry]:
    table = glossary.split("| --- | --- | --- |\n", 1)[1]
    return [Entry(*row) for row in ((m["word"], m["name"], m["text"]) for m in ROW.finditer(table))]


def faults(found: list[Entry]) -> list[str]:
    """What is wrong with the entries by themselves."""
    words = [entry.word for entry in found]
    wrong = [f"{entry.word}: no sentence" for entry in found if not entry.text.endswith(".")]
    wrong += [f"{word}: twice" for word in sorted(set(words)) if words.count(word) > 1]
    if words != sorted(words, key=danish_key):
        wrong.append("not in Danish order")
    wrong += [
        f"{e.word}: '{e.name}' is not ASCII" for e in found if e.name and not e.name.isascii()
    ]
    return wrong


@pytest.fixture(scope="module")
def glossary(root: Path) -> str:
    return (root / "GLOSSARY.md").read_text(encoding="utf-8")


def test_every_row_of_the_table_is_an_entry(glossary: str) -> None:
    rows = [line for line in glossary.splitlines() if line.startswith("| ")]
    assert len(entries(glossary)) == len(rows) - 2  # the head, and the line below it


def test_the_entries_are_well_formed(glossary: str) -> None:
    assert faults(entries(glossary)) == []


@pytest.mark.parametrize(
    ("found", "fault"),
    [
        (
            [Entry("år", "aar", "Et."), Entry("ydelse", None, "En.")],
            "not in Danish order",
        ),
        ([Entry("ydelse", None, "En."), Entry("ydelse", None, "En.")], "ydelse: twice"),
        ([Entry("ydelse", None, "En")], "ydelse: no sentence"),
        ([Entry("år", "år", "Et år.")], "år: 'år' is not ASCII"),
    ],
)
def test_a_bad_entry_is_red(found: list[Entry], fault: str) -> None:
    assert faults(found) == [fault]


def unused(names: set[str], source: str) -> set[str]:
    return {name for name in names if not re.search(rf"\b{re.escape(name)}", source)}


def test_every_name_of_the_glossary_is_used(root: Path, glossary: str) -> None:
    paths = [p for ext in ("py", "yaml") for p in (root / "beskplan").rglob(f"*.{ext}")]
    source = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    names = {entry.name for entry in entries(glossary) if entry.name}
    assert names
    assert unused(names, source) == set()


def test_a_name_that_nobody_uses_is_red() -> None:
    assert unused({"aar", "maaned"}, "def load(kommune: str, aar: int)") == {"maaned"}


def test_every_benefit_of_the_register_is_defined(glossary: str) -> None:
    assert {benefit.id for benefit in benefits()} - {e.name for e in entries(glossary)} == set()


def test_every_indicator_is_defined(glossary: str) -> None:
    assert set(INDICATORS) - {entry.name for entry in entries(glossary)} == set()
