"""A report, or all Bilag of a plan, as PDF: PDF/A-3a for the archive, PDF/UA-1 for every reader.

Typst sets the page from the fixed template in `beskplan/data/typst`, with the bundled fonts and
nothing from the system; `tag_tables` adds what a screen reader still needs, and `saved` writes the
file so that every reader finds the same streams in it. The bytes depend only on
the page: the document's date is that of its data.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

import pikepdf
import typst
from pikepdf import Array, Dictionary, Name, Object, ObjectStreamMode, Stream, String

from beskplan.core.errors import Problem, RenderError
from beskplan.render.page import Page
from beskplan.render.typst_nodes import Node, document_date, page_data

DATA = Path(__file__).parents[1] / "data"
STANDARDS: list[typst.PDFStandard] = ["ua-1", "a-3a"]
MOST_FITTED = 40
"""How many figures and tables of a PDF are fitted to what is left of a page, at most."""
MOST_PAGES = 4
"""Of an edition, which is set closer where it has more."""
TIGHTEST = 2
"""Index of the closest setting in `look.typ`."""


def render_pdf(page: Page, dated: date | None = None) -> bytes:
    """The page as a tagged PDF with the CSV of every table attached.

    Args:
        page: The report, read from its executed notebook.
        dated: Date of the document; without it the newest date of the page's data.

    Returns:
        The file. The same page and date give the same bytes.

    Raises:
        RenderError: the page holds something that a PDF cannot say, for example a character that no
            bundled font has.
    """
    return set_pdf(page_data(page, dated), "report.typ", page.header.bilag)


def set_pdf(data: Node, template: str, name: str) -> bytes:
    """What a template of `beskplan/data/typst` makes of `data`, with all the tags that readers need.

    Args:
        data: What the template reads, as JSON types.
        template: File name of the template.
        name: What the document is called in a problem.

    Raises:
        RenderError: Typst cannot set it.
        OSError: the folder for temporary files takes no more.
    """
    fonts, process = _fonts()
    if process != os.getpid():
        # Typst's threads stay behind in a fork; the child would wait for them for ever.
        problem = "en rapport blev sat i denne proces, før den delte sig"
        raise RenderError(Problem(f"{name}.pdf", problem, fix="sæt kun PDF'er i underprocesser"))
    try:
        scratch = TemporaryDirectory()
    except FileNotFoundError as error:
        # None of the system's folders for it takes a file: the disk is full.
        where = "mappen til midlertidige filer"
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), where) from error
    with scratch as folder:
        root = Path(folder)
        for path in (DATA / "typst").glob("*.typ"):
            copyfile(path, root / path.name)
        (root / "report.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        # An edition of more pages than it may have is set closer, and closer again.
        for tight in range(TIGHTEST + 1):
            compiler = typst.Compiler(
                input=str(root / template),
                root=str(root),
                font_paths=fonts,
                sys_inputs={"tight": str(tight)},
            )
            pdf = _compiled(compiler, root / "fitted.json", name)
            if not data.get("compact") or page_count(pdf) <= MOST_PAGES:
                break
    return tag_tables(pdf)


def _compiled(compiler: typst.Compiler, fitted: Path, name: str) -> bytes:
    _fit(compiler, fitted)
    try:
        pdf, warnings = compiler.compile_with_warnings(format="pdf", pdf_standards=STANDARDS)
    except typst.TypstError as error:
        raise RenderError(_problem(name, error)) from error
    if warnings or not isinstance(pdf, bytes):
        raise RenderError([_problem(name, warning) for warning in warnings])
    return pdf


def page_count(pdf: bytes) -> int:
    """Count the pages of a PDF."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        return len(opened.pages)


def _fit(compiler: typst.Compiler, path: Path) -> None:
    """Write the file of figures and tables that are fitted to what is left of a page, one after the other.

    What did not change is not laid out again.
    """
    fitted: dict[str, Node] = {}
    for _ in range(MOST_FITTED + 1):
        path.write_text(json.dumps(fitted), encoding="utf-8")
        try:
            found = json.loads(compiler.query("<next-fit>", field="value", one=True))
        except RuntimeError:
            return  # The compilation that follows says what is wrong.
        if not found:
            return
        fitted |= found


@cache
def _fonts() -> tuple[typst.Fonts, int]:
    """The fonts, read once, and the process that read them."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(DATA / "fonts")]), os.getpid()


def _problem(name: str, error: typst.TypstError | typst.TypstWarning) -> Problem:
    return Problem(
        where=f"{name}.pdf",
        what="Typst kan ikke sætte rapporten",
        found=error.message,
        fix="; ".join(error.hints),
    )


def tag_tables(data: bytes) -> bytes:
    """The same PDF with complete table tags; equal bytes for equal bytes.

    Raises:
        RenderError: the PDF has no structure tree, or a table without rows or with a caption that
            cannot be told.
    """
    with pikepdf.open(BytesIO(data)) as pdf:
        root = pdf.Root.get("/StructTreeRoot")
        if root is None:
            raise RenderError(Problem("pdf", "har ingen mærker", fix="sæt den med standarden ua-1"))
        ids = _id_tree(root)
        for number, (table, ancestors) in enumerate(_tables(root), start=1):
            _adopt_caption(table, ancestors)
            _group_rows(pdf, table)
            _foot_to_body(table)
            _mark_row_heads(table, number, ids)
        _write_id_tree(pdf, root, ids)
        # Left out it means the same, and poppler takes offence at it for every file.
        marks = pdf.Root.MarkInfo
        if "/Suspects" in marks:
            del marks["/Suspects"]
        return saved(pdf)


def children(element: Object, *tags: str) -> list[Dictionary]:
    """The structure elements right below `element`, of these tags ("/TR") or of any."""
    found = element.get("/K")
    if found is None:
        return []
    kids = list(found) if isinstance(found, Array) else [found]
    elements = [kid for kid in kids if isinstance(kid, Dictionary) and "/S" in kid]
    return [kid for kid in elements if not tags or str(kid.S) in tags]


def _tables(
    element: Object, above: tuple[Object, ...] = ()
) -> Iterator[tuple[Object, list[Object]]]:
    for kid in children(element):
        if str(kid.S) == "/Table":
            yield kid, [element, *above]
        else:
            yield from _tables(kid, (element, *above))


def _adopt_caption(table: Object, ancestors: list[Object]) -> None:
    """Typst puts the caption in a Div around the table; it belongs first in the table."""
    for ancestor in ancestors[:3]:
        captions = children(ancestor, "/Caption")
        if not captions:
            continue
        caption = captions[0]
        kids = [kid for kid in ancestor.K if not _same(kid, caption)]
        ancestor.K = Array(kids)
        table.K = Array([caption, *table.K])
        caption.P = table
        return
    raise RenderError(Problem("pdf", "en tabel uden titel"))


def _group_rows(pdf: pikepdf.Pdf, table: Object) -> None:
    """Put rows right below a table, as Typst tags a table whose head is torn, into head and body."""
    rows = children(table, "/TR")
    groups = {
        Name.THead: [row for row in rows if not children(row, "/TD")],
        Name.TBody: [row for row in rows if children(row, "/TD")],
    }
    table.K = Array([kid for kid in table.K if not any(_same(kid, row) for row in rows)])
    for tag, below in groups.items():
        if below:
            group = pdf.make_indirect(
                Dictionary(Type=Name.StructElem, S=tag, P=table, K=Array(below))
            )
            for row in below:
                row.P = group
            table.K.append(group)


def _foot_to_body(table: Object) -> None:
    feet = children(table, "/TFoot")
    bodies = children(table, "/TBody")
    if not bodies:
        raise RenderError(Problem("pdf", "en tabel uden rækker"))
    for foot in feet:
        for row in children(foot, "/TR"):
            row.P = bodies[0]
            bodies[0].K.append(row)
        table.K = Array([kid for kid in table.K if not _same(kid, foot)])


def _mark_row_heads(table: Object, number: int, ids: dict[bytes, Object]) -> None:
    rows = [row for body in children(table, "/TBody") for row in children(body, "/TR")]
    for place, row in enumerate(rows, start=1):
        head, *cells = children(row, "/TH", "/TD")
        name = f"tabel{number}-raekke{place}".encode()
        head.S = Name.TH
        head.ID = String(name)
        _table_attributes(head).Scope = Name.Row
        ids[name] = head
        for cell in cells:
            attributes = _table_attributes(cell)
            attributes.Headers = Array([*attributes.get("/Headers", Array()), String(name)])


def _table_attributes(cell: Object) -> Object:
    """The attribute dictionary of `cell` that the table standard owns, made where it is missing."""
    attributes = cell.get("/A")
    every = list(attributes) if isinstance(attributes, Array) else [attributes]
    for one in every:
        if isinstance(one, Dictionary) and one.get("/O") == Name.Table:
            return one
    made = Dictionary(O=Name.Table)
    cell.A = Array([made, *(one for one in every if one is not None)])
    first: Object = cell.A[0]
    return first


def _id_tree(root: Object) -> dict[bytes, Object]:
    """Every name of the tree's IDTree with its element."""
    ids: dict[bytes, Object] = {}
    todo = [root.get("/IDTree")]
    while todo:
        node = todo.pop()
        if node is None:
            continue
        todo.extend(node.get("/Kids", Array()))
        names = list(node.get("/Names", Array()))
        ids.update({bytes(key): value for key, value in zip(names[::2], names[1::2], strict=True)})
    return ids


def _write_id_tree(pdf: pikepdf.Pdf, root: Object, ids: dict[bytes, Object]) -> None:
    if not ids:
        return
    names = Array()
    for key in sorted(ids):  # a name tree is searched by halving, so its keys stand in order
        names.append(String(key))
        names.append(ids[key])
    root.IDTree = pdf.make_indirect(Dictionary(Names=names))


def _same(one: Object, other: Object) -> bool:
    return isinstance(one, Dictionary) and one.is_indirect and one.objgen == other.objgen


_RETURN = b"\r"
_FILLER = b"\0"
_AMBIGUOUS_END = b"\r\nendstream"


def saved(pdf: pikepdf.Pdf) -> bytes:
    """The file, with the same id and bytes for the same content, its metadata as they are."""
    for one in pdf.objects:
        if isinstance(one, Stream) and one.get("/Filter") == Name.FlateDecode:
            raw = one.read_raw_bytes()
            if raw.endswith(_RETURN):
                # Whoever unpacks it stops at the checksum, before the byte that is added.
                found = one.get("/DecodeParms")
                parameters = found if isinstance(found, Dictionary) else None
                one.write(raw + _FILLER, filter=Name.FlateDecode, decode_parms=parameters)
    data = _written(pdf, ObjectStreamMode.generate)
    if _AMBIGUOUS_END in data:
        # One of the streams that are made while saving ends so: do without those, at some bytes.
        data = _written(pdf, ObjectStreamMode.disable)
    return data


def _written(pdf: pikepdf.Pdf, mode: ObjectStreamMode) -> bytes:
    out = BytesIO()
    pdf.save(out, deterministic_id=True, fix_metadata_version=False, object_stream_mode=mode)
    return out.getvalue()


TITLE = "Bilag til beskæftigelsesplan"
"""Of all Bilag of a plan in one document."""
_ANCHORS = ("id", "data")
"""Keys of a node that name a place in the document; of a jump also `to`."""


def render_combined(pages: Sequence[Page]) -> bytes:
    """The pages as one tagged PDF, with the CSV of every table attached: cover, contents, and each Bilag.

    Set with the same look as the single reports, so that a number says the same in both. Tables and figures
    keep the numbers that they have in their own Bilag.

    Args:
        pages: The Bilag in the order of the plan, all of one municipality and year.

    Returns:
        The file, of the newest date of the pages' data. The same pages give the same bytes.

    Raises:
        RenderError: a page holds something that a PDF cannot say.
    """
    day = max(document_date(page.header) for page in pages)
    reports = [_report(number, page, day) for number, page in enumerate(pages, start=1)]
    first = reports[0]
    title = f"{TITLE}: {pages[0].place}"
    demo = any(page.header.demo for page in pages)
    facts = list(dict.fromkeys(fact for report in reports for fact in report["front"]["facts"]))
    for report in reports:  # what holds for them all is said once, on the cover
        own = [
            fact
            for fact in report["front"]["facts"]
            if any(fact not in other["front"]["facts"] for other in reports)
        ]
        report["own-facts"] = own
    data = {
        "colours": first["colours"],
        "meta": {
            **first["meta"],
            "title": f"{title} (demodata)" if demo else title,
            "description": ". ".join(facts),
        },
        "running": {**first["running"], "report": TITLE},
        "front": {
            **first["front"],
            "title": TITLE,
            "facts": facts,
            **{
                warning: next((r["front"][warning] for r in reports if r["front"][warning]), "")
                for warning in ("status", "demo")
            },
        },
        "reports": reports,
    }
    return set_pdf(data, "combined.typ", f"{pages[0].header.aar}-samlet")


def _report(number: int, page: Page, dated: date) -> Node:
    """A page's own data, one heading level further down, with names that only it has."""
    data = page_data(page, dated)
    prefix = f"bilag{number}."
    data["anchor"] = f"{prefix}start"
    data["front"] = {**data["front"], "title": f"Bilag {number}. {page.name}"}
    data["running"] = {**data["running"], "report": data["front"]["title"]}
    data["intro"], data["body"] = (_moved(data[part], prefix) for part in ("intro", "body"))
    data["attachments"] = [
        {**file, "name": f"bilag-{number}-{file['name']}"} for file in data["attachments"]
    ]
    return data


def _moved(node: Any, prefix: str) -> Any:
    """`node` and all in it: headings a level down, every name of a place with `prefix`."""
    if isinstance(node, list):
        return [_moved(part, prefix) for part in node]
    if not isinstance(node, dict):
        return node
    moved = {key: _moved(part, prefix) for key, part in node.items()}
    if node.get("t") == "heading":
        moved["level"] = node["level"] + 1
    keys = (*_ANCHORS, "to") if node.get("t") == "jump" else _ANCHORS
    for key in keys:
        if isinstance(node.get(key), str) and node[key]:
            moved[key] = prefix + node[key]
    return moved
