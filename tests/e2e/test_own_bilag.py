"""docs/eget-bilag.md, word for word: its table, its files and its commands give the page it promises."""

import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import nbformat
import pytest
import xlsxwriter

BESKPLAN = Path(sys.executable).with_name("beskplan")
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"`([\w./-]+\.(?:yaml|xlsx|ipynb))`")


@dataclass(frozen=True)
class Step:
    """One thing that the page has its reader do: a block, and the file named last before it."""

    kind: str
    text: str
    file: str


def steps(page: str) -> list[Step]:
    found = []
    for block in _FENCE.finditer(page):
        named = _NAMED.findall(_FENCE.sub("", page[: block.start()]))
        found.append(Step(block[1], block[2], named[-1] if named else ""))
    return found


def rows(page: str) -> list[list[str]]:
    """The table of the spreadsheet: the page's first."""
    lines = page[page.index("| Måned") :].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    table = cells[: next(n for n, line in enumerate(lines) if not line.startswith("|"))]
    return [table[0], *table[2:]]


def promises(page: str) -> list[str]:
    """What the page says stands on the built one."""
    quotes = re.findall(r"(?:^> .*\n)+", page, re.MULTILINE)
    return [" ".join(line.removeprefix("> ") for line in quote.splitlines()) for quote in quotes]


@pytest.fixture(scope="module")
def guide(root: Path) -> str:
    return (root / "docs" / "eget-bilag.md").read_text(encoding="utf-8")


@pytest.fixture
def place(root: Path, tmp_path: Path) -> Path:
    shutil.copytree(root / "notebooks", tmp_path / "notebooks")
    shutil.copytree(root / "params", tmp_path / "params")
    return tmp_path


def write_sheet(path: Path, table: list[list[str]]) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, table[0])
        for at, (month, count) in enumerate(table[1:], start=1):
            sheet.write_row(at, 0, [month, int(count)])


def follow(step: Step, place: Path) -> None:
    """Do what one block says."""
    if step.kind == "console":
        for line in step.text.splitlines():
            command, *words = shlex.split(line)
            assert command == "beskplan"
            done = subprocess.run(
                [BESKPLAN, *words], cwd=place, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    elif step.kind == "yaml":
        target = place / step.file
        if target.exists():
            assert changed_keys(target.read_text(encoding="utf-8"), step.text) == [
                "laegges_sammen",
                "resultatmaal",
            ]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(step.text, encoding="utf-8")
    else:
        assert step.kind == "markdown"
        notebook = nbformat.read(place / step.file, as_version=4)
        heading = step.text.splitlines()[0]
        (cell,) = [cell for cell in notebook.cells if cell.source.splitlines()[0] == heading]
        cell.source = step.text.rstrip("\n")
        nbformat.write(notebook, place / step.file)


def changed_keys(before: str, after: str) -> list[str]:
    """Keys of the lines that differ; the page says that its reader mends just these."""
    pairs = zip(before.splitlines(), after.splitlines(), strict=True)
    return [new.strip().partition(":")[0] for old, new in pairs if old != new]


def shown(html: str) -> str:
    """The text of a page, as it is read."""
    apart = re.sub(r"</(?:td|th|p|li|h[1-6]|caption)>", " ", html)
    return " ".join(unescape(re.sub(r"<[^>]+>", "", apart)).split())


def test_whoever_follows_the_guide_gets_the_page_that_it_promises(guide: str, place: Path) -> None:
    write_sheet(place / "besoeg.xlsx", rows(guide))
    for step in steps(guide):
        follow(step, place)
    folder = place / "reports" / "2026" / "furesoe" / "virksomhedsbesoeg"
    assert {"virksomhedsbesoeg.html", "virksomhedsbesoeg.pdf", "virksomhedsbesoeg.xlsx"} <= {
        path.name for path in folder.iterdir()
    }
    page = shown((folder / "virksomhedsbesoeg.html").read_text(encoding="utf-8"))
    found = promises(guide)
    assert len(found) == 2
    for sentence in found:
        assert sentence in page
    for month, count in rows(guide)[1:]:
        assert f"{month.capitalize()} {count}" in page
    assert "Telefonsamtaler tælles ikke med." in page
    assert "I alt 123" in page
    assert "Kommunens egen opgørelse »Virksomhedsbesøg, ført af Jobcenter Furesø«" in page


def test_the_guide_tells_of_every_step_once(guide: str) -> None:
    assert [(step.kind, step.file) for step in steps(guide)] == [
        ("yaml", "mappings/besoeg.yaml"),
        ("console", "mappings/besoeg.yaml"),
        ("console", "mappings/besoeg.yaml"),
        ("yaml", "params/furesoe/2026.maal.yaml"),
        ("yaml", "params/furesoe/2026.yaml"),
        ("console", "params/furesoe/2026.yaml"),
        ("markdown", "notebooks/virksomhedsbesoeg.ipynb"),
        ("console", "notebooks/virksomhedsbesoeg.ipynb"),
    ]


def test_a_promise_that_the_page_does_not_keep_is_seen() -> None:
    (promised,) = promises("> Der var 12\n> besøg i maj.\n")
    assert promised == "Der var 12 besøg i maj."
    assert promised not in shown("<p>Der var 13 besøg i maj.</p>")
    assert promised in shown("<p>Der var <b>12</b>\nbesøg i&nbsp;maj.</p>")


def test_a_guide_that_mends_another_line_is_seen() -> None:
    assert changed_keys("a: 1\nb: 2\n", "a: 1\nb: 3\n") == ["b"]
    with pytest.raises(ValueError, match="zip"):
        changed_keys("a: 1\n", "a: 1\nb: 2\n")
