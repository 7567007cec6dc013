"""A full disk or a folder without rights is a sentence, never a traceback."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from beskplan import cli
from beskplan.cli import app
from tests.runner.small_copy import write_copy


@pytest.mark.parametrize(
    "code", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT, errno.EFBIG]
)
def test_what_cannot_be_written_is_told_with_its_path(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], code: int
) -> None:
    def full() -> None:
        raise OSError(code, os.strerror(code), "/et/sted/fil")

    monkeypatch.setattr(app, "app", full)
    monkeypatch.setattr(sys, "argv", ["beskplan", "fetch"])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 1
    told = capsys.readouterr().err
    assert told.startswith("/et/sted/fil: kan ikke skrives")
    assert "plads på disken" in told


def test_another_fault_of_the_system_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise FileNotFoundError(errno.ENOENT, "mangler", "fil")

    monkeypatch.setattr(app, "app", missing)
    monkeypatch.setattr(sys, "argv", ["beskplan", "fetch"])
    with pytest.raises(FileNotFoundError):
        cli.main()


@pytest.mark.parametrize("words", [["list"], ["plan"], ["build"], ["list", "kommuner"]])
def test_whoever_reads_no_further_gets_no_traceback(tmp_path: Path, words: list[str]) -> None:
    """As `head -1` does when it has its line."""
    root = write_copy(tmp_path / "kopi")
    code = f"import sys; sys.argv = ['beskplan', *{words!r}]; from beskplan.cli import main; main()"
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as pipe:
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=root,
            stdout=pipe,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, "Traceback" in done.stderr, "BrokenPipe" in done.stderr) == (
        1,
        False,
        False,
    )


def test_a_file_where_the_reports_should_be_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = write_copy(tmp_path / "kopi")
    (root / "reports").write_text("i vejen", encoding="utf-8")
    monkeypatch.chdir(root)
    monkeypatch.setattr(sys, "argv", ["beskplan", "run", "2027/rudersdal/maalgrupper"])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 1
    assert "kan ikke skrives" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="Windows deletes no folder that a process stands in")
@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("words", [["build"], ["run", "2027/rudersdal/maalgrupper"]])
def test_a_deleted_folder_is_refused_in_plain_words(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    named: bool,
) -> None:
    deleted = tmp_path / "slettet"
    deleted.mkdir()
    monkeypatch.chdir(deleted)
    deleted.rmdir()
    if named:
        monkeypatch.setenv("BESKPLAN_ROOT", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["beskplan", *words])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("den mappe, du står i: mappen er slettet")
