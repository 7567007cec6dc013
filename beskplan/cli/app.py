"""All commands put together: their options, and help and refusals in Danish, also in typer's own words.

Typer has no languages: its words are turned over as it writes them, by one table. Tests run every
`--help` and a set of refusals against a list of English words.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from functools import cache, wraps
from inspect import Parameter, Signature, getdoc, signature
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import typer
from typer._click.core import Context as TyperContext
from typer._click.exceptions import ClickException, NoArgsIsHelpError, UsageError
from typer._click.formatting import HelpFormatter
from typer.core import TyperCommand, TyperGroup

from beskplan import __version__
from beskplan.cli import begin, build, publish, snapshots, working_copy
from beskplan.core.files import shipped_yaml
from beskplan.runner.wanted import Choice

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
    """Make a command that typer reads of a function: arguments and options with the help of its docstring.

    A parameter that is given by its name is an option, any other an argument. Its help stands under
    `Args`, else in `SHARED`; what typer is to know besides, such as the smallest value, is the dict in
    `Annotated`. A `choice` is four options; a `root` is looked for where none is named.
    """
    about, _, described = (getdoc(command) or "").partition("\n\nArgs:\n")
    own = {name: " ".join(text.split()) for name, text in _ARGUMENT.findall(described)}
    hints = get_type_hints(command, include_extras=True)
    must_be_there = hints.get("root") is Path
    shown: list[Parameter] = []
    for name, parameter in signature(command).parameters.items():
        if name == "choice":
            shown += [_shown(part, SHARED[part.name]) for part in _CHOICE]
            continue
        if name == "root":
            hints[name] |= None
        default = None if name == "root" else parameter.default
        named = parameter.replace(annotation=hints[name], default=default)
        shown.append(_shown(named, own.get(name) or SHARED[name]))

    @wraps(command)
    def run(**given: Any) -> None:
        if "choice" in hints:
            given["choice"] = Choice(*(given.pop(part.name) for part in _CHOICE))
        if must_be_there:
            given["root"] = working_copy(given["root"])
        command(**given)

    run.__doc__ = about
    run.__annotations__ = {one.name: one.annotation for one in shown}
    vars(run)["__signature__"] = Signature(shown)
    return run


_CHOICE = [
    Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=hint)
    for name, hint in get_type_hints(Choice).items()
]
"""The options of a choice."""


def _shown(parameter: Parameter, about: str) -> Parameter:
    """A parameter as typer is to read it."""
    name, hint = parameter.name, parameter.annotation
    more: dict[str, Any] = {"help": about}
    if get_origin(hint) is Annotated:
        hint, further = get_args(hint)
        more |= further
    if parameter.kind is Parameter.KEYWORD_ONLY:
        names = more.pop("names", (f"--{_spelt(name)}",))
        return parameter.replace(annotation=Annotated[hint, typer.Option(*names, **more)])
    more |= {"metavar": SHOWN_AS[name]} if name in SHOWN_AS else {}
    return parameter.replace(annotation=Annotated[hint, typer.Argument(**more)])


def command_name(command: Callable[..., None]) -> str:
    """What a command is called: `new-bilag` for `new_bilag`, `list` for `list_`."""
    return _spelt(command.__name__)


def _spelt(name: str) -> str:
    return name.strip("_").replace("_", "-")


@cache
def _words() -> dict[str, str]:
    """Typer's words and ours."""
    found: dict[str, str] = shipped_yaml("beskplan.cli", "typers_ord.yaml")
    return found


def danish(text: str) -> str:
    """What typer says, in Danish; other text as it is."""
    for english, words in _words().items():
        text = re.sub(english, words, text)
    return text


class _Formatter(HelpFormatter):
    """Lays out what is Danish already, so that the columns are right."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, danish(args), prefix or "Brug: ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(danish(heading))

    def write_dl(
        self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        super().write_dl([(danish(a), danish(b)) for a, b in rows], col_max, col_spacing)


class _Context(TyperContext):
    formatter_class = _Formatter


class Command(TyperCommand):
    """A command with Danish help."""

    context_class = _Context


class Group(TyperGroup):
    """A group of commands with Danish help; the outermost one tells its refusals in Danish."""

    context_class = _Context

    def main(self, args: Sequence[str] | None = None, **extra: Any) -> Any:  # type: ignore[override]
        """Run a command; ends the process as its exit code says."""
        try:
            # What a command returns here is the exit code of `typer.Exit`.
            sys.exit(super().main(args, **{**extra, "standalone_mode": False}))
        except NoArgsIsHelpError as error:
            typer.echo(error.format_message(), err=True)
            sys.exit(error.exit_code)
        except ClickException as error:
            if isinstance(error, UsageError) and error.ctx:
                typer.echo(error.ctx.get_usage(), err=True)
                typer.echo(f"Hjælp: {error.ctx.command_path} --help\n", err=True)
            typer.echo(f"Fejl: {danish(error.format_message())}", err=True)
            sys.exit(error.exit_code)
        except typer.Abort:
            typer.echo("Afbrudt.", err=True)
            sys.exit(1)


_COMMANDS: tuple[Callable[..., None], ...] = (
    build.list_, build.check, begin.new, begin.new_bilag, begin.schema, build.plan, build.build,
    build.run, begin.audit, build.combine, snapshots.fetch, snapshots.import_, begin.preview,
    begin.lab, publish.approve, publish.withdraw, publish.approvals, publish.catalogue,
    publish.publish, publish.prune, publish.packet, publish.mail, publish.mail_log,
    publish.nightly, publish.schedule,
)  # fmt: skip
"""In the order of the help; each is called as its function is."""
_OF_SNAPSHOTS = (snapshots.list_, snapshots.diff, snapshots.verify, snapshots.prune)

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Rapporter til kommunernes beskæftigelsesplaner: fra notebooks til HTML og PDF.",
)
for _function in _COMMANDS:
    app.command(command_name(_function), cls=Command)(documented(_function))
_snapshots = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Vis, sammenlign og ryd op i de gemte øjebliksbilleder.",
)
for _function in _OF_SNAPSHOTS:
    _snapshots.command(command_name(_function), cls=Command)(documented(_function))
app.add_typer(_snapshots, name="snapshots", cls=Group)


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Vis versionen.")] = False,
) -> None:
    if version:
        typer.echo(f"beskplan {__version__}")
        raise typer.Exit
