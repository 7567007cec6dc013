"""All commands put together; their help and refusals are Danish, also in typer's own words.

Typer has no languages: its words are turned over as it writes them, by one table. Tests run every
`--help` and a set of refusals against a list of English words.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer
from typer._click.core import Context as TyperContext
from typer._click.exceptions import ClickException, NoArgsIsHelpError, UsageError
from typer._click.formatting import HelpFormatter
from typer.core import TyperCommand, TyperGroup

from beskplan import __version__
from beskplan.cli import audit, begin, build, publish, snapshots
from beskplan.cli.options import documented

_TYPES = {
    "str": "tekst",
    "int": "tal",
    "float": "tal",
    "path": "sti",
    "file": "fil",
    "datetime": "dato",
}
_WORDS: dict[str, str | Callable[[re.Match[str]], str]] = {
    # Help.
    r"^Arguments$": "Argumenter",
    r"^Options$": "Valg",
    r"^Commands$": "Kommandoer",
    r"\[OPTIONS\]": "[VALG]",
    r"COMMAND \[ARGS\]": "KOMMANDO [ARGUMENTER]",
    r"Show this message and exit\.": "Vis denne hjælp.",
    r"<list\[(.*?)\]>": r"<\1>",
    r"<(str|int|float|[Pp]ath|file|datetime)( range)?>": (
        lambda found: f"<{_TYPES[found[1].lower()]}>"
    ),
    r"<%Y-%m-%d>": "<dato>",
    r"\[required\]": "[skal med]",
    r"\[default: ": "[ellers ",
    r"\[ellers 0\.0": "[ellers 0",
    r"; required\]": "; skal med]",
    r"\b([\d.]+)<=x<=([\d.]+)(?=[];])": r"\1-\2",
    r"\bx>=([\d.]+)(?=[];])": r"mindst \1",
    r"\bx<=([\d.]+)(?=[];])": r"højst \1",
    # Refusals.
    r"^Missing (argument|option) (.*?)\.?$": r"\2 mangler.",
    r"^Missing command\.$": "Der mangler en kommando.",
    r"^No such command (.*?)\.?$": r"Kommandoen \1 findes ikke.",
    r"^No such option: ([^ ]+)": r"Valget \1 findes ikke.",
    r"\(Possible options: (.*)\)$": r"Det kunne være: \1",
    r"^Got unexpected extra argument\(s\) \((.*)\)$": r"Der er for meget på linjen: \1",
    r"^Option (.*) does not take a value\.$": r"\1 skal stå uden en værdi.",
    r"^Option (.*) requires (?:an argument|\d+ arguments)\.$": r"\1 skal følges af en værdi.",
    r"^Invalid value for (.*?): ": r"\1 kan ikke bruges: ",
    r"^Invalid value: ": "Værdien kan ikke bruges: ",
    r"Value error, ": "",
    r"Input should be a valid integer.*": "det skal være et helt tal",
    r"Input should be a valid number.*": "det skal være et tal",
    r"Input should be greater than or equal to (.*)": r"det skal være mindst \1",
    r"Input should be less than or equal to (.*)": r"det skal være højst \1",
    r"Input should be a valid .*": "det er ikke en værdi af den slags",
    r" is not one of (.*)\.$": r" er ingen af \1.",
    r" does not match the formats? '%Y-%m-%d'\.": " er ikke en dato som '2026-11-29'.",
    r"(?:[Ff]ile|[Dd]irectory|[Pp]ath) (.*) is a directory\.": r"\1 er en mappe.",
    r"(?:[Ff]ile|[Dd]irectory|[Pp]ath) (.*) is a file\.": r"\1 er en fil.",
    r"(?:[Ff]ile|[Dd]irectory|[Pp]ath) (.*) does not exist\.": r"\1 findes ikke.",
    r"(?:[Ff]ile|[Dd]irectory|[Pp]ath) (.*) is not (read|writ)able\.": (
        lambda found: f"{found[1]} kan ikke {'læses' if found[2] == 'read' else 'skrives'}."
    ),
}
"""Typer's words and ours; all that fit are applied, in this order."""


def danish(text: str) -> str:
    """What typer says, in Danish; other text as it is."""
    for english, words in _WORDS.items():
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


_COMMANDS: dict[str, Callable[..., None]] = {
    "list": build.list_,
    "check": build.check,
    "new": begin.new,
    "new-bilag": begin.new_bilag,
    "schema": begin.schema,
    "plan": build.plan,
    "build": build.build,
    "run": build.run,
    "audit": audit.audit,
    "combine": build.combine,
    "fetch": snapshots.fetch,
    "import": snapshots.import_,
    "preview": begin.preview,
    "lab": begin.lab,
    "approve": publish.approve,
    "withdraw": publish.withdraw,
    "approvals": publish.approvals,
    "catalogue": publish.catalogue,
    "publish": publish.publish,
    "prune": publish.prune,
    "packet": publish.packet,
    "mail": publish.mail,
    "mail-log": publish.mail_log,
    "nightly": publish.nightly,
    "schedule": publish.schedule,
}
_OF_SNAPSHOTS: dict[str, Callable[..., None]] = {
    "list": snapshots.list_,
    "diff": snapshots.diff,
    "verify": snapshots.verify,
    "prune": snapshots.prune,
}

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Rapporter til kommunernes beskæftigelsesplaner: fra notebooks til HTML og PDF.",
)
for _name, _function in _COMMANDS.items():
    app.command(_name, cls=Command)(documented(_function))
_snapshots = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Vis, sammenlign og ryd op i de gemte øjebliksbilleder.",
)
for _name, _function in _OF_SNAPSHOTS.items():
    _snapshots.command(_name, cls=Command)(documented(_function))
app.add_typer(_snapshots, name="snapshots", cls=Group)


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Vis versionen.")] = False,
) -> None:
    if version:
        typer.echo(f"beskplan {__version__}")
        raise typer.Exit
