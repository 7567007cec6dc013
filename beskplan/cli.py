"""The command line: thin commands over the library.

Exit codes: 0 all well · 1 some reports failed, the others are there · 2 wrong input ·
3 a source failed · 4 another build is at work · 130 interrupted · 143 ended by SIGTERM.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from beskplan import __version__
from beskplan.commands import build, look
from beskplan.errors import BeskplanError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Reports for Danish municipal employment plans: notebooks in, accessible HTML and PDF out.",
)
app.command("list")(look.list_)
app.command()(look.check)
app.command()(build.plan)
app.command()(build.build)
app.command()(build.run)


def main() -> None:
    """Run the command line; a `BeskplanError` is printed without traceback, anything else is our bug."""
    try:
        app()
    except BeskplanError as error:
        for problem in error.problems:
            typer.echo(str(problem), err=True)
        sys.exit(error.exit_code)


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    if version:
        typer.echo(f"beskplan {__version__}")
        raise typer.Exit
