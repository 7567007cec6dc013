"""`beskplan lab` and `preview`: thin commands over `beskplan.lab`."""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path
from typing import Annotated

import typer

from beskplan.cli.options import working_copy


def lab(
    further: list[str] | None = None,
    *,
    browser: Annotated[bool, {"names": ("--browser/--no-browser",)}] = True,
    port: int | None = None,
    root: Path | None = None,
) -> None:
    """Åbn JupyterLab med notebooks, siden ved siden af og "Nyt Bilag". Stop med Ctrl+C.

    Eksempel: beskplan lab

    Args:
        further: Efter --: valg til `jupyter lab` selv.
        browser: Åbn i browseren.
        port: Ellers 8888 eller den næste ledige.
    """
    from beskplan.lab.starting import lab_arguments, open_server

    place = working_copy(root)
    open_server(place, lab_arguments(place, port=port, browser=browser, further=further or ()))


def preview(
    what: str,
    *,
    browser: Annotated[bool, {"names": ("--browser/--no-browser",)}] = True,
    port: Annotated[int, {"show_default": False}] = 0,
    root: Path | None = None,
) -> None:
    """Vis en rapport ved siden af dens notebook, og lav den igen, hver gang der gemmes. Stop med Ctrl+C.

    Eksempel: beskplan preview maalgrupper

    Args:
        what: En notebook (maalgrupper) eller et job (aar/kommune/bilag).
        browser: Åbn i browseren.
        port: Ellers en ledig.
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
