"""`beskplan lab`: a thin command over `beskplan.lab`."""

from __future__ import annotations

from typing import Annotated

import typer

from beskplan.cli.options import Root, working_copy


def lab(
    further: Annotated[
        list[str] | None, typer.Argument(help="After --: options of `jupyter lab` itself.")
    ] = None,
    *,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open it in the browser.")
    ] = True,
    port: Annotated[
        int | None, typer.Option("--port", help="8888 or the next free one by default.")
    ] = None,
    root: Root = None,
) -> None:
    """Open JupyterLab with the notebooks, the page beside them, and "Nyt Bilag". Stop it with Ctrl+C.

    Example: beskplan lab
    """
    from beskplan.lab.starting import lab_arguments, open_server

    place = working_copy(root)
    open_server(place, lab_arguments(place, port=port, browser=browser, further=further or ()))
