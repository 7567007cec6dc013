"""An append-only ledger: whatever is done to its files is seen, as far as that can be seen."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from beskplan.core import ledger as module
from beskplan.core.errors import LockedError
from beskplan.core.ledger import Ledger, LedgerError

NESTED = '{"a":' * 100_000 + "1" + "}" * 100_000


class Said(BaseModel):
    text: str


def ledger(folder: Path, *, head: bool = True) -> Ledger[Said]:
    where = folder / "hoved.json" if head else None
    return Ledger(folder / "bog.jsonl", folder / "laas", Said, where)


def written(folder: Path, *texts: str, head: bool = True) -> Ledger[Said]:
    made = ledger(folder, head=head)
    with made.writing() as writer:
        for text in texts:
            writer.add(Said(text=text))
    return made


def lines_of(made: Ledger[Said]) -> list[str]:
    return made.path.read_text(encoding="utf-8").splitlines()


def rewrite(made: Ledger[Said], lines: list[str]) -> None:
    made.path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def sealed(line: str, **values: object) -> str:
    """The line with other values and a right hash of its own, as a forger would write it."""
    found = {**json.loads(line), **values, "hash": ""}
    text = json.dumps(found, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return json.dumps({**found, "hash": hashlib.sha256(text.encode()).hexdigest()})


CHANGED: dict[str, Callable[[list[str]], list[str]]] = {
    "another value": lambda lines: [lines[0].replace("en", "na"), *lines[1:]],
    "a first line with a hash of its own": lambda lines: [sealed(lines[0], text="x"), *lines[1:]],
    "the first gone": lambda lines: lines[1:],
    "one in the middle gone": lambda lines: [lines[0], *lines[2:]],
    "two swapped": lambda lines: [lines[1], lines[0], *lines[2:]],
    "the last twice": lambda lines: [*lines, lines[-1]],
    "no JSON": lambda lines: [lines[0], "ikke json", *lines[2:]],
    "no object": lambda lines: [lines[0], "[1]", *lines[2:]],
    "nested too deeply": lambda lines: [lines[0], NESTED, *lines[2:]],
    "half a letter": lambda lines: [lines[0], '{"text":"\\ud800"}', *lines[2:]],
    "a line without hash in the middle": lambda lines: [*lines[:2], '{"text":"x"}', lines[2]],
    "another number": lambda lines: [*lines[:2], sealed(lines[2], number=4)],
}
CUT: dict[str, Callable[[list[str]], list[str]]] = {
    "the last gone": lambda lines: lines[:-1],
    "all gone": lambda _: [],
    "another last line with a hash of its own": lambda ls: [*ls[:2], sealed(ls[2], text="x")],
    "a further line": lambda ls: [
        *ls,
        sealed(ls[2], number=4, before=json.loads(ls[2])["hash"], text="x"),
    ],
}


@pytest.mark.parametrize("how", [*CHANGED, *CUT])
def test_a_changed_file_is_refused_by_whoever_reads_or_writes(tmp_path: Path, how: str) -> None:
    made = written(tmp_path, "en", "to", "tre")
    assert [line.text for line in made.read()] == ["en", "to", "tre"]
    rewrite(made, {**CHANGED, **CUT}[how](lines_of(made)))
    with pytest.raises(LedgerError):
        made.read()
    with pytest.raises(LedgerError), made.writing():
        pass


@pytest.mark.parametrize("how", CUT)
def test_the_chain_alone_does_not_show_what_is_done_to_its_end(tmp_path: Path, how: str) -> None:
    """The negative control: it is the head that shows it."""
    made = written(tmp_path, "en", "to", "tre", head=False)
    rewrite(made, CUT[how](lines_of(made)))
    made.read()


@pytest.mark.parametrize(
    "content",
    [
        None,
        "",
        '"nr. 3"',
        "3",
        "null",
        "[]",
        "{}",
        '{"number": "3", "hash": "x"}',
        '{"number": 3, "hash": 5}',
        '{"number": 2, "hash": "x"}',
        '{"number": true, "hash": "x"}',
        NESTED,
    ],
)
def test_a_head_that_is_gone_or_malformed_is_refused(tmp_path: Path, content: str | None) -> None:
    made = written(tmp_path, "en", "to", "tre")
    assert made.head is not None
    if content is None:
        made.head.unlink()
    else:
        made.head.write_text(content, encoding="utf-8")
    with pytest.raises(LedgerError) as refused:
        made.read()
    assert len(refused.value.problems) == 1


def test_a_ledger_that_was_never_written_is_empty(tmp_path: Path) -> None:
    assert ledger(tmp_path).read() == []


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_text_can_break_a_line(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    made = written(tmp_path_factory.mktemp("bog"), text, text)
    assert [line.text for line in made.read()] == [text, text]


@pytest.mark.parametrize("length", [1, 40, 200])
def test_what_was_being_written_when_the_power_went_was_never_said(
    tmp_path: Path, length: int
) -> None:
    made = written(tmp_path, "en")
    whole = made.path.read_bytes()
    made.path.write_bytes(whole + whole[:-1][:length])
    assert len(made.read()) == 1
    written(tmp_path, "to")
    assert made.path.read_bytes().startswith(whole)
    assert [line.text for line in made.read()] == ["en", "to"]


def test_a_process_that_ends_at_any_step_leaves_a_ledger_that_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The head is written before the line and after it."""
    for step, left in enumerate((["en"], ["en"], ["en", "to"])):
        folder = tmp_path / str(step)
        made = written(folder, "en")
        calls = iter(range(10))

        def ends(
            work: Callable[..., object],
            step: int = step,
            calls: object = calls,
        ) -> Callable[..., object]:
            def one(*values: object) -> object:
                if next(calls) == step:  # type: ignore[call-overload]
                    raise KeyboardInterrupt
                return work(*values)

            return one

        with monkeypatch.context() as patched:
            for name in ("write_whole", "append"):
                patched.setattr(module, name, ends(getattr(module, name)))
            with pytest.raises(KeyboardInterrupt):
                written(folder, "to")
        assert [line.text for line in made.read()] == left
        written(folder, "tre")
        assert [line.text for line in made.read()] == [*left, "tre"]


def test_a_full_disk_leaves_the_ledger_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = written(tmp_path, "en")
    before = made.path.read_bytes()
    write = os.pwrite
    with monkeypatch.context() as patched:
        patched.setattr(os, "pwrite", lambda file, line, at: write(file, line[:20], at))
        with pytest.raises(OSError, match="No space left"):
            written(tmp_path, "to")
    assert made.path.read_bytes() == before
    written(tmp_path, "tre")
    assert [line.text for line in made.read()] == ["en", "tre"]


def test_two_cannot_write_at_once(tmp_path: Path) -> None:
    with ledger(tmp_path).writing(), pytest.raises(LockedError), ledger(tmp_path).writing():
        pass
