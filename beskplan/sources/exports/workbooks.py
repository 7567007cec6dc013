"""Looking at a workbook before it is opened: what would take all memory is refused while it is bytes.

The reader (calamine) makes a sheet as large as its farthest cell, and a process that cannot get that
much memory ends at once, without an error that anybody could catch. Its formats other than .xlsx
cannot be looked through beforehand and are refused.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Final

from beskplan.core.errors import Problem

MAX_UNPACKED: Final = 400_000_000
MAX_CELLS: Final = 20_000_000
"""A row for each municipality, month and measure of ten years is a tenth of it."""

_CELL: Final = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]{0,8})([0-9]{1,20})""")
_SAVE: Final = "open it in a spreadsheet and save it as .xlsx"


def workbook_fault(content: bytes, where: str) -> Problem | None:
    """Why a zipped workbook must not be opened; None where it may."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            if unpacked > MAX_UNPACKED:
                expected = f"at most {MAX_UNPACKED // 1_000_000} MB"
                return Problem(where, "too big a workbook", f"{unpacked:,} bytes", expected)
            if "xl/workbook.xml" not in archive.namelist():
                return Problem(where, "not a workbook of the format .xlsx", fix=_SAVE)
            # Reading them checks their sizes and sums too: a part that claims to be small is not.
            cells = max(_cells(archive.read(entry)) for entry in entries)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError) as error:
        return Problem(where, "not readable as a workbook", str(error))
    if cells > MAX_CELLS:
        fix = "remove stray cells far from the table: copy the table into a new workbook"
        expected = f"at most {MAX_CELLS:,}"
        return Problem(where, "a sheet with too many cells", f"{cells:,}", expected, fix)
    return None


def _cells(part: bytes) -> int:
    """How many cells a sheet spans up to its farthest one; 0 for a part that is none."""
    height = width = 0
    for letters, digits in _CELL.findall(part):
        height = max(height, int(digits))
        width = max(width, _column(letters))
    return height * max(width, 1)


def _column(letters: bytes) -> int:
    """1 for A, 26 for Z, 27 for AA."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
