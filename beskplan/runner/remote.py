"""The same jobs on other machines: a Dask cluster makes the reports, the bytes come home.

The cluster needs nothing but this package in the same version: notebooks, params and data travel with
the build. Each worker has one warm process and makes one report at a time in it, so start as many
workers as there are cores (`dask worker tcp://... --nworkers auto --nthreads 1`). Dask runs a report
again elsewhere when its worker dies; nothing distributed is written by hand here.

A worker imports this module in its event loop: what takes seconds to import would cut it off from
the scheduler. Needs the extra `beskplan[dask]`.
"""

from __future__ import annotations

import io
import json
import shutil
import tarfile
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, cast

from distributed import Client, WorkerPlugin, as_completed, get_worker

from beskplan.core.editions import earlier_edition
from beskplan.core.errors import InputError, Problem, SourceError
from beskplan.core.files import COPIES, ROWS, heal, install, sha256_bytes, sha256_file
from beskplan.params.jobs import Job, Workplace
from beskplan.runner import records
from beskplan.runner.engine.pool import ReportPool, check_all, failed
from beskplan.runner.keys import library_key, package_versions
from beskplan.runner.wanted import SNAPSHOTS

RETRIES: Final = 2
"""How often a report is tried on another worker, after the one that made it has died."""
CONNECT_SECONDS: Final = 30
_PLUGIN: Final = "beskplan"


@dataclass(frozen=True)
class Made:
    """What a worker sends home."""

    outcome: records.Outcome
    """With the paths of the worker."""
    files: bytes = b""
    """The finished folder as a tar archive; of a failed report the executed notebook, if there is one."""


class ClusterPool:
    """Makes reports on a Dask cluster; see `open_cluster`."""

    def __init__(self, place: Workplace, client: Client) -> None:
        self._place = place
        self._client = client
        self.versions = versions()
        """What every worker must have too."""

    def check(self, jobs: Sequence[str]) -> None:
        """As `ReportPool.check`."""
        check_all(jobs, self._place.root)

    def run(self, ids: Sequence[str]) -> Iterator[records.Outcome]:
        """The outcome of every job, as they are done; a failure stops no other.

        Raises:
            InputError: a worker has another version of this package or of its libraries.
        """
        if not ids:
            return
        jobs = [Job.parse(job) for job in ids]
        parcel = pack(self._place, jobs)
        workshop = Workshop(parcel, sha256_bytes(parcel))
        self._client.register_plugin(workshop, name=_PLUGIN)
        self._same_everywhere()
        futures = self._client.map(
            make_here, ids, workshop=workshop.name, retries=RETRIES, pure=False
        )
        by_key = {future.key: job for future, job in zip(futures, jobs, strict=True)}
        for future in as_completed(futures, loop=self._client.loop):
            job = by_key[future.key]
            if future.status == "finished":
                yield receive(self._place, job, future.result())
            else:
                yield failed(job.id, self._place.root, f"på klyngen: {future.exception()!r}")
            future.release()

    def each(self, tasks: Sequence[Callable[[], str]]) -> Iterator[tuple[int, str]]:
        """As `ReportPool.each`, on this machine: combined PDFs are made of what has come home."""
        yield from ((number, task()) for number, task in enumerate(tasks))

    def close(self) -> None:
        """Nothing runs here; `open_cluster` lets go of the cluster."""

    def _same_everywhere(self) -> None:
        """Refuse a cluster on which the same inputs would give other reports."""
        here = self.versions
        others = {
            address: found for address, found in self._client.run(versions).items() if found != here
        }
        if others:
            raise InputError(
                [
                    Problem(
                        where=address,
                        what="arbejderen ville lave andre rapporter end denne maskine",
                        found=_difference(found, here),
                        expected=_difference(here, found),
                        fix="installér de samme udgaver dér (requirements/base.txt)",
                    )
                    for address, found in sorted(others.items())
                ]
            )


@contextmanager
def open_cluster(place: Workplace, address: str) -> Iterator[ClusterPool]:
    """Work with the cluster of a scheduler, such as `tcp://scheduler:8786`.

    Raises:
        SourceError: no scheduler answers there.
    """
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError):
        fix = "start den: dask scheduler; dask worker tcp://... --nworkers auto --nthreads 1"
        raise SourceError(Problem(address, "ingen Dask-planlægger svarer", fix=fix)) from None
    with client:
        yield ClusterPool(place, client)


def versions() -> dict[str, str]:
    """What must be equal on every machine."""
    return {**library_key(), "packages": package_versions()}


def _difference(one: dict[str, str], other: dict[str, str]) -> str:
    return "; ".join(f"{part}: {value}" for part, value in one.items() if value != other.get(part))


def pack(place: Workplace, jobs: Sequence[Job]) -> bytes:
    """All that the jobs are made from, as a tar archive: the same inputs give the same bytes."""
    named = [place.notebook(bilag) for bilag in sorted({job.bilag for job in jobs})]
    files = [*named, *sorted(path for path in (place.root / "params").rglob("*") if path.is_file())]
    snapshots = (place.root / SNAPSHOTS).glob("[0-9a-f]*/*")
    files += [path for path in sorted(snapshots) if path.is_file()]
    files += [path for job in jobs if (path := place.folder(job) / records.MANIFEST).is_file()]
    earlier = [one for job in jobs if (one := earlier_edition(place.reports, job.id))]
    files += [path for folder in earlier for path in sorted(folder.glob("*.json*"))]
    folders = (one.relative_to(place.reports) for one in (*map(place.folder, jobs), *earlier))
    approved = (
        one for name in folders for one in sorted((place.reports / COPIES / name).glob("*"))
    )
    files += [
        one / name
        for one in approved
        for name in (records.MANIFEST, ROWS)
        if (one / name).is_file()
    ]
    return _tar((path.relative_to(place.root).as_posix(), path) for path in files)


def _tar(files: Any) -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, path in files:
            entry = tarfile.TarInfo(name)
            content = path.read_bytes()
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return archive.getvalue()


def _untar(content: bytes, folder: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        tar.extractall(folder, filter="data")


class Workshop(WorkerPlugin):
    """On each worker: the unpacked working copy, and one warm process."""

    def __init__(self, parcel: bytes, digest: str) -> None:
        self.name = _PLUGIN
        self._parcel = parcel
        self._digest = digest

    def setup(self, worker: Any) -> None:
        """Unpack; the warm process is started by the first report."""
        self._lock = threading.Lock()
        folder = tempfile.mkdtemp(
            prefix=f"beskplan-{self._digest[:8]}-", dir=worker.local_directory
        )
        self._place = Workplace(Path(folder))
        _untar(self._parcel, self._place.root)
        self._pool: ReportPool | None = None

    def teardown(self, worker: Any) -> None:  # noqa: ARG002  # Dask's signature
        """End the warm process, remove the working copy."""
        if self._pool is not None:
            self._pool.close()
        shutil.rmtree(self._place.root, ignore_errors=True)

    def make(self, job: Job) -> Made:
        """Make one report, in a child of the warm process."""
        with self._lock:
            self._pool = self._pool or ReportPool(self._place.root, workers=1)
            (outcome,) = self._pool.run([job.id])
        return Made(outcome, _results(outcome))


def _results(outcome: records.Outcome) -> bytes:
    if outcome.ok:
        paths = sorted(path for path in outcome.folder.rglob("*") if path.is_file())
        return _tar((path.relative_to(outcome.folder).as_posix(), path) for path in paths)
    kept = outcome.failed_notebook
    return _tar([(kept.name, kept)]) if kept is not None and kept.is_file() else b""


def make_here(job: str, workshop: str) -> Made:
    """A task on a worker: make the report of a job."""
    plugin = cast("Workshop", get_worker().plugins[workshop])
    return plugin.make(Job.parse(job))


def receive(place: Workplace, job: Job, made: Made) -> records.Outcome:
    """Put what a worker has sent in place, whole or not at all."""
    target = place.folder(job)
    outcome = replace(made.outcome, folder=target, failed_notebook=None)
    if not made.files:
        return outcome
    try:
        with records.work_folder(place.reports) as work:
            _untar(made.files, work)
            if not outcome.ok:
                kept = records.keep_failed(work / f"{job.bilag}.ipynb", place.reports, job)
                return replace(outcome, failed_notebook=kept)
            if problem := _not_this_report(work, job):
                return replace(outcome, problems=(problem,))
            heal(target)
            records.Store.of(place.reports).keep(job.id, work)
            install(work, target)
    except OSError as error:
        return replace(outcome, problems=(records.cannot_be_written(target, error),))
    return outcome


def _not_this_report(work: Path, job: Job) -> Problem | None:
    """Why the files that came home are not the report that was asked for; None where they are."""
    manifest = json.loads((work / records.MANIFEST).read_bytes())
    if manifest["job"] != job.id:
        return Problem(job.id, "en anden rapport kom hjem", manifest["job"], job.id)
    wrong = [name for name, sha in manifest["files"].items() if sha256_file(work / name) != sha]
    return Problem(job.id, "ændret undervejs", ", ".join(wrong)) if wrong else None
