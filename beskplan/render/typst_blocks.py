"""Blocks as the nodes that the Typst template reads (`beskplan/data/typst/blocks.typ`)."""

from __future__ import annotations

from beskplan.blocks import captions
from beskplan.blocks.model import Cell, Column, Figure, KeyFigures, Prose, SourceList, Table
from beskplan.render.page import Numbered
from beskplan.render.typst_columns import Layout, table_layout
from beskplan.render.typst_text import Node, keep_together

LONG_TABLE_LINES = 18
"""A table with more lines than this may run over a page break; a shorter one never does."""


def heading(level: int, title: str, anchor: str = "") -> Node:
    """A heading; without an `anchor` it is a part of a block and stands in no list of contents."""
    return {"t": "heading", "level": level, "s": keep_together(title), "id": anchor}


def table_node(table: Table, title: str, anchor: str, *, halved: bool = False) -> Node:
    """A table with its title and the name of its place.

    A long one may run over a page break; a narrow one also over two columns where it may be `halved`.
    """
    layout = table_layout(table)
    lines = [layout.lines(row) for row in table.rows]
    long = sum(lines) > LONG_TABLE_LINES
    half = layout.halved() if halved and long else None
    layout = half or layout
    return {
        "t": "table",
        "id": anchor,
        "title": title,
        "subtitle": captions.table_detail(table),
        "columns": [_column(table, place, layout) for place in range(len(table.columns))],
        "rows": [
            {
                "label": row.label,
                "emphasis": row.emphasis,
                "cells": [_cell(*pair) for pair in zip(table.columns[1:], row.cells, strict=True)],
            }
            for row in table.rows
        ],
        "widths": layout.widths,
        "size": layout.size,
        "long": long,
        "first-lines": sum(lines[:3]),
        "halved": half is not None,
        "below": _below(table),
    }


def _cell(column: Column, cell: Cell) -> Node:
    """`word` marks a word where a number is expected: it is set quieter."""
    return {"s": cell.text, "word": column.kind == "number" and cell.value is None}


def _column(table: Table, place: int, layout: Layout) -> Node:
    column = table.columns[place]
    unit = captions.column_unit(table, column)
    words = f"{column.label} {unit}".split()
    return {
        "label": column.label,
        "unit": unit,
        "number": column.kind == "number",
        "hyphenate": not all(layout.holds(place, word) for word in words),
    }


def _below(block: Table | Figure) -> list[str]:
    """The lines under a table or figure: that it is made up, its notes, its sources."""
    notes = [f"{captions.note_label(n)} {note}" for n, note in enumerate(block.notes, start=1)]
    return [*([captions.DEMO] if block.demo else []), *notes, captions.source_line(block.sources)]


def figure_node(figure: Figure, number: int, shown: Numbered | None) -> Node:
    """A figure with its number; `shown` is the table of the page that holds its numbers, if any."""
    return {
        "t": "figure",
        "id": f"figur-{figure.id}",
        "title": captions.figure_title(figure, number),
        "subtitle": figure.subtitle,
        "svg": figure.svg,
        "alt": figure.alt,
        "data": f"tabel-{shown.block.id}" if shown else f"data-{figure.id}",
        "table": shown.number if shown else 0,
        "below": _below(figure),
    }


def prose_node(prose: Prose) -> Node:
    """Sentences or a note."""
    return {
        "t": "prose",
        "role": prose.role,
        "bullets": prose.bullets,
        "paragraphs": [keep_together(text) for text in prose.paragraphs],
    }


def key_figures_nodes(block: KeyFigures, level: int) -> list[Node]:
    """The strip of key figures under its heading."""
    items = [
        {
            "label": keep_together(item.label),
            "value": item.value,
            "direction": item.direction,
            # An arrow is not heard: without words for the change, its own word stands there.
            "change": keep_together(item.change) or captions.DIRECTIONS.get(item.direction, ""),
            "comparison": keep_together(item.comparison),
        }
        for item in block.items
    ]
    source = captions.source_line(block.sources)
    head = heading(level, block.title, block.id)
    return [head, {"t": "key-figures", "items": items, "source": source}]


def source_nodes(block: SourceList, level: int) -> list[Node]:
    """Sources and reservations, each under its heading."""
    entries = [{"s": entry.text, "trace": entry.reference} for entry in block.entries]
    nodes = [heading(level, "Kilder"), {"t": "sources", "entries": entries}]
    if block.reservations:
        entries = [{"s": keep_together(text), "trace": ""} for text in block.reservations]
        nodes += [heading(level, "Forbehold"), {"t": "sources", "entries": entries}]
    return nodes
