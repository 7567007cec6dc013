"""How far each version of a report has come: draft, approved, published, withdrawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from beskplan.publish.trail import Event
from beskplan.render.standing import DRAFT as DRAFT_STANDING
from beskplan.render.standing import Standing, approved, published, withdrawn

Stage = Literal["udkast", "godkendt", "offentliggjort", "trukket"]

WORDS: dict[Stage, str] = {
    "udkast": "Udkast",
    "godkendt": "Godkendt",
    "offentliggjort": "Offentliggjort",
    "trukket": "Trukket tilbage",
}
"""As readers see them."""


@dataclass(frozen=True)
class State:
    """What was last said of a version.

    Attributes:
        stage: How far it has come.
        approval: The approval that holds; None for a draft.
        published: When it was first published since that approval; None where it is not.
        withdrawal: None unless it is withdrawn.
    """

    stage: Stage = "udkast"
    approval: Event | None = None
    published: Event | None = None
    withdrawal: Event | None = None

    @property
    def copy(self) -> str:
        """Name of the copy that wears what was said; empty for a draft."""
        said = self.withdrawal or self.published or self.approval
        return said.copy if said else ""

    @property
    def standing(self) -> Standing:
        """What its readers are told, on page, PDF, workbook and catalogue alike."""
        if self.withdrawal:
            said = self.withdrawal
            return withdrawn(said.by, day_of(said.at), said.reason)
        if not self.approval:
            return DRAFT_STANDING
        by, day = self.approval.by, day_of(self.approval.at)
        return (
            published(by, day, day_of(self.published.at)) if self.published else approved(by, day)
        )


DRAFT = State()


class States:
    """The states of all versions, from the trail's events."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._states: dict[str, dict[str, State]] = {}
        for event in events:
            versions = self._states.setdefault(event.job, {})
            # The last that something was said of stands last.
            before = versions.pop(event.content, DRAFT)
            versions[event.content] = _after(before, event)

    def of(self, job: str, content: str) -> State:
        """The state of a version; a draft where nothing was said of it."""
        return self._states.get(job, {}).get(content, DRAFT)

    def known(self, job: str) -> dict[str, State]:
        """Every version of a report that something was said of, by content."""
        return dict(self._states.get(job, {}))

    def in_force(self, job: str) -> str:
        """Content of the version that was approved last and not withdrawn; empty where there is none."""
        approved = {
            content: state.approval.number
            for content, state in self._states.get(job, {}).items()
            if state.approval and not state.withdrawal
        }
        return max(approved, key=approved.__getitem__, default="")

    def released(self, job: str) -> str:
        """Content of the version that readers get: published or withdrawn last; empty without one."""
        known = self._states.get(job, {})
        out = {
            content: state.approval.number
            for content, state in known.items()
            if state.approval and state.stage == "offentliggjort"
        }
        # What readers never had is not shown to them as withdrawn.
        withdrawn_last = (
            content
            for content, state in reversed(known.items())
            if state.withdrawal and state.published
        )
        return max(out, key=out.__getitem__, default="") or next(withdrawn_last, "")

    def jobs(self) -> tuple[str, ...]:
        """Every report that something was said of."""
        return tuple(self._states)


def _after(before: State, event: Event) -> State:
    match event.what:
        case "godkendt":
            return State("godkendt", approval=event)
        case "offentliggjort":
            first = before.published or event
            return State("offentliggjort", before.approval, first)
        case "trukket":
            return State("trukket", before.approval, before.published, event)


def day_of(at: str) -> date:
    """The day of a moment of the trail, where the person is."""
    return datetime.fromisoformat(at).astimezone().date()
