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

JobId = Annotated[str, typer.Argument(help="aar/kommune/bilag, som `beskplan list` viser det.")]
Url = Annotated[str, typer.Option("--url", help="Hvor læserne finder webstedet; til feedet.")]


def approve(
    jobs: Annotated[
        list[str], typer.Argument(help="aar/kommune/bilag, eller en hel plan: aar/kommune.")
    ],
    *,
    by: Annotated[str, typer.Option("--by", help="Hvem der godkender; står på rapporten.")],
    note: Annotated[str, typer.Option("--note", help="En bemærkning til sporet.")] = "",
    root: Root = None,
) -> None:
    """Godkend rapporter, som de ligger i reports/: binder navn og tid til det, der blev set på.

    Af en hel plan godkendes hver rapport, der er i orden; de andre nævnes, og koden er 2.

    Eksempel: beskplan approve 2021/rudersdal --by "Mette Holm"
    """
    from beskplan.core.errors import BeskplanError, InputError
    from beskplan.params.jobs import Workplace
    from beskplan.publish.approval import approve as approve_report
    from beskplan.publish.bilag import plan_jobs
    from beskplan.publish.trail import local_time

    place = Workplace(working_copy(root))
    errors: list[BeskplanError] = []
    for job in dict.fromkeys(job for name in jobs for job in plan_jobs(place, name)):
        try:
            event = approve_report(place, job, by, note=note)
        except BeskplanError as error:
            errors.append(error)
            continue
        typer.echo(
            f"{job.id}  udgave {event.content} godkendt af {event.by}, {local_time(event.at)}"
        )
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise InputError(problem for error in errors for problem in error.problems)


def withdraw(
    job: JobId,
    *,
    by: Annotated[
        str, typer.Option("--by", help="Hvem der trækker den tilbage; står på rapporten.")
    ],
    reason: Annotated[str, typer.Option("--reason", help="Hvorfor; står på rapporten.")],
    version: Annotated[
        str | None, typer.Option("--version", help="Hvilken udgave; ellers den, der gælder.")
    ] = None,
    root: Root = None,
) -> None:
    """Træk en godkendelse tilbage; den næste `publish` viser rapporten med grunden på.

    Eksempel: beskplan withdraw 2021/rudersdal/maalgrupper --by "Mette Holm" --reason "Fejl i juni"
    """
    from beskplan.publish.approval import withdraw as withdraw_report
    from beskplan.publish.trail import local_time

    place, found = _job(job, root)
    event = withdraw_report(place, found, by, reason, content=version)
    typer.echo(
        f"{found.id}  udgave {event.content} trukket tilbage af {event.by}, {local_time(event.at)}"
    )


def approvals(*, root: Root = None) -> None:
    """Vis godkendelsessporet, og hvad der ikke passer med det: linjer, kopier, websted, mails.

    Eksempel: beskplan approvals
    """
    from beskplan.params.jobs import Workplace
    from beskplan.publish.approval import CopyError, damaged_copies
    from beskplan.publish.publishing import refuse_lost_events
    from beskplan.publish.trail import States, Trail, local_time

    place = Workplace(working_copy(root))
    events = Trail(place.reports).events()
    for event in events:
        words = (
            f"{local_time(event.at)}  {event.what:<14}  {event.job}  {event.content}  {event.by}"
        )
        typer.echo(f"{words}  {event.reason}".rstrip())
    if events:
        typer.echo(f"Godkendelsessporet slutter med {events[-1].place}.")
    refuse_lost_events(place, events)
    if wrong := damaged_copies(place.reports, States(events)):
        raise CopyError(wrong)


def changes(
    job: JobId,
    *,
    summary: Annotated[bool, typer.Option("--summary", help="I et par sætninger.")] = False,
    root: Root = None,
) -> None:
    """Vis hvert tal, der er ændret siden forrige udgave, og hvorfor, så vidt det vides.

    Eksempel: beskplan changes 2021/rudersdal/maalgrupper
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
    """Opdater det interne katalog (reports/site): alle rapporter, også udkast.

    Eksempel: beskplan catalogue
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
        typer.Option("--to", help="En mappe eller en adresse, som fsspec kender (sftp://, s3://)."),
    ],
    drafts: Annotated[
        bool, typer.Option("--drafts", help="Læg alle udkast der, til at se på.")
    ] = False,
    demo: Annotated[
        bool, typer.Option("--demo", help="Blandt udkastene også dem af demodata.")
    ] = False,
    url: Url = "",
    root: Root = None,
) -> None:
    """Læg kataloget over alle godkendte rapporter ud til læserne; kan altid køres igen.

    Eksempel: beskplan publish --to /srv/www/beskaeftigelse
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
        int, typer.Option("--keep", min=0, help="Hvor mange udkast af hver rapport der bliver.")
    ] = 5,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Vis kun, hvad der ville blive fjernet.")
    ] = False,
    root: Root = None,
) -> None:
    """Fjern gamle udkast; hver udgave, der har været godkendt eller offentliggjort, bliver.

    Eksempel: beskplan prune --dry-run
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
    """Name what is not there, and end with 1; the rest is there."""
    texts = [str(problem) for problem in problems]
    for text in texts:
        typer.echo(text, err=True)
    if texts:
        raise typer.Exit(1)
