"""The copy that is published: the approved one, with the day of publication added to what it says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from beskplan.core.errors import InputError
from beskplan.publish.copies import copies, file_problems, make_copy, setting_problems
from beskplan.publish.demo import demo_problem
from beskplan.publish.states import day_of
from beskplan.publish.trail import Event
from beskplan.render.standing import approved, published
from beskplan.runner.versions import Version


class ReleaseError(InputError):
    """An approved report may not be published as it lies there."""


def published_copy(reports: Path, approval: Event, day: date) -> Version:
    """Make the copy that says when it was published; the same day gives the same copy.

    Args:
        reports: The folder of the reports.
        approval: The approval that holds.
        day: Of the publication.

    Raises:
        ReleaseError: the approved copy was tampered with or is made of demo data, or this version of
            the program would set it differently, so that more than the day would change.
        RenderError: the report cannot be set.
        OSError: it cannot be written.
    """
    store = copies(reports)
    copy = store.version(approval.job, approval.copy)
    if wrong := list(file_problems(copy)):
        raise ReleaseError(wrong)
    if demo := demo_problem(copy):
        raise ReleaseError(demo)
    approved_on = day_of(approval.at)
    if wrong := setting_problems(copy, approved(approval.by, approved_on)):
        raise ReleaseError(wrong)
    standing = published(approval.by, approved_on, day)
    return make_copy(approval.job, copy, standing, store, lambda _folder: None)
