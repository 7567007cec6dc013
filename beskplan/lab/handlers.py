"""What the part in the browser asks the server: rules, previews, a new Bilag.

    GET  beskplan/rules/<bilag>          the rules that the saved notebook breaks
    GET  beskplan/preview/<bilag>/       the frame of its page; `news` and `page` below it
    GET  nbconvert/beskplan-.../<path>   a notebook as our exporters give it, for "Save and Export As"
    POST beskplan/bilag                  makes what "Nyt Bilag" asks for; answers where its notebook is

Everything asks for the server's token or cookie first. The library is imported at the first
question, so that JupyterLab opens as fast as ever.
"""

from __future__ import annotations

import json
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_server.base.handlers import APIHandler, JupyterHandler, path_regex
from jupyter_server.nbconvert.handlers import NbconvertFileHandler
from jupyter_server.utils import url_path_join
from tornado.web import Application, authenticated

if TYPE_CHECKING:
    from beskplan.lab.previews import Previews
    from beskplan.params.jobs import Workplace

_BILAG = r"(?P<bilag>[\w-]+)"


class Desk:
    """The working copy that the server was opened on, and what is under way in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def place(self) -> Workplace:
        """Its folders."""
        from beskplan.params.jobs import Workplace

        return Workplace(self.root)

    @cached_property
    def previews(self) -> Previews:
        """The pages that are looked at."""
        from beskplan.lab.previews import Previews

        return Previews(self.place)


class _AtDesk(JupyterHandler):
    _desk: Desk

    def initialize(self, desk: Desk) -> None:
        """What tornado hands to every request."""
        self._desk = desk


class RulesHandler(_AtDesk, APIHandler):
    """Which rules a notebook breaks."""

    @authenticated
    async def get(self, bilag: str) -> None:
        """Each problem as a text; none where all is well."""
        from beskplan.runner.notebook_rules import check_notebook

        path = self._desk.place.notebooks / f"{bilag}.ipynb"
        problems = check_notebook(path, run_by_hand=True)
        await self.finish(json.dumps({"problems": [str(problem) for problem in problems]}))


class PreviewHandler(_AtDesk):
    """The page of a notebook, in a frame that follows it."""

    @authenticated
    async def get(self, bilag: str, part: str) -> None:
        """The frame, the news that it asks for, or the page."""
        self.set_header("Cache-Control", "no-store")
        if part == "news":
            self.set_header("Content-Type", "application/json")
            await self.finish(json.dumps(self._desk.previews.news(bilag)))
            return
        from beskplan.lab.preview import FRAME

        self.set_header("Content-Type", "text/html; charset=utf-8")
        await self.finish(self._desk.previews.page(bilag) if part else FRAME)


class BilagHandler(_AtDesk, APIHandler):
    """A new Bilag."""

    @authenticated
    async def post(self) -> None:
        """Make it; what will not do is answered with its problems."""
        from beskplan.core.errors import BeskplanError
        from beskplan.lab.wishes import new_bilag

        filled_in = {name: str(value) for name, value in (self.get_json_body() or {}).items()}
        try:
            path = new_bilag(filled_in, self._desk.root)
        except BeskplanError as error:
            self.set_status(HTTPStatus.BAD_REQUEST)
            await self.finish(json.dumps({"message": str(error)}))
        else:
            await self.finish(json.dumps({"path": path.as_posix()}))


def add_handlers(application: Application, root: Path) -> None:
    """Add our addresses to a Jupyter server that was opened on a working copy."""
    top = application.settings["base_url"]
    base = url_path_join(top, "beskplan")
    desk = {"desk": Desk(root)}
    # jupyter-server lists every exporter, but its own address for them has no hyphen.
    export = rf"nbconvert/(?P<format>beskplan-\w+){path_regex}"
    application.add_handlers(
        ".*",
        [
            (url_path_join(base, "rules", _BILAG), RulesHandler, desk),
            (url_path_join(base, "preview", _BILAG, "(?P<part>|news|page)"), PreviewHandler, desk),
            (url_path_join(base, "bilag"), BilagHandler, desk),
            (url_path_join(top, export), NbconvertFileHandler),
        ],
    )
