"""The examples for schedulers call commands that exist, as they are documented."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from beskplan.cli.app import app
from tests.conftest import NOT_CHECKED, ROOT
from tests.runner.small_copy import JOBS, pretend_built, write_copy

DAG = ROOT / "docs" / "drift-eksempler" / "beskplan_dag.py"
SNAKEFILE = ROOT / "examples" / "Snakefile"
COMMANDS: Any = typer.main.get_command(app)


def options_of(command: str) -> set[str]:
    return {name for one in COMMANDS.commands[command].params for name in one.opts}


def called(tree: ast.AST) -> list[list[str]]:
    """The words of every call of `beskplan(...)` in the DAG that are literals."""
    return [
        [
            arg.value
            for arg in node.args
            if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
        ]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "beskplan"
    ]


def known(words: list[str]) -> bool:
    command, *rest = words
    return command in COMMANDS.commands and {
        word for word in rest if word[:1] == "-"
    } <= options_of(command)


def test_the_dag_calls_commands_and_options_that_exist() -> None:
    calls = called(ast.parse(DAG.read_text(encoding="utf-8")))
    assert {words[0] for words in calls} == {"fetch", "plan", "run"}
    assert [words for words in calls if not known(words)] == []


def test_a_dag_with_a_wrong_option_would_be_seen() -> None:
    assert not known(["plan", "--jsn"])
    assert not known(["rnu"])


def test_the_dag_is_made_of_a_task_for_each_stale_report(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setitem(sys.modules, "airflow", types.ModuleType("airflow"))
    for name, content in _airflow(made).items():
        module = types.ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
    names: dict[str, Any] = {"__name__": "beskplan_dag"}
    exec(compile(DAG.read_text(encoding="utf-8"), str(DAG), "exec"), names)  # noqa: S102  # our own file
    assert made == [
        "dag beskplan",
        "task stale",
        "task fetch",
        "fetch before stale",
        "make for each job",
    ]


def _airflow(made: list[str]) -> dict[str, dict[str, Any]]:
    """As much of Airflow as the DAG uses, noting what is made of it."""

    class Task:
        def __init__(self, function: Callable[..., Any]) -> None:
            self.name = function.__name__

        def __call__(self) -> Task:
            made.append(f"task {self.name}")
            return self

        def __rshift__(self, other: Task) -> None:
            made.append(f"{self.name} before {other.name}")

        def expand(self, *, job: Task) -> None:
            made.append(f"{self.name} for each job")
            assert job.name == "stale"

    def task(function: Callable[..., Any] | None = None, **_: object) -> Any:
        return Task(function) if function else Task

    def dag(*, dag_id: str, **_: object) -> Any:
        made.append(f"dag {dag_id}")
        return lambda function: function

    class Variable:
        @staticmethod
        def get(_name: str, default_var: str) -> str:
            return default_var

    return {
        "airflow.decorators": {"dag": dag, "task": task},
        "airflow.exceptions": {
            "AirflowFailException": ValueError,
            "AirflowSkipException": ValueError,
        },
        "airflow.models": {"Variable": Variable},
    }


def test_the_snakefile_calls_commands_and_options_that_exist() -> None:
    text = SNAKEFILE.read_text(encoding="utf-8")
    assert '[BESKPLAN, "plan", "--json"]' in text
    (shell,) = [line.strip() for line in text.splitlines() if '"{BESKPLAN} run' in line]
    assert {word for word in shell.strip('"').split() if word.startswith("--")} <= options_of("run")
    assert known(["plan", "--json"])


def test_snakemake_makes_a_rule_for_each_stale_report(tmp_path: Path) -> None:
    snakemake = shutil.which(
        "snakemake", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    )
    if snakemake is None:
        pytest.skip(f"{NOT_CHECKED}examples/Snakefile in Snakemake: it is not installed")
    root = write_copy(tmp_path / "kopi")
    pretend_built(root)
    (root / "reports" / JOBS[0] / "maalgrupper.pdf").unlink()
    shutil.copytree(SNAKEFILE.parent, root / "examples")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        [snakemake, "--snakefile", "examples/Snakefile", "--cores", "2"],
        cwd=root,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"lavet  {JOBS[0]}" in done.stdout + done.stderr
    assert [f"lavet  {job}" in done.stdout + done.stderr for job in JOBS[1:]] == [False, False]
    assert not list(root.rglob("*.done"))
    assert (root / "reports" / JOBS[0] / "maalgrupper.pdf").read_bytes().startswith(b"%PDF")
