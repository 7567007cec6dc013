"""What is sent: the approved and published reports of one plan year, as one version."""

from __future__ import annotations

from dataclasses import dataclass

from beskplan.core.errors import Problem, ReportError
from beskplan.params import subject
from beskplan.params.jobs import Workplace
from beskplan.publish.bilag import Bilag, approved_bilag
from beskplan.publish.changes import changes_between, summary
from beskplan.publish.trail import Trail
from beskplan.registers.provenance import sha256_json
from beskplan.runner.versions import Store


@dataclass(frozen=True)
class Delivery:
    """One version of a plan year's reports.

    Attributes:
        job: `2021/rudersdal`.
        title: `beskæftigelsesplan 2021`, for the subject and the first sentence.
        place: `Rudersdal Kommune`.
        bilag: The reports, at least one.
        changes: What is different from the last version, in sentences; empty for the first.
    """

    job: str
    title: str
    place: str
    bilag: tuple[Bilag, ...]
    changes: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """The same for the same reports, whoever approved them and whenever."""
        return sha256_json([[one.job.id, one.content] for one in self.bilag])[:16]

    @property
    def size(self) -> int:
        """Bytes of all PDFs together."""
        return sum(len(one.pdf) for one in self.bilag)


def make_delivery(place: Workplace, kommune: str, aar: int) -> Delivery:
    """The version of a plan year that may be sent now.

    Args:
        place: The working copy.
        kommune: Name, code or slug of the municipality.
        aar: Plan year.

    Raises:
        ReportError: a report is not approved, or not published; all of them at once.
        InputError: the trail of approvals, or an approved copy, was tampered with.
    """
    about = subject(kommune)
    bilag = approved_bilag(place, about.slug, aar)
    waiting = [
        Problem(one.job.id, "is approved, but not published", fix="publish it: beskplan publish")
        for one in bilag
        if not one.published
    ]
    if waiting:
        raise ReportError(waiting)
    changes = tuple(text for one in bilag if (text := _changes(place, one)))
    title = f"beskæftigelsesplan {aar}"
    return Delivery(f"{aar}/{about.slug}", title, about.lang_navn, bilag, changes)


def _changes(place: Workplace, bilag: Bilag) -> str:
    """What is different from the version that was published before; empty where nothing is."""
    earlier = [
        event.content
        for event in Trail(place.reports).events()
        if event.job == bilag.job.id
        and event.what == "offentliggjort"
        and event.content != bilag.content
    ]
    if not earlier:
        return ""
    store = Store.of(place.reports)
    versions = (store.version(bilag.job.id, name) for name in (earlier[-1], bilag.content))
    try:
        changes = changes_between(*versions)
    except (OSError, ValueError, KeyError) as error:
        what = "cannot be compared with the version published before"
        raise ReportError(Problem(bilag.job.id, what, str(error))) from None
    return "" if changes.none else f"{bilag.title}: {summary(changes)}"
