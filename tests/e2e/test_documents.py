"""Every command of every document exists as it is written, and is run, or has a reason not to be."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter
import yaml
from docx import Document

from tests.conftest import ROOT, cases
from tests.e2e.document_commands import Command, command_faults, commands_in, documents

CASES = cases("documents")

COMMANDS = [
    command
    for path in documents(ROOT)
    for command in commands_in(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
]

MAKE = "runs in an environment of the checkout: "
NOT_RUN = {
    r"(py|\.venv\\Scripts\\\S+|schtasks) .*": "Windows",
    r"conda .*": "needs conda; tests/contracts/test_environment.py holds environment.yml",
    r"make report": f"{MAKE}tests/e2e/test_clean_copy.py runs it in an empty home",
    r"make (test|test-thorough|check|format|format check test|check test)": f"{MAKE}is the suite itself",
    r"make lock": f"{MAKE}takes new versions from the registry",
    r"make clean": f"{MAKE}removes it",
    r"make metode": f"{MAKE}tests/contracts/test_metode.py runs its script",
    r"make bench": f"{MAKE}takes minutes; its figures stand in docs/maalinger.md",
    r"python tests/frozen/outputs.py .*": "compares two checkouts: tests/frozen/test_outputs.py runs it",
    r"make backtest": f"{MAKE}takes minutes; its result stands in docs/metode-fremskrivning.md",
    r"\.venv/bin/pre-commit install": "changes the checkout's git; the hooks are those of `make check`",
    r"dask .*|beskplan .*--on tcp://.*": "needs a cluster: tests/runner/test_dask.py",
    r"(systemctl|loginctl|crontab) .*": "changes this machine's own schedule",
    r"git (add|commit) .*": "changes the git of the reader's own copy",
    r"git worktree": "names what the night run does by itself",
    r"keyring .*": "asks for a secret, and keeps it in this machine's key store",
    r"beskplan (fetch --source statbank|new \S+ 2027|build --kommune Læsø --aar 2027)": (
        "needs the source: tests/e2e/test_open_data.py runs it on a local server"
    ),
    r"beskplan fetch": "needs a token: tests/e2e/test_fetch_build_98.py runs it on a local server",
    r"beskplan nightly.*": "needs git and a mail server: tests/publish/test_schedule_nightly.py",
    r"beskplan mail-log --arrived .*": "needs a failed mail: tests/publish/test_mail_once.py",
    r"beskplan lab.*|beskplan preview.*": "serves until it is ended",
}
"""What cannot be run here, and why; the words are held against the command line all the same."""
FOLLOWED_BY = {
    "docs/eget-bilag.md": "tests/e2e/test_own_bilag.py",
    "docs/status-hvert-kvartal.md": "tests/e2e/test_status_guide.py",
}
"""Documents that a test of their own follows word for word."""
JOBS = ("2021/rudersdal/maalgrupper", "2021/rudersdal/resultatmaal")
"""The Bilag of the plan that the documents take as their example."""
CODES = {
    "beskplan audit plan.docx --out tjek --fail-on modstrid": (0, 1),
    # 1: of the plan that the guide makes for the next year, not every Bilag was built.
    "beskplan combine --word": (0, 1),
}
"""Exit codes that are as they should be, where 0 is not the only one."""


def reason(command: Command) -> str:
    """Why a command is not run here; empty where it is."""
    if command.document in FOLLOWED_BY:
        return f"{FOLLOWED_BY[command.document]} follows the page"
    found = (why for pattern, why in NOT_RUN.items() if re.fullmatch(pattern, command.text))
    if why := next(found, ""):
        return why
    if command.has_placeholder:
        return "has a word that stands for another"
    named = command.inline and command.words[0] == "beskplan"
    return "is a name in a sentence" if named and command_faults(command.words[1:]) else ""


def faults(command: Command) -> list[str]:
    """What is wrong with the words themselves."""
    first, *rest = command.words
    if first == "beskplan":
        named_only = command.inline or command.has_placeholder
        # Three dots stand for a value after an option, else for words that are left out.
        filled = re.sub(r"(?<= )(--[a-z-]+) \.\.\.", r"\1 x", f" {' '.join(rest)}")
        words = filled.replace("KOMMANDO", "build").replace(" ...", "").split()
        return command_faults(words if command.has_placeholder else rest, named_only=named_only)
    if first == "make":
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
        return [f"no target {word}" for word in rest if "=" not in word and word not in targets]
    return []


def test_every_command_is_written_as_the_command_line_takes_it() -> None:
    wrong = {f"{one.document}: {one.text}": found for one in COMMANDS if (found := faults(one))}
    assert wrong == {}
    assert len({one.text for one in COMMANDS}) > 30


@pytest.mark.parametrize(("text", "fault"), CASES["a_command_that_does_not_exist_is_seen"])
def test_a_command_that_does_not_exist_is_seen(text: str, fault: str) -> None:
    assert faults(Command("x.md", text, inline=False)) == [fault]


def test_commands_are_found_wherever_a_document_has_them() -> None:
    text = (
        "Kør\n\n    make report     # alt\n\nog `beskplan list` eller `beskplan/core/danish.py`.\n\n"
        "```\n$ beskplan plan \\\n    --json\nbeskplan: en tekst\n```\n```yaml\nmake: nej\n```\n"
        "`15 3 * * * cd /srv && beskplan fetch && beskplan build -j 2`\n"
    )
    found = [(one.text, one.inline) for one in commands_in(text, "x.md")]
    assert found == [
        ("beskplan plan --json", False),
        ("make report", False),
        ("beskplan list", True),
        ("beskplan fetch", True),
        ("beskplan build -j 2", True),
    ]


def test_no_reason_is_left_that_no_command_needs() -> None:
    texts = {one.text for one in COMMANDS}
    dead = [one for one in NOT_RUN if not any(re.fullmatch(one, text) for text in texts)]
    assert dead == []
    assert {name for name in FOLLOWED_BY if not (ROOT / name).is_file()} == set()
    for document, test in FOLLOWED_BY.items():
        assert Path(document).name in (ROOT / test).read_text(encoding="utf-8")
    assert set(CODES) <= texts


def test_a_reason_names_a_test_that_is_there() -> None:
    named = {hit for why in NOT_RUN.values() for hit in re.findall(r"tests/\S+\.py", why)}
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []


@pytest.fixture(scope="module")
def place(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working copy with what the documents speak of: plans to check, Rudersdal's lists and case."""
    place = tmp_path_factory.mktemp("dokumenter")
    for name in ("docs", "notebooks", "params"):
        shutil.copytree(root / name, place / name)
    shutil.copyfile(root / "GLOSSARY.md", place / "GLOSSARY.md")
    (place / "hjem").mkdir()
    _write_what_the_guide_tells(root, place)
    plan = Document()
    plan.add_heading("Beskæftigelsesplan 2021", 1)
    plan.add_paragraph(
        "I juni 2020 var der 703 fuldtidspersoner på a-dagpenge i Rudersdal Kommune."
    )
    table = plan.add_table(rows=0, cols=4)
    for words in (
        ("Ydelse", "Juni 2019", "Juni 2020", "Udvikling i pct."),
        ("A-dagpenge", "500", "600", "20"),
        ("Kontanthjælp", "400", "300", "-25"),
        ("I alt", "900", "900", "0"),
    ):
        for at, word in zip(table.add_row().cells, words, strict=True):
            at.text = word
    plan.save(str(place / "plan.docx"))
    with xlsxwriter.Workbook(place / "samtaler.xlsx") as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(
            (("Kommune", "Måned", "Antal personer"), ("Furesø", "jan-26", 120))
        ):
            sheet.write_row(at, 0, row)
    return place


def _write_what_the_guide_tells(root: Path, place: Path) -> None:
    """The YAML of docs/drift.md, in the files that the guide names for it."""
    text = (root / "docs" / "drift.md").read_text(encoding="utf-8")
    by_key = {
        next(iter(yaml.safe_load(block))): block
        for block in re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    }
    own = place / "params" / "rudersdal" / "2021.yaml"
    own.write_text(own.read_text(encoding="utf-8") + by_key["udvalgssag"], encoding="utf-8")
    (place / "params" / "mail.yaml").write_text(by_key["server"], encoding="utf-8")
    (own.parent / "modtagere.yaml").write_text(by_key["lister"], encoding="utf-8")


def run(place: Path, command: Command) -> subprocess.CompletedProcess[str]:
    """Run a command in the copy; what it would write outside goes into the copy's own home."""
    words = [word.replace("~", str(place / "hjem")) for word in command.words]
    words = [re.sub(r"^/srv/www", str(place / "www"), word) for word in words]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("BESKPLAN_")},
        "HOME": str(place / "hjem"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    return subprocess.run(
        words,
        cwd=place,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def _before(command: Command, place: Path) -> None:
    """What the document takes for granted at this command."""
    if "--mapping samtaler" in command.text:
        draft = place / "mappings" / "samtaler.yaml"
        # Its reader has answered what the draft asks for.
        text = draft.read_text(encoding="utf-8").replace("titel: VALG", "titel: Samtaler")
        text = text.replace("kilde: VALG", "kilde: own:jobcenter_furesoe")
        draft.write_text(text, encoding="utf-8")
    if "plan.pdf" in command.text:
        report = place / "reports" / "2021" / "rudersdal" / "maalgrupper" / "maalgrupper.pdf"
        shutil.copyfile(report, place / "plan.pdf")
    if command.text.startswith("beskplan publish"):
        # The page approves one Bilag as an example; the packet wants all of the plan's.
        for job in JOBS:
            approve = f'beskplan approve {job} --by "Mette Holm"'
            done = run(place, Command(command.document, approve, inline=False))
            assert done.returncode == 0, done.stdout + done.stderr


def to_run() -> list[Command]:
    """Each command once, where the documents have it first."""
    first: dict[str, Command] = {}
    # What has changed is a list of news, in no order that anybody could follow.
    for one in sorted(COMMANDS, key=lambda one: one.document == "CHANGELOG.md"):
        if not reason(one):
            first.setdefault(one.text, one)
    return list(first.values())


@pytest.mark.thorough
def test_every_other_command_is_run_and_ends_well(place: Path) -> None:
    commands = to_run()
    assert {one.words[0] for one in commands} >= {"beskplan", "papermill"}
    wrong = {}
    for command in commands:
        _before(command, place)
        done = run(place, command)
        if done.returncode not in CODES.get(command.text, (0,)):
            said = (done.stdout + done.stderr)[-1500:]
            wrong[f"{command.document}: {shlex.join(command.words)}"] = f"{done.returncode}: {said}"
    assert wrong == {}, "\n\n".join(f"{name}\n{said}" for name, said in wrong.items())


@pytest.mark.thorough
@pytest.mark.parametrize(
    "text", ["beskplan build --kommune Rudesdal", "papermill notebooks/x.ipynb"]
)
def test_a_command_that_ends_badly_is_seen(place: Path, text: str) -> None:
    assert run(place, Command("x.md", text, inline=False)).returncode != 0
