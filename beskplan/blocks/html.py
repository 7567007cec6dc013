"""Blocks as HTML fragments: of the page, and as the view of a block in JupyterLab.

Plain marks without script, inline style or random id. Ids: `tabel-<id>`, `figur-<id>`,
`data-<id>` (the numbers behind a figure) and `noegletal`.
"""

from __future__ import annotations

import base64
import functools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, ParamSpec
from urllib.parse import quote

from beskplan.blocks import captions
from beskplan.blocks.csv import table_csv
from beskplan.blocks.model import (
    MIME,
    Block,
    Cell,
    Column,
    Figure,
    Header,
    KeyFigure,
    KeyFigures,
    Omitted,
    Prose,
    Row,
    Source,
    SourceList,
    Subsection,
    Subsections,
    Table,
)

ID_PREFIXES = ("tabel-", "figur-", "data-", "noegletal")
"""No heading of a page may take an id that begins so."""

_STYLE_SHEET = Path(__file__).parents[1] / "data" / "templates" / "beskplan.css"
_MEDIA = re.compile(r"@media(?! screen\{)[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}\n?")
_SIGNS = {"up": "M5 1 10 9H0z", "down": "M5 9 0 1H10z", "same": "M0 2H10V4H0zM0 6H10V8H0z"}
"""A key figure's direction, drawn: not every font has arrows."""
_PHONE = "screen and (max-width:40rem)"
"""As in the style sheet; on paper every drawing is the wide one."""
_ROLES = {"note": "note", "place": "note plads", "slot": "note plads"}
_WHOLE = re.compile(r"\b[^\W\d]-[^\W\d]+|\[note \d+\]")
_UNSIZED_SVG = re.compile(r'<svg (?![^>]*\bwidth=)(?=[^>]*viewBox="0 0 (\d+) (\d+)")')
"""A sign or a line whose size on the page is the style sheet's."""
_SVG_TAG = re.compile(r"<svg\b[^>]*>")
_SVG_SIZE = re.compile(r"\b(width|height)\s*=\s*[\"']([\d.]+)(pt|px)?[\"']")
_PX_PER_PT = 4 / 3
_QUOTED = re.compile(r"[^\w.~/:=,;()'-]+", re.ASCII)
"""What an address must not hold as it is; a drawing is full of the rest."""


def block_html(block: Block, *, number: int | None = None, level: int = 2) -> str:
    """One block as an HTML fragment.

    Args:
        block: the block.
        number: its number on the page; only tables and figures have one.
        level: level of the first heading inside the block (key figures, sources, subsections).
    """
    match block:
        case Table():
            html = _table_block(block, number)
        case Figure():
            html = _figure_block(block, number)
        case KeyFigures():
            html = _key_figures(block, level)
        case Prose():
            html = _prose(block)
        case SourceList():
            html = _source_list(block, level)
        case Omitted():
            html = f'<p class="udeladt">Udeladt: {_text(block.reason)}</p>'
        case Subsections():
            html = _lines(*(_subsection(part, level) for part in block.parts))
        case Header():
            text = f"{block.afsender}, {block.aar}. {block.data_text}"
            html = f'<p class="hoved">{escape(text)}</p>'
    return html


def preview_html(block: Block) -> str:
    """The block as it is shown in a notebook: the page's fragment, its signs with a size of their own.

    The header, which every notebook shows first, brings the page's style sheet for all of them.
    """
    if isinstance(block, Figure):
        # A notebook is read on a wide screen: one drawing is enough there.
        block = block.model_copy(update={"svg_narrow": ""})
    style = f"<style>{_notebook_style()}</style>\n" if isinstance(block, Header) else ""
    html = _UNSIZED_SVG.sub(r'\g<0>width="\1" height="\2" ', block_html(block))
    return f'{style}<div class="beskplan" lang="da">\n{html}\n</div>'


@functools.cache
def _notebook_style() -> str:
    """The page's style sheet for blocks among those of a notebook: light, for a screen, theirs alone."""
    rules = _MEDIA.sub("", _STYLE_SHEET.read_text(encoding="utf-8"))
    own = re.sub(r"^(?::root|html)(?=\{)", "&", rules, flags=re.MULTILINE)
    own = own.replace(".krop", "&").replace("font:100%", "font:1rem")
    # Twice the class: a notebook's own rules for tables and lists have one.
    around = "&{padding:.25rem}table{table-layout:auto;margin:0}dt,dd{float:none;width:auto;font-weight:400}"
    return f".beskplan.beskplan{{{around}{own}}}".replace("\n", "")


def _table_block(table: Table, number: int | None) -> str:
    block_id = f"tabel-{table.id}"
    name = "tabellen" if number is None else f"tabel {number}"
    return _lines(
        f'<div class="tabel" id="{block_id}">',
        _demo(table.demo),
        _scroll_box(table, captions.table_title(table, number), block_id),
        _notes(captions.numbered(table.notes)),
        _source(table.sources),
        _csv_link(table, name, f"tabel-{number or 0:02d}-{table.id}.csv"),
        "</div>",
    )


def _figure_block(figure: Figure, number: int | None) -> str:
    name = "figuren" if number is None else f"figur {number}"
    own_sources = () if figure.data.sources == figure.sources else figure.data.sources
    own_notes = () if figure.data.notes == figure.notes else figure.data.notes
    return _lines(
        f'<figure class="figur" id="figur-{figure.id}">',
        f"<figcaption>{_text(captions.figure_title(figure, number))}",
        f'<span class="enhed">{_text(figure.subtitle)}</span></figcaption>',
        _demo(figure.demo),
        f'<div class="billede">{_picture(figure)}</div>',
        _notes(figure.notes),
        _source(figure.sources),
        f'<details class="data"><summary>Vis tal bag {name}</summary>',
        _scroll_box(figure.data, captions.data_title(figure, number), f"data-{figure.id}"),
        _notes(captions.numbered(own_notes)),
        _source(own_sources) if own_sources else "",
        _csv_link(figure.data, f"tal bag {name}", f"figur-{number or 0:02d}-{figure.id}.csv"),
        "</details>",
        "</figure>",
    )


def _scroll_box(table: Table, title: str, block_id: str) -> str:
    """The table in a box that scrolls sideways by itself, also by keyboard."""
    title_id = f"{block_id}-titel"
    return _lines(
        f'<div class="rul{_wide(table)}" role="region" aria-labelledby="{title_id}" tabindex="0">',
        f'<table><caption><div id="{title_id}">{_text(title)}',
        f'<span class="enhed">{_text(captions.table_detail(table))}</span></div></caption>',
        "<thead>",
        f"<tr>{''.join(_head(table, column) for column in table.columns)}</tr>",
        "</thead>",
        "<tbody>",
        *(_row(table, row) for row in table.rows),
        "</tbody>",
        "</table></div>",
    )


def _wide(table: Table) -> str:
    """Class of a table too wide for a phone, where one of numbers is seen from its newest column."""
    count = len(table.columns)
    newest = count > 4 and all(column.kind == "number" for column in table.columns[1:])
    return f"{' bred' if count > 3 else ''}{' nyest' if newest else ''}"


def _head(table: Table, column: Column) -> str:
    unit = captions.column_unit(table, column)
    shown = f' <span class="enhed">{escape(unit)}</span>' if unit else ""
    return f'<th scope="col"{_class(column)}>{_text(column.label)}{shown}</th>'


def _row(table: Table, row: Row) -> str:
    cells = zip(table.columns[1:], row.cells, strict=True)
    own = ' class="egen"' if row.emphasis else ""
    shown = "".join(
        f"<td{_class(column, cell)}>{_cell(column, cell)}</td>" for column, cell in cells
    )
    return f'<tr{own}><th scope="row">{_text(row.label)}</th>{shown}</tr>'


def _cell(column: Column, cell: Cell) -> str:
    # A cell of numbers is one line as it is.
    text = _text(cell.text) if column.kind == "text" else escape(cell.text)
    return f"{text} {cell.line.svg}" if cell.line else text


def _class(column: Column, cell: Cell | None = None) -> str:
    if column.kind == "text":
        return ""
    word = cell is not None and cell.value is None
    return ' class="tal ord"' if word else ' class="tal"'


def _picture(figure: Figure) -> str:
    """The drawing, and on a phone the one with letters of a size for it."""
    image = f'<img src="{_uri(figure.svg)}" alt="{escape(figure.alt)}"{_image_size(figure.svg)}>'
    if not figure.svg_narrow:
        return image
    size = _image_size(figure.svg_narrow)
    source = f'<source media="{_PHONE}" srcset="{_uri(figure.svg_narrow)}"{size}>'
    return f"<picture>{source}{image}</picture>"


def _uri(svg: str) -> str:
    """A drawing as an address; shorter than in base64, and an attribute or `srcset` may hold it."""
    quoted = svg if "'" in svg else svg.replace('"', "'")
    # quote() alone goes through all of it character by character.
    return f"data:image/svg+xml,{_QUOTED.sub(lambda part: quote(part[0]), quoted)}"


def _image_size(svg: str) -> str:
    """Width and height in CSS pixels, so that the page does not jump while it loads."""
    tag = _SVG_TAG.search(svg)
    sizes = {
        name: round(float(size) * (_PX_PER_PT if unit == "pt" else 1))
        for name, size, unit in _SVG_SIZE.findall(tag.group() if tag else "")
    }
    return "".join(f' {name}="{sizes[name]}"' for name in ("width", "height") if name in sizes)


def _key_figures(block: KeyFigures, level: int) -> str:
    return _lines(
        '<section class="noegletal" aria-labelledby="noegletal">',
        f'<h{level} id="noegletal">{_text(block.title)}</h{level}>',
        "<dl>",
        *(_key_figure(item) for item in block.items),
        "</dl>",
        _source(block.sources),
        "</section>",
    )


def _key_figure(item: KeyFigure) -> str:
    change = _text(item.change)
    if item.direction != "none":
        path = f'<path d="{_SIGNS[item.direction]}"/>'
        sign = f'<svg aria-hidden="true" viewBox="0 0 10 10">{path}</svg>'
        word = captions.DIRECTIONS[item.direction]
        change = f'{sign} <span class="skjult">{word}: </span>{change}'
    return _lines(
        f"<div><dt>{_text(item.label)}</dt>",
        f'<dd class="vaerdi">{_text(item.value)}</dd>',
        f'<dd class="aendring">{change}</dd>' if change else "",
        f"<dd>{_text(item.comparison)}</dd>" if item.comparison else "",
        f"<dd>{item.course.svg} {_text(item.course.text)}</dd>" if item.course else "",
        "</div>",
    )


def _prose(block: Prose) -> str:
    if block.bullets:
        items = "\n".join(f"<li>{_text(text)}</li>" for text in block.paragraphs)
        body = f"<ul>\n{items}\n</ul>"
    else:
        body = "\n".join(f"<p>{_text(text)}</p>" for text in block.paragraphs)
    if block.role == "text":
        return body
    return f'<div class="{_ROLES[block.role]}" role="note">\n{body}\n</div>'


def _source_list(block: SourceList, level: int) -> str:
    entries = (_entry(entry) for entry in block.entries)
    reservations = (f"<li>{_text(text)}</li>" for text in block.reservations)
    return _lines(
        f"<h{level}>Kilder</h{level}>",
        '<ul class="kildeliste">',
        *entries,
        "</ul>",
        *(
            (f"<h{level}>Forbehold</h{level}>", "<ul>", *reservations, "</ul>")
            if block.reservations
            else ()
        ),
    )


def _entry(entry: Source) -> str:
    trace = f'<span class="spor">{escape(entry.reference)}</span>' if entry.reference else ""
    return f"<li>{_text(entry.text)} {trace}</li>" if trace else f"<li>{_text(entry.text)}</li>"


def _subsection(part: Subsection, level: int) -> str:
    """As a notebook shows it; on the page it is a section of its own, with number and anchor."""
    blocks = (block_html(block, level=level + 1) for block in part.blocks)
    return _lines(f"<h{level}>{_text(part.title)}</h{level}>", *blocks)


def _notes(notes: Sequence[str]) -> str:
    items = [f"<li>{_text(text)}</li>" for text in notes]
    return _lines('<ul class="noter">', *items, "</ul>") if items else ""


def _source(sources: Iterable[Source]) -> str:
    return f'<p class="kilde">{_text(captions.source_line(tuple(sources)))}</p>'


def _csv_link(table: Table, name: str, file_name: str) -> str:
    data = table_csv(table)
    size = max(1, round(len(data) / 1024))
    href = f"data:text/csv;charset=utf-8;base64,{base64.b64encode(data).decode()}"
    text = f"Hent {name} som CSV ({size} kB)"
    return f'<p class="hent"><a download="{file_name}" href="{href}">{text}</a></p>'


def _demo(demo: bool) -> str:
    return f'<p class="demo">{captions.DEMO}</p>' if demo else ""


def _text(text: str) -> str:
    """A text for readers, escaped; a line never breaks inside `a-dagpenge` or `[note 1]`."""
    return _WHOLE.sub(r'<span class="hel">\g<0></span>', escape(text))


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


Args = ParamSpec("Args")


@dataclass(frozen=True)
class Shown:
    """A block as the value of a notebook cell."""

    block: Block

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {
            MIME: self.block.model_dump(mode="json"),
            "text/html": preview_html(self.block),
            "text/plain": f"<{self.block.kind} {getattr(self.block, 'id', '')}>",
        }


def shown(make: Callable[Args, Block]) -> Callable[Args, Shown]:
    """Let a function that makes a block give it as the value of a notebook cell."""

    @functools.wraps(make)
    def show(*args: Args.args, **kwargs: Args.kwargs) -> Shown:
        return Shown(make(*args, **kwargs))

    return show
