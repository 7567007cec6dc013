"""`beskplan lab` and `preview`: thin commands over `beskplan.lab`."""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path
from typing import Annotated

import typer

from beskplan.cli.options import Root, working_copy

Browser = Annotated[bool, typer.Option("--browser/--no-browser", help="Åbn i browseren.")]


def lab(
    further: Annotated[
        list[str] | None, typer.Argument(help="Efter --: valg til `jupyter lab` selv.")
    ] = None,
    *,
    browser: Browser = True,
    port: Annotated[
        int | None, typer.Option("--port", help="Ellers 8888 eller den næste ledige.")
    ] = None,
    root: Root = None,
) -> None:
    """Åbn JupyterLab med notebooks, siden ved siden af og "Nyt Bilag". Stop med Ctrl+C.

    Eksempel: beskplan lab
    """
    from beskplan.lab.starting import lab_arguments, open_server

    place = working_copy(root)
    open_server(place, lab_arguments(place, port=port, browser=browser, further=further or ()))


def preview(
    what: Annotated[
        str, typer.Argument(help="En notebook (maalgrupper) eller et job (aar/kommune/bilag).")
    ],
    *,
    browser: Browser = True,
    port: Annotated[int, typer.Option("--port", help="Ellers en ledig.", show_default=False)] = 0,
    root: Root = None,
) -> None:
    """Vis en rapport ved siden af dens notebook, og lav den igen, hver gang der gemmes. Stop med Ctrl+C.

    Eksempel: beskplan preview maalgrupper
    """
    from beskplan.lab.preview import preview_job
    from beskplan.lab.starting import open_server, preview_arguments
    from beskplan.params.jobs import Workplace

    place = working_copy(root)
    job = preview_job(what, Workplace(place))
    # A notebook is shown for whom its parameters cell says, also when that is changed.
    name = job.id if what.count("/") == 2 else Path(what).stem
    with socket.socket() as free:
        free.bind(("127.0.0.1", port))
        port = free.getsockname()[1]
    # In the environment: a command line can be read by everybody on the machine.
    token = os.environ.setdefault("JUPYTER_TOKEN", secrets.token_urlsafe())
    address = f"http://127.0.0.1:{port}/beskplan/preview/{name}/"
    typer.echo(f"{address}?token={token}  (stop med Ctrl+C)")
    open_server(place, preview_arguments(place, name, port=port, browser=browser), lab=False)
