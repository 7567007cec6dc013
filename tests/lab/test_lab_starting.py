"""What `beskplan lab` gives JupyterLab: the working copy, our part, and nothing of the person's own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from beskplan.lab.starting import EXTENSIONS, lab_arguments, lab_environment


def options(arguments: list[str]) -> dict[str, str]:
    return dict(argument.lstrip("-").split("=", 1) for argument in arguments if "=" in argument)


def test_everything_that_jupyterlab_remembers_lies_in_the_working_copy(tmp_path: Path) -> None:
    given = options(lab_arguments(tmp_path))
    for name in ("LabApp.user_settings_dir", "LabApp.workspaces_dir"):
        assert Path(given[name]).is_relative_to(tmp_path / "data" / "lab")


def test_a_port_that_is_named_is_taken_or_none(tmp_path: Path) -> None:
    assert "ServerApp.port" not in options(lab_arguments(tmp_path))
    given = options(lab_arguments(tmp_path, port=9999))
    assert (given["ServerApp.port"], given["ServerApp.port_retries"]) == ("9999", "0")


@pytest.mark.parametrize("browser", [True, False])
def test_the_browser_opens_unless_told_not_to(tmp_path: Path, *, browser: bool) -> None:
    assert ("--no-browser" in lab_arguments(tmp_path, browser=browser)) is not browser


def test_options_of_jupyterlab_go_through_as_they_are(tmp_path: Path) -> None:
    assert lab_arguments(tmp_path, further=["--ip=0.0.0.0"])[-1] == "--ip=0.0.0.0"


def test_a_kernel_sees_the_working_copy_and_no_start_up_files_of_the_person(tmp_path: Path) -> None:
    given = lab_environment(tmp_path, tmp_path / "tom")
    assert given["BESKPLAN_ROOT"] == str(tmp_path)
    assert given["IPYTHONDIR"] == str(tmp_path / "tom")


def test_jupyterlab_finds_our_part_in_the_package() -> None:
    about = json.loads((EXTENSIONS / "beskplan" / "package.json").read_text(encoding="utf-8"))
    built = about["jupyterlab"]["_build"]
    assert (EXTENSIONS / about["name"] / built["load"]).is_file()
    script = (EXTENSIONS / about["name"] / built["load"]).read_text(encoding="utf-8")
    assert f"window._JUPYTERLAB.{about['name']} =" in script


def test_our_part_fetches_nothing_from_outside() -> None:
    script = (EXTENSIONS / "beskplan" / "static" / "beskplan.js").read_text(encoding="utf-8")
    outside = script.replace("http://www.w3.org/2000/svg", "")
    assert "http" not in outside.replace("https", "http").replace("@jupyterlab", "")


def test_the_command_line_does_not_import_jupyterlab() -> None:
    code = "import sys, beskplan.cli, beskplan.cli.begin; print('jupyterlab' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
