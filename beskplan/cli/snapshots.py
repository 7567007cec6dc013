"""`beskplan fetch`, `import` and `snapshots ...`: numbers into snapshots, and what is in those."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from beskplan.cli import imported_when_used, say
from beskplan.core.danish import format_number, list_danish
from beskplan.core.errors import DataError, Problem, SourceError
from beskplan.core.files import named_file
from beskplan.core.periods import Period, date_text, moment_text
from beskplan.runner.building import progress_bar

with imported_when_used():
    from beskplan.observations import contract, snapshot_store
    from beskplan.observations import snapshot as snapshots
    from beskplan.registers import areas, indicators
    from beskplan.sources import drafting, fetching, imports, jobindsats, statbank
    from beskplan.sources import mapping as mappings
    from beskplan.sources import plan as plans


def fetch(
    *,
    source: Literal["jobindsats", "statbank"] | None = None,
    accept_missing: bool = False,
    skip_without_token: bool = False,
    root: Path,
) -> None:
    """Hent nye tal fra kilderne, og gem dem som et øjebliksbillede.

    Jobindsats kræver en nøgle: miljøvariablen JOBINDSATS_TOKEN eller en nøgle i nøgleringen. En
    hentning, der brød af, fortsætter, hvor den slap; en tabel, der ikke er opdateret, hentes ikke
    igen. En tabel, der fejler, stopper ikke de andre: de gemmes, den nævnes, og koden er 3.

    Eksempel: beskplan fetch --source statbank

    Args:
        source: Kun denne kilde.
        accept_missing: Kendte tal, kilden ikke har mere, må forsvinde.
        skip_without_token: Spring en kilde over, når nøglen mangler.
    """
    asked = plans.plan_of(root).only(source) if source else plans.plan_of(root)
    before = snapshot_store.newest_whole(root)
    clients = _clients(asked)
    if skip_without_token and clients.is_without_token:
        typer.echo(f"{jobindsats.SKIPPED}: der er ingen nøgle.")
        if not asked.statbank:
            return
        asked, clients = asked.only("statbank"), replace(clients, missing=())
    try:
        with _progress() as progress:
            snapshot, fetched = fetching.fetch_and_store(
                asked, root, clients, accept_missing=accept_missing, progress=progress
            )
    finally:
        clients.close()
    if snapshot is not None:
        typer.echo(
            f"Øjebliksbillede {snapshot.id}: {format_number(len(fetched.delivery.frame))} tal. "
            f"Tabeller med nye svar: {fetched.asked}, uændrede: {fetched.unchanged}."
        )
        say(changed_lines(before and before[1], snapshot))
    say([*fetched.notes, *_older(root, fetched.failed)])
    if fetched.problems:
        raise SourceError(fetched.problems)


def _older(root: Path, failed: tuple[tuple[str, str], ...]) -> Iterator[str]:
    """The tables that did not come, with the day of the numbers that stand instead."""
    found = snapshot_store.newest_whole(root)
    days = {one.table_id.casefold(): one.last_retrieved for one in found[0].tables} if found else {}
    tables: dict[str, list[str]] = {}
    for _, table in failed:
        tables.setdefault(days.get(table.casefold(), ""), []).append(table)
    for day, names in sorted(tables.items()):
        stands = f"tal hentet {date_text(date.fromisoformat(day))}" if day else "ingen tal"
        yield f"{list_danish(names)} er ikke opdateret: der er stadig {stands}."


def _clients(plan: plans.FetchPlan) -> fetching.Clients:
    star = None
    missing: tuple[Problem, ...] = ()
    is_without = False
    if plan.jobindsats:
        try:
            star = jobindsats.connect(jobindsats.find_token())
        except SourceError as error:
            missing, is_without = error.problems, isinstance(error, jobindsats.NoTokenError)
    return fetching.Clients(
        star, statbank.connect() if plan.statbank else None, missing, is_without
    )


@contextmanager
def _progress() -> Iterator[fetching.Progress]:
    """A bar on a terminal, a plain line per step in a log; both on standard error."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield (
            lambda done, total, text: (
                typer.echo(f"{done + 1} af {total}: {text}", err=True) if text else None
            )
        )
        return
    with progress_bar(console) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, text: bar.update(
            task, completed=done, total=total, description=text or "færdig"
        )


SHOWN_REVISIONS = 20
SHOWN_CHANGES = 5


def import_(
    file: Path,
    *,
    mapping: str | None = None,
    draft: Path | None = None,
    source: str | None = None,
    retrieved: Annotated[datetime | None, {"formats": ["%Y-%m-%d"]}] = None,
    dry_run: bool = False,
    accept_missing: bool = False,
    root: Path,
) -> None:
    """Læs tal fra en fil, og gem dem som et øjebliksbillede.

    Eksempel: beskplan import y25i01_kommuner.csv --mapping jobindsats_y25i01

    Args:
        file: CSV eller Excel, fra en kilde eller kommunens eget system.
        mapping: Id på et skema, eller en fil med et (.yaml).
        draft: Importér intet; skriv et første skema, som du gør færdigt.
        source: Med --draft: skemaets kilde.
        retrieved: Dagen, da filen blev taget fra kilden; ellers filens egen dato.
        dry_run: Vis kun, hvad der blev forstået; gem intet.
        accept_missing: Kendte tal, som filen ikke har, må forsvinde.
    """
    if draft is not None:
        indicators.declare_own(root)
        _write_draft(file, draft, source)
        return
    wanted = Path(mapping) if mapping and mapping.endswith((".yaml", ".yml")) else mapping
    on = retrieved.date() if retrieved else None
    before = snapshot_store.newest_whole(root)
    delivery, lines = imports.read_file(file, wanted, root, retrieved_at=on)
    say(lines)
    if dry_run:
        return
    snapshot = snapshot_store.store(delivery, root, accept_missing=accept_missing)
    typer.echo(f"{snapshot.id}: {len(snapshot.frame)} tal, {snapshot.text}")
    say(changed_lines(before and before[1], snapshot))


def list_(*, root: Path) -> None:
    """Vis de gemte øjebliksbilleder, det nyeste først.

    Eksempel: beskplan snapshots list
    """
    for one in snapshot_store.stored_snapshots(root):
        told, text = one.manifest, "KAN IKKE LÆSES"
        if told is not None:
            text = f"{moment_text(told.stored_at.isoformat()):<28}  {told.text}"
        typer.echo(f"{one.folder.name}  {text}")
    shipped = snapshot_store.embedded()
    typer.echo(f"{shipped.id}  {'indbygget':<28}  {shipped.text}")


def diff(old: str, new: str = "nyeste", *, all_: bool = False, root: Path) -> None:
    """Vis, hvad kilderne har ændret siden et øjebliksbillede.

    Eksempel: beskplan snapshots diff 351c24bfb6e0

    Args:
        old: Id på det ældre.
        new: Id på det nyere, eller `nyeste`.
        all_: Alle tal, ikke kun de største ændringer.
    """
    before, after = (snapshot_store.choose(one, root).protected for one in (old, new))
    found = contract.revisions(before, after)
    kinds = Counter((one.source, one.table_id, one.kind) for one in found)
    say(f"{source} {table}: {n} {kind}" for (source, table, kind), n in sorted(kinds.items()))
    revised = [one for one in found if one.size is not None]
    revised.sort(key=lambda one: -abs(float(one.size or 0)))
    say(f"  {_revision_line(one)}" for one in (found if all_ else revised[:SHOWN_REVISIONS]))
    if not all_ and len(revised) > SHOWN_REVISIONS:
        typer.echo(f"  og {len(revised) - SHOWN_REVISIONS} mindre (--all viser dem)")


def verify(*, root: Path) -> None:
    """Læs alle gemte filer igen, og find dem, der er ændret.

    Hver fil bliver sammenlignet med det, der blev gemt. Koden er 2, hvis en er ændret.

    Eksempel: beskplan snapshots verify
    """
    found = snapshot_store.stored_snapshots(root)
    if problems := [problem for one in found for problem in snapshot_store.faults(one)]:
        raise DataError(problems)
    typer.echo(f"{len(found)} øjebliksbilleder: alle filer er, som de blev gemt.")


def prune(*, keep: Annotated[int, {"min": 1}] = 12, dry_run: bool = False, root: Path) -> None:
    """Fjern gamle øjebliksbilleder, som ingen bruger.

    Dem, som params eller en rapport nævner, bliver.

    Eksempel: beskplan snapshots prune --keep 6 --dry-run

    Args:
        keep: Så mange af de nyeste bliver.
        dry_run: Vis det kun.
    """
    gone = snapshot_store.prune(root, keep, dry_run=dry_run)
    say(gone)
    typer.echo(f"{len(gone)} øjebliksbilleder {'ville blive ' if dry_run else ''}fjernet.")


def changed_lines(before: snapshots.Snapshot | None, after: snapshots.Snapshot) -> list[str]:
    """Which known numbers a new snapshot has otherwise than the one before, and how many; the first few.

    Of what readers are told: no number that is withheld from them stands in a log.
    """
    if before is None or before.id == after.id:
        return []
    both = contract.revisions(before.protected, after.protected)
    found = [one for one in both if one.before is not None or one.kind == "nu fortroligt"]
    if not found:
        return []
    known = "1 kendt" if len(found) == 1 else f"{len(found)} kendte"
    head = f"Ændret siden øjebliksbillede {before.id}: {known} tal"
    more = f"  se dem alle: beskplan snapshots diff {before.id}"
    return [head, *(f"  {_revision_line(one)}" for one in found[:SHOWN_CHANGES]), more]


def _revision_line(one: contract.Revision) -> str:
    *counted, code, period = one.key
    where = f"{areas.area(code).navn}, {Period.parse(period).text}"
    what = f"{indicators.what_is_counted(*counted)}, {where}"
    if one.size is not None:
        return f"{what}: {_danish(one.before)} er blevet {_danish(one.now)}"
    return f"{what}: {one.kind}"


def _danish(number: object) -> str:
    """`17.0` -> `17`; no more decimals than it has."""
    return str(number).removesuffix(".0").replace(".", ",")


def _write_draft(file: Path, target: Path, source: str | None) -> None:
    name = target.stem.replace("-", "_")
    text = drafting.draft_mapping(named_file(file), name=file.name, id=name, source=source)
    mappings.save_mapping(text, target)
    choices = text.count(mappings.CHOOSE) - 1
    todo = f"erstat {mappings.CHOOSE} ({choices} steder)" if choices else "se efter, hvad den læser"
    typer.echo(f"{target}: {todo}, og importér så: beskplan import {file} --mapping {target}")
