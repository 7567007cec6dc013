"""`beskplan packet`, `mail`, `mail-log`, `nightly` and `schedule`: thin commands."""

from __future__ import annotations

import os
from datetime import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from beskplan.cli.options import Root, working_copy

if TYPE_CHECKING:
    # The heavy libraries are imported by the command itself: `--help` answers at once.
    from beskplan.publish.sending import Result

Kommune = Annotated[str, typer.Option("--kommune", help="Name, code or slug of the municipality.")]
Aar = Annotated[int, typer.Option("--aar", help="Plan year.")]


class Scheduler(StrEnum):
    """A system that starts programs by the clock."""

    systemd = "systemd"
    cron = "cron"
    windows = "windows"


def packet(
    *,
    kommune: Kommune,
    aar: Aar,
    draft: Annotated[
        bool, typer.Option("--draft", help="From reports that nobody has approved; it says so.")
    ] = False,
    demo: Annotated[
        bool, typer.Option("--demo", help="In a draft, also reports made of demo data; it says so.")
    ] = False,
    root: Root = None,
) -> None:
    """Make the committee's packet: the agenda item and its Bilag, in a folder and a zip.

    Example: beskplan packet --kommune Rudersdal --aar 2021
    """
    from beskplan.params.jobs import Workplace
    from beskplan.publish.packet import make_packet

    place = Workplace(working_copy(root))
    typer.echo(os.path.relpath(make_packet(place, kommune, aar, draft=draft, demo=demo)))


def mail(
    *,
    kommune: Kommune,
    aar: Aar,
    liste: Annotated[str, typer.Option("--liste", help="Which list of modtagere.yaml.")],
    send: Annotated[
        bool, typer.Option("--send", help="Send; without it the mails are only written as files.")
    ] = False,
    expect: Annotated[
        int | None, typer.Option("--expect", min=1, help="How many recipients there are.")
    ] = None,
    root: Root = None,
) -> None:
    """Mail what is approved and published to a committee; each recipient gets each version once.

    Without --send it writes the mails as .eml files and shows who would get one. With --send it
    wants their number. Ends with 1 where somebody has not got theirs; the maintainer is told.

    Example: beskplan mail --kommune Rudersdal --aar 2021 --liste udvalget
    """
    from beskplan.publish.mailing import dry_run, send_all

    place = working_copy(root)
    if not send:
        folder, results = dry_run(place, kommune, aar, liste)
        _show(results)
        typer.echo(f"Prøve: intet er sendt. Mailene: {os.path.relpath(folder)}")
        return
    if expect is None:
        raise typer.BadParameter(
            "--send kræver --expect N: antallet af modtagere", param_hint="--expect"
        )
    results = send_all(place, kommune, aar, liste, expect)
    _show(results)
    if not all(result.ok for result in results):
        raise typer.Exit(1)


def _show(results: list[Result]) -> None:
    for result in results:
        typer.echo(f"{result.outcome:<9} {result.recipient.adresse}  {result.detail}".rstrip())


def mail_log(
    *,
    arrived: Annotated[
        str | None, typer.Option("--arrived", help="The mail to this address did arrive.")
    ] = None,
    again: Annotated[
        str | None, typer.Option("--again", help="Send the mail to this address once more.")
    ] = None,
    bounce: Annotated[
        list[Path] | None, typer.Option("--bounce", help="A bounce as .eml; may be repeated.")
    ] = None,
    root: Root = None,
) -> None:
    """Show the last word on every mail, or add what a person knows of one.

    Example: beskplan mail-log --arrived anne.jensen@rudersdal.dk
    """
    from beskplan.publish.mailing import note_bounce_files, settle, status_lines

    place = working_copy(root)
    if arrived:
        settle(place, arrived, "accepted")
    if again:
        settle(place, again, "again")
    if bounce:
        note_bounce_files(place, bounce)
    for line in status_lines(place):
        typer.echo(line)


def nightly(
    *,
    watch: Annotated[
        float | None,
        typer.Option("--watch", min=1, help="Only tell when no run has ended in so many hours."),
    ] = None,
    root: Root = None,
) -> None:
    """Fetch, plan, build, audit, publish drafts, and tell the maintainer; one run at a time.

    Runs what is committed, whatever is edited besides, and prints the commit. Ends with 1 where a
    step failed.

    Example: beskplan nightly
    """
    from beskplan.nightly.telling import night, watch_over

    place = working_copy(root)
    if not (night(place, typer.echo) if watch is None else watch_over(place, watch, typer.echo)):
        raise typer.Exit(1)


def schedule(
    system: Annotated[Scheduler, typer.Argument(help="Which system starts it.")],
    *,
    at: Annotated[str, typer.Option("--at", help="Local time of day.")] = "02:30",
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the files; shown by default.")
    ] = None,
    root: Root = None,
) -> None:
    """Write the entry that runs `beskplan nightly` every night, and the watch over it.

    Example: beskplan schedule systemd --at 02:30 --out ~/.config/systemd/user
    """
    from beskplan.nightly.schedule import schedule_files

    files = schedule_files(system.value, working_copy(root), _time(at))
    for name, content in files.items():
        if out is None:
            typer.echo(f"# {name}\n{content}")
            continue
        out.mkdir(parents=True, exist_ok=True)
        # Windows reads its task files as UTF-16.
        encoding = "utf-16" if name.endswith(".xml") else "utf-8"
        (out / name).write_text(content, encoding=encoding)
        typer.echo(str(out / name))


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} er ikke et klokkeslæt som 02:30", param_hint="--at"
        ) from None
