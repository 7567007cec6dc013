from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beskplan.publish.states import States
from beskplan.publish.trail import Trail, TrailError, What

JOB = "2021/rudersdal/maalgrupper"


def say(reports: Path, *what: What, by: str = "Mette Holm") -> Trail:
    trail = Trail(reports)
    with trail.writing() as writer:
        for one in what:
            writer.add(one, JOB, "c1", by, copy="k1")
    return trail


def test_what_was_said_is_read_again(tmp_path: Path) -> None:
    trail = say(tmp_path, "godkendt", "offentliggjort")
    assert [(one.number, one.what, one.by) for one in trail.events()] == [
        (1, "godkendt", "Mette Holm"),
        (2, "offentliggjort", "Mette Holm"),
    ]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_name_can_break_a_line_of_the_trail(
    tmp_path_factory: pytest.TempPathFactory, by: str
) -> None:
    trail = say(tmp_path_factory.mktemp("spor"), "godkendt", "trukket", by=by)
    assert [one.by for one in trail.events()] == [by, by]


def _other_name(lines: list[str]) -> list[str]:
    return [lines[0].replace("Mette", "Malte"), *lines[1:]]


def _forged(lines: list[str]) -> list[str]:
    """A whole new first line with a right hash of its own: the next line knows the old one."""
    from dataclasses import replace

    from beskplan.publish.trail import Event

    event = replace(Event(**json.loads(lines[0])), by="En anden").sealed()
    return [json.dumps(vars(event)), *lines[1:]]


@pytest.mark.parametrize(
    "tamper",
    [
        _other_name,
        _forged,
        lambda lines: lines[1:],
        lambda lines: lines[:-1],
        lambda lines: [lines[1], lines[0], *lines[2:]],
        lambda lines: [*lines, lines[-1]],
        lambda _: [],
        lambda lines: [lines[0], "ikke json", *lines[2:]],
    ],
)
def test_a_changed_line_is_found(tmp_path: Path, tamper: Callable[[list[str]], list[str]]) -> None:
    trail = say(tmp_path, "godkendt", "offentliggjort", "trukket")
    lines = trail.path.read_text(encoding="utf-8").splitlines()
    trail.path.write_text("".join(f"{one}\n" for one in tamper(lines)), encoding="utf-8")
    assert trail.problems()
    with pytest.raises(TrailError), trail.writing():
        pass


def test_an_untouched_trail_has_no_problems(tmp_path: Path) -> None:
    assert say(tmp_path, "godkendt", "trukket").problems() == ()


@pytest.mark.parametrize("length", [1, 40, 200])
def test_what_was_being_written_when_the_power_went_was_never_said(
    tmp_path: Path, length: int
) -> None:
    trail = say(tmp_path, "godkendt")
    whole = trail.path.read_bytes()
    trail.path.write_bytes(whole + whole[:length])
    assert len(trail.events()) == 1
    say(tmp_path, "trukket")
    assert [one.what for one in trail.events()] == ["godkendt", "trukket"]


def test_a_file_that_is_only_added_to_keeps_its_beginning(tmp_path: Path) -> None:
    trail = say(tmp_path, "godkendt")
    before = trail.path.read_bytes()
    say(tmp_path, "offentliggjort", "trukket")
    assert trail.path.read_bytes().startswith(before)


@pytest.mark.parametrize(
    ("said", "stage"),
    [
        ((), "udkast"),
        (("godkendt",), "godkendt"),
        (("godkendt", "offentliggjort"), "offentliggjort"),
        (("godkendt", "offentliggjort", "trukket"), "trukket"),
        (("godkendt", "trukket", "godkendt"), "godkendt"),
    ],
)
def test_the_last_word_decides(tmp_path: Path, said: tuple[What, ...], stage: str) -> None:
    assert States(say(tmp_path, *said).events()).of(JOB, "c1").stage == stage


def test_other_content_is_a_draft(tmp_path: Path) -> None:
    states = States(say(tmp_path, "godkendt").events())
    assert states.of(JOB, "c2").stage == "udkast"
    assert states.in_force(JOB) == "c1"


def test_what_is_withdrawn_gives_way_to_what_was_approved_before(tmp_path: Path) -> None:
    trail = Trail(tmp_path)
    with trail.writing() as writer:
        writer.add("godkendt", JOB, "c1", "Mette Holm")
        writer.add("godkendt", JOB, "c2", "Mette Holm")
        assert States(writer.events).in_force(JOB) == "c2"
        writer.add("trukket", JOB, "c2", "Mette Holm", reason="Fejl")
    assert States(trail.events()).in_force(JOB) == "c1"


def test_a_full_disk_leaves_the_trail_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trail = say(tmp_path, "godkendt")
    before = trail.path.read_bytes()
    write = os.pwrite
    with monkeypatch.context() as patched:
        patched.setattr(os, "pwrite", lambda file, line, at: write(file, line[:20], at))
        with pytest.raises(OSError, match="No space left"):
            say(tmp_path, "offentliggjort")
    assert trail.path.read_bytes() == before
    assert [one.what for one in say(tmp_path, "trukket").events()] == ["godkendt", "trukket"]
