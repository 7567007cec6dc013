"""Jobs: one report each, the unit that everything runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from beskplan.core.editions import edition_name, edition_period, finished_editions, split_name
from beskplan.core.errors import BeskplanError, Problem, UnknownNameError, did_you_mean
from beskplan.params.models import PlanParams, available, misnamed, read
from beskplan.params.values import problem, subject


@dataclass(frozen=True, order=True)
class Job:
    """One notebook for one municipality and plan year; of a periodical Bilag, one edition."""

    aar: int
    kommune: str
    """Slug of the municipality."""
    bilag: str
    """Name of the notebook, without ending."""
    periode: str = ""
    """Month or quarter of an edition, `2026M09` or `2026K3`; empty for every other report."""

    @property
    def id(self) -> str:
        """`2021/rudersdal/maalgrupper`, `2026/rudersdal/status-2026K3`: also the folder below `reports/`."""
        return f"{self.aar}/{self.kommune}/{edition_name(self.bilag, self.periode)}"

    @property
    def parameters(self) -> dict[str, str | int]:
        """What the notebook is given; only that of an edition has a period."""
        given: dict[str, str | int] = {"kommune": self.kommune, "aar": self.aar}
        return given | ({"periode": self.periode} if self.periode else {})

    @classmethod
    def parse(cls, text: str) -> Job:
        """The job with this id; UnknownNameError where it is no `aar/kommune/bilag[-periode]`."""
        parts = text.strip("/").split("/")
        if len(parts) != 3 or not parts[0].isdigit():
            fix = ""
            if len(parts) == 3 and parts[1].isdigit():
                fix = f"mente du {parts[1]}/{parts[0]}/{parts[2]}?"
            raise UnknownNameError(problem("no-job", "job", repr(text), fix=fix))
        bilag, periode = split_name(parts[2])
        if periode:
            periode = edition_period(periode).statbank
        return cls(int(parts[0]), subject(parts[1]).slug, bilag, periode)


@dataclass(frozen=True)
class Workplace:
    """The folders of a working copy."""

    root: Path

    @property
    def notebooks(self) -> Path:
        """Where the notebooks lie."""
        return self.root / "notebooks"

    @property
    def reports(self) -> Path:
        """Where everything that is made goes."""
        return self.root / "reports"

    def notebook(self, bilag: str) -> Path:
        """The notebook of a Bilag; UnknownNameError with the nearest name where there is none."""
        path = self.notebooks / f"{bilag}.ipynb"
        if not path.is_file():
            names = sorted(item.stem for item in self.notebooks.glob("*.ipynb"))
            expected = f"en af {', '.join(names)}" if names else "en notebook i notebooks/"
            fix = did_you_mean(bilag, names)
            raise UnknownNameError(
                problem("no-notebook", "bilag", repr(bilag), expected=expected, fix=fix)
            )
        return path

    def folder(self, job: Job) -> Path:
        """Where the finished report of a job lies."""
        return self.reports / job.id


def how_often(params: PlanParams, bilag: str) -> str:
    """`maaned` or `kvartal` for a Bilag that comes in editions; empty for every other."""
    return str(getattr(getattr(params, bilag, None), "hver", ""))


def plan_jobs(place: Workplace, kommune: str, aar: int) -> list[Job]:
    """The jobs of a plan, in the order of its params; its editions are documents of their own.

    Raises:
        BeskplanError: its params are wrong.
    """
    params = read(kommune, aar, place.root)
    slug = subject(kommune).slug
    return [Job(aar, slug, name) for name in params.bilag if not how_often(params, name)]


def newest_edition(place: Workplace, job: Job) -> Job:
    """The newest edition that lies in place of a job that has editions; the job itself where none does."""
    editions = finished_editions(place.folder(job).parent, job.bilag)
    if job.periode or not editions:
        return job
    return replace(job, periode=editions[-1][0].statbank)


def select(
    place: Workplace, kommune: str | None = None, aar: int | None = None, bilag: str | None = None
) -> tuple[Job, ...]:
    """Every job that the files below `params/` ask for, narrowed to a municipality, year or Bilag.

    Raises:
        BeskplanError: a name is unknown, a params file is wrong, or nothing fits; all problems at once.
    """
    slug = subject(kommune).slug if kommune else None
    if bilag:
        place.notebook(bilag)
    jobs: list[Job] = []
    odd = misnamed(place.root)
    faults: list[BeskplanError] = [
        UnknownNameError(problem) for owner, problem in odd.values() if slug in (None, owner)
    ]
    for a_slug, a_year in available(place.root):
        if a_slug in odd or slug not in (None, a_slug) or aar not in (None, a_year):
            continue
        try:
            params = read(a_slug, a_year, place.root)
        except BeskplanError as error:
            faults.append(error)
            continue
        jobs.extend(Job(a_year, a_slug, name) for name in params.bilag if bilag in (None, name))
    if faults:
        raise type(faults[0])([wrong for one in faults for wrong in one.problems])
    if not jobs:
        raise UnknownNameError(_nothing_fits(place, kommune, aar, bilag))
    return tuple(jobs)


def _nothing_fits(
    place: Workplace, kommune: str | None, aar: int | None, bilag: str | None
) -> Problem:
    asked = {"kommune": kommune, "aar": aar, "bilag": bilag}
    there = ", ".join(f"{slug} {year}" for slug, year in available(place.root)[:8])
    named = (f"{key} {value}" for key, value in asked.items() if value is not None)
    return problem(
        "no-such-report",
        "params/",
        ", ".join(named) or "ingen params-filer",
        there=f"; der er {there}" if there else "",
        also=f"; i en plan, der er der, skal {bilag} stå under `bilag`" if bilag else "",
    )
