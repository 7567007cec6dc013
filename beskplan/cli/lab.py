"""`beskplan lab`: a thin command over `beskplan.lab`."""

from __future__ import annotations

from typing import Annotated

import typer

from beskplan.cli.options import Root, working_copy


def lab(
    further: Annotated[
        list[str] | None, typer.Argument(help="Efter --: valg til `jupyter lab` selv.")
    ] = None,
    *,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Åbn det i browseren.")
    ] = True,
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
