"""The personal token of Jobindsats: from the environment or the keyring, shown nowhere."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from beskplan.core.errors import Problem, SourceError
from beskplan.sources.http import Secret

TOKEN_VARIABLE: Final = "JOBINDSATS_TOKEN"  # noqa: S105 - the name of a variable
KEYRING_SERVICE: Final = "beskplan"
KEYRING_NAME: Final = "jobindsats"

_WHERE: Final = "jobindsats: token"


def find_token(environment: Mapping[str, str] = os.environ) -> Secret:
    """The token from `JOBINDSATS_TOKEN`, else from the keyring (optional package `keyring`).

    Raises:
        SourceError: there is none, or what is there cannot be one; never shows it.
    """
    text = environment.get(TOKEN_VARIABLE, "").strip() or _from_keyring()
    text = text.removeprefix("Bearer ").strip()
    if not text:
        raise SourceError(_missing())
    if not (text.isascii() and text.isprintable()) or any(sign.isspace() for sign in text):
        fix = "copy it once more from STAR's mail, without line breaks or quotes"
        raise SourceError(Problem(_WHERE, "not a token: it has blanks or odd letters", fix=fix))
    return Secret(text)


def _from_keyring() -> str:
    if find_spec("keyring") is None:
        return ""
    keyring = import_module("keyring")
    try:
        return str(keyring.get_password(KEYRING_SERVICE, KEYRING_NAME) or "").strip()
    except keyring.errors.KeyringError as error:
        what = f"the keyring does not answer ({type(error).__name__})"
        raise SourceError(Problem(_WHERE, what, fix=f"set {TOKEN_VARIABLE}")) from None


def _missing() -> Problem:
    if find_spec("keyring") is None:
        keyring = "or install the package `keyring` and keep it there"
    else:
        keyring = f"or keep it: keyring set {KEYRING_SERVICE} {KEYRING_NAME}"
    return Problem(
        _WHERE,
        "none found",
        expected=f"the environment variable {TOKEN_VARIABLE}, or an entry of the keyring",
        fix=f"ask STAR for one (free, personal), set {TOKEN_VARIABLE}, {keyring}; "
        "without it: beskplan fetch --source statbank",
    )
