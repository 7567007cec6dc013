"""JupyterLab's command line and environment, and the guide's words for what it shows."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from beskplan.core.errors import ParamsError
from beskplan.lab import EXTENSIONS, lab_arguments, lab_environment
from beskplan.params.models import read


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
    # The terminal of JupyterLab finds the command as the guide writes it: no login shell, which forgets it.
    shell = options(lab_arguments(tmp_path)).get("ServerApp.terminado_settings", "")
    assert os.name != "posix" or re.fullmatch(r"\{'shell_command': \['[^', ]+'\]\}", shell)
    assert shutil.which("beskplan", path=given["PATH"]) == str(
        Path(sys.executable).with_name("beskplan")
    )


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


MOST_BYTES = 150_000
"""Of a picture: the guide is read over a municipality's VPN too."""


@pytest.fixture
def guide(root: Path) -> str:
    return (root / "docs" / "vejledning.md").read_text(encoding="utf-8")


def examples(guide: str) -> dict[str, str]:
    """The YAML of the guide by its first key."""
    blocks = re.findall(r"^```yaml\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    return {next(iter(yaml.safe_load(block))): block for block in blocks}


@pytest.fixture
def place(root: Path, tmp_path: Path, guide: str) -> Path:
    """A working copy with what the guide writes, for the year that it names."""
    (tmp_path / "params" / "rudersdal").mkdir(parents=True)
    shutil.copy(root / "params" / "2027.yaml", tmp_path / "params")
    files = {"kommune": "2027.yaml", "kilde": "2027.maal.yaml"}
    for key, name in files.items():
        text = examples(guide)[key]
        (tmp_path / "params" / "rudersdal" / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_the_guide_s_params_and_target_are_read_as_they_stand(place: Path) -> None:
    params = read("Rudersdal", 2027, place)
    assert params.bilag == ("maalgrupper", "resultatmaal")
    assert params.maal is not None
    (target,) = params.maal.overordnede[0].resultatmaal
    assert (target.slags, target.id) == ("relativ", "sygedagpenge")


def test_a_wrong_word_in_them_would_be_seen(place: Path) -> None:
    path = place / "params" / "rudersdal" / "2027.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("datagrundlag", "datagrundlga"))
    with pytest.raises(ParamsError, match="datagrundlga"):
        read("Rudersdal", 2027, place)


def test_every_picture_and_link_of_the_guide_is_there(root: Path, guide: str) -> None:
    targets = re.findall(r"\]\(([^)#]+)", guide)
    assert len(targets) > 10
    assert [one for one in targets if not (root / "docs" / one).is_file()] == []


def test_no_picture_is_heavy(root: Path) -> None:
    heavy = {
        path.name: path.stat().st_size
        for path in (root / "docs" / "pictures").glob("*.png")
        if path.stat().st_size > MOST_BYTES
    }
    assert heavy == {}


def test_every_picture_is_shown_somewhere(root: Path) -> None:
    documents = [*root.glob("*.md"), *(root / "docs").rglob("*.md")]
    shown = "".join(path.read_text(encoding="utf-8") for path in documents)
    pictures = (root / "docs" / "pictures").glob("lab-*.png")
    assert [path.name for path in pictures if path.name not in shown] == []


@pytest.mark.parametrize("button", ["Nyt Bilag", "Vis siden", "Gem som", "Regler"])
def test_a_button_of_the_guide_is_in_jupyterlab(guide: str, button: str) -> None:
    script = (EXTENSIONS / "beskplan" / "static" / "beskplan.js").read_text(encoding="utf-8")
    assert button in guide
    assert button in script
