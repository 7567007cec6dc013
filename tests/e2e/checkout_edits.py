"""Edits of a copy of the checkout, as a person makes them; each refuses a place that is not there."""

import re
import subprocess
import sys
from pathlib import Path

from beskplan.core.danish import danish_key


def insert_after(path: Path, line: str, text: str) -> None:
    """Put a text below a whole line of a file, which must be there once."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    assert lines.count(f"{line}\n") == 1, f"{path.name}: {line!r}"
    lines.insert(lines.index(f"{line}\n") + 1, text)
    path.write_text("".join(lines), encoding="utf-8")


def replace(path: Path, old: str, new: str) -> None:
    content = path.read_text(encoding="utf-8")
    assert content.count(old) == 1, f"{path.name}: {old!r}"
    path.write_text(content.replace(old, new), encoding="utf-8")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def glossary(copy: Path, word: str, name: str, meaning: str) -> None:
    path = copy / "GLOSSARY.md"
    head, table = path.read_text(encoding="utf-8").split("| --- | --- | --- |\n", 1)
    rows, end = re.match(r"((?:\|[^\n]*\n)+)(.*)", table, re.DOTALL).groups()  # type: ignore[union-attr]
    new = f"| {word} | `{name}` | {meaning} |"
    ordered = sorted(
        [*rows.splitlines(), new], key=lambda row: danish_key(row.split("|")[1].strip())
    )
    path.write_text("\n".join([f"{head}| --- | --- | --- |", *ordered, end]), encoding="utf-8")


def make_metode(copy: Path) -> None:
    script = copy / "docs" / "metode" / "make_metode.py"
    subprocess.run(
        [sys.executable, str(script)], cwd=copy, check=True, env={"PYTHONPATH": str(copy)}
    )
