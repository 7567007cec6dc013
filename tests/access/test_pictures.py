"""The README's pictures can be taken again by anyone, from any report."""

import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import NOT_CHECKED, chromium_path


def size_of(picture: Path) -> tuple[int, int]:
    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    return width, height


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / "docs" / "pictures" / "make_pictures.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.chromium
def test_pictures_of_screen_phone_and_print_are_taken(
    root: Path, built_report: Path, tmp_path: Path
) -> None:
    if chromium_path() is None or shutil.which("pdftoppm") is None:
        pytest.skip(f"{NOT_CHECKED}no Chromium or no pdftoppm on this machine")
    done = run(root, str(built_report), str(tmp_path))
    assert done.returncode == 0, done.stderr
    sizes = {picture.stem: size_of(picture) for picture in tmp_path.glob("*.png")}
    assert sizes["desktop"] == sizes["moerk"] == (1280, 900)
    assert sizes["telefon"] == sizes["telefon-figur"] == (780, 1688)
    assert sizes["tryk-1"] == sizes["tryk-2"]
    assert sizes["tryk-1"][0] < sizes["tryk-1"][1]


def test_a_report_that_is_not_there_is_told(root: Path, tmp_path: Path) -> None:
    done = run(root, str(tmp_path / "nej"), str(tmp_path))
    assert done.returncode == 2
    assert "nej.html" in done.stderr
