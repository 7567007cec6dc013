"""Every text, in every file that leaves, as it was calculated, and about whom the job says.

Page, PDF, workbook, CSV files and `tal.json` are each held to the executed notebook; that the notebook's
own numbers are right is `numbers`. A file is read as its texts, each with its place, in the order of the
document; what is expected of it is made from the notebook's blocks in the same way. No text may say what
only a program could have written, or name another municipality than those that the report is about, or
is asked to compare with.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from beskplan.core.errors import Problem, UnknownNameError
from beskplan.core.periods import Period
from beskplan.proof.arithmetic import exact, number_in
from beskplan.proof.evidence import (
    Block,
    Evidence,
    csv_rows,
    markdown_of,
    spaced,
    written_texts,
)
from beskplan.registers.areas import Area, area, areas, joint_jobcentre, kommuner

DEMO = "Demodata – må ikke anvendes"
SOURCES_FILE = "kilder-og-noter.csv"
_H1 = re.compile(r"^# +(.+?)\s*$", re.MULTILINE)
_NOTE = re.compile(r"\s*\[note \d+\]")
_HIDDEN_CELLS = (
    ".//table//*[self::caption or self::th or self::td][ancestor-or-self::*"
    "[@hidden or @style or contains(@class, 'skjult') or @aria-hidden='true']]"
)
_DRAWING = "data:image/svg+xml"
_SIGNS = {"up": "Stigning: ", "down": "Fald: ", "same": "Uændret: ", "none": ""}

_MOST_PRINTED_ROWS = {False: 120, True: 20}
"""Of the numbers behind a figure, of an edition fewer; more are attached to the PDF, where `_files` reads
them."""

Texts = list[tuple[str, str]]
"""(where, text) in the order of the document."""


@dataclass(frozen=True)
class _Shown:
    """A table of the page, or the one behind a figure."""

    kind: str
    """`tabel` or `figur`."""
    number: int
    id: str
    table: Block
    demo: bool
    repeated: bool
    """A table of the page has the numbers behind the figure already."""
    most_printed: int
    """Of rows behind a figure."""

    @property
    def is_printed(self) -> bool:
        """Whether the PDF prints it: not what it has already, nor many numbers behind a figure."""
        many = self.kind == "figur" and len(self.table["rows"]) > self.most_printed
        return not many and not self.repeated

    @property
    def title(self) -> str:
        """With its number."""
        lead = "Tabel" if self.kind == "tabel" else "Tal bag figur"
        return f"{lead} {self.number}. {self.table['title']}"

    @property
    def html_id(self) -> str:
        """Of the element that holds the table."""
        return f"{'tabel' if self.kind == 'tabel' else 'data'}-{self.id}"

    @property
    def cells(self) -> Texts:
        """Heads, labels and cells."""
        found = [(head, head) for head in self.heads("{} {}")]
        for row in self.table["rows"]:
            found.append((f"rækken {row['label']}", spaced(row["label"])))
            for column, cell in zip(self.table["columns"][1:], row["cells"], strict=True):
                found.append((f"{row['label']}, {column['label']}", spaced(cell["text"])))
        return found

    @property
    def caption(self) -> str:
        """Title, unit and period."""
        unit = self.table["unit"]
        return spaced(f"{self.title} {unit[0].upper()}{unit[1:]}, {self.table['period']}")

    def heads(self, form: str) -> list[str]:
        """The columns' labels, each with its unit where the reader does not have it already."""
        heads = []
        for column in self.table["columns"]:
            unit, label = column["unit"].strip(), column["label"]
            known = unit.casefold() in (self.table["unit"].casefold(), "")
            known = known or unit.casefold() in label.casefold()
            heads.append(spaced(label if known else form.format(label, unit)))
        return heads


def rule(evidence: Evidence) -> Iterator[Problem]:
    """Page, PDF, workbook, CSV files and `tal.json` against job and executed notebook."""
    tables = list(_tables(evidence))
    for part, where, found, expected in _identity(evidence):
        if found != expected:
            what = "handler ikke om dette job"
            yield evidence.problem(part, what, repr(found), repr(expected), where)
    for part, name, texts, wanted in _readings(evidence, tables):
        yield from _difference(evidence, part, name, [spaced(text) for text in texts], wanted)
    for part, what, text, said, where in _needed(evidence):
        if spaced(text) not in said:
            yield evidence.problem(part, what, "", text, where)
    yield from _figures(evidence)
    yield from _marks(evidence, tables)
    yield from _files(evidence, tables)


def _tables(evidence: Evidence) -> Iterator[_Shown]:
    """Those of the page in its order, then those behind its figures."""
    ids = evidence.html.xpath("//*/@id")
    own = evidence.of_kind("table")
    for kind, blocks in (("tabel", own), ("figur", evidence.of_kind("figure"))):
        named = {f"{kind}-{block['id']}": block for block in blocks}
        for number, name in enumerate((name for name in ids if name in named), start=1):
            table = named[name].get("data", named[name])
            demo = table["demo"] or evidence.header["demo"]
            repeated = kind == "figur" and table in own
            most = _MOST_PRINTED_ROWS[bool(evidence.job.periode)]
            yield _Shown(kind, number, named[name]["id"], table, demo, repeated, most)


def _identity(evidence: Evidence) -> Iterator[tuple[str, str, object, object]]:
    """What the files say of themselves, and what the job and the working copy's notebook ask for."""
    area, job, header = evidence.subject, evidence.job, evidence.header
    texts = markdown_of(evidence.own_notebook)
    title = next((hit[1] for text in texts if (hit := _H1.search(text))), "")
    when = Period.parse(job.periode).text if job.periode else job.aar
    heading = spaced(f"{title}: {area.lang_navn}, {when}")
    blocks = [header, *evidence.of_kind("table"), *evidence.of_kind("figure")]
    marked = heading + (" (demodata)" if any(block["demo"] for block in blocks) else "")
    h1s, titles = (
        [spaced(one.text_content()) for one in evidence.html.iter(tag)] for tag in ("h1", "title")
    )
    spoken = [spaced(one.text) for one in evidence.pdf.elements if one.tag == "H1"]
    yield "html", "h1", h1s, [heading]
    yield "html", "title", titles, [marked]
    yield "pdf", "H1", spoken, [heading]
    yield "pdf", "title", [spaced(evidence.pdf.title)], [marked]
    yield "ipynb", "kommune", header["kommune"], area.navn
    wanted = {"kommune": area.kode, "aar": str(job.aar), "bilag": job.bilag.replace("_", "-")}
    for name, value in wanted.items():
        said = evidence.html.xpath("//meta[@name=$name]/@content", name=f"beskplan:{name}")
        yield "html", name, said, [value]
        yield "ipynb", name, str(header["kommune_kode" if name == "kommune" else name]), value


def _readings(
    evidence: Evidence, tables: list[_Shown]
) -> Iterator[tuple[str, str, Iterable[str], Texts]]:
    """Of each file and each part of it: what it says, in order, and what it should say."""
    page, pdf, stored = evidence.html, evidence.pdf, evidence.values
    shown = [one for one in tables if not one.repeated]
    for one in tables:
        boxes = evidence.by_title.get(f"{one.html_id}-titel", ())
        found = [table for box in boxes for table in box.iterdescendants("table")]
        parts = [part for table in found for part in table.iter("caption", "th", "td")]
        wanted = [("tabeltekst", one.caption), *one.cells]
        yield "html", one.title, (part.text_content() for part in parts), wanted
    cells = (cell for table in pdf.tables for row in table for cell in row)
    printed = [one for one in shown if one.is_printed]
    wanted = [(f"{one.title}: {w}", text) for one in printed for w, text in one.cells]
    yield "pdf", "", cells, wanted
    yield "pdf", "tabeltekst", pdf.captions, [(one.title, one.caption) for one in printed]
    by_id = {table["id"]: table for table in stored["tables"]}
    for one in shown:
        texts = _stored_texts(by_id.pop(f"{one.kind}-{one.id}", None))
        heads = (column["label"] for column in one.table["columns"][1:])
        rows = ((row["label"], row["cells"]) for row in one.table["rows"])
        cells = (text for label, row in rows for text in (label, *(cell["text"] for cell in row)))
        wanted = [("", spaced(text)) for text in (one.table["title"], *heads, *cells)]
        yield "json", one.title, texts, wanted
    yield "json", "tabeller", by_id, []
    items = [item for block in evidence.of_kind("key-figures") for item in block["items"]]
    names = ("label", "value", "change")
    wanted = [(item["label"], spaced(item[name])) for item in items for name in names]
    yield "json", "nøgletal", (one[name] for one in stored["key_figures"] for name in names), wanted
    strip = page.xpath("//section[@class='noegletal']//dl//*[self::dt or self::dd]")
    wanted = [("", spaced(text)) for item in items for text in _key_figure_texts(item) if text]
    yield "html", "nøgletal", (one.text_content() for one in strip), wanted


def _stored_texts(table: Block | None) -> Iterator[str]:
    if table is not None:
        yield table["title"]
        yield from (label for _, label in table["columns"])
        for label, _, cells in table["rows"]:
            yield from (label, *(text for text, _, _ in cells))


def _key_figure_texts(item: Block) -> tuple[str, ...]:
    change = item["change"] and f"{_SIGNS[item['direction']]}{item['change']}"
    course = item["course"]["text"] if item["course"] else ""
    return item["label"], item["value"], change, item["comparison"], course


def _difference(
    evidence: Evidence, part: str, name: str, found: list[str], expected: Texts
) -> Iterator[Problem]:
    """The first difference: after it, everything is shifted."""
    for place, (where, text) in enumerate(expected):
        there = found[place] if place < len(found) else "intet"
        if there != text:
            whole = ": ".join(filter(None, (name, where)))
            yield evidence.problem(part, "afviger fra det beregnede", there, text, whole)
            return
    if len(found) > len(expected):
        more = found[len(expected)]
        yield evidence.problem(part, "har mere end det beregnede", more, where=name)


def _needed(evidence: Evidence) -> Iterator[tuple[str, str, str, Collection[str], str]]:
    """Texts that stand somewhere in page and PDF: (file, what is wrong without it, text, in what, where)."""
    elements = [(one.tag, spaced(one.text)) for one in evidence.pdf.elements]
    spoken = " ".join(text for _, text in elements)
    page = spaced(evidence.html.body.text_content())
    for block in evidence.blocks:
        if block.get("role") == "slot" and not evidence.is_draft:
            continue
        notes = block.get("notes", ()) if block["kind"] == "figure" else _notes(block)
        for text in (*notes, *block.get("paragraphs", ())):
            for part, said in (("html", page), ("pdf", spoken)):
                yield part, "en note eller sætning mangler", text, said, ""
        for item in block["items"] if block["kind"] == "key-figures" else ():
            for name in ("label", "value", "change", "comparison"):
                yield "pdf", "et nøgletal mangler", item[name], spoken, item["label"]
    alts, captions = ({text for tag, text in elements if tag == t} for t in ("Figure", "Caption"))
    for name, figure, title in evidence.figures:
        yield "pdf", "en figur mangler", figure["alt"], alts, name
        yield "pdf", "en figur mangler sin tekst", title, captions, name


def _figures(evidence: Evidence) -> Iterator[Problem]:
    """Each figure once, with its words, a picture and an alternative text of it, and a number behind it.

    That a picture draws its numbers is no matter of the data: the tests read drawings back.
    """
    for name, figure, title in evidence.figures:
        boxes = evidence.by_id.get(f"figur-{figure['id']}", ())
        if len(boxes) != 1:
            yield evidence.problem("html", "en figur mangler", str(len(boxes)), "1", name)
            continue
        caption = [spaced(one.text_content()) for one in boxes[0].iter("figcaption")]
        if caption != [title]:
            yield evidence.problem("html", "en anden billedtekst", str(caption), title, name)
        images = list(boxes[0].iter("img"))
        if not all(one.get("src", "").startswith(_DRAWING) for one in images) or not images:
            yield evidence.problem("html", "en figur uden billede", where=name)
        for alt in (spaced(image.get("alt", "")) for image in images):
            if alt != spaced(figure["alt"]):
                yield evidence.problem(
                    "html", "en anden alternativ tekst", alt, figure["alt"], name
                )
        if all(cell["value"] is None for row in figure["data"]["rows"] for cell in row["cells"]):
            yield evidence.problem("ipynb", "en figur uden et tal", where=name)


def _marks(evidence: Evidence, tables: list[_Shown]) -> Iterator[Problem]:
    """Hidden cells, marks of demo data, marks of notes, and how many tables the page has."""
    for one in tables:
        box = evidence.by_id[f"{one.kind}-{one.id}"][0]
        if box.xpath(_HIDDEN_CELLS):
            yield evidence.problem("html", "en skjult celle i en tabel", where=one.title)
        if (DEMO in box.text_content()) is not one.demo:
            what = "demodata uden mærke, eller mærke uden demodata"
            yield evidence.problem("html", what, where=one.title)
    page = "" if evidence.is_draft else spaced(evidence.html.body.text_content())
    for block in evidence.blocks:
        if block.get("role") == "slot" and spaced(block["paragraphs"][0]) in page:
            what = "en tom plads på en side, der ikke er et udkast"
            yield evidence.problem("html", what, block["paragraphs"][0])
    count = len(list(evidence.html.body.iter("table")))
    wanted = len(evidence.tables)
    if {count, len(tables)} != {wanted}:
        yield evidence.problem("html", "har andre tabeller", str(count), str(wanted))
    printed = evidence.params.datagrundlag == "publiceret"
    for name, figure, _ in evidence.figures:
        if printed and figure["demo"]:
            yield evidence.problem("ipynb", "en demofigur i en plan", where=name)
    for name, table in evidence.tables:
        yield from _untied(evidence, name, table)


def _notes(block: Block) -> list[str]:
    return [f"[note {number}] {note}" for number, note in enumerate(block.get("notes", ()), 1)]


def _untied(evidence: Evidence, name: str, table: Block) -> Iterator[Problem]:
    """Marks without a note, notes without a cell, and misprints that the list of corrections lacks."""
    cells = [cell["text"] for row in table["rows"] for cell in row["cells"]]
    marks = {mark.strip() for text in cells for mark in _NOTE.findall(text)}
    for mark in marks - {f"[note {n}]" for n in range(1, len(table["notes"]) + 1)}:
        yield evidence.problem("ipynb", "et mærke uden note", mark, where=name)
    labels = [entry["label"] for entry in (*table["columns"], *table["rows"])]
    there = " ".join((table["title"], table["unit"], *labels, *cells)).casefold()
    lists = (other["rows"] for _, other in evidence.tables if other["id"] == "rettelser")
    corrections = [cell["text"] for rows in lists for row in rows for cell in row["cells"]]
    for number, note in enumerate(table["notes"], 1):
        quoted = re.match(r"»([^«]+)«", note)
        if f"[note {number}]" not in marks and not (quoted and quoted[1].casefold() in there):
            yield evidence.problem("ipynb", "en note uden celle", note, where=name)
        printed = re.search(r"\bPlanen skriver (.+?)\.? (?=[A-ZÆØÅ])", note)
        if printed and not any(text.startswith(printed[1]) for text in corrections):
            yield evidence.problem("ipynb", "en rettelse mangler i listen", note, where=name)


def _row_notes(table: Block) -> list[str]:
    """The notes in full of each row's numbers."""
    found = []
    for row in table["rows"]:
        numbers = (cell["text"] for cell in row["cells"] if cell["value"] is not None)
        marks = {mark.strip() for text in numbers for mark in _NOTE.findall(text)}
        found.append(
            " ".join(note for note in _notes(table) if note.startswith(tuple(marks))) or "ingen"
        )
    return found


def _files(evidence: Evidence, tables: list[_Shown]) -> Iterator[Problem]:
    """Every CSV file and every sheet, cell by cell as numbers."""
    used: set[str] = set()
    for one in tables:
        stem, heads = f"{one.number:02d}-{one.id}.csv", one.heads("{} ({})")
        names = [f"{one.kind}-{stem} på siden"]
        names += [stem] if one.kind == "tabel" else []
        names += [] if one.repeated else [f"{one.kind}-{stem} i PDF'en"]
        used |= set(names)
        demo = [("Forbehold", [DEMO] * len(one.table["rows"]))] if one.demo else []
        told = _row_notes(one.table)
        noted = [("Noter", told)] if set(told) != {"ingen"} else []
        for name in names:
            rows = csv_rows(evidence.csv_files.get(name, b""))
            for what, where, found, wanted in _row_faults("csv", rows, one, [*demo, *noted]):
                yield evidence.problem("csv", what, found, wanted, f"{name}: {where}")
        if not one.repeated:
            sheet = evidence.sheets.get(one.title, [])
            # The head row follows the lines above the table, of which only the first cell is filled.
            at = next((n for n, row in enumerate(sheet) if row[1 : len(heads)] == heads[1:]), 0)
            for what, where, found, wanted in _row_faults("xlsx", sheet[at:], one, noted):
                yield evidence.problem("xlsx", what, found, wanted, f"{one.title}: {where}")
            if one.demo and not any(DEMO in str(row[0]) for row in sheet[:at]):
                yield evidence.problem("xlsx", "demodata uden mærke", where=one.title)
    named = {row[0]: row for row in csv_rows(evidence.csv_files.get(SOURCES_FILE, b""))}
    for name in sorted(name for name in used if " " not in name):
        if len(named.get(name, ())) != 6 or not all(named[name]):
            yield evidence.problem("csv", "kilde og noter mangler ved siden af filen", name)
    for name in sorted(set(evidence.csv_files) - used - {SOURCES_FILE}):
        yield evidence.problem("csv", "en fil, som siden ikke har", name)


def _row_faults(
    part: str, rows: list[list[Any]], one: _Shown, more: list[tuple[str, list[str]]]
) -> Iterator[tuple[str, str, str, str]]:
    """What is wrong, where, found and expected; `more` are head and texts of columns besides."""
    heads = [*one.heads("{} ({})"), *(head for head, _ in more)]
    if not rows or [str(head) for head in rows[0][: len(heads)]] != heads:
        yield "mangler eller har andre kolonner", "", str(rows[:1]), str(heads)
        return
    if len(rows) - 1 != len(one.table["rows"]):
        yield "har et andet antal rækker", "", str(len(rows) - 1), str(len(one.table["rows"]))
        return
    for place, (found, row) in enumerate(zip(rows[1:], one.table["rows"], strict=True)):
        numbers = (_as_number(cell, part) for cell in row["cells"])
        cells = [row["label"], *numbers, *(texts[place] for _, texts in more)]
        for head, there, expected in zip(heads, found, cells, strict=False):
            if not _same(there, expected):
                shown = f"{float(expected):g}" if isinstance(expected, Fraction) else expected
                yield "afviger fra det beregnede", f"{row['label']}, {head}", str(there), shown
                return


def _as_number(cell: Block, part: str) -> Fraction | str:
    """What a file has of a cell: its number as printed, else its text."""
    text: str = cell["text"]
    if cell["value"] is None:
        return text if part == "xlsx" else _NOTE.sub("", text)
    value, _ = number_in(text) or (Fraction(0), 0)
    return value


def _same(found: Any, expected: Fraction | str) -> bool:
    if isinstance(expected, str):
        return str(found).removeprefix("'") == expected
    if isinstance(found, str):
        return re.fullmatch(r"-?\d+(,\d+)?", found) is not None and number_in(found)[0] == expected  # type: ignore[index]
    return isinstance(found, int | float) and exact(found) == expected


_BAD = {
    "et tal, der intet er": re.compile(r"(?<![\w-])(nan|NaN|NaT|<NA>|None|inf|-inf)(?![\w-])"),
    "et engelsk tal": re.compile(r"\d,\d{3}(?:,\d{3})*\.\d|\d\.\d{3}\.\d{1,2}(?!\d)"),
    "en fejlmeddelelse": re.compile(
        r"Traceback \(most recent call last\)|^\w+(?:Error|Exception): "
    ),
    "en skabelon, der ikke er udfyldt": re.compile(r"\{\{|\}\}|\{%|%\}|\{[a-z_]+\}"),
    "et objekt fra programmet": re.compile(r"<[\w.]+ object at 0x|dtype: \w+|Decimal\('"),
}


def program_faults(evidence: Evidence) -> Iterator[Problem]:
    """Every text of both files; each bad kind is told once a file."""
    for part, said in evidence.texts.items():
        for what, pattern in _BAD.items():
            if hit := next((text for text in said if pattern.search(text)), None):
                yield evidence.problem(part, what, hit[:120])
    # Outputs that are no block were refused when the page was read; here, what the browser gets.
    if evidence.html.xpath("//script | //*[@class='jp-RenderedText' or @class='output_error']"):
        yield evidence.problem("html", "uddata fra en celle, som ikke er en blok")


_ALSO_WORDS = frozenset({"Greve", "Skive", "Vejen"})
"""Names that other words look like: they count only as a label of their own, or before "Kommune"."""


def place_faults(evidence: Evidence) -> Iterator[Problem]:
    """Names in every text of both files, codes in every row of the tables."""
    allowed, everybody = _allowed(evidence), _everybody(evidence)
    for part, said in evidence.texts.items():
        # Where all municipalities are beside the own one, a name alone is a row of their table.
        told = [text for text in said[::-1] if not (everybody and text in everybody)]
        strangers = {name: text for text in told for name in named(text) - allowed}
        for name, text in sorted(strangers.items()):
            yield evidence.problem(part, "nævner en anden kommune", name, where=text[:80])
    for name, table in evidence.tables:
        for kode in dict.fromkeys(row["area"] for row in table["rows"] if row["area"]):
            try:
                one = area(kode)
            except UnknownNameError:
                yield evidence.problem("ipynb", "en række om intet område", kode, where=name)
                continue
            known = allowed | everybody if table["id"] == "gruppe" else allowed
            if one.kind == "kommune" and one.navn not in known:
                yield evidence.problem(
                    "ipynb", "en række om en anden kommune", one.navn, where=name
                )


def named(text: str) -> set[str]:
    """The municipalities that a text names, in the genitive too.

    Names of other areas that hold a municipality's (`RAR Bornholm`) are none of it.
    """
    found = set()
    for hit in _names().finditer(_other_areas().sub("", text)):
        if hit["name"] not in _ALSO_WORDS or hit["kommune"] or hit["name"] == text:
            found.add(hit["name"])
    return found


@cache
def _names() -> re.Pattern[str]:
    names = sorted((one.navn for one in kommuner()), key=len, reverse=True)
    return re.compile(
        rf"(?<![\w-])(?P<name>{'|'.join(map(re.escape, names))})(?:s|')?(?P<kommune> Kommune)?(?![\w-])"
    )


@cache
def _other_areas() -> re.Pattern[str]:
    own = [one.navn for one in kommuner()]
    others = [one.navn for one in areas() if one.kind not in ("kommune", "jobcenter")]
    longer = [name for name in others if name not in own and any(one in name for one in own)]
    return re.compile("|".join(map(re.escape, sorted(longer, key=len, reverse=True))) or r"(?!)")


def _allowed(evidence: Evidence) -> frozenset[str]:
    """Names that may stand in the report: its own, and those that a person wrote into params or notebook."""
    own = evidence.subject
    names = {own.navn, *_parts(own)}
    if own.kind == "kommune" and (joint := joint_jobcentre(own)):
        names |= {joint.navn, *_parts(joint)}
    # Areas to compare with stand in the resolved params by code or slug.
    written = list(written_texts(evidence.params.model_dump(mode="json")))
    named_areas = [one for one in areas() if {one.kode, one.slug} & set(written)]
    names |= {one.navn for one in named_areas if one.kind == "kommune"}
    names |= {name for one in named_areas if one.kind == "jobcenter" for name in _parts(one)}
    for text in (*written, *markdown_of(evidence.own_notebook), evidence.sender):
        names |= named(text)
    return frozenset(names)


def _everybody(evidence: Evidence) -> frozenset[str]:
    """All municipalities, where the params set the own one beside them; else none."""
    asked = evidence.params.maalgrupper
    group = asked.sammenligningsgruppe if asked else None
    return frozenset(group.members if group and group.kommuner == "alle" else ())


def _parts(one: Area) -> set[str]:
    return {area(kode).navn for kode in one.parts}
