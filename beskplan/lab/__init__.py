"""JupyterLab as the analysts open it: `beskplan lab`.

It opens on a working copy, in the environment that the build runs in. What a person has set up elsewhere
must not change what a notebook shows: IPython's start-up files and history are left aside, and the kernel
is this environment's own. Settings and layout of the windows lie under `data/lab/` of the working copy.
Only what is secret (the address with its token, the key that signs notebooks) stays where Jupyter keeps
it, in the person's own home: a working copy may lie on a drive that others read.

Inside its server, this package is an extension that answers what the part in the browser asks
(`beskplan/data/lab/`): which rules a notebook breaks, how its page looks now, and a new Bilag.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from beskplan.report.place import ROOT_VARIABLE

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


EXTENSIONS = Path(__file__).parents[1] / "data" / "lab"
"""Folder of our part of JupyterLab, the one that runs in the browser."""


def lab_arguments(
    root: Path, *, port: int | None = None, browser: bool = True, further: Sequence[str] = ()
) -> list[str]:
    """The command line of JupyterLab for a working copy.

    Args:
        root: The working copy.
        port: Without it JupyterLab takes 8888, or the next free one; with it that one or none.
        browser: Whether to open the browser.
        further: Options of JupyterLab's own, as they are.
    """
    own = root / "data" / "lab"
    arguments = [
        f"--ServerApp.root_dir={root}",
        f"--FileContentsManager.preferred_dir={root / 'notebooks'}",
        "--ServerApp.jpserver_extensions=beskplan.lab=True",
        f"--LabApp.extra_labextensions_path={EXTENSIONS}",
        f"--LabApp.user_settings_dir={own / 'settings'}",
        f"--LabApp.workspaces_dir={own / 'workspaces'}",
        # Danish, and what else is otherwise than JupyterLab comes.
        f"--LabApp.app_settings_dir={EXTENSIONS / 'settings'}",
        # The menu of formats holds those that work here: the others need LaTeX, pandoc or a browser.
        "--Exporter.enabled=False",
        *(f"--Beskplan{kind}Exporter.enabled=True" for kind in ("Html", "Pdf")),
        # Without it ipykernel warns at every start that others on the machine may listen.
        "--KernelManager.transport_encryption=auto",
        "--ServerApp.log_level=ERROR",
        "--LabApp.log_level=ERROR",
        "--ServerApp.answer_yes=True",
    ]
    if port is not None:
        arguments += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if os.name == "posix":
        # A login shell, which is what Jupyter starts, would forget where the command is.
        shell = [os.environ.get("SHELL") or "/bin/sh"]
        arguments.append(f"--ServerApp.terminado_settings={ {'shell_command': shell} }")
    if not browser:
        arguments.append("--no-browser")
    return [*arguments, *further]


def lab_environment(root: Path, ipython: Path) -> dict[str, str]:
    """Variables that JupyterLab and the kernels it starts shall see.

    Args:
        root: The working copy.
        ipython: An empty folder for what IPython writes.
    """
    return {
        ROOT_VARIABLE: str(root),
        # The guide's commands work in JupyterLab's own terminal, in whatever folder it opens.
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", ""))),
        "IPYTHONDIR": str(ipython),
        # It asks npm, where that is there, for language servers; npm would keep a log of it.
        "npm_config_logs_max": "0",
        # A kernel that the person has installed must not hide this environment's own.
        "JUPYTER_PREFER_ENV_PATH": "1",
    }


def preview_arguments(root: Path, what: str, *, port: int, browser: bool) -> list[str]:
    """The command line of a Jupyter server that shows one page; arguments as `lab_arguments`.

    Args:
        root: The working copy.
        what: A notebook or a job, as in the address of its preview.
        port: That one or none.
        browser: Whether to open the browser.
    """
    return [
        *lab_arguments(root, port=port, browser=browser),
        f"--ServerApp.default_url=/beskplan/preview/{what}/",
        "--ServerApp.terminals_enabled=False",
        # It runs what `beskplan build` runs, as whoever calls it.
        "--allow-root",
    ]


def open_server(root: Path, arguments: Sequence[str], *, lab: bool = True) -> None:
    """Run JupyterLab, or its server alone, on a working copy until it is stopped."""
    with TemporaryDirectory(prefix="beskplan-lab-", ignore_cleanup_errors=True) as ipython:
        os.environ.update(lab_environment(root, Path(ipython)))
        # Jupyter's paths are read when it is imported.
        if lab:
            from jupyterlab.labapp import LabApp as App
        else:
            from jupyter_server.serverapp import ServerApp as App

        logging.getLogger("ServerApp").addFilter(_in_danish)
        App.launch_instance(list(arguments))


def _in_danish(record: logging.LogRecord) -> bool:
    """Turn what Jupyter says when it begins and ends: for a person an address, and that it is over."""
    said = record.getMessage()
    address = re.search(r"http://\S+", said)
    if "To access the server" in said and address:
        record.msg, record.args = f"{address[0]}  (stop med Ctrl+C)", ()
    if said.startswith(("Shutting down", "received signal")):
        record.msg, record.args = "JupyterLab stopper.", ()
    return True
