"""All commands put together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from beskplan import __version__
from beskplan.cli import audit, begin, build, fetch, lab, look, publish, send, snapshots
from beskplan.cli.danish import Command, Group
from beskplan.cli.options import documented

_COMMANDS: dict[str, Callable[..., None]] = {
    "list": look.list_,
    "check": look.check,
    "new": begin.new,
    "new-bilag": begin.new_bilag,
    "schema": begin.schema,
    "plan": build.plan,
    "build": build.build,
    "run": build.run,
    "audit": audit.audit,
    "combine": build.combine,
    "fetch": fetch.fetch,
    "import": snapshots.import_,
    "preview": lab.preview,
    "lab": lab.lab,
    "approve": publish.approve,
    "withdraw": publish.withdraw,
    "approvals": publish.approvals,
    "changes": publish.changes,
    "catalogue": publish.catalogue,
    "publish": publish.publish,
    "prune": publish.prune,
    "packet": send.packet,
    "mail": send.mail,
    "mail-log": send.mail_log,
    "nightly": send.nightly,
    "schedule": send.schedule,
}
_OF_SNAPSHOTS: dict[str, Callable[..., None]] = {
    "list": snapshots.list_,
    "show": snapshots.show,
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
    help="Se, sammenlign, efterprøv og fjern de gemte øjebliksbilleder af tallene.",
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
