"""Plans written as files in the forms that they come in, from Markdown with pipe tables."""

from __future__ import annotations

import re
from pathlib import Path


def write_plan(text: str, form: str, path: Path) -> Path:
    """Write a plan as `md`, `txt`, `html`, `docx` or `pdf`, and give the file's path."""
    target = path.with_suffix(f".{form}")
    if form == "docx":
        _docx(text, target)
    elif form == "pdf":
        _pdf(text, target)
    else:
        target.write_text(text, encoding="utf-8")
    return target


def _blocks(text: str) -> list[list[str]]:
    return [part.split("\n") for part in re.split(r"\n{2,}", text.strip("\n"))]


def _rows(lines: list[str]) -> list[list[str]]:
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    return [rows[0], *rows[2:]]


def _docx(text: str, path: Path) -> None:
    import docx

    document = docx.Document()
    for lines in _blocks(text):
        if lines[0].startswith("|"):
            rows = _rows(lines)
            table = document.add_table(rows=len(rows), cols=len(rows[0]))
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    table.cell(r, c).text = cell
        elif lines[0].startswith("#"):
            document.add_heading(lines[0].lstrip("# "), len(lines[0]) - len(lines[0].lstrip("#")))
        else:
            for line in lines:
                style = "List Bullet" if line.startswith("- ") else None
                document.add_paragraph(line.removeprefix("- "), style=style)
    document.save(str(path))


def _pdf(text: str, path: Path) -> None:
    import typst

    parts = ['#set page(width: 17cm, margin: 2cm)\n#set text(lang: "da", size: 10pt)\n']
    for lines in _blocks(text):
        if lines[0].startswith("|"):
            rows = _rows(lines)
            cells = ", ".join(f"[{_typst(cell)}]" for row in rows for cell in row)
            widths = "(3.2cm" + ", 1fr" * (len(rows[0]) - 1) + ")"
            align = "(x, y) => if x == 0 { left } else { right }"
            parts.append(f"#table(columns: {widths}, align: {align}, stroke: none, {cells})\n")
        elif lines[0].startswith("#"):
            level = len(lines[0]) - len(lines[0].lstrip("#"))
            parts.append("=" * level + " " + _typst(lines[0].lstrip("# ")) + "\n")
        else:
            parts += [
                _typst(line.replace("- ", "• ", 1) if line.startswith("- ") else line) + "\n"
                for line in lines
            ]
    path.write_bytes(typst.compile("\n".join(parts).encode()))


def _typst(text: str) -> str:
    return re.sub(r"([#$*_@<>\\\[\]])", r"\\\1", text).replace("+", "\\+").replace("- ", "\\- ")
