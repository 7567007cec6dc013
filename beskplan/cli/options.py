"""What every command shares: the options, their help, and where it works."""

from __future__ import annotations

import re
from collections.abc import Callable
from inspect import Parameter, getdoc, signature
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import typer

SHARED = {
    "kommune": "En kommunes navn eller kode.",
    "aar": "Et planår.",
    "bilag": "En notebooks navn i notebooks/.",
    "periode": "En udgave ved navn: 2026M09 eller 2026K3; ellers den nyeste, der er alle tal til.",
    "root": "Arbejdskopien; findes opad herfra, hvor den udelades.",
}
"""The help of options that several commands have."""
SHOWN_AS = {
    "old": "ældre",
    "new": "nyere",
    "file": "fil",
    "jobs": "job",
    "what": "hvad",
    "further": "flere",
}
"""What arguments are called where their own name is English."""
_ARGUMENT = re.compile(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)


def documented(command: Callable[..., None]) -> Callable[..., None]:
    """Make arguments and options of a command's parameters, with the help of its docstring.

    A parameter that is given by its name is an option, any other an argument. Its help stands under
    `Args`, else in `SHARED`; what typer is to know besides, such as the smallest value, is the dict in
    `Annotated`.
    """
    about, _, described = (getdoc(command) or "").partition("\n\nArgs:\n")
    own = {name: " ".join(text.split()) for name, text in _ARGUMENT.findall(described)}
    hints = get_type_hints(command, include_extras=True)
    for name, parameter in signature(command).parameters.items():
        more: dict[str, Any] = {"help": own.get(name) or SHARED[name]}
        hint = hints[name]
        if get_origin(hint) is Annotated:
            hint, further = get_args(hint)
            more |= further
        if parameter.kind is Parameter.KEYWORD_ONLY:
            names = more.pop("names", (f"--{_spelt(name)}",))
            command.__annotations__[name] = Annotated[hint, typer.Option(*names, **more)]
        else:
            more |= {"metavar": SHOWN_AS[name]} if name in SHOWN_AS else {}
            command.__annotations__[name] = Annotated[hint, typer.Argument(**more)]
    command.__doc__ = about
    return command


def command_name(command: Callable[..., None]) -> str:
    """What a command is called: `new-bilag` for `new_bilag`, `list` for `list_`."""
    return _spelt(command.__name__)


def _spelt(name: str) -> str:
    return name.strip("_").replace("_", "-")


def working_copy(root: Path | None) -> Path:
    """The working copy that a command is about.

    Raises:
        InputError: none was named, and there is none here or above.
    """
    from beskplan.report.place import find_root

    return (root or find_root()).resolve()
