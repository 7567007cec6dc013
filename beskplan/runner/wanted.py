"""Which reports the files below `params/` ask for, and of which data, without reading again what was read.

A params file that has not changed needs neither the YAML reader nor the models: what it asks for is
remembered beside the records, by the hash of its content. Whatever is not remembered is read, and
refused, by `beskplan.params`, as in every other command. As long as no file of `data/snapshots/` has
changed, the newest snapshot is the one of last time, and nothing of it is read.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from beskplan.core.editions import edition_period
from beskplan.core.errors import BeskplanError
from beskplan.core.files import ROWS, sha256_file
from beskplan.registers.provenance import EMBEDDED
from beskplan.runner.keys import digest, notebook_key
from beskplan.runner.records import FOLDER, read_json, remember, stamp

if TYPE_CHECKING:
    from beskplan.observations.snapshot import Snapshot
    from beskplan.params.models import PlanParams


SNAPSHOTS = Path("data", "snapshots")
"""Below a working copy; as `beskplan.observations` has it, which is too heavy to ask here."""
_DATA_MEMORY = "data.json"
_SNAPSHOT_FILES = ("snapshot.json", "observations.parquet")


class DataNow:
    """The data of a working copy at this moment."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._snapshots: dict[str, Snapshot] = {}

    def resolve(self, wanted: str) -> str:
        """The snapshot's id that `wanted` (`nyeste`, `publiceret`, an id) means now."""
        return self._newest if wanted == "nyeste" else wanted

    def same_rows(self, report: Path, snapshot: str) -> bool:
        """Whether every row that the report in a folder has read is the same in a snapshot.

        Raises:
            DataError: there is no such snapshot.
        """
        from beskplan.report.data import row_digest

        rows = self._rows(snapshot)
        try:
            lines = (report / ROWS).read_text(encoding="utf-8").splitlines()
            read = [json.loads(line) for line in lines]
        except (OSError, ValueError):
            return False
        return all(
            row_digest(rows.get(key[3], {}).get(tuple(key))) == digest
            for *key, digest, _, _ in read
        )

    @cached_property
    def _newest(self) -> str:
        """Read nothing but hashes while no file of `data/snapshots/` has changed.

        Raises:
            DataError: the newest snapshot is damaged.
        """
        folder = self._root / SNAPSHOTS
        listing = _listing(folder)
        if not listing:
            return EMBEDDED
        memory = self._root / "reports" / FOLDER / _DATA_MEMORY
        known = read_json(memory)
        if known.get("listing") == listing and known.get("hashes") == _hashes(
            folder / str(known.get("newest"))
        ):
            return str(known["newest"])
        from beskplan.observations.snapshot_store import newest

        found = newest(self._root)
        answer = found[1].id if found else EMBEDDED
        if found:
            self._snapshots[answer] = found[1]
        remember(memory, {"listing": listing, "newest": answer, "hashes": _hashes(folder / answer)})
        return answer

    def _rows(self, snapshot: str) -> Mapping[str, Mapping[Any, Any]]:
        if snapshot not in self._snapshots:
            from beskplan.observations.snapshot_store import choose

            self._snapshots[snapshot] = choose(snapshot, self._root)
        return self._snapshots[snapshot].rows_by_area


def _listing(folder: Path) -> list[list[Any]]:
    """Sizes and times of every file that decides which snapshot is the newest."""
    return [
        [f"{path.parent.name}/{path.name}", *stamp(path)]
        for path in sorted(folder.glob("[0-9a-f]*/*"))
        if path.name in _SNAPSHOT_FILES
    ]


def _hashes(folder: Path) -> list[str]:
    """Of a snapshot's files as they are now: what the disk itself has spoilt changes no time."""
    return [sha256_file(folder / name) for name in _SNAPSHOT_FILES if (folder / name).is_file()]


_MEMORY = "params.json"
_OWN_INDICATORS = "indikatorer.yaml"
"""What the working copy itself counts (`beskplan.registers.indicators`)."""


@dataclass(frozen=True)
class Wanted:
    """A report that the params ask for."""

    job: str
    """Its id: `2021/rudersdal/maalgrupper`."""
    data: str
    """`nyeste`, `publiceret` or a snapshot's id."""
    key: dict[str, str]
    """The parts `notebook`, `params` and `presentation` of its input key."""
    inputs: dict[str, str]
    """Path from the working copy -> SHA-256 of every params file that it may read."""
    hver: str = ""
    """How often a periodical Bilag comes; empty for every other (`beskplan.runner.plan`)."""


@dataclass(frozen=True)
class Choice:
    """Narrows what is wanted; None takes all."""

    kommune: str | None = None
    """Name, code or slug."""
    aar: int | None = None
    bilag: str | None = None
    periode: str | None = None
    """Of an edition that is asked for by name; its newest where left out."""


def wanted(root: Path, library: str, choice: Choice | None = None) -> tuple[Wanted, ...]:
    """Every report that is asked for, by year, municipality and the order of its plan.

    Args:
        root: The working copy.
        library: Hash of the code that reads params: what other code has read is not trusted.
        choice: Which of them.

    Raises:
        BeskplanError: a name is unknown, a params file is wrong, or nothing fits; all problems at once.
    """
    choice = choice or Choice()
    if choice.periode:
        edition_period(choice.periode)
    slug = _slug(root, choice.kommune)
    plans = [
        (aar, kommune)
        for aar, kommune in sorted(_plans(root / "params"))
        if slug in (None, kommune) and choice.aar in (None, aar)
    ]
    memory = _Memory(root, library)
    entries = memory.entries(plans)
    notebooks: dict[str, str] = {}
    found = []
    for plan, entry in entries.items():
        for bilag in entry["bilag"]:
            if choice.bilag in (None, bilag):
                if bilag not in notebooks:
                    notebooks[bilag] = _notebook(root, bilag)
                key = {
                    "notebook": notebooks[bilag],
                    "params": entry["params"],
                    "presentation": entry["presentation"],
                }
                job = f"{plan[0]}/{plan[1]}/{bilag}"
                hver = entry["hver"].get(bilag, "")
                found.append(Wanted(job, entry["data"], key, memory.inputs(*plan), hver))
    if not found:
        _refuse(root, choice)
    return tuple(found)


def is_first_build(root: Path) -> bool:
    """Whether nothing was ever built in a working copy: a build of it has work for certain."""
    return not (root / "reports" / FOLDER / _MEMORY).exists()


def _plans(folder: Path) -> Iterator[tuple[int, str]]:
    """(year, slug) of every municipality's params file."""
    if not folder.is_dir():
        return
    with os.scandir(folder) as kommuner:
        for kommune in kommuner:
            if kommune.is_dir():
                names = os.listdir(kommune.path)  # noqa: PTH208  # a hundred folders, names only
                years = (name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))
                yield from ((int(year), kommune.name) for year in years if year.isdigit())


def _slug(root: Path, kommune: str | None) -> str | None:
    if kommune is None or (root / "params" / kommune).is_dir():
        return kommune
    from beskplan.params.values import subject

    return subject(kommune).slug


def _notebook(root: Path, bilag: str) -> str:
    path = root / "notebooks" / f"{bilag}.ipynb"
    if not path.is_file():
        from beskplan.params.jobs import Workplace

        path = Workplace(root).notebook(bilag)
    return notebook_key(path)


def _refuse(root: Path, choice: Choice) -> None:
    """Tell what there is instead of what was chosen."""
    from beskplan.params.jobs import Workplace, select

    select(Workplace(root), choice.kommune, choice.aar, choice.bilag)


class _Memory:
    """What each plan's params files asked for when they were last read."""

    def __init__(self, root: Path, library: str) -> None:
        self._root = root
        self._path = root / "reports" / FOLDER / _MEMORY
        self._library = library
        self._files = _Files(root / "params")
        found = read_json(self._path)
        known = found.get("plans") if found.get("library") == library else {}
        self._known: dict[str, Any] = known if isinstance(known, dict) else {}

    def entries(self, plans: Sequence[tuple[int, str]]) -> dict[tuple[int, str], dict[str, Any]]:
        """What each plan asks for; those that have changed are read now, and remembered.

        Raises:
            BeskplanError: with the problems of all plans.
        """
        changed = False
        failures: list[BeskplanError] = []
        for aar, kommune in plans:
            known = self._known.get(f"{aar}/{kommune}", {})
            if known.get("files") != digest(self.inputs(aar, kommune)):
                try:
                    asked = _read(self._root, aar, kommune)
                except BeskplanError as error:
                    failures.append(error)
                    continue
                self._known[f"{aar}/{kommune}"] = asked
                asked["files"] = digest(self.inputs(aar, kommune))
                changed = True
        if changed:
            remember(self._path, {"library": self._library, "plans": self._known})
        if failures:
            raise type(failures[0])([one for error in failures for one in error.problems])
        return {(aar, kommune): self._known[f"{aar}/{kommune}"] for aar, kommune in plans}

    def inputs(self, aar: int, kommune: str) -> dict[str, str]:
        """Path -> SHA-256 of the files that a plan is read from: of a region, its municipalities' too."""
        parts = self._known.get(f"{aar}/{kommune}", {}).get("parts", ())
        return self._files.of(aar, kommune) | {
            name: sha256 for part in parts for name, sha256 in self._files.plan(aar, part)
        }


class _Files:
    """Hashes of the files that params are read from; each is read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._profiles: dict[str, list[tuple[str, str]]] = {}
        self._hash = cache(_sha256)

    def of(self, aar: int, kommune: str) -> dict[str, str]:
        """Of one plan: the year's, the municipality's of that year, its profile and what is beside that."""
        if kommune not in self._profiles:
            names = os.listdir(f"{self._folder}/{kommune}")  # noqa: PTH208  # names only
            others = sorted(name for name in names if not name.partition(".")[0].isdigit())
            self._profiles[kommune] = list(self._hashed(f"{kommune}/{name}" for name in others))
        year = self._hashed([f"{aar}.yaml", _OWN_INDICATORS])
        return dict([*year, *self.plan(aar, kommune), *self._profiles[kommune]])

    def plan(self, aar: int, kommune: str) -> Iterator[tuple[str, str]]:
        """A municipality's own two files of a year, as far as they are there."""
        return self._hashed([f"{kommune}/{aar}.yaml", f"{kommune}/{aar}.maal.yaml"])

    def _hashed(self, names: Iterable[str]) -> Iterator[tuple[str, str]]:
        for name in names:
            if sha256 := self._hash(f"{self._folder}/{name}"):
                yield f"params/{name}", sha256


def _sha256(path: str) -> str:
    """Empty where there is no such file; what is no regular file is read by nobody, and refused later."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116  # 980 times
            return "no file"
        with open(path, "rb") as stream:  # noqa: PTH123  # 980 times
            return hashlib.sha256(stream.read()).hexdigest()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return ""


def _read(root: Path, aar: int, kommune: str) -> dict[str, Any]:
    """What a plan asks for, and hashes of its parameters as resolved.

    The list of its Bilag is not part of them: a report does not change because another is added. A
    region's reports may read the plans of its municipalities.
    """
    from beskplan.params.jobs import how_often
    from beskplan.params.models import read, refuse_misnamed
    from beskplan.params.profil import read_presentation
    from beskplan.params.values import subject
    from beskplan.registers.areas import area
    from beskplan.registers.indicators import INDICATORS

    refuse_misnamed(root, kommune)
    params = read(kommune, aar, root)
    look = read_presentation(kommune, root)
    logo = (look.logo.uri, look.logo.alt) if look.logo else None
    parts = [area(kode).slug for kode in subject(kommune).parts]
    own = [asdict(one) for one in INDICATORS.values() if one.own]
    resolved = [_resolved(params), *(_of_another(root, aar, part) for part in parts), *own]
    return {
        "bilag": list(params.bilag),
        "data": params.datagrundlag,
        "hver": {name: hver for name in params.bilag if (hver := how_often(params, name))},
        "params": digest(resolved),
        "parts": parts,
        "presentation": digest([look.profil.model_dump(mode="json"), logo]),
    }


def _resolved(params: PlanParams) -> Any:
    return params.model_dump(mode="json", exclude={"bilag", "udvalgssag"})


def _of_another(root: Path, aar: int, kommune: str) -> Any:
    """What a region's report may read of a municipality's plan: nothing, where it is missing or wrong."""
    from beskplan.params.models import params_path, read

    if not params_path(root, kommune, aar).is_file():
        return None
    try:
        return _resolved(read(kommune, aar, root))
    except BeskplanError as error:
        return [str(problem) for problem in error.problems]
