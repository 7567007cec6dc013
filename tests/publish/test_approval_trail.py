"""What was said of which version: read again as it was written, and what it makes of a version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from beskplan.core.ledger import Ledger, LedgerError
from beskplan.publish.trail import COPIES, Event, States, Trail, What
from tests.conftest import cases

CASES = cases("approval_trail")

JOB = "2021/rudersdal/maalgrupper"


def say(reports: Path, *what: What, content: str = "c1", **more: Any) -> Trail:
    trail = Trail(reports)
    with trail.writing() as writer:
        for one in what:
            said = {"job": JOB, "by": "Mette Holm", "copy": "k1", **more}
            writer.add(Event(what=one, content=content, **said))
    return trail


def test_what_was_said_is_read_again(tmp_path: Path) -> None:
    trail = say(tmp_path, "godkendt", "offentliggjort")
    assert [(one.number, one.what, one.by) for one in trail.events()] == [
        (1, "godkendt", "Mette Holm"),
        (2, "offentliggjort", "Mette Holm"),
    ]


class Anything(BaseModel, extra="allow"):
    """Whatever a forger writes."""


@pytest.mark.parametrize("values", CASES["a_line_of_the_chain_that_is"])
def test_a_line_of_the_chain_that_is_no_event_is_refused(
    tmp_path: Path, values: dict[str, Any]
) -> None:
    """Whoever forges a line can calculate its hash too."""
    trail = say(tmp_path, "godkendt")
    line = trail.events()[0].model_dump() | values
    trail.path.unlink()
    assert trail.head is not None
    trail.head.unlink()
    with Ledger(trail.path, trail.lock, Anything, trail.head).writing() as ledger:
        ledger.add(Anything.model_validate(line))
    with pytest.raises(LedgerError) as refused:
        trail.events()
    assert [one.where for one in refused.value.problems] == [f"{trail.path}: linje 1"]


@pytest.mark.parametrize(("said", "stage"), CASES["the_last_word_decides"])
def test_the_last_word_decides(tmp_path: Path, said: tuple[What, ...], stage: str) -> None:
    states = States(say(tmp_path, *said).events())
    assert states.of(JOB, "c1").stage == stage
    assert states.of(JOB, "c2").stage == "udkast"


def test_what_is_withdrawn_gives_way_to_what_was_approved_before(tmp_path: Path) -> None:
    say(tmp_path, "godkendt")
    assert States(say(tmp_path, "godkendt", content="c2").events()).in_force(JOB) == "c2"
    assert States(say(tmp_path, "trukket", content="c2").events()).in_force(JOB) == "c1"


def test_copies_that_no_event_was_made_for_show_that_trail_and_head_are_gone(
    tmp_path: Path,
) -> None:
    copy = tmp_path / COPIES / JOB / "0123456789abcdef"
    copy.mkdir(parents=True)
    for kind, lost in (("godkendt", False), ("offentliggjort", True), ("trukket", True)):
        said = {"standing": {"kind": kind}}
        (copy / "manifest.json").write_text(json.dumps(said), encoding="utf-8")
        trail = Trail(tmp_path)
        if not lost:
            # Its process may have ended before the first approval was written.
            assert trail.events() == ()
            continue
        with pytest.raises(LedgerError) as refused:
            trail.events()
        assert "0123456789abcdef" in refused.value.problems[0].found


def test_a_trail_of_an_older_version_is_read(tmp_path: Path) -> None:
    """Its events named no hash of the copy's manifest; the chain is the same."""
    trail = say(tmp_path, "godkendt", files={"maalgrupper.html": "0" * 64})
    line = json.loads(trail.path.read_bytes())
    old = ("number", "at", "what", "job", "content", "by", "files", "copy", "reason", "before")
    assert tuple(line) == (*old, "hash")
