"""Next year's plan from last year's: which files there are to be, and how far their periods move.

What the data allow is found by trying: the new files are written into a copy of params/ and put to
the checks that `beskplan check` makes. A Bilag moves as far as its numbers reach, at most to the new
year; where nothing newer is there, its periods stay, and the file says so.
"""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from beskplan.core.errors import BeskplanError
from beskplan.newplan.beginning import own_period, refuse_ended
from beskplan.newplan.files import NewFile, YamlText, with_schema
from beskplan.newplan.moving import SECTIONS, Decisions, Roll, bilag_path, without_marks, written
from beskplan.newplan.plan_file import NO_MINISTERS_GOALS_FROM, PlanFile, TargetFile, targets_now
from beskplan.observations.snapshot import Snapshot
from beskplan.observations.snapshot_store import choose
from beskplan.params.models import TARGETS_SUFFIX, PlanParams, available, params_path, read
from beskplan.params.profil import Presentation, Profil
from beskplan.params.values import subject
from beskplan.registers.document import Document, KeyPath, compose
from beskplan.report.base import Context
from beskplan.report.bilag import problems_of
from beskplan.report.data import ReportData
from beskplan.report.followed_target import FollowedTarget

_STILL = {"resultatmaal", "rar_oversigt"}
"""Bilag without periods of their own to move."""


@dataclass(frozen=True)
class Rolled:
    """Next year's plan.

    Attributes:
        files: What is to be written.
        targets: How last year's targets went.
    """

    files: tuple[NewFile, ...]
    targets: tuple[FollowedTarget, ...]

    @property
    def shared(self) -> NewFile | None:
        """The year's shared file, if it is among them: it is every municipality's."""
        return next((one for one in self.files if len(one.path.parts) == 2), None)


def newest_before(root: Path, kommune: str, aar: int) -> int | None:
    """The newest earlier year that a municipality has a plan for; None where it has none."""
    slug = subject(kommune).slug
    years = [year for a_slug, year in available(root) if a_slug == slug and year < aar]
    return max(years, default=None)


def roll_plan(root: Path, kommune: str, old_aar: int, aar: int) -> Rolled:
    """The files of a plan for `aar`, made from those for `old_aar`.

    Raises:
        InputError: the old plan is wrong, or the region has ended by then.
    """
    refuse_ended(kommune, aar)
    context = Context.load("resultatmaal", kommune, old_aar, root)
    rolling = _Rolling(root, context, Roll(old_aar, aar))
    with tempfile.TemporaryDirectory(prefix="beskplan-") as folder:
        shutil.copytree(root / "params", Path(folder) / "params")
        decisions = rolling.decide(Path(folder))
    return Rolled(rolling.files(decisions), tuple(rolling.targets.values()))


class _Rolling:
    """One plan on its way: its texts, and what its targets have become."""

    def __init__(self, root: Path, context: Context, roll: Roll) -> None:
        self._root, self._roll, self._old, self._who = root, roll, context.params, context.kommune
        self._own = params_path(root, context.kommune.slug, roll.old)
        self._shared = self._shared_file()
        texts = [one.read_text(encoding="utf-8") for one in (self._own, self._shared) if one]
        self._moving = {path[0] for text in texts for path in YamlText(text).paths()} - _STILL
        # Sections of the new year's shared file, whose period the municipality's numbers may not reach.
        shared = SECTIONS[0] in self._old.bilag and SECTIONS[0] not in self._moving
        self._period = own_period(root, context.kommune.slug, roll.new) if shared else None
        self.targets = targets_now(context)
        self._targets = self._rolled_targets(regional=context.kommune.kind != "kommune")

    def decide(self, place: Path) -> Decisions:
        """How far each Bilag can move, with the data in which most of them have numbers.

        Args:
            place: A copy of the working copy's params, to try the new files in.
        """
        choices = dict.fromkeys(("nyeste", self._old.datagrundlag))
        tried = [self._decide(place, data, choose(data, self._root)) for data in choices]
        # The first of equals: the newest data, also where no data hold anything.
        return min(tried, key=lambda decisions: len(decisions.without))

    def files(self, decisions: Decisions) -> tuple[NewFile, ...]:
        """Everything to be written."""
        return tuple(
            NewFile(path, with_schema(text, path), origin=origin.relative_to(self._root))
            for path, (text, origin) in self._texts(decisions).items()
        )

    def _shared_file(self) -> Path | None:
        """The old year's shared file, where the new year has none yet."""
        old = self._root / "params" / f"{self._roll.old}.yaml"
        new = old.with_name(f"{self._roll.new}.yaml")
        return old if old.is_file() and not new.is_file() else None

    def _goals(self) -> Sequence[str]:
        """The ministers' goals that the new plan will have."""
        new = self._root / "params" / f"{self._roll.new}.yaml"
        if new.is_file():
            values = Document.load(new, self._root).values
            return tuple(values.get("ministermaal", ()))
        return () if self._roll.new >= NO_MINISTERS_GOALS_FROM else self._old.ministermaal

    def _rolled_targets(self, *, regional: bool) -> tuple[Path, str] | None:
        """The new file of targets; a region's are those of its municipalities' plans, not its own."""
        path = self._own.with_name(f"{self._roll.old}{TARGETS_SUFFIX}")
        if regional or not path.is_file():
            return None
        text = without_marks(path.read_text(encoding="utf-8"))
        file = TargetFile(text, self._old, self._roll, self._goals(), self.targets)
        return path, file.rolled()

    def _texts(self, decisions: Decisions) -> dict[Path, tuple[str, Path]]:
        """Text and origin of each new file, by its path in the working copy."""
        found: dict[Path, tuple[str, Path]] = {}
        for origin in filter(None, (self._shared, self._own)):
            text = without_marks(origin.read_text(encoding="utf-8"))
            rolled = PlanFile(text, self._old, self._roll, decisions).rolled()
            if self._period is not None and origin == self._own:
                rolled += f"\n{SECTIONS[0]}:\n  periode: {written(self._period)}\n"
            # A shared file of ministers' goals alone has nothing more to say.
            if compose(rolled, "") is not None:
                found[self._new_path(origin)] = (rolled, origin)
        if self._targets is not None:
            origin, rolled = self._targets
            found[self._new_path(origin)] = (rolled, origin)
        return found

    def _new_path(self, origin: Path) -> Path:
        name = origin.name.replace(str(self._roll.old), str(self._roll.new), 1)
        return origin.with_name(name).relative_to(self._root)

    def _try(self, place: Path, decisions: Decisions) -> PlanParams | None:
        """The new plan with these decisions; None where they do not make a right file."""
        for path, (text, _) in self._texts(decisions).items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_text(text, encoding="utf-8")
        try:
            return read(self._who.slug, self._roll.new, place)
        except BeskplanError:
            return None

    def _lacks(self, place: Path, bilag: str, params: PlanParams, snapshot: Snapshot) -> bool:
        """Whether the data lack anything for one Bilag of the new plan."""
        look, data = Presentation(Profil()), ReportData(snapshot)
        return bool(problems_of(Context(bilag, self._who, params, data, look, place)))

    def _decide(self, place: Path, data: str, snapshot: Snapshot) -> Decisions:
        """How far each part moves with one choice of data.

        Everything is tried at one distance after another, the furthest first; a part stays at the
        first distance where it has its numbers.
        """
        reached: dict[KeyPath, int] = {}
        whole = self._roll.months
        for months in sorted({*range(whole, -1, -12), *range(max(whole - 24, 0), whole)})[::-1]:
            params = self._try(place, Decisions({}, otherwise=months, data=data))
            for path, bilag, part in self._parts(params) if params else ():
                # What the year's shared file says, and what has no periods, is not ours to move; a
                # single month is as good as another only for the sections about target groups.
                fixed = path[0] not in self._moving
                may = months == whole if fixed else months % 12 == 0 or path[:2] == SECTIONS
                if path not in reached and may and not self._lacks(place, bilag, part, snapshot):
                    reached[path] = months
        sections = {path: own for path, own in reached.items() if path[:2] == SECTIONS}
        months_of = {path: own for path, own in reached.items() if path not in sections}
        old = self._old.maalgrupper.afsnit if self._old.maalgrupper else {}
        left_out: frozenset[KeyPath] = frozenset()
        if sections:
            counted = Counter(sections.values())
            common = max(counted, key=lambda own: (counted[own], own))
            months_of[SECTIONS[:1]] = common
            months_of |= {path: own for path, own in sections.items() if own != common}
            left_out = frozenset((*SECTIONS, name) for name in old) - sections.keys()
        without = [one for one in self._old.bilag if bilag_path(one, self._old) not in months_of]
        return Decisions(months_of, whole, left_out, data, tuple(without))

    def _parts(self, params: PlanParams) -> Iterator[tuple[KeyPath, str, PlanParams]]:
        """What may have numbers of different months: each Bilag, or each of its sections alone."""
        for bilag in params.bilag:
            whole = params.maalgrupper
            if bilag != SECTIONS[0] or whole is None:
                yield bilag_path(bilag, self._old), bilag, params
                continue
            for name, section in whole.afsnit.items():
                alone = whole.model_copy(update={"afsnit": {name: section}})
                yield (*SECTIONS, name), bilag, params.model_copy(update={bilag: alone})
