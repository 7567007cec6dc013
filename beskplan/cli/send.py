"""`beskplan packet`, `mail`, `mail-log`, `nightly` and `schedule`: thin commands."""

from __future__ import annotations

import os
from datetime import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from beskplan.cli.options import Root, working_copy

Kommune = Annotated[str, typer.Option("--kommune", help="Kommunens navn eller kode.")]
Aar = Annotated[int, typer.Option("--aar", help="Planår.")]


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
        bool, typer.Option("--draft", help="Af rapporter, som ingen har godkendt; det står på den.")
    ] = False,
    demo: Annotated[
        bool,
        typer.Option("--demo", help="I et udkast også rapporter af demodata; det står på den."),
    ] = False,
    root: Root = None,
) -> None:
    """Lav udvalgets pakke: dagsordenspunktet og dets bilag, som mappe og zip.

    Eksempel: beskplan packet --kommune Rudersdal --aar 2021
    """
    from beskplan.params.jobs import Workplace
    from beskplan.publish.packet import make_packet

    place = Workplace(working_copy(root))
    typer.echo(os.path.relpath(make_packet(place, kommune, aar, draft=draft, demo=demo)))


def mail(
    *,
    kommune: Kommune,
    aar: Aar,
    liste: Annotated[str, typer.Option("--liste", help="En af listerne i modtagere.yaml.")],
    send: Annotated[
        bool, typer.Option("--send", help="Send; ellers skrives mailene kun som filer.")
    ] = False,
    expect: Annotated[
        int | None, typer.Option("--expect", min=1, help="Hvor mange modtagere der er.")
    ] = None,
    root: Root = None,
) -> None:
    """Send det, der er godkendt og offentliggjort, til et udvalg; hver modtager får hver udgave én gang.

    Uden --send skrives mailene som .eml-filer, og det vises, hvem der ville få en. Med --send skal
    antallet skrives. Ender med 1, hvis nogen ikke har fået sin; vedligeholderen får besked.

    Eksempel: beskplan mail --kommune Rudersdal --aar 2021 --liste udvalget
    """
    from beskplan.publish.mailing import dry_run, send_all

    place = working_copy(root)
    if not send:
        folder, results = dry_run(place, kommune, aar, liste)
        typer.echo("\n".join(map(str, results)))
        typer.echo(f"Prøve: intet er sendt. Mailene: {os.path.relpath(folder)}")
        return
    if expect is None:
        raise typer.BadParameter(
            "--send kræver --expect N: antallet af modtagere", param_hint="--expect"
        )
    results = send_all(place, kommune, aar, liste, expect)
    typer.echo("\n".join(map(str, results)))
    if not all(result.ok for result in results):
        raise typer.Exit(1)


def mail_log(
    *,
    arrived: Annotated[
        str | None, typer.Option("--arrived", help="Mailen til denne adresse kom frem.")
    ] = None,
    again: Annotated[
        str | None, typer.Option("--again", help="Send mailen til denne adresse en gang til.")
    ] = None,
    bounce: Annotated[
        list[Path] | None,
        typer.Option("--bounce", help="En mail, der kom tilbage, som .eml; kan gentages."),
    ] = None,
    root: Root = None,
) -> None:
    """Vis det sidste om hver mail, eller tilføj, hvad et menneske ved om en.

    Eksempel: beskplan mail-log --arrived anne.jensen@rudersdal.dk
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
        typer.Option(
            "--watch", min=1, help="Sig kun til, hvis ingen kørsel er endt i så mange timer."
        ),
    ] = None,
    root: Root = None,
) -> None:
    """Hent, byg, tjek og vis udkast, og giv vedligeholderen besked; én kørsel ad gangen.

    Kører det, der er gemt i git, uanset hvad der ellers er rettet, og skriver dets commit. Ender med 1,
    hvis et trin fejlede.

    Eksempel: beskplan nightly
    """
    from beskplan.nightly.nightly import night, watch_over

    place = working_copy(root)
    if not (night(place, typer.echo) if watch is None else watch_over(place, watch, typer.echo)):
        raise typer.Exit(1)


def schedule(
    system: Annotated[Scheduler, typer.Argument(help="Det system, der skal starte den.")],
    *,
    at: Annotated[
        str, typer.Option("--at", help="Klokkeslæt, lokal tid; ikke mellem 2 og 3.")
    ] = "03:30",
    out: Annotated[
        Path | None, typer.Option("--out", help="Mappe til filerne; ellers vises de.")
    ] = None,
    root: Root = None,
) -> None:
    """Skriv det, der kører `beskplan nightly` hver nat, og vagten over den.

    Eksempel: beskplan schedule systemd --at 03:30 --out ~/.config/systemd/user
    """
    from beskplan.nightly.schedule import schedule_files

    hour = _time(at)
    if hour.hour == 2:
        note = "Bemærk: mellem kl. 2 og 3 springer sommertiden natten over om foråret."
        typer.echo(note, err=True)
    files = schedule_files(system.value, working_copy(root), hour)
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
            f"{text!r} er ikke et klokkeslæt som 03:30", param_hint="--at"
        ) from None
