"""What a workbook shows besides values: errors, formulas without a result, formats, what is hidden.

The reader of workbooks gives values alone; none of this must become an empty cell or a small number.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_BUILTIN_PERCENT: Final = {"9": "0%", "10": "0.00%"}
_LITERAL: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
"""Of a number format: what is shown as it stands, and colours and conditions."""
_CONDITION: Final = re.compile(r"\[[<>=]")
_SCALED: Final = re.compile(r"[0#?],+(?![0#?])")
"""Commas after the last digit: thousands or millions are left out of what is shown."""

MARKS: Final[Mapping[str, tuple[str, str]]] = {
    "error": (
        "en fejlværdi i cellen",
        "ret formlen, eller skriv tallet eller et mærke, som skemaet nævner",
    ),
    "no result": (
        "en formel uden gemt resultat",
        "åbn filen i et regneark, og gem den; eller indsæt tallene som værdier",
    ),
    "zero": (
        "et gemt 0 fra en formel, der ikke ses at være beregnet",
        "åbn filen i Excel, og gem den; er tallet 0, så indsæt det som værdi",
    ),
    "percent": (
        "et tal, som vises i procent: cellen rummer 0,1, hvor der står 10 %",
        "skriv `procentformat: true` ved tallet i skemaet (`decimaler` gør det ikke til procent)",
    ),
    "percent sign": (
        "et tal, som vises med et procenttegn",
        "ret cellens format, eller kolonnens `indikator` i skemaet",
    ),
    "not percent": (
        "et tal uden procentformat i en kolonne med `procentformat`",
        "giv hele kolonnen samme format",
    ),
    "invisible": (
        "et tal, som cellens format skjuler",
        "giv cellen et synligt format, eller skriv et mærke, som skemaet nævner",
    ),
    "rewritten": (
        "et format, der viser noget andet, end cellen rummer",
        "giv cellen et almindeligt talformat, eller skriv det, der skal læses",
    ),
    "superscript": (
        "hævet skrift i cellen, som en henvisning til en note",
        "slet henvisningen, eller flyt den til en celle for sig",
    ),
    "merged": ("en del af en flettet celle", "ophæv fletningen, og skriv værdien i hver celle"),
    "hidden row": ("en skjult række med tal", "vis rækken (fjern filteret), eller slet den"),
    "hidden column": ("en skjult kolonne med tal", "vis kolonnen, eller tag den ud af skemaet"),
}
"""What is the matter with a cell, and what to do, by mark."""


@dataclass(frozen=True)
class CellMarks:
    """What a sheet shows besides values. Rows count from 1, columns from 0."""

    cells: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """Keys of `MARKS`."""
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


def column_number(letters: str) -> int:
    """0 for A, 25 for Z, 26 for AA; -1 for no letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(column: int) -> str:
    """The inverse of `column_number`."""
    name = ""
    while column >= 0:
        column, place = divmod(column, 26)
        name = chr(65 + place) + name
        column -= 1
    return name


def cell_marks(content: bytes, sheet: str) -> CellMarks:
    """What is the matter with the cells of a workbook's sheet, and what of it is hidden.

    Args:
        content: The workbook, which has been opened without a fault.
        sheet: Name of the sheet.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        book = _xml(archive, "xl/workbook.xml")
        links = {
            one.get("Id"): str(one.get("Target"))
            for one in _xml(archive, "xl/_rels/workbook.xml.rels")
        }
        [found] = [one for one in book.iter("{*}sheet") if one.get("name") == sheet]
        link = next(value for key, value in found.attrib.items() if key.endswith("}id"))
        target = links[link]
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        reading = _SheetReading(
            _formats(archive), _is_calculated(archive, book), _superscripts(archive)
        )
        return reading.read(archive.read(path))


def _xml(archive: zipfile.ZipFile, name: str) -> Any:
    from lxml import etree

    # Nothing outside the workbook is asked for, and no entity is expanded.
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.fromstring(archive.read(name), parser)


def _is_calculated(archive: zipfile.ZipFile, book: Any) -> bool:
    """Whether a spreadsheet program shows to have calculated the formulas.

    Excel leaves the chain of its calculations; libraries that only write files leave none, and ask
    for a calculation at the next opening.
    """
    settings: Any = next(book.iter("{*}calcPr"), {})
    if settings.get("fullCalcOnLoad") in ("1", "true") or settings.get("calcMode") == "manual":
        return False
    names = archive.namelist()
    program = archive.read("docProps/app.xml") if "docProps/app.xml" in names else b""
    return "xl/calcChain.xml" in names or b"<Application>LibreOffice" in program


def _superscripts(archive: zipfile.ZipFile) -> frozenset[int]:
    """Which of the workbook's shared texts have raised letters: the reader joins them to the others."""
    if "xl/sharedStrings.xml" not in archive.namelist():
        return frozenset()
    texts = _xml(archive, "xl/sharedStrings.xml").iter("{*}si")
    return frozenset(number for number, text in enumerate(texts) if _has_raised(text))


def _has_raised(text: Any) -> bool:
    return any(one.get("val") == "superscript" for one in text.iter("{*}vertAlign"))


def _formats(archive: zipfile.ZipFile) -> list[str]:
    """What the number format of each style does: a key of `MARKS`, or nothing."""
    if "xl/styles.xml" not in archive.namelist():
        return []
    styles = _xml(archive, "xl/styles.xml")
    codes = dict(_BUILTIN_PERCENT)
    codes |= {one.get("numFmtId"): one.get("formatCode", "") for one in styles.iter("{*}numFmt")}
    [*groups] = styles.iter("{*}cellXfs")
    return [_format(codes.get(one.get("numFmtId"), "")) for group in groups for one in group]


def _format(code: str) -> str:
    if "%" in _LITERAL.sub("", code):
        return "percent"
    sections = code.split(";")
    if len(sections) > 1 and not sections[0].strip():
        return "invisible"
    # Without conditions the first section is that of numbers above zero.
    told = sections if _CONDITION.search(code) else sections[:1]
    if any(_rewrites(section) for section in told):
        return "rewritten"
    return "percent sign" if "%" in code else ""


def _rewrites(section: str) -> bool:
    """Whether a number shown in this way is not the number: `0"000"`, `#,##0,`, `"fortroligt"`, `yyyy`."""
    shown = _LITERAL.sub("", section).strip()
    literals = "".join(hit[0] for hit in _LITERAL.finditer(section) if hit[0][0] in '"\\')
    if shown.casefold() in ("general", "standard", "@"):
        return False
    if re.search("[dmyhs]", shown, re.IGNORECASE):
        return not re.search("[dmhs]", shown, re.IGNORECASE)
    digits = re.search("[0#?]", shown)
    altered = re.search("[0-9]", literals) or shown.startswith(("-", "(")) or _SCALED.search(shown)
    return bool(section.strip()) and (digits is None or altered is not None)


class _SheetReading:
    """One pass through the XML of a sheet, a row at a time."""

    def __init__(self, formats: list[str], calculated: bool, superscripts: frozenset[int]) -> None:
        self._formats = formats
        self._calculated = calculated
        self._superscripts = superscripts

    def read(self, content: bytes) -> CellMarks:
        from lxml import etree

        cells: dict[tuple[int, int], str] = {}
        rows: set[int] = set()
        columns: set[int] = set()
        row = 0
        tags = ("{*}row", "{*}col", "{*}mergeCell")
        stream = io.BytesIO(content)
        for _, element in etree.iterparse(
            stream, events=("end",), tag=tags, resolve_entities=False, no_network=True
        ):
            kind = etree.QName(element).localname
            if kind == "row":
                row = int(element.get("r") or row + 1)
                if _is_true(element.get("hidden")) or element.get("ht") == "0":
                    rows.add(row)
                column = -1
                for cell in element.iter("{*}c"):
                    place = re.match("[A-Za-z]+", cell.get("r") or "")
                    column = column_number(place[0]) if place else column + 1
                    if mark := self._mark(cell):
                        cells[row, column] = mark
                element.clear()
            elif kind == "col":
                if _is_true(element.get("hidden")) or element.get("width") == "0":
                    last = min(int(element.get("max")), 16_384)
                    columns |= set(range(int(element.get("min")) - 1, last))
            else:
                cells |= dict.fromkeys(_covered(element.get("ref", "")), "merged")
        return CellMarks(cells, frozenset(rows), frozenset(columns))

    def _mark(self, cell: Any) -> str:
        kind, value = cell.get("t", "n"), cell.findtext("{*}v") or ""
        if kind == "e":
            return "error"
        if (kind == "s" and int(value or -1) in self._superscripts) or _has_raised(cell):
            return "superscript"
        if cell.find("{*}f") is not None:
            if not value:
                return "no result"
            if kind == "n" and not self._calculated and float(value) == 0:
                return "zero"
        style = int(cell.get("s", "0"))
        if kind != "n" or not value or style >= len(self._formats):
            return ""
        return self._formats[style]


def _is_true(text: str | None) -> bool:
    return text in ("1", "true")


def _covered(reference: str) -> Iterator[tuple[int, int]]:
    """The cells of a merged range but its first, which has the value."""
    hit = re.fullmatch(r"([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)", reference)
    if hit is None:
        return
    first, last = (int(hit[2]), column_number(hit[1])), (int(hit[4]), column_number(hit[3]))
    for row in range(first[0], min(last[0], first[0] + 100_000) + 1):
        for column in range(first[1], min(last[1], 16_384) + 1):
            if (row, column) != first:
                yield row, column
