"""`beskplan preview`: a thin command over `beskplan.lab.preview`."""

from __future__ import annotations

import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer


def preview(
    what: Annotated[
        str, typer.Argument(help="A notebook (maalgrupper), or a job (aar/kommune/bilag).")
    ],
    *,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open it in the browser.")
    ] = True,
    port: Annotated[int, typer.Option("--port", help="Any free one by default.")] = 0,
    root: Annotated[
        Path | None,
        typer.Option("--root", help="The working copy; found from here upwards by default."),
    ] = None,
) -> None:
    """Show a report beside its notebook, and make it again at every save. Stop it with Ctrl+C.

    Example: beskplan preview maalgrupper
    """
    from beskplan.lab.preview import Preview, PreviewServer, preview_job
    from beskplan.params.jobs import Workplace
    from beskplan.report.place import find_root

    place = Workplace((root or find_root()).resolve())
    with PreviewServer(Preview(preview_job(what, place), place), port) as server:
        typer.echo(f"{server.url}  (Ctrl+C to stop)")
        if browser:
            webbrowser.open(server.url)
        with suppress(KeyboardInterrupt):
            server.watch(typer.echo)
