"""Input keys: hashes of all that a report is made from, besides its rows.

The check whether anything is to be done runs before every build, so this module imports little
besides the standard library, and reads files as bytes. A key has parts, so that a stale report can say
why it is:

    notebook      cells' kinds, texts and tags; never outputs
    params        the parameters as resolved, so that a comment or a new line changes nothing
    presentation  the municipality's profile and logo
    earlier       of an edition: the numbers that the edition before has read
    library       the code of this package below the command line
    template      web page and PDF
    fonts         of page, PDF and figures
    registers     areas, benefits, published figures
    packages      versions of what computes, draws and sets

A report's language and its number rules are part of the library; the locale of the process is never
asked for (`core/danish.py`), so that a build from cron and one from a terminal have the same keys.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from beskplan.core.files import sha256_json

PACKAGE = Path(__file__).parents[1]
_DANISH = {
    "notebook": "notebooken",
    "params": "params",
    "presentation": "kommunens profil eller logo",
    "earlier": "udgaven før",
    "library": "programmet",
    "template": "skabelonen",
    "fonts": "skrifterne",
    "registers": "registrene",
    "packages": "pakker",
}
PARTS = tuple(_DANISH)
"""In the order in which a reader wants to hear what has changed."""
_OF_OTHERS = """
    babel ipykernel ipython jinja2 matplotlib mistune nbclient nbconvert nbformat numpy pandas
    papermill pikepdf pyarrow pydantic pyyaml seaborn statsmodels typst xlsxwriter
"""
PACKAGES = frozenset(_OF_OTHERS.split())
"""The packages whose version can change what a report says or looks like."""

_ABOVE_THE_BUILD = """
    cli data/lab data/mail data/schedule data/site data/skabeloner data/word lab newplan nightly
    publish
"""
_ABOVE = frozenset(_ABOVE_THE_BUILD.split())
"""What lies above the build and can be imported by no report; the layers contract holds that."""
_DATA_PARTS = {"templates": "template", "typst": "template", "fonts": "fonts"}
"""Folder under `beskplan/data` -> part of the key; all other data are registers."""
_DIST_INFO = re.compile(r"(?P<name>.+)-(?P<version>[^-]+)\.dist-info$")

COMMIT_VARIABLE = "BESKPLAN_COMMIT"
"""Environment variable with the commit that reports are made from; children and workers inherit it."""

Key = Mapping[str, str]
"""Part -> hash, or for `packages` the versions in words."""


def digest(value: object) -> str:
    """Hex digest of a value of JSON types; short, as hundreds of them lie side by side."""
    return sha256_json(value)[:16]


def notebook_key(path: Path) -> str:
    """Hash of what a person has written in a notebook.

    A file that is no notebook is hashed as it is: running it will say what is wrong with it.
    """
    content = path.read_bytes()
    try:
        cells = [
            (cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags", []))
            for cell in json.loads(content)["cells"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return hashlib.sha256(content).hexdigest()[:16]
    return digest(cells)


def library_key(package: Path = PACKAGE) -> dict[str, str]:
    """Hashes of this package's files: `library`, `template`, `fonts` and `registers`."""
    sums = {part: hashlib.sha256() for part in ("library", "template", "fonts", "registers")}
    for name, path in sorted(_files(package, "")):
        with open(path, "rb") as stream:  # noqa: PTH123  # twice as fast for 300 small files
            content = stream.read()
        inner = sums[_part(name)]
        inner.update(f"{name}\0{len(content)}\0".encode())
        inner.update(content)
    return {part: total.hexdigest()[:16] for part, total in sums.items()}


def _files(folder: str | Path, prefix: str) -> Iterator[tuple[str, str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if f"{prefix}{entry.name}" in _ABOVE or entry.name.startswith((".", "__pycache__")):
                continue
            if entry.is_dir():
                yield from _files(entry.path, f"{prefix}{entry.name}/")
            elif not entry.name.endswith(".pyc"):
                yield f"{prefix}{entry.name}", entry.path


def _part(name: str) -> str:
    first, _, rest = name.partition("/")
    if first != "data":
        return "library"
    return _DATA_PARTS.get(rest.partition("/")[0], "registers")


@cache
def installed() -> dict[str, str]:
    """The version of Python, then of each of `PACKAGES` that is installed here, by name.

    Read from the names of the folders that every installer leaves: asking each package costs more
    than all the rest of the key.
    """
    found = {}
    for folder in reversed([entry for entry in sys.path if entry]):
        try:
            names = os.listdir(folder)  # noqa: PTH208  # names only, of a folder of hundreds
        except OSError:
            continue
        for match in filter(None, map(_DIST_INFO.match, names)):
            name = match["name"].lower().replace("_", "-")
            if name in PACKAGES:
                found[name] = match["version"]
    return {"python": ".".join(map(str, sys.version_info[:3])), **dict(sorted(found.items()))}


def package_versions() -> str:
    """`python 3.11.7, jinja2 3.1.6, ...`: of the packages installed here that a report depends on."""
    return ", ".join(f"{name} {version}" for name, version in installed().items())


def changed(old: Key, new: Key) -> list[str]:
    """Which parts differ, for a person: `notebooken er ændret`, `pakker: pandas 3.0.1 -> 3.0.2`."""
    return [
        _packages_change(old, new) if part == "packages" else f"{_DANISH[part]} er ændret"
        for part in PARTS
        if old.get(part, "") != new.get(part, "")
    ]


def _packages_change(old: Key, new: Key) -> str:
    pairs = (key.get("packages", "").split(", ") for key in (old, new))
    before, now = ({one.partition(" ")[0]: one.partition(" ")[2] for one in key} for key in pairs)
    moves = [
        f"{name} {before.get(name, 'ingen')} -> {now.get(name, 'ingen')}"
        for name in sorted(before.keys() | now.keys())
        if before.get(name) != now.get(name)
    ]
    return f"pakker: {', '.join(moves)}"


def code_commit(root: Path) -> str:
    """The commit of the working copy, with `+` where files differ from it; empty outside git.

    A build of many reports asks once and leaves the answer in `COMMIT_VARIABLE` for all of them.
    """
    if (known := os.environ.get(COMMIT_VARIABLE)) is not None:
        return known
    try:
        commit = _git(root, "rev-parse", "HEAD")
        changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return ""
    return commit + ("+" if changed else "")


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(
        ("git", "-C", str(root), *words), capture_output=True, text=True, check=True, timeout=10
    )
    return done.stdout.strip()
