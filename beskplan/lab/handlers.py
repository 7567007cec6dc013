"""What the part in the browser asks the server: rules, previews, a new Bilag.

    GET  beskplan/rules/<bilag>          the rules that the saved notebook breaks
    GET  beskplan/preview/<what>/        the frame of its page; `news` and `page` below it
    GET  beskplan/saved/<path>           what is wrong with a params file or a mapping as it is saved
    GET  nbconvert/beskplan-.../<path>   a notebook as HTML or PDF, made anew as it is saved
    GET  beskplan/bilag                  what can be chosen in "Nyt Bilag"
    POST beskplan/bilag                  makes what it asks for; answers where its notebook is

`what` is a notebook or a job. Everything asks for the server's token or cookie first; what makes the
server work is answered to our own pages alone. The library is imported at the first question, so that
JupyterLab opens as fast as ever.
"""

from __future__ import annotations

import json
import re
from asyncio import to_thread, wrap_future
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.utils import url_path_join
from tornado.web import Application, HTTPError, authenticated

from beskplan.core.danish import slugify
from beskplan.core.errors import BeskplanError, InputError, Problem
from beskplan.params.jobs import Workplace, select
from beskplan.params.mail import read_mail_settings, read_recipients
from beskplan.params.models import available, read
from beskplan.params.profil import read_presentation
from beskplan.params.schemas import schema_name
from beskplan.registers.areas import kommuner
from beskplan.registers.indicators import declare_own
from beskplan.runner.checking import check
from beskplan.sources.mapping import load_mapping
from beskplan.sources.plan import OWN, plan_of

if TYPE_CHECKING:
    from beskplan.lab.preview import Previews


def saved_problems(path: Path, root: Path) -> tuple[Problem, ...] | None:
    """What beskplan refuses of a file as it is saved.

    Args:
        path: The file, relative to the working copy, e.g. `params/rudersdal/2021.yaml`.
        root: The working copy.

    Returns:
        The problems, of a plan also those of its notebooks and data; None for a file that beskplan
        does not read.
    """
    name = "hentning" if path == OWN else schema_name(path)
    if path.parts[:-1] == ("mappings",) and path.suffix == ".yaml":
        name = "mapping"
    if name is None:
        return None
    try:
        _CHECKS[name](path, root)
    except BeskplanError as error:
        return error.problems
    return ()


def _check_plan(path: Path, root: Path) -> None:
    place, year = Workplace(root), int(path.name.partition(".")[0])
    check(select(place, path.parts[1], year), place)


def _check_year(path: Path, root: Path) -> None:
    for kommune, year in available(root):
        if year == int(path.stem):
            read(kommune, year, root)


_CHECKS: Final[dict[str, Callable[[Path, Path], object]]] = {
    "plan.json": _check_plan,
    "maal.json": _check_plan,
    "faelles.json": _check_year,
    "profil.json": lambda path, root: read_presentation(path.parts[1], root),
    "modtagere.json": lambda path, root: read_recipients(path.parts[1], root),
    "mail.json": lambda _, root: read_mail_settings(root),
    "indikatorer.json": lambda _, root: declare_own(root),
    "hentning": lambda _, root: plan_of(root),
    "mapping": lambda path, root: load_mapping(root / path, root),
}
"""By the schema of the file, what reads it as the build does."""


FIELDS = ("navn", "titel", "kommune", "aar", "maal", "ydelse")
LONGEST_FIELD = 200
FILE_TYPES = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}
_BILAG = r"(?P<bilag>[a-z][a-z0-9_-]*)"
_WHAT = r"(?P<what>[a-z][a-z0-9_-]*|\d{4}/[a-z-]+/[a-z][a-z0-9_-]*)"


class _Ours(JupyterHandler):
    """Makes the server work, for our own pages alone: what is sent must bring the XSRF token."""

    _previews: Previews

    def initialize(self, previews: Previews) -> None:
        """What tornado hands to every request."""
        self._previews = previews

    async def prepare(self) -> None:  # type: ignore[override]
        """Refuse what a page elsewhere asks for in the name of the person whose browser it is in."""
        # The XSRF token of what is sent (POST) is asked for there.
        await super().prepare()
        if self.request.method == "GET" and not (self.check_origin() and self.check_referer()):
            raise HTTPError(HTTPStatus.FORBIDDEN, "kun vores egne sider")


class _Handler(_Ours, APIHandler):
    """Answers in JSON; what a person has given wrong is no fault of the server."""

    async def answer(self, value: Any) -> None:
        """Send a value as JSON."""
        self.set_header("Cache-Control", "no-store")
        await self.finish(json.dumps(value))

    async def refuse(self, error: BeskplanError) -> None:
        """Say what is wrong with what was asked."""
        self.set_status(HTTPStatus.BAD_REQUEST)
        await self.answer({"message": str(error)})


class RulesHandler(_Handler):
    """Which rules a notebook breaks."""

    @authenticated
    async def get(self, bilag: str) -> None:
        """Each problem as a text; none where all is well."""
        from beskplan.runner.notebook_rules import check_notebook

        try:
            path = self._previews.place.notebook(bilag)
        except BeskplanError as error:
            await self.refuse(error)
        else:
            # Asked as a notebook is opened: the page will be the next.
            self._previews.warm_up()
            problems = check_notebook(path, run_by_hand=True)
            await self.answer({"problems": [str(problem) for problem in problems]})


class NewsHandler(_Handler):
    """What the frame around a page asks for twice a second."""

    @authenticated
    async def get(self, what: str) -> None:
        """State, problems and number of the page; makes it again where something was saved."""
        await self.answer(self._previews.news(what))


class SavedHandler(_Handler):
    """What is wrong with a params file or a mapping."""

    @authenticated
    async def get(self, path: str) -> None:
        """Each problem as a text; `known` is false for a file that beskplan does not read."""
        root = self._previews.place.root
        found = await wrap_future(self._previews.beside(saved_problems, Path(path), root))
        texts = [str(problem) for problem in found or ()]
        await self.answer({"known": found is not None, "problems": texts})


class BilagHandler(_Handler):
    """A new Bilag."""

    @authenticated
    async def get(self) -> None:
        """What can be chosen for a field, by its name: each value with a word for it."""
        await self.answer(await to_thread(_choices, self._previews.place.root))

    @authenticated
    async def post(self) -> None:
        """Make it; what will not do is answered with its problems."""
        try:
            path = new_bilag(_parsed(self.request.body), self._previews.place.root)
        except BeskplanError as error:
            await self.refuse(error)
        else:
            await self.answer({"path": path.as_posix()})


class PageHandler(JupyterHandler):
    """The page of a notebook, and the frame that follows it; neither makes the server work."""

    def initialize(self, previews: Previews) -> None:
        """What tornado hands to every request."""
        self._previews = previews

    @authenticated
    async def get(self, what: str, part: str) -> None:
        """The frame, or the latest page."""
        from beskplan.lab.preview import FRAME

        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        await self.finish(self._previews.page(what) if part else FRAME)


class ExportHandler(_Ours):
    """A notebook as a file: run anew as it is saved, so that no cell need be run before."""

    @authenticated
    async def get(self, ending: str, path: str) -> None:
        """The file, as the build makes it; what is wrong where it cannot be made."""
        try:
            data = await wrap_future(self._previews.file(path, ending))
        except BeskplanError as error:
            self.set_status(HTTPStatus.BAD_REQUEST)
            self.set_header("Content-Type", "text/plain; charset=utf-8")
            await self.finish(str(error))
        else:
            self.set_attachment_header(f"{Path(path).stem}.{ending}")
            self.set_header("Content-Type", FILE_TYPES[ending])
            await self.finish(data)


def new_bilag(filled_in: Any, root: Path) -> Path:
    """Make what is filled in under "Nyt Bilag", by the same code as `beskplan new-bilag`.

    Args:
        filled_in: `FIELDS`, as typed; all but name or heading may be empty. With a municipality and
            year the lines of params that build it are written too.
        root: The working copy.

    Returns:
        The notebook's path, relative to the working copy.

    Raises:
        InputError: something filled in will not do; no file is written then.
    """
    from beskplan.newplan.beginning import OwnBilag, notebook, params_file
    from beskplan.newplan.files import write_all

    given = filled_in if isinstance(filled_in, dict) else {"": filled_in}
    wrong = [
        Problem(f"bilag: {name!a}", "kan ikke bruges", ascii(value)[:LONGEST_FIELD], fix=fix)
        for name, value in given.items()
        if (fix := _field_problem(name, value))
    ]
    if wrong:
        raise InputError(wrong)
    navn, titel, kommune, aar, maal, ydelse = (given.get(name, "").strip() for name in FIELDS)
    if any(map(str.isalnum, titel)):
        navn = navn or slugify(titel).replace("-", "_")
    if bool(kommune) is not bool(aar) or (aar and not re.fullmatch("20[0-9]{2}", aar)):
        what, expected = "kan ikke bruges sammen", "begge, som Furesø og 2026, eller ingen af dem"
        raise InputError(Problem("kommune, aar", what, f"{kommune!r}, {aar!r}", expected))
    declare_own(root)
    own, year = OwnBilag(navn, titel, maal, ydelse), int(aar) if aar else None
    files = [notebook(own, kommune, year)]
    if year is not None:
        files.append(params_file(own, root, kommune, year))
    write_all(files, root, force=False)
    return files[0].path


def _choices(root: Path) -> dict[str, dict[str, str]]:
    """By field what can be chosen; for other fields anything may be written."""
    from beskplan.newplan.beginning import offered

    declare_own(root)
    years = sorted(path.stem for path in (root / "params").glob("20??.yaml"))
    named = {"kommune": [one.navn for one in kommuner()], "aar": years}
    return {key: dict(zip(some, some, strict=True)) for key, some in named.items()} | offered(root)


def _parsed(body: bytes) -> Any:
    """What was sent as JSON; None where it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _field_problem(name: Any, value: Any) -> str:
    if name not in FIELDS:
        return f"send et objekt med {', '.join(FIELDS)}"
    if not isinstance(value, str) or not value.isprintable() or len(value) > LONGEST_FIELD:
        return f"én linje tekst på højst {LONGEST_FIELD} tegn"
    return ""


def add_handlers(application: Application, previews: Previews) -> None:
    """Add our addresses to a Jupyter server that was opened on a working copy."""
    top = application.settings["base_url"]
    base = url_path_join(top, "beskplan")
    own = {"previews": previews}
    # jupyter-server lists our exporters, but its own address for them has no hyphen.
    export = r"nbconvert/beskplan-(?P<ending>html|pdf)/(?P<path>.+)"
    application.add_handlers(
        ".*",
        [
            (url_path_join(base, "rules", _BILAG), RulesHandler, own),
            (url_path_join(base, "preview", _WHAT, "news"), NewsHandler, own),
            (url_path_join(base, "preview", _WHAT, "(?P<part>|page)"), PageHandler, own),
            (url_path_join(base, "bilag"), BilagHandler, own),
            (url_path_join(base, "saved", "(?P<path>.+)"), SavedHandler, own),
            (url_path_join(top, export), ExportHandler, own),
        ],
    )
