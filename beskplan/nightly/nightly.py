"""The nightly run: fetch, plan, build, update the catalogue, send, prune; then tell the maintainer.

Each step is a command of its own in a process of its own: what a person would type, with the same
exit codes, so that a step that runs out of memory ends alone. A run that finds nothing new does nothing.
`data/natkoersel/status.json` says how the last run went; the dead man's watch reads it.

A night without news is a night without a mail. `fortalt.json` beside it holds what the maintainer
knows. It is written when the mail is on its way: a night that was killed, or whose mail could not be
sent, has told nothing, so that the next one tells of both.

All of it works in a checkout of what is committed (`committed_copy`), whose reports/ and data/ are those
of the working copy: what somebody edits, before the night or during it, changes nothing that is run.

Systemd, cron or Windows' scheduler start it by entries that run the same two commands: `beskplan nightly`,
and `beskplan nightly --watch`, which tells the maintainer when the first has not run. They are templates
(`beskplan/data/schedule`); a path that no rule of quoting can hold is refused.
"""

import errno
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from beskplan.core.editions import split_name
from beskplan.core.errors import BeskplanError, InputError, LockedError, Problem, os_reason
from beskplan.core.files import alone
from beskplan.core.periods import moment_text
from beskplan.observations.snapshot_store import stored_snapshots
from beskplan.params.mail import read_mail_settings
from beskplan.publish.mailing import SENT, tell_maintainer
from beskplan.publish.packet import summary
from beskplan.render.page import read_notebook, read_page
from beskplan.render.page_html import environment, rendered
from beskplan.report.place import ROOT_VARIABLE
from beskplan.runner.records import MANIFEST, Version, cannot_be_written, now, read_json, write_json
from beskplan.sources.jobindsats import SKIPPED

CHECKOUT = Path("data") / "natkoersel" / "arbejdskopi"
"""The night's checkout, as long as it runs."""
RUN_FROM = ("notebooks", "params", "beskplan", "pyproject.toml", "requirements")
"""What decides what a report says."""
SHARED = ("reports", "data")
"""What the night makes, and what it is made from: not in git, and the same for both checkouts."""

_OF_ANOTHER = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"}


def uncommitted(root: Path) -> tuple[str, ...]:
    """Files that decide what a report says, and differ from the commit.

    Raises:
        InputError: it is no git checkout.
    """
    changed = _git(root, "status", "--porcelain", "-z", "--untracked-files=all", "--", *RUN_FROM)
    return tuple(entry[3:] for entry in changed.split("\0") if entry[2:3] == " ")


@contextmanager
def committed_copy(root: Path, commit: str) -> Iterator[Path]:
    """A checkout of a commit with the reports and data of the working copy, as long as the block runs.

    Args:
        root: The working copy.
        commit: What is checked out.

    Raises:
        InputError: it is no git checkout, or this system allows no links to folders.
        OSError: it cannot be written.
    """
    folder = root / CHECKOUT
    _remove(root, folder)
    place = folder / _git(root, "rev-parse", "--show-prefix").strip()
    try:
        _git(root, "worktree", "add", "--detach", "--force", str(folder), commit)
        for name in SHARED:
            _share(root / name, place / name)
        yield place
    finally:
        _remove(root, folder)


def _share(mine: Path, link: Path) -> None:
    """Let the checkout have a folder of the working copy in the place of its own."""
    mine.mkdir(exist_ok=True)
    tracked = _git(link.parent, "ls-files", "-z", "--", link.name).split("\0")
    for name in filter(None, tracked):
        # What is committed in it (a README) counts as unchanged, although a link stands there now.
        _git(link.parent, "update-index", "--skip-worktree", name)
    if link.exists():
        shutil.rmtree(link)
    try:
        link.symlink_to(mine, target_is_directory=True)
    except OSError as error:
        fix = "på Windows: slå udviklertilstand til, som tillader links"
        raise InputError(Problem(str(link), "kan ikke laves", os_reason(error), fix=fix)) from None


def _remove(root: Path, folder: Path) -> None:
    """Remove the night's checkout, also one that a killed night has left; never what it links to."""
    if folder.exists():
        # Takes links away, and does not follow them.
        shutil.rmtree(folder)
    _git(root, "worktree", "prune")


def _git(root: Path, *words: str) -> str:
    # A hook or an alias that started us must not decide which checkout is meant.
    here = {name: value for name, value in os.environ.items() if name not in _OF_ANOTHER}
    command = ("git", "-C", str(root), *words)
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=300, env=here
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = str(getattr(error, "stderr", "") or error).strip()
        # git names no reason where a file could not be written whole.
        if "No space left" in said or "unable to write" in said:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(root)) from None
        said = "" if "not a git repository" in said else said
        fix = "kør det i en klon af projektet"
        raise InputError(Problem(str(root), "er ikke en git-udtjekning", said, fix=fix)) from None
    return done.stdout


FOLDER = Path("data") / "natkoersel"
STATUS = "status.json"
MEMORY = FOLDER / "fortalt.json"
LOGS_KEPT = 90
SHOWN_EDITIONS = 10
"""New editions whose answer stands in the mail; the others are counted."""
SHOWN_NAMES = 20
"""Of reports, and of files that were not committed, in log and mail; the others are counted."""
LITTLE_ROOM = 100_000_000
"""Bytes: with less left on a disk, that is why a night failed, or soon will be."""
WRONG_INPUT = 2
"""Exit code of a step that was stopped by what a person wrote, or by damaged data."""
TAIL_LINES = 12
"""Of a step's output that the maintainer is shown; the log has all of it."""
Tell = Callable[[str], object]
_PROGRESS = re.compile(r"\d+/\d+( |$)")
"""A line that only tells how far a step has come."""


@dataclass(frozen=True)
class Step:
    """One command of the run.

    Attributes:
        name: In status and mail.
        words: The command after `beskplan`.
        needed: Whether nothing after it makes sense where it fails. Whatever the step, nothing does
            where it finds wrong input or damaged data (exit code 2).
        module: Whose `main` runs it.
    """

    name: str
    words: tuple[str, ...]
    needed: bool = False
    module: str = "beskplan.cli"

    @property
    def command(self) -> tuple[str, ...]:
        """For the operating system: this very Python, whatever PATH says."""
        return (sys.executable, "-c", f"from {self.module} import main; main()", *self.words)


STEPS = (
    # Without new data the reports are made from what there is; the maintainer hears of it.
    Step("hent tal", ("fetch", "--skip-without-token")),
    Step("find forældede rapporter", ("plan",), needed=True),
    # Exit 1: some reports failed, the others are there. Each was held to the rules of the plan check.
    Step("byg", ("build", "--wait", "1800")),
    # The internal catalogue, drafts too; nothing is published.
    Step("opdater det interne katalog", ("catalogue",)),
    Step("send udgaver", (), module="beskplan.publish.mailing"),
    Step("ryd op", ("prune",)),
    Step("fjern gamle øjebliksbilleder", ("snapshots", "prune")),
)


@dataclass(frozen=True)
class Done:
    """What became of a step."""

    name: str
    exit_code: int
    seconds: float
    tail: tuple[str, ...]


@dataclass(frozen=True)
class Night:
    """One run."""

    started: str
    ended: str
    commit: str
    steps: tuple[Done, ...]
    not_run: tuple[str, ...] = ()
    """Steps after the one that stopped it."""
    left_out: tuple[str, ...] = ()
    """Files that were edited and not committed: the night ran the committed ones."""
    problems: tuple[str, ...] = ()
    """What stopped it, other than a step that failed."""

    @property
    def ok(self) -> bool:
        """Whether every step went well."""
        return not self.problems and all(step.exit_code == 0 for step in self.steps)

    @property
    def title(self) -> str:
        """`natkørsel: alt gik godt`, or which steps failed."""
        if self.ok:
            return "natkørsel: alt gik godt"
        if not self.steps:
            return "natkørsel: kunne ikke begynde"
        failed = [step.name for step in self.steps if step.exit_code] or ["arbejdskopien"]
        return f"natkørsel: fejl i {', '.join(failed)}"

    def lines(self, *, tails: bool = True) -> list[str]:
        """The run in words; the last lines of each step too where the reader has not seen them."""
        begun, ended = moment_text(self.started), moment_text(self.ended)
        values = {"night": self, "begun": begun, "ended": ended, "shown": SHOWN_NAMES}
        text = rendered("mail/nat.txt.j2", {**values, "tails": tails})
        return text.removesuffix("\n").split("\n")


def run_night(root: Path, steps: Sequence[Step] = STEPS, tell: Tell = print) -> Night:
    """Run every step, and write log and status.

    Args:
        root: The working copy.
        steps: In their order.
        tell: Takes each line as it comes.

    Raises:
        LockedError: another night run is at work.
    """
    folder = root / FOLDER
    with alone(folder / "laas", Problem(str(folder), "en anden natkørsel er i gang")):
        started = now()
        with _log(folder, started, tell) as write:
            result = _run_committed(root, steps, started, write)
            for line in result.lines(tails=False):
                write(line)
        before = read_json(folder / STATUS)
        last_good = result.ended if result.ok else before.get("last_good")
        record = {**asdict(result), "ok": result.ok, "last_good": last_good}
        write_json(folder / STATUS, record)
        return result


def _run_committed(root: Path, steps: Sequence[Step], started: str, write: Tell) -> Night:
    """Run every step in a checkout of what is committed; or say what hindered that."""
    commit = ""
    done: list[Done] = []
    try:
        commit, left_out = _git(root, "rev-parse", "HEAD").strip(), uncommitted(root)
        write(f"commit {commit}")
        with committed_copy(root, commit) as place:
            for step in steps:
                write(f"--- {step.name}")
                done.append(_run_one(step, place, write))
                code = done[-1].exit_code
                if code == WRONG_INPUT or (step.needed and code):
                    break
    except InputError as error:
        problems = tuple(map(str, error.problems))
        return Night(started, now(), commit, tuple(done), problems=problems)
    not_run = tuple(step.name for step in steps[len(done) :])
    return Night(started, now(), commit, tuple(done), not_run, left_out)


def _run_one(step: Step, place: Path, write: Tell) -> Done:
    begun = time.monotonic()
    lines: list[str] = []
    with subprocess.Popen(
        step.command,
        cwd=place,
        env=_environment(place),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            lines.append(line.rstrip("\n"))
            write(lines[-1])
        code = process.wait()
    tail = [line for line in lines if line and not _PROGRESS.match(line)][-TAIL_LINES:]
    return Done(step.name, code, round(time.monotonic() - begun, 1), tuple(tail))


def _environment(place: Path) -> dict[str, str]:
    """The step works in this checkout and with its code, whatever is set where the night was started."""
    found = {**os.environ, ROOT_VARIABLE: str(place)}
    if (place / "beskplan" / "__init__.py").is_file():
        paths = (str(place), os.environ.get("PYTHONPATH", ""))
        found["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    return found


@contextmanager
def _log(folder: Path, started: str, tell: Tell) -> Iterator[Tell]:
    logs = folder / "log"
    logs.mkdir(exist_ok=True)
    name = datetime.fromisoformat(started).strftime("%Y%m%dT%H%M%SZ.log")
    with (logs / name).open("a", encoding="utf-8") as file:

        def write(line: str) -> None:
            file.write(f"{line}\n")
            file.flush()
            tell(line)

        yield write
    for old in sorted(logs.glob("*.log"))[:-LOGS_KEPT]:
        old.unlink()


def overdue(root: Path, hours: float, at: datetime | None = None) -> str:
    """Why the dead man's watch must speak: no run ended in the last `hours`; else empty.

    A run that failed has told of itself: only one that never ended is told of here.
    """
    status = read_json(root / FOLDER / STATUS)
    moment = at or datetime.now(UTC)
    try:
        ended = datetime.fromisoformat(status["ended"])
    except (KeyError, TypeError, ValueError):
        return "natkørslen har aldrig kørt til ende her"
    if moment - ended <= timedelta(hours=hours):
        return ""
    return f"natkørslen har ikke kørt til ende siden {status['ended']}"


def night(root: Path, tell: Tell, steps: Sequence[Step] = STEPS) -> bool:
    """Run the night, and tell the maintainer how it went where anything failed or is new.

    Returns:
        Whether all of it went well, the telling too.

    Raises:
        LockedError: another run is at work; it will tell.
        ParamsError: nobody can be told, as params/mail.yaml is wrong or missing.
    """
    try:
        result = run_night(root, steps, tell)
    except LockedError:
        raise
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        if isinstance(error, OSError):
            why = str(cannot_be_written(root, error))
        _mail(root, tell, "natkørsel: afbrudt", [*full_disks(root), why])
        raise
    seen = _look(root, result)
    told = _last_told(root)
    sent = [line for step in result.steps for line in step.tail if line.startswith(SENT)]
    new = [*sent, *news(told, seen), *answers(root, told, seen)]
    if result.ok and not new:
        tell("Intet nyt: vedligeholderen får ingen mail.")
        return True
    new = [*([] if result.ok else full_disks(root)), *new]
    is_sent = _mail(root, tell, result.title, [*new, *([""] if new else []), *result.lines()])
    if is_sent:
        write_json(root / MEMORY, seen.model_dump())
    return is_sent and result.ok


def full_disks(root: Path) -> Iterator[str]:
    """Which disk that the night writes to has hardly any room left, and what to do; none where all have."""
    for place in dict.fromkeys((str(root), tempfile.gettempdir())):
        if (free := shutil.disk_usage(place).free) < LITTLE_ROOM:
            yield (
                f"Disken med {place} er fuld eller næsten fuld: {free // 1_000_000} MB fri. Skaf plads; "
                "`beskplan prune` fjerner gamle udkast. Næste nat laver det, der mangler."
            )


def watch_over(root: Path, hours: float, tell: Tell) -> bool:
    """Tell the maintainer where no run has ended in the last `hours`; give whether one has."""
    if reason := overdue(root, hours):
        tell(reason)
        _mail(root, tell, reason, [f"Arbejdskopi: {root}"])
    return not reason


def _mail(root: Path, tell: Tell, title: str, lines: Sequence[str]) -> bool:
    if hindered := tell_maintainer(root, read_mail_settings(root), title, lines):
        tell(f"Vedligeholderen kunne ikke få besked: {hindered}")
    return not hindered


class Seen(BaseModel):
    """How the working copy stood after a night.

    Attributes:
        ok: Whether every step of the night went well.
        data: Id of the newest snapshot; empty where nothing was ever fetched.
        reports: Content (`versions.content_id`) of each report, by job.
        skipped: Whether a source was left out, as there is no token for it.
    """

    ok: bool = True
    data: str = ""
    reports: dict[str, str] = {}
    skipped: bool = False


def _look(root: Path, result: Night) -> Seen:
    """How the working copy stands now; a report whose manifest cannot be read is not there."""
    newest = next((one.folder.name for one in stored_snapshots(root)), "")
    reports = {}
    for path in sorted((root / "reports").glob(f"[0-9][0-9][0-9][0-9]/*/*/{MANIFEST}")):
        with suppress(OSError, ValueError, KeyError):
            job = path.parent.relative_to(root / "reports").as_posix()
            reports[job] = Version(path.parent).content
    lines = (line for step in result.steps for line in step.tail)
    skipped = any(line.startswith(SKIPPED) for line in lines)
    return Seen(ok=result.ok, data=newest, reports=reports, skipped=skipped)


def _last_told(root: Path) -> Seen:
    """What the maintainer knows; nothing where there was no mail yet, or nobody can read of what."""
    try:
        return Seen.model_validate(read_json(root / MEMORY))
    except ValidationError:
        return Seen()


def news(before: Seen, now: Seen) -> Iterator[str]:
    """What is new, in Danish sentences; none where nothing is."""
    if now.ok and not before.ok:
        yield "Fejlene fra sidst er væk."
    if now.skipped and not before.skipped:
        yield f"{SKIPPED}: der er ingen nøgle. Det siges kun denne ene gang."
    if now.data != before.data:
        yield f"Nye tal: datasæt {now.data}."
    known, there = before.reports.keys(), now.reports.keys()
    changed = {one for one in known & there if before.reports[one] != now.reports[one]}
    for words, jobs in {
        "Nye rapporter": there - known,
        "Rapporter med nyt indhold": changed,
        "Udgåede rapporter": known - there,
    }.items():
        if names := sorted(jobs):
            more = f" og {len(names) - SHOWN_NAMES} andre" if len(names) > SHOWN_NAMES else ""
            yield f"{words} ({len(names)}): {', '.join(names[:SHOWN_NAMES])}{more}."


def answers(root: Path, before: Seen, now: Seen) -> Iterator[str]:
    """What each new edition answers, in its own sentences, and how to let it out."""
    changed = (job for job, content in now.reports.items() if before.reports.get(job) != content)
    editions = sorted(job for job in changed if split_name(job.rpartition("/")[2])[1])
    for job in editions[:SHOWN_EDITIONS]:
        bilag, _ = split_name(job.rpartition("/")[2])
        yield ""
        with suppress(OSError, ValueError, BeskplanError):
            page = read_page(read_notebook(root / "reports" / job / f"{bilag}.ipynb"))
            yield from (page.heading, *(f"  {text}" for text in summary(page)))
        yield f"  Se på den, og godkend den: beskplan approve {job} --by NAVN"
    if (more := len(editions) - SHOWN_EDITIONS) > 0:
        yield f"og {more} udgaver til, som står i det interne katalog."


NAME = "beskplan"
WATCH_AFTER_HOURS = 5
"""The watch looks so long after the run was to begin."""
WATCH_HOURS = 30
"""No run ended in so many hours: one night was missed, and the next is late."""
_SECRETS = 'set -a; f="$HOME/.config/beskplan.env"; test ! -r "$f" || . "$f"; set +a'
"""Cron knows nothing of the person's environment: its lines read the file that systemd's units read."""
_TEMPLATES = {
    "systemd": {"service": "unit.service.j2", "timer": "unit.timer.j2"},
    "windows": {"xml": "task.xml.j2"},
}
"""Ending of a file, and its template."""


def schedule_files(
    system: str, root: Path, at: time_of_day, program: Path | None = None
) -> dict[str, str]:
    """Name and text of the entries for `systemd`, `cron` or `windows`.

    Args:
        system: Which.
        root: The working copy, absolute.
        at: Local time of day.
        program: The `beskplan` that they run, absolute; this environment's own by default.

    Raises:
        InputError: a path that no entry can hold.
    """
    here = Path(sys.executable)
    program = program or here.with_name(f"{NAME}{here.suffix}")
    for path in (program, root):
        if not str(path).isprintable():
            raise InputError(Problem(ascii(str(path)), "er en sti, som ikke kan skrives her"))
    run = (str(program), "nightly", "--root", str(root))
    # The hour from 2 to 3 is skipped by summer time, or comes twice.
    watch_hour = (at.hour + WATCH_AFTER_HOURS) % 24
    watch_at = at.replace(hour=3 if watch_hour == 2 else watch_hour)
    entries = (
        ("nightly", "natkørsel", run, at),
        ("watch", "dødmandsvagt", (*run, "--watch", str(WATCH_HOURS)), watch_at),
    )
    if system == "cron":
        # Cron mails what they print to MAILTO; a per cent sign ends its line.
        lines = (
            f"{when.minute} {when.hour} * * * {_SECRETS}; {shlex.join(command)}".replace("%", "\\%")
            for _, _, command, when in entries
        )
        return {"crontab": "".join(f"{line}\n" for line in lines)}
    files = {}
    for name, words, command, when in entries:
        values: dict[str, Any] = {"words": words, "root": str(root), "command": command}
        values |= {"at": f"{when:%H:%M}", "arguments": subprocess.list2cmdline(command[1:])}
        for ending, template in _TEMPLATES[system].items():
            files[f"{NAME}-{name}.{ending}"] = rendered(f"schedule/{template}", values)
    return files


def _systemd_word(word: str) -> str:
    quoted = word.replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{_percent(quoted)}"'


def _percent(text: str) -> str:
    """A per cent sign begins a specifier of systemd."""
    return text.replace("%", "%%")


environment().filters.update(percent=_percent, systemd_word=_systemd_word)
