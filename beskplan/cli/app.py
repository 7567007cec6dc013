"""All commands put together."""

from __future__ import annotations

from typing import Annotated

import typer

from beskplan import __version__
from beskplan.cli import (
    audit,
    begin,
    build,
    combine,
    fetch,
    lab,
    look,
    preview,
    publish,
    send,
    snapshots,
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Reports for Danish municipal employment plans: notebooks in, accessible HTML and PDF out.",
)
app.command("list")(look.list_)
app.command()(look.check)
app.command()(begin.new)
app.command("new-bilag")(begin.new_bilag)
app.command()(begin.schema)
app.command()(build.plan)
app.command()(build.build)
app.command()(build.run)
app.command()(audit.audit)
app.command()(combine.combine)
app.command()(fetch.fetch)
app.command("import")(snapshots.import_)
app.command()(preview.preview)
app.command()(lab.lab)
app.command()(publish.approve)
app.command()(publish.withdraw)
app.command()(publish.approvals)
app.command()(publish.changes)
app.command()(publish.catalogue)
app.command()(publish.publish)
app.command()(publish.prune)
app.command()(send.packet)
app.command()(send.mail)
app.command("mail-log")(send.mail_log)
app.command()(send.nightly)
app.command()(send.schedule)
app.add_typer(snapshots.app, name="snapshots")


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    if version:
        typer.echo(f"beskplan {__version__}")
        raise typer.Exit
