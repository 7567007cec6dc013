"""The mail server's password: from the environment or the keyring, shown nowhere."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from beskplan.core.errors import InputError, Problem
from beskplan.sources.http import Secret

PASSWORD_VARIABLE: Final = "BESKPLAN_SMTP_PASSWORD"  # noqa: S105 - the name of a variable
KEYRING_SERVICE: Final = "beskplan"
KEYRING_NAME: Final = "smtp"


def find_password(environment: Mapping[str, str] = os.environ) -> Secret:
    """The password from `BESKPLAN_SMTP_PASSWORD`, else from the keyring (optional package `keyring`).

    Raises:
        InputError: there is none; never shows it.
    """
    text = environment.get(PASSWORD_VARIABLE, "") or _from_keyring()
    if text:
        return Secret(text)
    raise InputError(
        Problem(
            "mail: password",
            "none found",
            expected=f"the environment variable {PASSWORD_VARIABLE}, or an entry of the keyring",
            fix=f"set {PASSWORD_VARIABLE}, or keep it: keyring set {KEYRING_SERVICE} {KEYRING_NAME}",
        )
    )


def _from_keyring() -> str:
    if find_spec("keyring") is None:
        return ""
    keyring = import_module("keyring")
    try:
        return str(keyring.get_password(KEYRING_SERVICE, KEYRING_NAME) or "")
    except keyring.errors.KeyringError:
        return ""
