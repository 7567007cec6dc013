"""`beskplan approve` to `prune`, `packet`, `mail`, `nightly`, `schedule`: what readers get, and when."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import time
from pathlib import Path
from typing import Annotated, Literal

import typer
from typer._click.exceptions import UsageError

from beskplan.cli import imported_when_used, say
from beskplan.core.editions import edition_name
from beskplan.core.errors import BeskplanError, InputError, Problem
from beskplan.core.files import write_whole
from beskplan.core.periods import moment_text

with imported_when_used():
    from beskplan.nightly import nightly as nights
    from beskplan.params import jobs as params_jobs
    from beskplan.publish import approval, mailing, publishing, trail
    from beskplan.publish import packet as packets


def approve(jobs: list[str], *, by: str, root: Path) -> None:
    """Godkend rapporter, som de ligger i reports/.

    Navn og tid bliver knyttet til netop de filer, der blev set på.

    Af en hel plan godkendes alle rapporter eller ingen: mangler en af dem, er koden 2. En udgave, som
    status for et kvartal, hører ikke med til planen og nævnes selv: aar/kommune/status er den nyeste.
    Den side, der står navn og tid på, er en kopi; den i reports/<aar>/ bliver ved med at være et udkast.

    Eksempel: beskplan approve 2021/rudersdal --by "Mette Holm"

    Args:
        jobs: aar/kommune/bilag, en udgave: aar/kommune/bilag-periode, eller en hel plan: aar/kommune.
        by: Hvem der godkender; står på rapporten.
    """
    place = params_jobs.Workplace(root)
    errors: list[BeskplanError] = []
    every = (job for name in jobs for job in packets.named_jobs(place, name))
    named = list(dict.fromkeys(every))
    approval.refuse_unready(place, named, by)
    for job in named:
        try:
            event = approval.approve(place, job, by)
        except BeskplanError as error:
            errors.append(error)
            continue
        typer.echo(
            f"{job.id}  udgave {event.content} godkendt af {event.by}, {moment_text(event.at)}"
        )
        copy = approval.copies(place.reports).version(job.id, event.copy_id).folder / job.bilag
        typer.echo(f"  den godkendte side: {os.path.relpath(copy)}.html (og .pdf)")
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise InputError(problem for error in errors for problem in error.problems)


def withdraw(job: str, *, by: str, reason: str, version: str | None = None, root: Path) -> None:
    """Træk en godkendelse tilbage.

    Den næste `publish` viser rapporten med grunden på.

    Eksempel: beskplan withdraw 2021/rudersdal/maalgrupper --by "Mette Holm" --reason "Fejl i juni"

    Args:
        job: aar/kommune/bilag, som `beskplan list` viser det.
        by: Hvem der trækker den tilbage; står på rapporten.
        reason: Hvorfor; står på rapporten.
        version: Hvilken udgave; ellers den, der gælder.
    """
    place = params_jobs.Workplace(root)
    found = params_jobs.newest_edition(place, params_jobs.Job.parse(job))
    event = approval.withdraw(place, found, by, reason, content=version)
    typer.echo(
        f"{found.id}  udgave {event.content} trukket tilbage af {event.by}, {moment_text(event.at)}"
    )


def approvals(*, root: Path) -> None:
    """Vis godkendelserne, og hvad der ikke passer med dem.

    Sporets linjer, de godkendte kopier, webstedet og mailene bliver sammenlignet.

    Eksempel: beskplan approvals
    """
    place = params_jobs.Workplace(root)
    events = trail.Trail(place.reports).events()
    for event in events:
        words = f"{moment_text(event.at):<28}  {event.what:<14}  {event.job}  {event.content}  {event.by}"
        typer.echo(f"{words}  {event.reason}".rstrip())
    ends = f"slutter med {events[-1].place}" if events else "er tomt"
    typer.echo(f"Godkendelsessporet {ends}.")
    publishing.refuse_lost_events(place, events)
    if wrong := approval.damaged_copies(place.reports, trail.States(events)):
        raise approval.CopyError(wrong)


def catalogue(*, url: str = "", root: Path) -> None:
    """Opdater det interne katalog over alle rapporter, også udkast.

    Det ligger i reports/site.

    Eksempel: beskplan catalogue

    Args:
        url: Hvor læserne finder webstedet; til feedet.
    """
    folder, site = publishing.write_catalogue(params_jobs.Workplace(root), address=url)
    typer.echo(f"{os.path.relpath(folder)}: {len(site.entries)} rapporter.")
    _end(site.problems)


def publish(
    *, to: str, drafts: bool = False, demo: bool = False, url: str = "", root: Path
) -> None:
    """Læg de godkendte rapporter ud til læserne.

    Kommandoen kan altid køres igen.

    Eksempel: beskplan publish --to /srv/www/beskaeftigelse

    Args:
        to: En mappe eller en adresse, som fsspec kender (sftp://, s3://).
        drafts: Læg alle udkast der, til at se på.
        demo: Blandt udkastene også dem af demodata.
        url: Hvor læserne finder webstedet; til feedet.
    """
    place = params_jobs.Workplace(root)
    done = publishing.publish(place, to, drafts=drafts, demo=demo, address=url, tell=typer.echo)
    say(f"{event.job}  udgave {event.content} offentliggjort" for event in done.events)
    if not drafts and not done.site.entries:
        typer.echo("Ingen rapporter lagt ud: der er ingen godkendt. Godkend med beskplan approve.")
    put = done.put
    typer.echo(f"{put.new} nye filer, {put.replaced} erstattet, {put.removed} fjernet.")
    _end(done.problems)


def prune(*, keep: Annotated[int, {"min": 0}] = 5, dry_run: bool = False, root: Path) -> None:
    """Fjern gamle udkast.

    Hver udgave, der har været godkendt eller offentliggjort, bliver liggende.

    Eksempel: beskplan prune --dry-run

    Args:
        keep: Hvor mange udkast af hver rapport der bliver.
        dry_run: Vis kun, hvad der ville blive fjernet.
    """
    drafts, leftovers = approval.prune(params_jobs.Workplace(root), keep=keep, dry_run=dry_run)
    say(drafts)
    gone = "ville blive fjernet" if dry_run else "er fjernet"
    typer.echo(f"{len(drafts)} gamle udkast og {leftovers} rester {gone}.")


def _end(problems: Iterable[Problem]) -> None:
    """Name what is not there, and end with 1; the rest is there."""
    if found := list(problems):
        say(found, err=True)
        raise typer.Exit(1)


def packet(*, kommune: str, aar: int, draft: bool = False, demo: bool = False, root: Path) -> None:
    """Lav udvalgets pakke med dagsordenspunktet og dets bilag.

    Den bliver lavet både som mappe og som zip.

    Af et bilag, der kommer hver måned eller hvert kvartal, er den nyeste godkendte udgave med.

    Eksempel: beskplan packet --kommune Rudersdal --aar 2021

    Args:
        kommune: Kommunens navn eller kode.
        aar: Planår.
        draft: Af rapporter, som ingen har godkendt; det står på den.
        demo: I et udkast også rapporter af demodata; det står på den.
    """
    place = params_jobs.Workplace(root)
    typer.echo(os.path.relpath(packets.make_packet(place, kommune, aar, draft=draft, demo=demo)))


def mail(
    *,
    kommune: str,
    aar: int,
    liste: str,
    bilag: str | None = None,
    periode: str | None = None,
    send: bool = False,
    expect: Annotated[int | None, {"min": 1}] = None,
    root: Path,
) -> None:
    """Send det, der er godkendt og offentliggjort, til et udvalg.

    Hver modtager får hver udgave én gang.

    Uden --send skrives mailene som .eml-filer, og det vises, hvem der ville få en. Med --send skal
    antallet skrives. Ender med 1, hvis nogen ikke har fået sin; vedligeholderen får besked.

    En udgave, som status for et kvartal, er en mail for sig: --bilag status, og --periode, hvis det ikke er
    den nyeste, der er godkendt.

    Eksempel: beskplan mail --kommune Rudersdal --aar 2021 --liste udvalget

    Args:
        kommune: Kommunens navn eller kode.
        aar: Planår.
        liste: En af listerne i modtagere.yaml.
        bilag: Et bilag med udgaver; ellers sendes planens bilag.
        periode: Udgavens måned eller kvartal: 2026M09 eller 2026K3; ellers den nyeste, der er godkendt.
        send: Send; ellers skrives mailene kun som filer.
        expect: Hvor mange modtagere der er.
    """
    if periode and not bilag:
        raise UsageError("--periode kræver --bilag")
    edition = edition_name(bilag or "", periode or "")
    if not send:
        folder, results = mailing.dry_run(root, kommune, aar, liste, edition=edition)
        say(results)
        typer.echo(f"Prøve: intet er sendt. Mailene: {os.path.relpath(folder)}")
        return
    if expect is None:
        raise UsageError("--send kræver --expect N: antallet af modtagere")
    results = mailing.send_all(root, kommune, aar, liste, expect, edition=edition)
    say(results)
    if not all(result.ok for result in results):
        raise typer.Exit(1)


def mail_log(*, arrived: str | None = None, again: str | None = None, root: Path) -> None:
    """Vis, hvad der er sket med hver mail, eller tilføj det selv.

    Eksempel: beskplan mail-log --arrived anne.jensen@rudersdal.dk

    Args:
        arrived: Mailen til denne adresse kom frem.
        again: Send mailen til denne adresse en gang til.
    """
    journal = trail.Journal(root)
    if arrived:
        journal.settle(arrived, "accepted")
    if again:
        journal.settle(again, "again")
    say(journal.lines())


def nightly(*, watch: Annotated[float | None, {"min": 1}] = None, root: Path) -> None:
    """Hent, byg, tjek og vis udkast, og giv vedligeholderen besked.

    Der kører højst én ad gangen.

    Kører det, der er gemt i git, uanset hvad der ellers er rettet, og skriver dets commit. Ender med 1,
    hvis et trin fejlede.

    Eksempel: beskplan nightly

    Args:
        watch: Sig kun til, hvis ingen kørsel er endt i så mange timer.
    """
    tell = typer.echo
    if not (nights.night(root, tell) if watch is None else nights.watch_over(root, watch, tell)):
        raise typer.Exit(1)


def schedule(
    system: Literal["systemd", "cron", "windows"],
    *,
    at: str = "03:30",
    out: Path | None = None,
    root: Path,
) -> None:
    """Skriv opgaverne, der kører `beskplan nightly` og vagten.

    Eksempel: beskplan schedule systemd --at 03:30 --out ~/.config/systemd/user

    Args:
        system: Det system, der skal starte den.
        at: Klokkeslæt, lokal tid; ikke mellem 2 og 3.
        out: Mappe til filerne; ellers vises de.
    """
    hour = _time(at)
    if hour.hour == 2:
        note = "Bemærk: mellem kl. 2 og 3 springer sommertiden natten over om foråret."
        typer.echo(note, err=True)
    for name, content in nights.schedule_files(system, root, hour).items():
        if out is None:
            typer.echo(f"# {name}\n{content}")
            continue
        # Windows reads its task files as UTF-16.
        encoding = "utf-16" if name.endswith(".xml") else "utf-8"
        typer.echo(str(write_whole(out / name, content.encode(encoding))))


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} er ikke et klokkeslæt som 03:30", param_hint="--at"
        ) from None
