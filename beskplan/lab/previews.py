"""Pages beside their notebooks, in JupyterLab's server: made again after a save, while looked at."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

from beskplan.core.errors import BeskplanError
from beskplan.lab.preview import Preview, preview_job
from beskplan.params.jobs import Workplace


class Previews:
    """The previews of a working copy, one a notebook.

    Nothing runs of itself: an open preview asks for news twice a second, and each question looks
    whether something was saved. Pages are made one at a time, beside the server's own thread.
    """

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._previews: dict[str, Preview] = {}
        self._maker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="beskplan-preview")
        self._running: dict[str, Future[bool]] = {}

    def page(self, bilag: str) -> bytes:
        """The latest page of a notebook; empty before the first."""
        preview = self._previews.get(bilag)
        return preview.page if preview else b""

    def news(self, bilag: str) -> dict[str, str | int]:
        """What the frame around the page shows; begins to make the page again where it is stale.

        Raises:
            Exception: our own fault while the page was made; the server logs it.
        """
        running = self._running.get(bilag)
        if running is None or running.done():
            if running is not None:
                del self._running[bilag]
                running.result()
            try:
                preview = self._of_its_job(bilag)
            except BeskplanError as error:
                return {
                    "title": bilag,
                    "edition": self._previews[bilag].edition if bilag in self._previews else 0,
                    "state": "Siden kan ikke laves, før notebooken siger, hvem den er for.",
                    "problems": "\n\n".join(map(str, error.problems)),
                }
            self._running[bilag] = self._maker.submit(preview.refresh)
        return self._previews[bilag].news()

    def _of_its_job(self, bilag: str) -> Preview:
        """The preview of a notebook, for whom its parameters cell says now."""
        job = preview_job(bilag, self._place)
        preview = self._previews.get(bilag)
        if preview is None:
            preview = self._previews[bilag] = Preview(job, self._place)
        # Another job is a new page in the same window: the preview sees that it has changed.
        preview.job = job
        return preview
