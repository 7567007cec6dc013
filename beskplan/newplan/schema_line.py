"""The line by which an editor finds the JSON schema of a params file."""

from __future__ import annotations

import os
from pathlib import Path

from beskplan.params.schemas import FOLDER, schema_name

_MARK = "# yaml-language-server:"


def with_schema(text: str, path: Path) -> str:
    """A params file that begins with the address of its schema; as it is where it has one.

    Args:
        text: The file's text.
        path: Where it lies, relative to the working copy.
    """
    name = schema_name(path)
    if name is None or text.startswith(_MARK):
        return text
    address = os.path.relpath(FOLDER / name, path.parent).replace(os.sep, "/")
    return f"{_MARK} $schema={address}\n{text}"
