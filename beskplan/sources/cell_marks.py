"""What a workbook shows besides values: errors, formulas without a result, formats, what is hidden.

The reader of workbooks gives values alone; none of this must become an empty cell or a small number.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from beskplan.core.colours import contrast

SEEN_CONTRAST: Final = 1.25
"""Letters with less contrast to their cell are not seen: white on white has 1, light grey 1.4."""
SEEN_SIZE: Final = 3.0
"""Points; smaller letters, and rows lower than that, are not seen."""
WHITE: Final = "FFFFFF"
_NAMED_COLOURS: Final = {
    **dict.fromkeys(("theme 0", "indexed 1", "indexed 9", "indexed 65"), WHITE),
    **dict.fromkeys(("theme 1", "indexed 0", "indexed 8", "indexed 64"), "000000"),
}
"""What Office's themes and its old palette call the ground of a sheet and its letters."""
_WHITE_LETTERS: Final = re.compile(r"\[(?:white|color ?2)\]", re.IGNORECASE)
_PARTS: Final = ("sheetFormatPr", "col", "row", "mergeCell", "conditionalFormatting")
"""What is read of a sheet, in the order in which it stands there."""
_BUILTIN_PERCENT: Final = {"9": "0%", "10": "0.00%"}
_LITERAL: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
"""Of a number format: what is shown as it stands, and colours and conditions."""
_CONDITION: Final = re.compile(r"\[[<>=]")
_YEAR_ALONE: Final = re.compile("y+|å+", re.IGNORECASE)
_SCALED: Final = re.compile(r"[0#?],+(?![0#?])")
"""Commas after the last digit: thousands or millions are left out of what is shown."""


@dataclass(frozen=True)
class CellMarks:
    """What a sheet shows besides values. Rows count from 1, columns from 0."""

    cells: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """What is the matter with a cell, as `afvisninger.yaml` names it."""
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """The cell whose value a merged cell shows, for all but itself."""


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
        look = _look(archive, book)
        return _SheetReading(look).read(archive.read(path))


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


class _Style(NamedTuple):
    """How a cell shows what it holds."""

    form: str = ""
    """Its number format; empty for one that changes nothing."""
    letters: str = ""
    """`struck`, `unseen` or nothing."""


@dataclass(frozen=True)
class _Look:
    """What a workbook says of all its sheets.

    Attributes:
        styles: By the number that a cell has of them.
        hiding: Numbers of the styles of conditions that hide what they are applied to.
        texts: What is the matter with shared texts, by number; only those with something.
        calculated: See `_is_calculated`.
    """

    styles: list[_Style]
    hiding: frozenset[str]
    texts: dict[int, str]
    calculated: bool


def _look(archive: zipfile.ZipFile, book: Any) -> _Look:
    names = archive.namelist()
    parts = {
        name: _xml(archive, f"xl/{name}.xml")
        for name in ("sharedStrings", "styles")
        if f"xl/{name}.xml" in names
    }
    shared = parts["sharedStrings"].iter("{*}si") if "sharedStrings" in parts else ()
    texts = {number: mark for number, text in enumerate(shared) if (mark := _text_mark(text))}
    styles, hiding = [], set()
    if (root := parts.get("styles")) is not None:
        forms = dict(_BUILTIN_PERCENT)
        forms |= {one.get("numFmtId"): one.get("formatCode", "") for one in root.iter("{*}numFmt")}
        fonts = [*root.iterfind("{*}fonts/{*}font"), None]
        grounds = [_ground(one, "fgColor") for one in root.iterfind("{*}fills/{*}fill")] or [WHITE]
        for one in root.iterfind("{*}cellXfs/{*}xf"):
            letters = _letters(
                fonts[int(one.get("fontId", "-1"))], grounds[int(one.get("fillId", "0"))]
            )
            styles.append(_Style(forms.get(one.get("numFmtId"), ""), letters))
        conditional = enumerate(root.iterfind("{*}dxfs/{*}dxf"))
        hiding = {str(number) for number, one in conditional if _hides(one)}
    return _Look(styles, frozenset(hiding), texts, _is_calculated(archive, book))


def _text_mark(text: Any) -> str:
    """What is the matter with a text of several runs: the reader joins them all."""
    if any(one.get("val") == "superscript" for one in text.iter("{*}vertAlign")):
        return "superscript"
    return "struck" if any(map(_is_on, text.iter("{*}strike"))) else ""


def _letters(font: Any, ground: str) -> str:
    """Whether a font strikes its letters out, or cannot be seen on a ground."""
    if font is None:
        return ""
    if _is_on(font.find("{*}strike")):
        return "struck"
    letters = _colour(font.find("{*}color"), "000000")
    size = font.find("{*}sz")
    tiny = size is not None and float(size.get("val", "11")) < SEEN_SIZE
    told = len(letters) == len(ground) == len(WHITE)
    faint = told and contrast(f"#{letters}", f"#{ground}") < SEEN_CONTRAST
    return "unseen" if tiny or faint or letters == ground else ""


def _ground(fill: Any, colour: str) -> str:
    pattern = fill.find("{*}patternFill")
    if pattern is None:
        return ""
    # The styles of conditions leave the kind of their plain fill out.
    default = "none" if colour == "fgColor" else "solid"
    if pattern.get("patternType", default) != "solid":
        return WHITE
    return _colour(pattern.find(f"{{*}}{colour}"), WHITE)


def _colour(colour: Any, default: str) -> str:
    """Six hex digits, or what the workbook calls a colour of its theme; empty where it says nothing."""
    said = {} if colour is None else dict(colour.attrib)
    if not said or "auto" in said:
        return default
    if "rgb" in said:
        return str(said["rgb"][-6:])
    name = " ".join(f"{key} {value}" for key, value in sorted(said.items()))
    return _NAMED_COLOURS.get(name, name)


def _hides(conditional: Any) -> bool:
    """Whether a style of a condition strikes out, hides or rewrites what it is applied to."""
    fill, form = conditional.find("{*}fill"), conditional.find("{*}numFmt")
    ground = WHITE if fill is None else _ground(fill, "bgColor")
    code = "" if form is None else form.get("formatCode", "")
    marks = {_format(code, value) for value in (1.0, -1.0, 0.0)}
    return bool(_letters(conditional.find("{*}font"), ground) or marks & {"invisible", "rewritten"})


def _format(code: str, value: float) -> str:
    """What a number format does to a number: a refusal's name, or nothing."""
    if not code:
        return ""
    if "%" in _LITERAL.sub("", code):
        return "percent"
    sections = code.split(";")
    if not _CONDITION.search(code):
        # Those of numbers above zero, below it, and of zero; the first where there are fewer.
        wanted = 1 if value < 0 else 2 if value == 0 else 0
        sections = [sections[wanted if wanted < len(sections) else 0]]
    if any(_shows_nothing(one, value) for one in sections):
        return "invisible"
    if any(_YEAR_ALONE.fullmatch(_LITERAL.sub("", one).strip()) for one in sections):
        return "year"
    if any(_rewrites(one, value) for one in sections):
        return "rewritten"
    return "percent sign" if "%" in code else ""


def _text_format(code: str) -> str:
    """What a number format does to a text, as `_format`: `;;;`, `@"5"`. Most say nothing of texts."""
    sections = code.split(";")
    section = sections[3] if len(sections) == 4 else code if "@" in code else "@"
    if not section.strip():
        return "invisible"
    literals = "".join(hit[0] for hit in _LITERAL.finditer(section) if hit[0][0] in '"\\')
    shown = _LITERAL.sub("", section)
    return "" if "@" in shown and not re.search("[0-9]", literals) else "rewritten"


def _shows_nothing(section: str, value: float) -> bool:
    shown = _LITERAL.sub("", section).strip()
    only_of_others = value == 0 and "#" in shown and not re.search("[0?]", shown)
    return not section.strip() or _WHITE_LETTERS.search(section) is not None or only_of_others


def _rewrites(section: str, value: float) -> bool:
    """Whether a number shown in this way is not the number: `0"000"`, `#,##0,`, `"fortroligt"`."""
    shown = _LITERAL.sub("", section).strip()
    literals = "".join(hit[0] for hit in _LITERAL.finditer(section) if hit[0][0] in '"\\')
    if shown.casefold() in ("general", "standard", "@"):
        return False
    if re.search("[dmyhs]", shown, re.IGNORECASE):
        return False
    digits = re.search("[0#?]", shown)
    if value == 0 and digits is None:
        return shown + literals.strip('"\\ ') != "-"
    signed = value > 0 and shown.startswith(("-", "("))
    altered = re.search("[0-9]", literals) or signed or _SCALED.search(shown)
    return bool(section.strip()) and (digits is None or bool(altered))


class _SheetReading:
    """One pass through the XML of a sheet, a row at a time."""

    def __init__(self, look: _Look) -> None:
        self._look = look
        self._cells: dict[tuple[int, int], str] = {}
        self._merged: dict[tuple[int, int], tuple[int, int]] = {}
        self._numbers: list[tuple[int, int]] = []
        self._rows: set[int] = set()
        self._columns: set[int] = set()
        self._shown_columns: set[int] = set()
        self._hidden_by_default = [False, False]
        """Rows and columns of which nothing is said."""

    def read(self, content: bytes) -> CellMarks:
        from lxml import etree

        row = 0
        tags = [f"{{*}}{name}" for name in _PARTS]
        for _, element in etree.iterparse(
            io.BytesIO(content), events=("end",), tag=tags, resolve_entities=False, no_network=True
        ):
            kind = etree.QName(element).localname
            if kind == "row":
                row = int(element.get("r") or row + 1)
                self._read_row(row, element)
                element.clear()
            elif kind == "col":
                first, last = int(element.get("min")) - 1, min(int(element.get("max")), 16_384)
                hidden = _is_true(element.get("hidden")) or float(element.get("width", "9")) < 0.1
                (self._columns if hidden else self._shown_columns).update(range(first, last))
            elif kind == "sheetFormatPr":
                narrow = float(element.get("defaultColWidth", "9")) < 0.1
                self._hidden_by_default = [_is_true(element.get("zeroHeight")), narrow]
            elif kind == "mergeCell":
                for merged in _ranges(element.get("ref", "")):
                    self._merged |= dict.fromkeys(_covered(merged), merged[:2])
            else:
                self._read_condition(element)
        if self._hidden_by_default[1]:
            self._columns |= {column for _, column in self._numbers} - self._shown_columns
        cells = self._cells | dict.fromkeys(self._merged, "merged")
        return CellMarks(cells, frozenset(self._rows), frozenset(self._columns), self._merged)

    def _read_row(self, row: int, element: Any) -> None:
        hidden, height = element.get("hidden"), element.get("ht")
        unsaid = hidden is None and height is None
        low = height is not None and float(height) < SEEN_SIZE
        if _is_true(hidden) or low or (unsaid and self._hidden_by_default[0]):
            self._rows.add(row)
        column = -1
        for cell in element.iter("{*}c"):
            letters = re.match("[A-Za-z]+", cell.get("r") or "")
            column = column_number(letters[0]) if letters else column + 1
            if cell.get("t", "n") == "n" and cell.findtext("{*}v"):
                self._numbers.append((row, column))
            if mark := self._mark(cell):
                self._cells[row, column] = mark

    def _read_condition(self, element: Any) -> None:
        """Mark the numbers that a condition may hide; whether it does at this moment is not looked at."""
        hides = any(one.get("dxfId") in self._look.hiding for one in element.iter("{*}cfRule"))
        if not hides and all(
            one.get("showValue", "1") not in ("0", "false") for one in element.iter()
        ):
            return
        ranges = _ranges(element.get("sqref", ""))
        for row, column in self._numbers:
            if any(a <= row <= c and b <= column <= d for a, b, c, d in ranges):
                self._cells.setdefault((row, column), "conditional")

    def _mark(self, cell: Any) -> str:
        kind, value = cell.get("t", "n"), cell.findtext("{*}v") or ""
        if kind == "e":
            return "error"
        told = self._look.texts.get(int(value or -1), "") if kind == "s" else _text_mark(cell)
        style = int(cell.get("s", "0"))
        form, letters = self._look.styles[style] if style < len(self._look.styles) else _Style()
        if told or (letters and (value or kind == "inlineStr")):
            return told or letters
        if cell.find("{*}f") is not None:
            if not value:
                return "no result"
            if kind == "n" and not self._look.calculated and float(value) == 0:
                return "zero"
        if kind in ("s", "str", "inlineStr"):
            return _text_format(form)
        return _format(form, float(value)) if kind == "n" and value else ""


def _is_true(text: str | None) -> bool:
    return text in ("1", "true")


def _is_on(element: Any) -> bool:
    """Whether a property of a font is there and not switched off."""
    return element is not None and element.get("val", "1") in ("1", "true")


def _ranges(references: str) -> list[tuple[int, int, int, int]]:
    """First row and column, last row and column of ranges such as `A2:C4 E2`."""
    found = []
    for reference in references.split():
        first, _, last = reference.partition(":")
        corners = [re.fullmatch(r"\$?([A-Z]+)\$?([0-9]+)", one) for one in (first, last or first)]
        ends = [(int(hit[2]), column_number(hit[1])) for hit in corners if hit]
        if len(ends) == 2:
            found.append((*ends[0], *ends[1]))
    return found


def _covered(merged: tuple[int, int, int, int]) -> Iterator[tuple[int, int]]:
    """The cells of a merged range but its first, which has the value."""
    first_row, first_column, last_row, last_column = merged
    for row in range(first_row, min(last_row, first_row + 100_000) + 1):
        for column in range(first_column, min(last_column, 16_384) + 1):
            if (row, column) != (first_row, first_column):
                yield row, column
