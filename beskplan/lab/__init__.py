"""JupyterLab as the analysts open it: `beskplan lab`.

`starting` opens JupyterLab on a working copy. Inside its server, this package is an extension that
answers what the part in the browser asks (`beskplan/data/lab/`): which rules a notebook breaks,
how its page looks now, and a new Bilag.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """What jupyter-server asks an extension for: where its loader is."""
    return [{"module": "beskplan.lab"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    """Add our addresses to a server that was opened on a working copy."""
    from beskplan.lab.handlers import add_handlers
    from beskplan.lab.preview import Previews
    from beskplan.report.place import find_root

    add_handlers(server.web_app, Previews(find_root()))
