"""A disk that takes no more: nothing half is left, one Danish message, and the next run makes it good.

A process may write no file larger than a limit (`RLIMIT_FSIZE`), from none at all to some of them, as on a
disk with so much left: real commands in processes of their own, their workers included.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runner.small_copy import write_copy
from tests.sources.server.serving import TOKEN, Sources, serving
from tests.sources.test_fetch_command import OTHERS

pytestmark = pytest.mark.thorough

JOB = "2027/rudersdal/maalgrupper"
OWN = {
    "besoeg.csv": "Kommune;Måned;Antal\nRudersdal;januar 2026;12\n",
    "mappings/besoeg.yaml": "id: besoeg\ntitel: Besøg\nkilde: own:rudersdal\ntabel: besoeg\n"
    "omraade: {kolonne: Kommune}\nperiode: {kolonne: Måned}\n"
    "tal: [{kolonne: Antal, indikator: virksomhedsbesoeg}]\n",
    "params/hentning.yaml": f"without: [{', '.join(OTHERS)}]\n",
}
COMMANDS: list[tuple[list[str], list[int]]] = [
    (["approve", JOB, "--by", "Mette Holm"], [0, 30_000]),
    (["publish", "--to", "web"], [0, 30_000]),
    (["withdraw", JOB, "--by", "Ole Lund", "--reason", "Fejl"], [0]),
    (["import", "besoeg.csv", "--mapping", "besoeg"], [0, 4_000]),
    (["import", "besoeg.csv", "--draft", "mappings/udkast.yaml"], [0]),
    (["fetch"], [2_000]),
    (["new", "Furesø", "2027"], [0]),
    (["schema"], [0]),
]


def run(root: Path, words: list[str], most: int | None, env: dict[str, str]) -> tuple[int, str]:
    """Exit code and everything printed of a command that may write no larger file."""

    def limit() -> None:
        if most is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    command = [sys.executable, "-c", "from beskplan.cli import main; main()", *words]
    done = subprocess.run(
        command, check=False, cwd=root, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        preexec_fn=limit,
    )  # fmt: skip
    return done.returncode, done.stdout


def seen(root: Path) -> dict[str, bytes]:
    """What people and later commands read: no locks, notes of builds and what is under way."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
        and path.suffix != ".laas"
        and path.name != "status.json"
        and not any(part.startswith(".") for part in path.relative_to(root).parts)
    }


@pytest.fixture(scope="module")
def sources() -> Iterator[Sources]:
    with serving(Sources()) as found:
        yield found


@pytest.fixture(scope="module")
def env(sources: Sources) -> dict[str, str]:
    urls = {"JOBINDSATS": sources.url, "STATBANK": f"{sources.url}/v1"}
    named = {f"BESKPLAN_{name}_URL": url for name, url in urls.items()}
    left = {key: value for key, value in os.environ.items() if key != "BESKPLAN_ROOT"}
    return {**left, **named, "JOBINDSATS_TOKEN": TOKEN}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, env: dict[str, str]) -> Path:
    """A working copy whose reports are built; Rudersdal's is approved."""
    root = write_copy(tmp_path_factory.mktemp("disk") / "kopi")
    for name, text in OWN.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    for words in (["build"], ["approve", JOB, "--by", "Mette Holm"]):
        assert run(root, words, None, env)[0] == 0
    return root


@pytest.mark.parametrize(
    ("words", "most"), [(words, most) for words, limits in COMMANDS for most in limits]
)
def test_nothing_half_one_message_and_the_next_run_makes_it_good(
    made: Path, tmp_path: Path, env: dict[str, str], words: list[str], most: int
) -> None:
    root = tmp_path / "kopi"
    shutil.copytree(made, root)
    if words[0] == "approve":
        shutil.rmtree(root / "reports" / ".godkendte")
        (root / "reports" / "godkendelser.jsonl").unlink()
        (root / "reports" / ".noegler" / "godkendelser.json").unlink()
    before = seen(root)
    code, said = run(root, words, most, env)
    assert code in (1, 2, 3), said
    assert "Traceback" not in said
    assert "Errno" not in said
    assert said.count("gør:") <= 2, said
    assert any(word in said for word in ("kan ikke skrives", "kan ikke gemmes")), said
    assert seen(root) == before
    code, said = run(root, words, None, env)
    assert code == 0, said
    assert "Traceback" not in said
    assert seen(root) != before or words[0] == "schema"
