"""Numbers of the sentences that our own code writes: those beside them, each under its own area's name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

from beskplan.core.errors import Problem
from beskplan.core.periods import MONTHS
from beskplan.proof.arithmetic import exact, is_observed, numbers_in, rounded
from beskplan.proof.evidence import MIME, Block, Evidence, markdown_of, spaced, written_texts
from beskplan.proof.numbers import area_name, without_periods
from tests.proof.curves import panels_of

NUM = r"[+\-]?\d+(?:\.\d{3})*(?:,\d+)?"
_DAY = re.compile(
    rf"\d+\.(?= (?:{'|'.join(MONTHS)}))|§ ?\d+|\bstk\. \d+|\d+ ?-årige"
    r"|\b[A-ZÆØÅ]+\d*[ -]?\d+(?:\.\d+)*"
)
"""What looks like a number and is a day, a paragraph of the law, an age or a name."""


def rule(evidence: Evidence) -> Iterator[Problem]:
    """Every sentence and alternative text."""
    yield from _prose(evidence)
    yield from _by_area(evidence)


def _prose(evidence: Evidence) -> Iterator[Problem]:
    """Every number is one of the section's tables, or follows from two of them, or a person wrote it.

    Not held to it: notes, where registers and plans speak, and sections whose tables hold no
    observations, since a model tells numbers that stand in no table.
    """
    given, sections = _given(evidence), _sections(evidence)
    blocks = [b.get("data", b) for b in evidence.blocks if b["kind"] in ("table", "figure")]
    # A section has many sentences: what its tables say is worked out once.
    numbers = {id(table): set(_numbers_of(table)) for table in blocks}
    everywhere = set().union(*numbers.values())
    for section, title, block in sections:
        tables = _tables_of(sections, section)
        if block.get("role") == "note" or (tables and not any(map(_is_observed, tables))):
            continue
        own = set().union(*(numbers[id(table)] for table in tables)) or everywhere
        if title:
            own = own | set(_row_of(evidence, title))
        # The alternative text of small charts gives index numbers: `curves` calculates them.
        is_panels = block["kind"] == "figure" and panels_of(block["data"])
        alt = "" if is_panels else block.get("alt", "")
        for text in (*block.get("paragraphs", ()), alt):
            for number in set(_told(text)) - given - own:
                what = "et tal i teksten, som afsnittets tal ikke giver"
                where = f"{block['kind']} {block['id']}"
                yield evidence.problem("ipynb", what, f"{float(number):g}", text, where)


def _sections(evidence: Evidence) -> list[tuple[str, str, Block]]:
    """Every block with the number of its section, and the heading of a section that the data gave."""
    section, found = "0", []
    for number, cell in enumerate(evidence.notebook["cells"]):
        if cell["cell_type"] == "markdown" and cell["source"].startswith("#"):
            section = str(number)
        for output in cell.get("outputs", ()):
            block = output.get("data", {}).get(MIME, {"parts": ()})
            if "parts" not in block:
                found.append((section, "", block))
            for at, part in enumerate(block.get("parts", ())):
                found += [(f"{number}.{at}", part["title"], inner) for inner in part["blocks"]]
    return found


def _row_of(evidence: Evidence, title: str) -> Iterator[Fraction]:
    """The numbers that any table of the page has in the row that a section is called by."""
    for _, table in evidence.tables:
        for row in table["rows"]:
            if title.endswith(row["label"]):
                yield from (n for cell in row["cells"] for n, _ in numbers_in(cell["text"]))


def _tables_of(sections: list[tuple[str, str, Block]], section: str) -> list[Block]:
    """The tables of a section, those behind its figures too."""
    blocks = (block for number, _, block in sections if number == section)
    return [b.get("data", b) for b in blocks if b["kind"] in ("table", "figure")]


def _is_observed(table: Block) -> bool:
    return any(is_observed(cell) for row in table["rows"] for cell in row["cells"])


def _told(text: str) -> Iterator[Fraction]:
    """The sizes of the numbers of a text, periods and days left out."""
    plain = _DAY.sub("", without_periods(spaced(text)))
    return (abs(number) for number, _ in numbers_in(plain))


def _numbers_of(table: Block) -> Iterator[Fraction]:
    """What sentences may tell of a table: its numbers, and what follows from two or all of a column."""
    columns = list(zip(*(row["cells"] for row in table["rows"]), strict=True))
    for cells in (*columns, *(row["cells"] for row in table["rows"])):
        numbers = [n for cell in cells for n, _ in numbers_in(cell["text"])]
        yield from map(abs, numbers)
        if len(numbers) <= 40:
            yield from (abs(one - other) for one, other in combinations(numbers, 2))
    parts = [row["cells"] for row in table["rows"] if row["label"] != "I alt"]
    for column in zip(*parts, strict=True):
        whole = [exact(cell["value"]) for cell in column if cell["value"] is not None]
        total = sum(whole, Fraction(0))
        yield total
        yield from (rounded(total / len(whole), decimals) for decimals in (0, 1) if whole)
    yield from (n for row in table["rows"] for n, _ in numbers_in(row["label"]))
    for count in range(1, max(len(columns), len(table["rows"])) + 1):
        yield Fraction(count)


def _given(evidence: Evidence) -> set[Fraction]:
    """Numbers that people wrote: in the params, in the notebook, in registers' notes."""
    texts = [
        *written_texts(evidence.params.model_dump(mode="json")),
        *markdown_of(evidence.own_notebook),
        *(note for _, table in evidence.tables for note in table["notes"]),
        *(item["change"] for block in evidence.of_kind("key-figures") for item in block["items"]),
    ]
    return {
        abs(number)
        for text in texts
        for form in (text, text.replace(".", ","))
        for number, _ in numbers_in(form)
    }


def _by_area(evidence: Evidence) -> Iterator[Problem]:
    """A number in brackets after an area's name is one of that area's row, in the section's own tables."""
    sections = _sections(evidence)
    for section, _, block in sections:
        texts = [spaced(text) for text in (*block.get("paragraphs", ()), block.get("alt", ""))]
        numbers: dict[str, set[Fraction]] = {}
        for table in _tables_of(sections, section):
            for row in table["rows"]:
                if row["area"]:
                    told = {abs(n) for cell in row["cells"] for n, _ in numbers_in(cell["text"])}
                    numbers.setdefault(area_name(row["area"]), set()).update(told)
        # All names at once, the longest first: `RAR Bornholm (70 pct.)` is not Bornholm's.
        names = "|".join(map(re.escape, sorted(numbers, key=len, reverse=True)))
        pattern = rf"(?<!\w)({names})(?: Kommune)? \((?:begge )?({NUM}) pct\.\)"
        for hit in re.finditer(pattern, " ".join(texts)) if names else ():
            if abs(number_of(hit[2])) not in numbers[hit[1]]:
                what = "et tal i teksten, som området ikke har"
                where = f"{block['kind']} {block['id']}"
                yield evidence.problem("ipynb", what, hit[0], "", where)


def number_of(text: str) -> Fraction:
    return next(number for number, _ in numbers_in(text))
