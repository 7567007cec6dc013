"""`beskplan import` and `beskplan snapshots ...`: thin commands over `beskplan.observations`."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from beskplan.observations import Manifest, Revision

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Look at, compare, verify and remove the stored snapshots of the data.",
)

Root = Annotated[
    Path | None,
    typer.Option("--root", help="The working copy; found from here upwards by default."),
]
SHOWN_REVISIONS = 20


def import_(
    file: Annotated[
        Path, typer.Argument(help="CSV or Excel, as exported or kept by the municipality.")
    ],
    *,
    mapping: Annotated[
        str | None, typer.Option("--mapping", help="Id of a mapping, or a mapping file (.yaml).")
    ] = None,
    draft: Annotated[
        Path | None,
        typer.Option("--draft", help="Import nothing; write a first mapping to finish by hand."),
    ] = None,
    source: Annotated[
        str, typer.Option("--source", help="With --draft: the mapping's source.")
    ] = "own:egen",
    retrieved: Annotated[
        datetime | None,
        typer.Option("--retrieved", formats=["%Y-%m-%d"], help="The file's own date by default."),
    ] = None,
    accept_missing: Annotated[
        bool, typer.Option("--accept-missing", help="Kendte tal, som filen ikke har, må forsvinde.")
    ] = False,
    root: Root = None,
) -> None:
    """Read a file and keep it as a new snapshot, which becomes the newest.

    Example: beskplan import y25i01_kommuner.csv --mapping jobindsats_y25i01
    """
    from beskplan.sources.imports import import_file

    if draft is not None:
        _write_draft(file, draft, source)
        return
    wanted = Path(mapping) if mapping and mapping.endswith((".yaml", ".yml")) else mapping
    on = retrieved.date() if retrieved else None
    snapshot = import_file(
        file, wanted, _place(root), retrieved_at=on, accept_missing=accept_missing
    )
    typer.echo(f"{snapshot.id}: {len(snapshot.frame)} observations, {snapshot.text}")


@app.command("list")
def list_(root: Root = None) -> None:
    """List the stored snapshots, newest first.

    Example: beskplan snapshots list
    """
    from beskplan.observations import embedded, shelved

    for one in shelved(_place(root)):
        text = _line(one.manifest) if one.manifest else "NOT READABLE"
        typer.echo(f"{one.folder.name}  {text}")
    typer.echo(f"{embedded().id}  embedded          {embedded().text}")


@app.command()
def show(
    snapshot: Annotated[str, typer.Argument(help="Id, or `nyeste`.")] = "nyeste", root: Root = None
) -> None:
    """Show what a snapshot holds and where it came from.

    Example: beskplan snapshots show nyeste
    """
    manifest = _manifest(snapshot, _place(root))
    typer.echo(f"{manifest.id}  {_line(manifest)}\ncontinues {manifest.base or 'nothing'}")
    for table in manifest.tables:
        licence = f", {table.licence}" if table.licence else ""
        typer.echo(
            f"  {table.source} {table.table_id}: {table.rows} rows. {table.source_line}{licence}"
        )
    for raw in manifest.raw:
        typer.echo(f"  raw/{raw.file}  {raw.size} bytes  sha256 {raw.sha256}  from {raw.origin}")


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="Id of the older snapshot.")],
    new: Annotated[str, typer.Argument(help="Id of the newer one, or `nyeste`.")] = "nyeste",
    *,
    all_: Annotated[
        bool, typer.Option("--all", help="Every observation, not only the largest.")
    ] = False,
    root: Root = None,
) -> None:
    """Show what the sources have revised since, by table, area and period.

    Example: beskplan snapshots diff 351c24bfb6e0
    """
    from beskplan.observations import choose, revisions

    place = _place(root)
    found = revisions(choose(old, place).frame, choose(new, place).frame)
    for (source, table_id, kind), number in sorted(Counter(map(_sort_of, found)).items()):
        typer.echo(f"{source} {table_id}: {number} {kind}")
    revised = sorted((one for one in found if one.size is not None), key=_largest_first)
    for one in found if all_ else revised[:SHOWN_REVISIONS]:
        typer.echo(f"  {_told(one)}")
    if not all_ and len(revised) > SHOWN_REVISIONS:
        typer.echo(f"  and {len(revised) - SHOWN_REVISIONS} smaller ones (--all shows them)")


@app.command()
def verify(root: Root = None) -> None:
    """Read every stored byte again and compare it with its hash; exit 2 where one differs.

    Example: beskplan snapshots verify
    """
    from beskplan.core.errors import DataError
    from beskplan.observations import faults, shelved

    found = shelved(_place(root))
    if problems := [problem for one in found for problem in faults(one)]:
        raise DataError(problems)
    typer.echo(f"{len(found)} snapshots: every byte as it was stored.")


@app.command()
def prune(
    keep: Annotated[int, typer.Option("--keep", min=1, help="How many of the newest stay.")] = 12,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell.")] = False,
    root: Root = None,
) -> None:
    """Remove old snapshots that neither params nor reports name.

    Example: beskplan snapshots prune --keep 6 --dry-run
    """
    from beskplan.observations import prune as prune_snapshots

    gone = prune_snapshots(_place(root), keep, dry_run=dry_run)
    for one in gone:
        typer.echo(one)
    typer.echo(f"{len(gone)} snapshots {'would be ' if dry_run else ''}removed.")


def _place(root: Path | None) -> Path:
    from beskplan.report.place import find_root

    return (root or find_root()).resolve()


def _manifest(wanted: str, root: Path) -> Manifest:
    from beskplan.observations import manifest_of, newest

    found = newest(root) if wanted == "nyeste" else None
    return found[0] if found else manifest_of(wanted, root)


def _line(manifest: Manifest) -> str:
    return f"{manifest.stored_at:%Y-%m-%d %H:%M}  {manifest.text}"


def _sort_of(one: Revision) -> tuple[str, str, str]:
    return one.source, one.table_id, one.kind


def _largest_first(one: Revision) -> float:
    return -abs(float(one.size or 0))


def _told(one: Revision) -> str:
    indicator, ydelse, group, area, period = one.key
    what = f"{one.table_id} {area} {period} {indicator} {ydelse} {group}"
    if one.size is not None:
        return f"{what}: {one.before} -> {one.now} ({one.size:+})"
    return f"{what}: {one.kind}"


def _write_draft(file: Path, target: Path, source: str) -> None:
    from beskplan.core.errors import DataError, Problem
    from beskplan.sources.imports import draft_mapping
    from beskplan.sources.mapping import save_mapping

    try:
        content = file.read_bytes()
    except OSError as error:
        raise DataError(Problem(str(file), "not readable", str(error.strerror))) from None
    name = target.stem.replace("-", "_")
    mapping = draft_mapping(content, name=file.name, id=name, source=source, table_id=name)
    save_mapping(mapping, target)
    typer.echo(
        f"{target}: check the columns it reads and those under `ignorer`, then import with it."
    )
