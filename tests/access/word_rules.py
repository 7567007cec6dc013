"""Rules for a Word document, those of Word's own accessibility checker first; each gives its faults in words.

Word's checker looks at alternative texts, header rows, split, merged and nested cells, objects that float,
contrast, link texts and headings. Beside that stand what it cannot know (a list or heading that only looks
like one, notes that nobody explains) and what would keep Word from opening the file: parts that are named
and missing, and elements in an order that the standard does not have.

Sources: Microsoft, "Rules for the Accessibility Checker"; ECMA-376 part 1, 17 (order of elements);
WCAG 2.1, 1.4.3 (contrast).
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from lxml import etree

from beskplan.core.colours import TEXT_CONTRAST, contrast
from tests.conftest import cases

Faults = Iterator[str]
Tree = Any
"""An lxml element: its xpath() may give elements, texts or numbers."""

CASES = cases("word_access")
ORDER: dict[str, list[str]] = {name: text.split() for name, text in CASES["order"].items()}
"""The children that an element may have here, in the order of the standard."""
LANGUAGE = "da-DK"
WORD_2013 = 15
"""The newest mode of compatibility; without one, Word opens a document as one of 2007."""
MIN_ALT = 40
NAMES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "cp": "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
    "adec": "http://schemas.microsoft.com/office/drawing/2017/decorative",
}


def found(node: Tree, path: str) -> list[Tree]:
    hits: list[Tree] = node.xpath(path, namespaces=NAMES)
    return hits


def value(node: Tree, path: str, name: str = "w:val") -> str:
    """An attribute of the first element at `path`; empty where there is none."""
    return str(next(iter(found(node, f"{path}/@{name}")), ""))


def text_of(node: Tree) -> str:
    return "".join(found(node, ".//w:t/text()"))


class Word:
    """The parts of a document, and what its styles say."""

    def __init__(self, data: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            self.files = {name: archive.read(name) for name in archive.namelist()}
        self.parts = {
            name: etree.fromstring(content)
            for name, content in self.files.items()
            if name.endswith((".xml", ".rels"))
        }
        self.body = self.parts["word/document.xml"][0]
        self.core = self.parts["docProps/core.xml"]
        self.styles = {
            value(one, ".", "w:styleId"): one
            for one in found(self.parts["word/styles.xml"], "//w:style")
        }
        self.texts = [
            self.body,
            *(part for name, part in self.parts.items() if re.search(r"/(foot|head)er\d", name)),
        ]
        """The elements that hold what is read: body, headers, footers."""

    def style(self, paragraph: Tree) -> str:
        return value(paragraph, "w:pPr/w:pStyle") or "Normal"

    def chain(self, style: str) -> Iterator[Tree]:
        """A style and those that it is based on, nearest first."""
        while style in self.styles:
            yield self.styles[style]
            style = value(self.styles[style], "w:basedOn")

    def set_by(self, paragraph: Tree, path: str, name: str = "w:val") -> str:
        """What a paragraph or its styles say of `path`."""
        nodes = [paragraph, *self.chain(self.style(paragraph))]
        return next((hit for one in nodes if (hit := value(one, path, name))), "")

    def level(self, paragraph: Tree) -> int:
        """Level of a heading, counted from 1; 0 for what is none."""
        [*hit] = re.findall(r"^heading (\d)$", value(self.styles[self.style(paragraph)], "w:name"))
        return int(hit[0]) if hit else 0

    def paragraphs(self) -> list[Tree]:
        """Those outside tables."""
        return found(self.body, "./w:p")

    def tables(self) -> list[Tree]:
        return found(self.body, ".//w:tbl")


def broken_rules(data: bytes) -> dict[str, list[str]]:
    """The rules that a document breaks, by name, with every fault; empty for a good one."""
    word = Word(data)
    faults = {name: list(rule(word)) for name, rule in RULES.items()}
    return {name: list(dict.fromkeys(some)) for name, some in faults.items() if some}


def title(word: Word) -> Faults:
    shown = [text_of(one) for one in word.paragraphs() if word.style(one) == "Title"]
    named = word.core.findtext("dc:title", "", NAMES)
    if len(shown) != 1 or not shown[0] or not named.startswith(shown[0]):
        yield f"the title {named!r} of the document, and {shown} on its first page"


def properties(word: Word) -> Faults:
    for name in ("dc:creator", "dc:subject", "dcterms:created", "dcterms:modified"):
        if not word.core.findtext(name, "", NAMES).strip():
            yield f"no {name}"


def language(word: Word) -> Faults:
    styles = word.parts["word/styles.xml"]
    if value(styles, "w:docDefaults/w:rPrDefault/w:rPr/w:lang") != LANGUAGE:
        yield "no language of all text"
    if word.core.findtext("dc:language", "", NAMES) != LANGUAGE:
        yield "no language among the properties"
    for part in word.parts.values():
        for other in found(part, "//w:lang/@w:val|//w:themeFontLang/@w:val"):
            if other != LANGUAGE:
                yield f"a text in {other}"


def newest_mode(word: Word) -> Faults:
    named = "//w:compatSetting[@w:name='compatibilityMode']"
    mode = value(word.parts.get("word/settings.xml", word.body), named)
    if int(mode or 0) < WORD_2013:
        yield f"opens as an older version's document: {mode!r}"


def headings(word: Word) -> Faults:
    levels = [level for one in word.paragraphs() if (level := word.level(one))]
    if levels[:1] != [1]:
        yield f"the first heading is of level {levels[:1]}"
    yield from (f"level {a} is followed by {b}" for a, b in pairwise(levels) if b > a + 1)
    for one in word.paragraphs():
        if (level := word.level(one)) and word.set_by(one, "w:pPr/w:outlineLvl") != str(level - 1):
            yield f"a heading that no list of contents knows: {text_of(one)[:40]!r}"
    if any(word.level(one) for one in found(word.body, "./w:tbl//w:p")):
        yield "a heading in a table"


def no_heading_by_looks(word: Word) -> Faults:
    for one in word.paragraphs():
        runs = [run for run in found(one, ".//w:r") if text_of(run).strip()]
        if runs and all(found(run, "w:rPr/w:b") for run in runs):
            yield f"bold in place of a heading: {text_of(one)[:40]!r}"


def header_rows(word: Word) -> Faults:
    for table in word.tables():
        name = value(table, "w:tblPr/w:tblCaption")[:40]
        rows = found(table, "w:tr")
        if [bool(found(row, "w:trPr/w:tblHeader")) for row in rows] != [True] + [False] * (
            len(rows) - 1
        ):
            yield f"{name}: the first row alone is to be the head, repeated on each page"
        look = found(table, "w:tblPr/w:tblLook[@w:firstRow='1'][@w:firstColumn='1']")
        if not look:
            yield f"{name}: first row and first column are not named as heads"
        if not all(found(row, "w:trPr/w:cantSplit") for row in rows):
            yield f"{name}: a row may break over two pages"


def whole_tables(word: Word) -> Faults:
    for table in word.tables():
        name = value(table, "w:tblPr/w:tblCaption")[:40]
        for path in ("gridSpan", "vMerge", "hMerge", "gridBefore", "gridAfter", "tc//w:tbl"):
            if found(table, f".//w:{path}"):
                yield f"{name}: split, merged or nested cells ({path})"
        columns = len(found(table, "w:tblGrid/w:gridCol"))
        if {len(found(row, "w:tc")) for row in found(table, "w:tr")} != {columns}:
            yield f"{name}: rows of different lengths"
        if not all(text_of(cell).strip() for cell in found(table, "w:tr/w:tc")):
            yield f"{name}: an empty cell"
    if found(word.body, "./w:tbl/following-sibling::*[1][self::w:tbl]"):
        yield "two tables that Word would make one"


def captions(word: Word) -> Faults:
    for what in found(word.body, "./w:tbl|./w:p[.//w:drawing]"):
        above = next(iter(found(what, "preceding-sibling::*[1]")))
        told = text_of(above)
        if word.style(above) != "Caption" or not told:
            yield f"no caption above a table or picture, but {told[:40]!r}"
        named = value(what, "w:tblPr/w:tblCaption")
        if what.tag.endswith("}tbl") and (not named or not told.startswith(named)):
            yield f"a table is called {named!r}, and {told[:40]!r} above it"


def alternatives(word: Word) -> Faults:
    for about in found(word.body, ".//w:drawing//wp:docPr"):
        alt = about.get("descr") or ""
        above = text_of(found(about, "ancestor::w:p/preceding-sibling::*[1]")[0])
        if value(about, ".//adec:decorative", "val") == "1":
            continue
        if len(alt) < MIN_ALT or re.search(r"\.(png|svg|jpe?g)$", alt):
            yield f"alternative text too short: {alt!r}"
        elif alt in above:
            yield f"the alternative text is the caption: {alt!r}"


def in_line(word: Word) -> Faults:
    for path in ("wp:anchor", "w:framePr", "w:txbxContent", "w:tblpPr", "w:pict"):
        if found(word.body, f".//{path}"):
            yield f"something floats beside the text: {path}"


def no_space_by_blanks(word: Word) -> Faults:
    for text in word.texts:
        for one in found(text, ".//w:p"):
            said = text_of(one)
            if not said.strip() and not found(one, ".//w:drawing"):
                yield "an empty paragraph"
            if re.search(r" {3}|^\s", said) or found(one, ".//w:br/following::*[1][self::w:br]"):
                yield f"blanks in place of a distance: {said[:40]!r}"


SIGNS = re.compile(r"([-–•*·▪]|\d+[.)]|[a-z]\))\s")


def lists(word: Word) -> Faults:
    known = set(found(word.parts["word/numbering.xml"], "//w:num/@w:numId"))
    for one in word.paragraphs():
        number = word.set_by(one, "w:pPr/w:numPr/w:numId")
        if number and number not in known:
            yield f"a list that is not there: {number}"
        heading = word.level(one) or word.style(one) == "Title"
        if not number and not heading and SIGNS.match(text_of(one)):
            yield f"a list by its looks: {text_of(one)[:40]!r}"


NOWHERE = re.compile(
    r"(klik |tryk )?her|læs mere|link|se mere|mere|(https?://|www\.)\S+", re.IGNORECASE
)


def links(word: Word) -> Faults:
    for one in found(word.body, ".//w:hyperlink"):
        if not text_of(one).strip() or NOWHERE.fullmatch(text_of(one).strip(" .")):
            yield f"a link that does not say where it goes: {text_of(one)!r}"


def contrasts(word: Word) -> Faults:
    for text in word.texts:
        for paragraph in found(text, ".//w:p"):
            cell = next(iter(found(paragraph, "ancestor::w:tc[1]")), paragraph)
            around = word.set_by(paragraph, "w:pPr/w:shd", "w:fill") or value(
                cell, "w:tcPr/w:shd", "w:fill"
            )
            own = word.set_by(paragraph, "w:rPr/w:color")
            for run in found(paragraph, ".//w:r[w:t]"):
                ink = value(run, "w:rPr/w:color") or own
                ground = value(run, "w:rPr/w:shd", "w:fill") or around
                pair = [
                    f"#{one}" if re.fullmatch("[0-9A-Fa-f]{6}", one) else usual
                    for one, usual in ((ink, "#000000"), (ground, "#FFFFFF"))
                ]
                if contrast(*pair) < TEXT_CONTRAST:
                    yield f"{pair[0]} on {pair[1]}: {text_of(run)[:40]!r}"


def notes(word: Word) -> Faults:
    for table in word.tables():
        marks = set(re.findall(r"\[note \d+\]", text_of(table)))
        told = set()
        for one in found(table, "following-sibling::*"):
            if one.tag.endswith("}tbl") or word.style(one) != "Note":
                break
            told |= set(re.findall(r"^\[note \d+\]", text_of(one)))
        numbered = {f"[note {number}]" for number, _ in enumerate(told, start=1)}
        if marks - told or told != numbered:
            yield f"{sorted(marks)} in a table, {sorted(told)} below it"
    given = set(found(word.parts.get("word/footnotes.xml", word.core), "//w:footnote/@w:id"))
    if set(found(word.body, ".//w:footnoteReference/@w:id")) - given:
        yield "a mark without a footnote"


def parts(word: Word) -> Faults:
    types = word.parts["[Content_Types].xml"]
    known = set(types.xpath("//@PartName")), set(types.xpath("//@Extension"))
    for name in word.files:
        if f"/{name}" not in known[0] and name.rpartition(".")[2] not in known[1]:
            yield f"{name} has no type"
    yield from (f"{one} is not there" for one in known[0] if one[1:] not in word.files)
    for name, part in word.parts.items():
        if not name.endswith(".rels"):
            continue
        folder = posixpath.dirname(posixpath.dirname(name))
        for one in part:
            target = posixpath.join(folder, one.get("Target"))
            if one.get("TargetMode") != "External" and target not in word.files:
                yield f"{target} is not there"
    ids = {one.get("Id") for one in word.parts["word/_rels/document.xml.rels"]}
    used = set(found(word.body, ".//@r:id|.//@r:embed"))
    yield from (f"nothing has the number {one}" for one in used - ids)


def order(word: Word) -> Faults:
    for part in word.parts.values():
        for node in part.iter(*(f"{{{NAMES['w']}}}{name}" for name in ORDER)):
            known = ORDER[etree.QName(node).localname]
            names = [etree.QName(child).localname for child in node.iterchildren(etree.Element)]
            if not set(names) <= set(known):
                yield f"{etree.QName(node).localname} with {sorted(set(names) - set(known))}"
            elif names != sorted(names, key=known.index):
                yield f"{etree.QName(node).localname} in the order {names}"


RULES: dict[str, Callable[[Word], Faults]] = {
    rule.__name__: rule
    for rule in (
        title,
        properties,
        language,
        newest_mode,
        headings,
        no_heading_by_looks,
        header_rows,
        whole_tables,
        captions,
        alternatives,
        in_line,
        no_space_by_blanks,
        lists,
        links,
        contrasts,
        notes,
        parts,
        order,
    )
}
