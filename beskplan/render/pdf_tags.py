"""Tags that Typst leaves out of a PDF and a screen reader needs to read a table.

Typst tags the first cell of a body row as plain data, and names only the column head as header of
a cell; so a reader never hears which row a number belongs to. Here that first cell becomes a TH
with Scope Row and an ID, and every cell of the row names it, after its column head, among its
Headers. The caption moves into its table, and the last rows, which the template sets as a table
foot to keep them together, return to the body. Layout and text are not touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, String

from beskplan.core.errors import Problem, RenderError
from beskplan.render.pdf_file import saved


def tag_tables(data: bytes) -> bytes:
    """The same PDF with complete table tags; equal bytes for equal bytes.

    Raises:
        RenderError: the PDF has no structure tree, or a table without rows or with a caption that
            cannot be told.
    """
    with pikepdf.open(BytesIO(data)) as pdf:
        root = pdf.Root.get("/StructTreeRoot")
        if root is None:
            raise RenderError(Problem("pdf", "has no tags", fix="compile with pdf_tags"))
        ids = _id_tree(root)
        for number, (table, ancestors) in enumerate(_tables(root), start=1):
            _adopt_caption(table, ancestors)
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
    raise RenderError(Problem("pdf", "a table has no caption"))


def _foot_to_body(table: Object) -> None:
    feet = children(table, "/TFoot")
    bodies = children(table, "/TBody")
    if not bodies:
        raise RenderError(Problem("pdf", "a table has no rows"))
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
