"""`beskplan approve`, `withdraw`, `approvals`, `changes`, `catalogue`, `publish` and `prune`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from beskplan.cli.options import Root, working_copy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beskplan.core.errors import Problem
    from beskplan.params.jobs import Job, Workplace

JobId = Annotated[str, typer.Argument(help="aar/kommune/bilag, as `beskplan list` prints it.")]
Url = Annotated[str, typer.Option("--url", help="Where readers will find the site; for the feed.")]


def approve(
    jobs: Annotated[list[str], typer.Argument(help="aar/kommune/bilag; one or more.")],
    *,
    by: Annotated[str, typer.Option("--by", help="Who approves; printed on the report.")],
    note: Annotated[str, typer.Option("--note", help="A remark for the trail.")] = "",
    root: Root = None,
) -> None:
    """Approve reports as they lie in reports/: binds a name and a time to what was looked at.

    Example: beskplan approve 2021/rudersdal/maalgrupper --by "Mette Holm"
    """
    from beskplan.publish.approval import approve as approve_report

    for name in jobs:
        place, job = _job(name, root)
        event = approve_report(place, job, by, note=note)
        typer.echo(f"{job.id}  udgave {event.content} godkendt af {event.by}, {event.at}")


def withdraw(
    job: JobId,
    *,
    by: Annotated[str, typer.Option("--by", help="Who takes it back; printed on the report.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; printed on the report.")],
    version: Annotated[
        str | None, typer.Option("--version", help="Of which version; the one in force by default.")
    ] = None,
    root: Root = None,
) -> None:
    """Take an approval back; the next `publish` shows the report with the reason on it.

    Example: beskplan withdraw 2021/rudersdal/maalgrupper --by "Mette Holm" --reason "Fejl i juni"
    """
    from beskplan.publish.approval import withdraw as withdraw_report

    place, found = _job(job, root)
    event = withdraw_report(place, found, by, reason, content=version)
    typer.echo(f"{found.id}  udgave {event.content} trukket tilbage af {event.by}, {event.at}")


def approvals(*, root: Root = None) -> None:
    """Show the approval trail, and what differs from it: lines, copies, site, mails; exit 2 then.

    Example: beskplan approvals
    """
    from beskplan.params.jobs import Workplace
    from beskplan.publish.approval import damaged_copies
    from beskplan.publish.copies import CopyError
    from beskplan.publish.publishing import refuse_lost_events
    from beskplan.publish.trail import States, Trail

    place = Workplace(working_copy(root))
    events = Trail(place.reports).events()
    for event in events:
        words = f"{event.at}  {event.what:<14}  {event.job}  {event.content}  {event.by}"
        typer.echo(f"{words}  {event.reason}".rstrip())
    if events:
        typer.echo(f"Godkendelsessporet slutter med {events[-1].place}.")
    refuse_lost_events(place, events)
    if wrong := damaged_copies(place.reports, States(events)):
        raise CopyError(wrong)


def changes(
    job: JobId,
    *,
    summary: Annotated[bool, typer.Option("--summary", help="Two sentences, in Danish.")] = False,
    root: Root = None,
) -> None:
    """Tell every number that moved since the version before, and why as far as that is known.

    Example: beskplan changes 2021/rudersdal/maalgrupper
    """
    from beskplan.publish.changes import last_changes
    from beskplan.publish.changes import summary as in_words

    place, found = _job(job, root)
    last = last_changes(place, found)
    if last is None:
        typer.echo(f"{found.id}: det er den første udgave.")
        return
    if not summary:
        for one in last.moved:
            typer.echo(
                f"{one.table}: {one.row}, {one.column}: {one.before} -> {one.now}  {one.reason.text}"
            )
    typer.echo(in_words(last))


def catalogue(*, url: Url = "", root: Root = None) -> None:
    """Bring the catalogue of the house (reports/site) up to date: all reports, drafts too.

    Example: beskplan catalogue
    """
    from beskplan.params.jobs import Workplace
    from beskplan.publish.publishing import write_catalogue

    folder, site = write_catalogue(Workplace(working_copy(root)), address=url)
    typer.echo(f"{os.path.relpath(folder)}: {len(site.entries)} rapporter.")
    _end(site.problems)


def publish(
    *,
    to: Annotated[
        str,
        typer.Option("--to", help="A folder, or any address that fsspec knows (sftp://, s3://)."),
    ],
    drafts: Annotated[
        bool, typer.Option("--drafts", help="Put all drafts there, to be looked at.")
    ] = False,
    demo: Annotated[
        bool, typer.Option("--demo", help="Among the drafts, also those made of demo data.")
    ] = False,
    url: Url = "",
    root: Root = None,
) -> None:
    """Put the catalogue of all approved reports where readers find it; can be run again at any time.

    Example: beskplan publish --to /srv/www/beskaeftigelse
    """
    from beskplan.params.jobs import Workplace
    from beskplan.publish.publishing import publish as publish_site

    done = publish_site(
        Workplace(working_copy(root)), to, drafts=drafts, demo=demo, address=url, tell=typer.echo
    )
    for event in done.events:
        typer.echo(f"{event.job}  udgave {event.content} offentliggjort")
    put = done.put
    typer.echo(f"{put.new} nye filer, {put.replaced} erstattet, {put.removed} fjernet.")
    _end(done.problems)


def prune(
    *,
    keep: Annotated[
        int, typer.Option("--keep", min=0, help="How many drafts of each report stay.")
    ] = 5,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would go.")] = False,
    root: Root = None,
) -> None:
    """Remove old drafts; every version that was ever approved or published stays.

    Example: beskplan prune --dry-run
    """
    from beskplan.params.jobs import Workplace
    from beskplan.publish.pruning import prune as prune_versions

    done = prune_versions(Workplace(working_copy(root)), keep=keep, dry_run=dry_run)
    for name in done.drafts:
        typer.echo(name)
    gone = "ville blive fjernet" if dry_run else "er fjernet"
    typer.echo(f"{len(done.drafts)} gamle udkast og {done.leftovers} rester {gone}.")


def _job(name: str, root: Path | None) -> tuple[Workplace, Job]:
    from beskplan.params.jobs import Job, Workplace

    return Workplace(working_copy(root)), Job.parse(name)


def _end(problems: Iterable[Problem]) -> None:
    """Tell what is not there; the rest is."""
    told = [str(problem) for problem in problems]
    for text in told:
        typer.echo(text, err=True)
    if told:
        raise typer.Exit(1)
