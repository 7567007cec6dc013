"""The entries for systemd, cron and Windows: each is read by its own system, or by a parser of it."""

import json
import os
import shutil
import stat
import subprocess
import sys
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
import yaml
from croniter import croniter

from beskplan.core.errors import InputError
from beskplan.nightly.nightly import schedule_files

HOSTILE = ("med blank", "50%Y", "$HOME", 'et"citat', "ap'strof", "semi;echo x", "bag\\skråstreg")
NAMESPACE = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}


def entries(system: str, root: Path, program: Path, at: time = time(2, 30)) -> dict[str, str]:
    return schedule_files(system, root, at, program)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Writes its own arguments down."""
    path = tmp_path / "beskplan"
    path.write_text(
        f"#!{sys.executable}\nimport json, os, sys\n"
        "json.dump(sys.argv[1:], open(os.environ['ARGS'], 'w'))\n",
        encoding="utf-8",
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.mark.parametrize("name", ["kopi", *HOSTILE])
def test_systemd_accepts_every_unit(tmp_path: Path, program: Path, name: str) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("NOT CHECKED HERE: no systemd-analyze on this machine")
    root = tmp_path / name
    root.mkdir()
    for file, text in entries("systemd", root, program).items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    units = sorted(map(str, tmp_path.glob("beskplan-*.*")))
    assert len(units) == 4
    checked = subprocess.run(
        ["systemd-analyze", "--user", "verify", *units],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_systemd_refuses_a_broken_unit(tmp_path: Path, program: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("NOT CHECKED HERE: no systemd-analyze on this machine")
    text = entries("systemd", tmp_path, program)["beskplan-nightly.service"]
    unit = tmp_path / "beskplan-nightly.service"
    unit.write_text(text.replace(str(program), "/findes/ikke"), encoding="utf-8")
    checked = subprocess.run(
        ["systemd-analyze", "--user", "verify", str(unit)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
    )
    assert checked.returncode != 0


def test_the_watch_looks_after_the_run(tmp_path: Path, program: Path) -> None:
    files = entries("systemd", tmp_path, program, time(21, 15))
    assert "OnCalendar=*-*-* 21:15:00" in files["beskplan-nightly.timer"]
    # Not at 02:15: that is an hour that summer time skips.
    assert "OnCalendar=*-*-* 03:15:00" in files["beskplan-watch.timer"]
    again = entries("systemd", tmp_path, program, time(3, 30))
    assert "OnCalendar=*-*-* 08:30:00" in again["beskplan-watch.timer"]
    assert all(
        "Persistent=true" in files[f"beskplan-{name}.timer"] for name in ("nightly", "watch")
    )


@pytest.mark.parametrize("name", ["kopi", *HOSTILE])
def test_a_cron_line_is_due_at_its_time_and_runs_its_command(
    tmp_path: Path, program: Path, name: str
) -> None:
    root = tmp_path / name
    nightly, watch = entries("cron", root, program)["crontab"].splitlines()
    assert nightly.count("\n") == 0
    due = croniter(" ".join(nightly.split(" ")[:5]), datetime(2026, 11, 22, tzinfo=UTC))
    assert due.get_next(datetime) == datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
    secrets = tmp_path / ".config" / "beskplan.env"
    secrets.parent.mkdir()
    secrets.write_text(f"ARGS='{tmp_path / 'args.json'}'\n", encoding="utf-8")
    for line, words in ((nightly, []), (watch, ["--watch", "30"])):
        # What cron does with the sixth field: \% becomes %, and a shell runs it.
        command = line.split(" ", 5)[5].replace("\\%", "%")
        out = tmp_path / "args.json"
        subprocess.run(["/bin/sh", "-c", command], env={"HOME": str(tmp_path)}, check=True)
        assert json.loads(out.read_text()) == ["nightly", "--root", str(root), *words]
    # Without that file the command runs all the same.
    secrets.unlink()
    subprocess.run(["/bin/sh", "-c", command], env={"HOME": "/", "ARGS": str(out)}, check=True)


@pytest.mark.parametrize("name", ["kopi", "a & b <c>", *HOSTILE])
def test_a_windows_task_holds_the_command_as_it_is(
    tmp_path: Path, program: Path, name: str
) -> None:
    root = tmp_path / name
    for text in entries("windows", root, program).values():
        found = ET.fromstring(text.encode("utf-16"))  # noqa: S314  # our own
        assert found.findtext(".//t:Command", namespaces=NAMESPACE) == str(program)
        assert found.findtext(".//t:WorkingDirectory", namespaces=NAMESPACE) == str(root)
        arguments = found.findtext(".//t:Arguments", namespaces=NAMESPACE) or ""
        assert arguments.startswith(subprocess.list2cmdline(["nightly", "--root", str(root)]))
        policy = found.findtext(".//t:MultipleInstancesPolicy", namespaces=NAMESPACE)
        assert policy == "IgnoreNew"


@pytest.mark.parametrize("name", ["to\nlinjer", "nul\x00", "vendt\u202e"])
def test_a_path_that_no_entry_can_hold_is_refused(tmp_path: Path, program: Path, name: str) -> None:
    with pytest.raises(InputError, match="en sti"):
        entries("systemd", tmp_path / name, program)


def test_each_system_gets_its_files(tmp_path: Path) -> None:
    names = {
        name: sorted(schedule_files(name, tmp_path, time(2, 30))) for name in ("cron", "windows")
    }
    assert names == {
        "cron": ["crontab"],
        "windows": ["beskplan-nightly.xml", "beskplan-watch.xml"],
    }
    assert len(schedule_files("systemd", tmp_path, time(2, 30))) == 4


def test_the_workflow_runs_the_same_command_on_what_is_committed(root: Path) -> None:
    text = (root / "examples" / "github-workflow.yml").read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    # YAML 1.1 reads the key `on` as true.
    assert croniter.is_valid(workflow[True]["schedule"][0]["cron"])
    steps = workflow["jobs"]["nightly"]["steps"]
    runs = [step["run"] for step in steps if "run" in step]
    assert any("beskplan nightly" in run for run in runs)
    assert workflow["concurrency"]["cancel-in-progress"] is False
    # No value of the event stands inside a shell command.
    assert not any("${{" in run for run in runs)
