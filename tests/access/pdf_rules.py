"""Rules for a report's PDF that no validator has; each gives its faults in words.

PDF/UA-1 asks that a cell's headers can be told, not that a reader hears the row; it never looks at
bookmarks, running headers or at a table torn in two. `broken_rules` runs all rules and names those
that have faults.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from io import BytesIO
from itertools import pairwise

import pikepdf
import pypdf
from pikepdf import Array, Dictionary, Name, Object

from beskplan.render.page_pdf import children

Faults = Iterator[str]
MIN_ALT = 40


def broken_rules(data: bytes) -> dict[str, list[str]]:
    """The rules that a PDF breaks, by name, with every fault; empty for a good report."""
    with pikepdf.open(BytesIO(data)) as pdf:
        found = {name: list(rule(pdf)) for name, rule in RULES.items()}
    return {name: faults for name, faults in found.items() if faults}


def elements(pdf: pikepdf.Pdf, *tags: str) -> list[Object]:
    """The structure elements of these tags in reading order; all without a tag."""
    return [one for one in _walk(pdf.Root.StructTreeRoot) if not tags or str(one.S) in tags]


def attribute(cell: Object, name: str) -> Object | None:
    """A table attribute of a cell."""
    for one in cell.get("/A", Array()):
        if isinstance(one, Dictionary) and name in one:
            return one[name]
    return None


def language(pdf: pikepdf.Pdf) -> Faults:
    if str(pdf.Root.get("/Lang", ""))[:2] != "da":
        yield f"language {pdf.Root.get('/Lang')!r}"


def title(pdf: pikepdf.Pdf) -> Faults:
    shown = pdf.Root.get("/ViewerPreferences", Dictionary()).get("/DisplayDocTitle", False)
    if not shown or not str(pdf.docinfo.get("/Title", "")):
        yield "no title, or it is not shown"


def headings(pdf: pikepdf.Pdf) -> Faults:
    levels = [int(str(one.S)[2]) for one in elements(pdf) if re.fullmatch(r"/H[1-6]", str(one.S))]
    if levels.count(1) != 1 or levels[:1] != [1]:
        yield f"{levels.count(1)} h1, first {levels[:1]}"
    yield from (f"h{a} is followed by h{b}" for a, b in pairwise(levels) if b > a + 1)


def bookmarks(pdf: pikepdf.Pdf) -> Faults:
    heads = [one for one in elements(pdf) if re.fullmatch(r"/H[1-6]", str(one.S))]
    wanted = [str(one.get("/T", "")) for one in heads]
    with pdf.open_outline() as outline:
        found = list(_titles(outline.root))
    if wanted != found:
        yield f"headings {wanted} but bookmarks {found}"


def header_cells(pdf: pikepdf.Pdf) -> Faults:
    for head in elements(pdf, "/TH"):
        if str(attribute(head, "/Scope")) not in ("/Row", "/Column") or "/ID" not in head:
            yield "a TH without scope or id"


def row_heads(pdf: pikepdf.Pdf) -> Faults:
    for body in elements(pdf, "/TBody"):
        for row in children(body, "/TR"):
            head = children(row)[0]
            if str(head.S) != "/TH" or str(attribute(head, "/Scope")) != "/Row":
                yield "a row that does not begin with its head"


def cells_name_row_and_column(pdf: pikepdf.Pdf) -> Faults:
    by_id = {bytes(head.ID): head for head in elements(pdf, "/TH") if "/ID" in head}
    for row in elements(pdf, "/TR"):
        for cell in children(row, "/TD"):
            heads = [by_id.get(bytes(name)) for name in attribute(cell, "/Headers") or []]
            scopes = [str(attribute(head, "/Scope")) for head in heads if head is not None]
            if None in heads or scopes != ["/Column", "/Row"]:
                yield f"a cell under {scopes}"
            elif heads[1] is not None and heads[1].objgen != children(row)[0].objgen:
                yield "a cell that names the head of another row"


def id_tree(pdf: pikepdf.Pdf) -> Faults:
    names = list(pdf.Root.StructTreeRoot.get("/IDTree", Dictionary()).get("/Names", Array()))
    keys = [bytes(key) for key in names[::2]]
    if keys != sorted(set(keys)):
        yield "the id tree is not in order"
    own = {bytes(one.ID) for one in elements(pdf) if "/ID" in one}
    if own != set(keys):
        yield f"{len(own ^ set(keys))} ids are not in the id tree"


def tables(pdf: pikepdf.Pdf) -> Faults:
    for table in elements(pdf, "/Table"):
        parts = [str(part.S) for part in children(table)]
        if parts != ["/Caption", "/THead", "/TBody"]:
            yield f"a table of {parts}"
        rows = [row for part in children(table, "/THead", "/TBody") for row in children(part)]
        if len({len(children(row)) for row in rows}) != 1:
            yield "rows of different lengths"


def figures(pdf: pikepdf.Pdf) -> Faults:
    for figure in elements(pdf, "/Figure"):
        # A logo has no caption and a few words; a figure has a message and its numbers in words.
        least = MIN_ALT if any(children(one, "/Caption") for one in _around(figure)) else 1
        if len(str(figure.get("/Alt", "")).strip()) < least:
            yield f"a figure with the words {figure.get('/Alt')!r}"


def _around(element: Object) -> Iterator[Object]:
    """The two elements around `element`: Typst puts a figure and its caption in one of them."""
    for _ in range(2):
        element = element.P
        if "/S" in element:
            yield element


def links(pdf: pikepdf.Pdf) -> Faults:
    for page in pdf.pages:
        for note in page.get("/Annots", Array()):
            if note.get("/Subtype") == Name.Link and not str(note.get("/Contents", "")).strip():
                yield "a link that does not say where it leads"


def running_lines(pdf: pikepdf.Pdf) -> Faults:
    """Every page has a footer, and every page but the first a header, as artifacts."""
    for number, page in enumerate(pdf.pages):
        marks = [i.operands for i in pikepdf.parse_content_stream(page) if str(i.operator) == "BDC"]
        kinds = {str(m[1].get("/Subtype", "")) for m in marks if m[0] == Name.Artifact}
        wanted = {"/Footer"} if number == 0 else {"/Header", "/Footer"}
        if not wanted <= kinds:
            yield f"page {number + 1} has only {sorted(kinds)}"


def fonts(pdf: pikepdf.Pdf) -> Faults:
    for one in pdf.objects:
        is_font = isinstance(one, Dictionary) and one.get("/Type") == Name.FontDescriptor
        if is_font and not {"/FontFile", "/FontFile2", "/FontFile3"} & set(one.keys()):
            yield f"{one.FontName} is not embedded"


def attached(pdf: pikepdf.Pdf) -> Faults:
    files = list(pdf.Root.get("/AF", Array()))
    if len(files) != len(elements(pdf, "/Table")):
        yield f"{len(files)} files for {len(elements(pdf, '/Table'))} tables"
    for file in files:
        if file.get("/AFRelationship") != Name.Data or not str(file.get("/Desc", "")):
            yield f"{file.get('/UF')} is not marked as data"


RULES: dict[str, Callable[[pikepdf.Pdf], Faults]] = {
    rule.__name__: rule
    for rule in (
        language,
        title,
        headings,
        bookmarks,
        header_cells,
        row_heads,
        cells_name_row_and_column,
        id_tree,
        tables,
        figures,
        links,
        running_lines,
        fonts,
        attached,
    )
}


def _walk(element: Object) -> Iterator[Object]:
    for kid in children(element):
        yield kid
        yield from _walk(kid)


def _titles(items: list[pikepdf.OutlineItem]) -> Iterator[str]:
    for item in items:
        yield item.title
        yield from _titles(item.children)


_MM = 72 / 25.4
_TOP, _FOOT = 27 * _MM, 25 * _MM
"""Margins of the page (look.typ): a running header and a running footer stand in them."""
HEADING = 11.0
"""Points: a heading of a report is larger, everything else is smaller."""
Line = tuple[float, float, str]
"""Height above the lower edge of the page, size in points, and text."""


def empty_feet(pdf: bytes) -> dict[int, float]:
    """How much of each page is empty below its last line, by page number; not of a chapter's last page.

    Each chapter has a running header of its own; the first page, which has none, is of the second's.
    """
    feet: list[float] = []
    headers: list[str] = []
    for top, lines in _pages(pdf):
        headers.append(" ".join(text for y, _, text in lines if y > top))
        last = min((y for y, *_ in lines if _FOOT - _MM < y <= top), default=top)
        feet.append((last - _FOOT) / (top - _FOOT))
    headers[0] = headers[min(1, len(headers) - 1)]
    follows = zip(headers, [*headers[1:], ""], strict=True)
    return {at: feet[at - 1] for at, (one, other) in enumerate(follows, 1) if one == other}


def torn_headings(pdf: bytes) -> list[str]:
    """Headings with at most one line after them, where their section goes on on the next page.

    On a chapter's last page a heading may stand above the only line that it has, and so it may where the
    next page begins with a heading no smaller.
    """
    inner, pages = empty_feet(pdf), lines_of(pdf)
    following = [*pages[1:], []]
    pairs = [(pages[at - 1], following[at - 1]) for at in inner]
    return lone_headings(page for page, after in pairs if not _ends(page, after))


def _ends(page: Sequence[Line], following: Sequence[Line]) -> bool:
    """Whether the last section of a page is followed by another one."""
    last = min(((y, size) for y, size, _ in page if size > HEADING), default=(0, HEADING))[1]
    return bool(following) and max(following)[1] >= last


def lone_headings(pages: Iterable[Sequence[Line]]) -> list[str]:
    """Headings with at most one line after them on their page."""
    found = []
    for lines in pages:
        if heads := [(y, text) for y, size, text in lines if size > HEADING]:
            foot, text = min(heads)
            if len({round(y) for y, *_ in lines if y < foot - 1}) < 2:
                found.append(text)
    return found


def lines_of(pdf: bytes) -> list[list[Line]]:
    """The lines of each page between its running header and its running footer."""
    return [[one for one in lines if _FOOT - _MM < one[0] <= top] for top, lines in _pages(pdf)]


@lru_cache(maxsize=2)
def _pages(pdf: bytes) -> list[tuple[float, list[Line]]]:
    """The lower edge of each page's running header, and all lines of the page."""
    pages = pypdf.PdfReader(BytesIO(pdf)).pages
    return [(float(page.mediabox.height) - _TOP, _sized(page)) for page in pages]


def _sized(page: pypdf.PageObject) -> list[Line]:
    found: list[Line] = []

    def seen(text: str, cm: list[float], tm: list[float], _: object, size: float) -> None:
        if text.strip():
            found.append((tm[4] * cm[1] + tm[5] * cm[3] + cm[5], size * abs(tm[3]), text.strip()))

    page.extract_text(visitor_text=seen)
    return found
