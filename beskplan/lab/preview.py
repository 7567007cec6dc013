"""A report beside its notebook: made again whenever the notebook or the params are saved.

A server on this machine only shows the page, exactly as the build makes it, inside a frame that
asks for news. A notebook that fails leaves the last good page in place, with the problem above it; so do
the notebook rules that it breaks.
"""

from __future__ import annotations

import ast
import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep

import nbformat
import papermill
from nbformat.reader import NotJSONError

from beskplan.core.errors import BeskplanError, NotebookError, Problem, UnknownNameError
from beskplan.observations.shelf import snapshots_folder
from beskplan.params import params_files
from beskplan.params.jobs import Job, Workplace
from beskplan.params.presentation import profil_path
from beskplan.render.html import TEMPLATES, BeskplanHtmlExporter
from beskplan.render.page import read_page
from beskplan.runner.make_report import execute
from beskplan.runner.notebook_rules import check_notebook

POLL_SECONDS = 0.5
"""How often the files are looked at: below what a person notices after pressing save."""
FRAME = (TEMPLATES / "preview.html").read_bytes()
"""Shows the page beside this address (`page`) and asks for `news` of it."""


def preview_job(text: str, place: Workplace) -> Job:
    """The job that `text` names: a job's id, or a notebook, for whom its parameters cell says.

    Args:
        text: `2021/rudersdal/maalgrupper`, `maalgrupper` or `notebooks/maalgrupper.ipynb`.
        place: The working copy.

    Raises:
        UnknownNameError: no such notebook or municipality, or a notebook that names none.
        NotebookError: the file cannot be read as a notebook, perhaps only now.
    """
    if text.count("/") == 2 and text.partition("/")[0].isdigit():
        job = Job.parse(text)
        place.notebook(job.bilag)
        return job
    path = place.notebook(Path(text).stem)
    try:
        given = papermill.inspect_notebook(str(path))
        kommune, aar = (ast.literal_eval(given[name]["default"]) for name in ("kommune", "aar"))
    except NotJSONError:
        raise _half_saved(path) from None
    except (KeyError, ValueError, SyntaxError):
        problem = Problem(
            where=f"notebooks/{path.name}",
            what="does not say for whom",
            expected="a cell tagged `parameters` with `kommune` and `aar`",
            fix="or name the job: aar/kommune/bilag",
        )
        raise UnknownNameError(problem) from None
    return Job.parse(f"{aar}/{kommune}/{path.stem}")


def _half_saved(path: Path) -> NotebookError:
    """Jupyter writes into the file: who reads it at that moment sees half of it."""
    what = "is being saved, or is no notebook"
    return NotebookError(Problem(f"notebooks/{path.name}", what, fix="save it again"))


@dataclass
class Preview:
    """The latest page of one job, and what has become of making it."""

    job: Job
    place: Workplace
    page: bytes = b""
    edition: int = 0
    """Counts the pages; 0 before the first."""
    problems: str = ""
    rules: str = ""
    """The notebook rules that the notebook breaks, each with how to mend it."""
    state: str = "Siden laves ..."
    _seen: str = ""
    _exporter: BeskplanHtmlExporter = field(default_factory=BeskplanHtmlExporter)

    def refresh(self) -> bool:
        """Make the page again if anything it is made from has changed; tells whether it had."""
        print_now = self._fingerprint()
        if print_now == self._seen:
            return False
        self._seen = print_now
        self.state = "Siden laves ..."
        broken = check_notebook(self.place.notebook(self.job.bilag), run_by_hand=True)
        self.rules = "\n\n".join(map(str, broken))
        try:
            self.page = self._make()
        except BeskplanError as error:
            self.problems = "\n\n".join(map(str, error.problems))
            older = " Nedenfor er den seneste, der kunne." if self.edition else ""
            self.state = f"Siden kunne ikke laves.{older}"
        else:
            self.edition += 1
            self.problems = ""
            self.state = f"{self.job.id}, som notebooken er gemt"
        return True

    def news(self) -> dict[str, str | int]:
        """What the frame shows around the page."""
        return {
            "title": self.job.id,
            "edition": self.edition,
            "state": self.state,
            "problems": "\n\n".join(filter(None, (self.problems, self.rules))),
        }

    def _make(self) -> bytes:
        with TemporaryDirectory() as folder:
            try:
                executed = execute(self.job, self.place, Path(folder) / f"{self.job.bilag}.ipynb")
            except NotJSONError:
                raise _half_saved(self.place.notebook(self.job.bilag)) from None
        return self._exporter.page_html(read_page(executed)).encode()

    def _fingerprint(self) -> str:
        """Hash of the job, of all that is written by hand, and of which snapshots there are.

        A notebook's outputs do not count: running it in JupyterLab saves them, and changes nothing.
        """
        root, job = self.place.root, self.job
        folder = profil_path(root, job.kommune).parent
        files = (
            *params_files(root, job.kommune, job.aar),
            *sorted(path for path in folder.glob("*") if path.suffix in (".png", ".svg")),
            folder / "profil.yaml",
        )
        seen = hashlib.sha256(job.id.encode() + _sources(self.place.notebook(job.bilag)))
        for path in files:
            seen.update(path.read_bytes() if path.is_file() else b"-")
        for path in sorted(snapshots_folder(root).glob("*/snapshot.json")):
            seen.update(path.parent.name.encode())
        return seen.hexdigest()


def _sources(path: Path) -> bytes:
    try:
        notebook = nbformat.read(path, as_version=4)
    except (ValueError, nbformat.ValidationError):
        # Half saved, or broken: running it says what is wrong.
        return path.read_bytes()
    return json.dumps([(cell.cell_type, cell.source) for cell in notebook.cells]).encode()


class PreviewServer:
    """Serves a preview on this machine and keeps it up to date; a context manager."""

    def __init__(self, preview: Preview, port: int = 0) -> None:
        self.preview = preview
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(preview))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Where the frame is."""
        return f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> PreviewServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def watch(self, told: Callable[[str], object]) -> None:
        """Make the page again after every save, until interrupted; `told` gets a line each time."""
        while True:
            if self.preview.refresh():
                told(str(self.preview.news()["problems"]) or self.preview.state)
            sleep(POLL_SECONDS)


def _handler(preview: Preview) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Three addresses: the frame, the page, and what has become of it."""

        def do_GET(self) -> None:
            host = self.headers.get("Host", "").rpartition(":")[0]
            path = self.path.partition("?")[0]
            # A page on the web may send a browser here under a name of its own (DNS rebinding).
            if host not in ("127.0.0.1", "localhost"):
                self.send_error(HTTPStatus.FORBIDDEN)
            elif path == "/":
                self._answer(FRAME, "text/html; charset=utf-8")
            elif path == "/page":
                self._answer(preview.page, "text/html; charset=utf-8")
            elif path == "/news":
                self._answer(json.dumps(preview.news()).encode(), "application/json")
            else:
                self.send_error(HTTPStatus.NOT_FOUND)

        def _answer(self, body: bytes, kind: str) -> None:
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """The frame asks twice a second: nobody wants to read that."""

    return Handler
