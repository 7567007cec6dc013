"""The analysts' guide says what is so: its params are right, its pictures there, its buttons real."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from beskplan.core.errors import ParamsError
from beskplan.lab.starting import EXTENSIONS
from beskplan.params import read

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
