"""Which bytes of a report packet and mail hand on, and how far those bytes have come."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from beskplan.build.jobs import Job, Workplace
from beskplan.build.versions import Version
from beskplan.publish.copies import copies
from beskplan.publish.released import Release, State
from beskplan.publish.states import Stage, States
from beskplan.publish.trail import Trail

_STATES: Final[dict[Stage, State]] = {
    "udkast": "draft",
    "godkendt": "approved",
    "offentliggjort": "published",
    "trukket": "withdrawn",
}


class TrailReleases:
    """Answers from the trail of approvals, as it is at this moment.

    Raises:
        TrailError: the trail was tampered with.
    """

    def __init__(self, place: Workplace) -> None:
        self._copies = copies(place.reports)
        self._states = States(Trail(place.reports).events())

    def of(self, job: Job) -> Release:
        """The release of the version in force, else of the one withdrawn last; else a draft."""
        known = self._states.known(job.id)
        content = self._states.in_force(job.id) or next(reversed(known), "")
        state = self._states.of(job.id, content)
        if not state.copy:
            return Release("draft", {})
        return Release(_STATES[state.stage], self._copies.version(job.id, state.copy).files)


def folder_to_hand_on(place: Workplace, job: Job) -> Path:
    """The folder whose files wear the last word on the report in place: its copy, else the draft.

    Raises:
        TrailError: the trail was tampered with.
    """
    draft = Version(place.folder(job))
    state = States(Trail(place.reports).events()).of(job.id, draft.content)
    return copies(place.reports).version(job.id, state.copy).folder if state.copy else draft.folder
