"""What people write in YAML: read as a Dane means it, or refused with the file's name and line.

Each case of `yaml_inputs.yaml` puts a text in one of the files of a small plan.
"""

import os
import textwrap
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from beskplan.core.errors import BeskplanError, Problem
from beskplan.params.jobs import Workplace, select
from beskplan.params.models import read
from beskplan.registers.document import MAX_BYTES
from tests.conftest import cases

TABLES = cases("yaml_inputs")

PLAN = """kommune: Viborg
aar: 2027
bilag: [maalgrupper]
maalgrupper: {periode: 2026M06, afsnit: {fleksjob: {ydelse: fleksjob}}}
"""
TARGET = TABLES["target"]
CASE = TABLES["case"]


LONG_TEXTS = {
    "anchors": "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]\n" for a, b in pairwise("abcdefghi")),
    "depth": f"ministermaal: {'[' * 5000}\n",
}
CASES = yaml.safe_load(Path(__file__).with_name("yaml_inputs.yaml").read_text(encoding="utf-8"))
BUILT_ON, MEASURED_ON = CASES["built_on"], CASES["measured_on"]
"""The second set was looked at once, after the rules: none was read wrong."""


def write_plan(folder: Path, case: dict[str, str]) -> None:
    plan = case.get("plan", "")
    plan = LONG_TEXTS.get(plan, plan)
    if "sag" in case:
        plan = f"{CASE}  {case['sag']}\n"
    key = plan.partition(":")[0]
    lines = (line for line in PLAN.splitlines(keepends=True) if not line.startswith(f"{key}:"))
    folder.mkdir(parents=True)
    (folder / "2027.yaml").write_text("".join(lines) + plan, encoding="utf-8")
    target = case.get("maal", "")
    if "niveau" in case:
        words = case.get("tekst", "Færre ledige.")
        target = (
            f"slags: niveau_hoejst\ntekst: {words}\nenhed: fuldtidspersoner\n{case['niveau']}\n"
        )
    if target:
        text = TARGET + textwrap.indent(target, " " * 8)
        (folder / "2027.maal.yaml").write_text(text, encoding="utf-8")


def value_at(plan: Any, keys: str) -> Any:
    for key in keys.split("."):
        plan = next(plan.maal.targets()) if key == "maal" else getattr(plan, key)
    return plan


@pytest.mark.parametrize("case", BUILT_ON + MEASURED_ON, ids=lambda case: case["name"])
def test_an_input_is_read_as_meant_or_refused(tmp_path: Path, case: dict[str, str]) -> None:
    write_plan(tmp_path / "params" / "viborg", case)
    begun = time.process_time()
    if "reads" in case:
        assert repr(value_at(read("Viborg", 2027, tmp_path), case["reads"])) == case["value"]
    else:
        with pytest.raises(BeskplanError) as refused:
            read("Viborg", 2027, tmp_path)
        problems = refused.value.problems
        near = next((one for one in problems if case.get("found", "") in one.found), problems[0])
        assert near.where.startswith("params/viborg/2027.")
        for key in ("where", "what", "found", "fix"):
            assert case.get(key, "") in getattr(near, key)
    # Of the processor: another program at work is no fault.
    assert time.process_time() - begun < 5


def only_problem(root: Path) -> Problem:
    with pytest.raises(BeskplanError) as refused:
        read("Viborg", 2027, root)
    (one,) = refused.value.problems
    return one


@pytest.mark.parametrize("name", ["2027.yaml", "2027.maal.yaml"])
@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "large", "nowhere", "latin-1"])
def test_a_file_that_is_no_small_text_is_refused_by_name(
    tmp_path: Path, name: str, kind: str
) -> None:
    folder = tmp_path / "params" / "viborg"
    folder.mkdir(parents=True)
    (folder / "2027.yaml").write_text(PLAN, encoding="utf-8")
    path = folder / name
    path.unlink(missing_ok=True)
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case "folder":
            path.mkdir()
        case "large":
            path.write_bytes(b"#" * (MAX_BYTES + 1))
        case "nowhere":
            path.symlink_to(folder / "nowhere")
        case _:
            path.write_bytes("kommune: Ærø".encode("latin-1"))
    assert only_problem(tmp_path).where == f"params/viborg/{name}"


def test_lines_of_windows_and_a_mark_at_the_start_change_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "params" / "viborg"
    folder.mkdir(parents=True)
    text = PLAN.replace("\n", "\r\n")
    (folder / "2027.yaml").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read("Viborg", 2027, tmp_path).aar == 2027


@pytest.mark.parametrize(("folders", "asked", "told"), TABLES["a_folder_has_its_municipalitys"])
def test_a_folder_has_its_municipalitys_slug(
    tmp_path: Path, folders: list[str], asked: str | None, told: list[str]
) -> None:
    for name in folders:
        (tmp_path / "params" / name).mkdir(parents=True)
        (tmp_path / "params" / name / "2027.yaml").write_text(PLAN, encoding="utf-8")
    found: list[str] = []
    try:
        jobs = select(Workplace(tmp_path), asked)
    except BeskplanError as error:
        found = [one.where for one in error.problems]
    else:
        assert [job.id for job in jobs] == ["2027/viborg/maalgrupper"]
    assert found == [f"params/{name}/" for name in told]
