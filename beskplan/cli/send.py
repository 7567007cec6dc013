"""`beskplan packet`, `mail`, `mail-log`, `nightly` and `schedule`: thin commands."""

from __future__ import annotations

import os
from datetime import time
from pathlib import Path
from typing import Annotated, Literal

import typer

from beskplan.cli.options import working_copy


def packet(
    *, kommune: str, aar: int, draft: bool = False, demo: bool = False, root: Path | None = None
) -> None:
    """Lav udvalgets pakke: dagsordenspunktet og dets bilag, som mappe og zip.

    Af et bilag, der kommer hver måned eller hvert kvartal, er den nyeste godkendte udgave med.

    Eksempel: beskplan packet --kommune Rudersdal --aar 2021

    Args:
        kommune: Kommunens navn eller kode.
        aar: Planår.
        draft: Af rapporter, som ingen har godkendt; det står på den.
        demo: I et udkast også rapporter af demodata; det står på den.
    """
    from beskplan.params.jobs import Workplace
    from beskplan.publish.packet import make_packet

    place = Workplace(working_copy(root))
    typer.echo(os.path.relpath(make_packet(place, kommune, aar, draft=draft, demo=demo)))


def mail(
    *,
    kommune: str,
    aar: int,
    liste: str,
    bilag: str | None = None,
    periode: str | None = None,
    send: bool = False,
    expect: Annotated[int | None, {"min": 1}] = None,
    root: Path | None = None,
) -> None:
    """Send det, der er godkendt og offentliggjort, til et udvalg; hver modtager får hver udgave én gang.

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
    from beskplan.core.editions import edition_name
    from beskplan.publish.mailing import dry_run, send_all

    if periode and not bilag:
        raise typer.BadParameter("--periode kræver --bilag", param_hint="--periode")
    place, edition = working_copy(root), edition_name(bilag or "", periode or "")
    if not send:
        folder, results = dry_run(place, kommune, aar, liste, edition=edition)
        typer.echo("\n".join(map(str, results)))
        typer.echo(f"Prøve: intet er sendt. Mailene: {os.path.relpath(folder)}")
        return
    if expect is None:
        raise typer.BadParameter(
            "--send kræver --expect N: antallet af modtagere", param_hint="--expect"
        )
    results = send_all(place, kommune, aar, liste, expect, edition=edition)
    typer.echo("\n".join(map(str, results)))
    if not all(result.ok for result in results):
        raise typer.Exit(1)


def mail_log(
    *,
    arrived: str | None = None,
    again: str | None = None,
    bounce: list[Path] | None = None,
    root: Path | None = None,
) -> None:
    """Vis det sidste om hver mail, eller tilføj, hvad et menneske ved om en.

    Eksempel: beskplan mail-log --arrived anne.jensen@rudersdal.dk

    Args:
        arrived: Mailen til denne adresse kom frem.
        again: Send mailen til denne adresse en gang til.
        bounce: En mail, der kom tilbage, som .eml; kan gentages.
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


def nightly(*, watch: Annotated[float | None, {"min": 1}] = None, root: Path | None = None) -> None:
    """Hent, byg, tjek og vis udkast, og giv vedligeholderen besked; én kørsel ad gangen.

    Kører det, der er gemt i git, uanset hvad der ellers er rettet, og skriver dets commit. Ender med 1,
    hvis et trin fejlede.

    Eksempel: beskplan nightly

    Args:
        watch: Sig kun til, hvis ingen kørsel er endt i så mange timer.
    """
    from beskplan.nightly.nightly import night, watch_over

    place = working_copy(root)
    if not (night(place, typer.echo) if watch is None else watch_over(place, watch, typer.echo)):
        raise typer.Exit(1)


def schedule(
    system: Literal["systemd", "cron", "windows"],
    *,
    at: str = "03:30",
    out: Path | None = None,
    root: Path | None = None,
) -> None:
    """Skriv det, der kører `beskplan nightly` hver nat, og vagten over den.

    Eksempel: beskplan schedule systemd --at 03:30 --out ~/.config/systemd/user

    Args:
        system: Det system, der skal starte den.
        at: Klokkeslæt, lokal tid; ikke mellem 2 og 3.
        out: Mappe til filerne; ellers vises de.
    """
    from beskplan.nightly.schedule import schedule_files

    hour = _time(at)
    if hour.hour == 2:
        note = "Bemærk: mellem kl. 2 og 3 springer sommertiden natten over om foråret."
        typer.echo(note, err=True)
    files = schedule_files(system, working_copy(root), hour)
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
