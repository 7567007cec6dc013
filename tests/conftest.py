"""What all tests share: where things are, a browser, and a loud word where something is missing."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from beskplan.params.jobs import Job

ROOT = Path(__file__).resolve().parents[1]
NOT_CHECKED = "NOT CHECKED HERE: "
"""Begins the reason of every skip that leaves a rule unchecked; listed at the end of a run."""
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_ARGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
)
"""A browser that neither needs a screen nor calls home."""

# No test is timed: a slow machine is not a fault.
settings.register_profile("beskplan", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("beskplan")


def cases(module: str) -> dict[str, Any]:
    """The cases of a test module as data, by the beginning of the test's name."""
    path = ROOT / "tests" / "cases" / "tables" / f"{module}.yaml"
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="session", autouse=True)
def _nothing_is_flushed() -> Iterator[None]:
    """No file waits for the disk: a test can kill a process, but not the machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _file: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def _ctrl_c_is_heard() -> None:
    """A run that a shell has put into the background ignores it, and so would all that tests start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Seed documents and real data: the folder BESKPLAN_SHARED, or shared/ beside the checkout."""
    folder = Path(os.environ.get("BESKPLAN_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip(f"{NOT_CHECKED}no shared/ beside the checkout, and BESKPLAN_SHARED not set")
    return folder


@pytest.fixture(scope="session")
def once(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str, Callable[[Path], object]], Path]:
    """Gives a folder that is made once a run, by the worker that first asks for it: no test changes one."""
    from filelock import FileLock

    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def made(name: str, make: Callable[[Path], object]) -> Path:
        folder, part = shared / name, shared / f"{name}.del"
        with FileLock(shared / f"{name}.lock"):
            if not folder.exists():
                shutil.rmtree(part, ignore_errors=True)
                make(part)
                part.rename(folder)
        return folder

    return made


@pytest.fixture(scope="session")
def real_series(shared: Path, once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """A working copy with the two real series of all 98 municipalities, imported in their order."""
    from tests.importing import import_file

    def imported(root: Path) -> None:
        for name in ("y25i01_kommuner.csv", "y60a02_kommuner.csv"):
            path = shared / "data" / "jobindsats" / name
            import_file(path, None, root, retrieved_at=date(2026, 8, 15))

    return once("rigtige-tal", imported)


@pytest.fixture(scope="session")
def build_report(
    root: Path, once: Callable[[str, Callable[[Path], object]], Path]
) -> Callable[[Job], Path]:
    """Gives the folder of a job's finished report, made from the checkout's own notebooks and params.

    Each report is made once a run, by the worker that first asks for it: no test changes one.
    """
    from filelock import FileLock

    from beskplan.params.jobs import Workplace
    from beskplan.runner.make_report import make_report
    from tests.proof.rules import proven_by_all

    def copied(folder: Path) -> None:
        for name in ("notebooks", "params"):
            shutil.copytree(root / name, folder / name)

    place = Workplace(once("arbejdskopi", copied))

    @cache
    def problems(job: Job) -> str:
        with FileLock(place.root.with_name(f"{job.id.replace('/', '-')}.lock")):
            if (place.folder(job) / "manifest.json").is_file():
                return ""
            with proven_by_all():
                return "\n".join(map(str, make_report(job, place).problems))

    def build(job: Job) -> Path:
        assert problems(job) == ""
        return place.folder(job)

    return build


@pytest.fixture(scope="session")
def built_report(build_report: Callable[[Job], Path]) -> Path:
    """The folder of Rudersdal's Bilag of 2021."""
    from beskplan.params.jobs import Job

    return build_report(Job(2021, "rudersdal", "maalgrupper"))


def chromium_path() -> str | None:
    """The system's Chromium, if there is one."""
    return next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium, one a worker; open a page or context in it and close that again."""
    path = chromium_path()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium: CI must not skip the tests in a browser")
        pytest.skip(f"{NOT_CHECKED}no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_ARGS))
        yield browser
        browser.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Lists what this run left unchecked, where nobody can overlook it."""
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if NOT_CHECKED in text:
            reason = text.split(NOT_CHECKED, 1)[1]
            reasons[reason] = reasons.get(reason, 0) + 1
    if reasons:
        terminalreporter.section("NOT CHECKED HERE", sep="!", red=True, bold=True)
        for reason, count in sorted(reasons.items()):
            terminalreporter.line(f"{count} tests: {reason}", red=True, bold=True)
