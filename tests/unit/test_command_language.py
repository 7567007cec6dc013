"""The command line speaks Danish, and shows snapshots."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from beskplan import cli
from beskplan.cli.app import SHOWN_AS, app, danish
from beskplan.core.errors import DataError
from tests.conftest import cases

CASES = cases("command_language")

ENGLISH = frozenset(
    re.findall(
        r"\w+",
        "the this that these those with without which what where when who whom why how your you it its "
        "is are was were be been being does did done not no none nothing any all each every some other "
        "another only by from into onto of as and or if than then there here file files folder directory "
        "year years month name names number numbers show shows write writes make makes made take takes "
        "read reads use used uses missing missed required default optional options option argument "
        "arguments command commands error errors usage try help value values invalid valid unexpected "
        "expected found such unknown cannot must should would could may might input integer string please "
        "again already later seconds report reports municipality municipalities settings language given "
        "wanted wrong right open close run running stops starts sends sent new newest old oldest first "
        "last next before after same different exit message",
    )
)
"""None of them is a Danish word."""
NAMES = re.compile(
    # Options, names in quotes or backticks, files and paths, examples that can be typed, addresses.
    r"`[^`]*`|'[^']*'|\"[^\"]*\"|--?[\w-]+|\S*/\S*|\S*[_.|]\S+|\{[^}]*\}|\[[a-z_]+\]|[A-Z_]{3,}|"
    r"(?:Eksempel|Brug|Hjælp): .*(?:\n    .*)*"
)


def english_words(text: str) -> list[str]:
    """The English words of a text that a person reads."""
    words = re.findall(r"[a-zæøåA-ZÆØÅ]+", NAMES.sub(" ", text))
    return [word for word in words if word.lower() in ENGLISH]


def _commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    def below(command: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
        yield words, command
        for name, one in getattr(command, "commands", {}).items():
            yield from below(one, (*words, name))

    yield from below(typer.main.get_command(app), ())


def told(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[int, str]:
    """Exit code, and all that the command line writes."""
    monkeypatch.setattr(sys, "argv", ["beskplan", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    shown = capsys.readouterr()
    return int(ended.value.code or 0), shown.out + shown.err


@pytest.mark.parametrize("words", [words for words, _ in _commands()], ids=" ".join)
def test_help_is_danish_and_shows_an_example(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    code, text = told((*words, "--help"), monkeypatch, capsys)
    assert code == 0
    # Names of commands and arguments stand at the beginning of their lines.
    assert english_words(re.sub(r"(?m)^  [a-z-]+ ", " ", text)) == []
    assert not re.search(r"<(?:list|str|int|float|path)|[<>]=x|x[<>]=|%[A-Za-z]", text)
    english = "|".join(SHOWN_AS)
    # `new` is a command too.
    arguments = text.partition("Argumenter:")[2].partition("Valg:")[0]
    assert not re.search(rf"(?m)^  (?:{english})\b", arguments)
    assert not re.search(rf"[{{[](?:{english})[]}}]", text)
    if words and words != ("snapshots",):
        assert f"Eksempel: beskplan {' '.join(words)}" in text


@pytest.mark.parametrize("words", [(), ("snapshots",)], ids=" ".join)
def test_the_list_of_commands_tells_each_in_a_whole_sentence(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    _, text = told((*words, "--help"), monkeypatch, capsys)
    listed = text.partition("Kommandoer:")[2].strip().splitlines()
    assert len(listed) > 3
    assert [line for line in listed if not line.endswith(".") or line.endswith("..")] == []


REFUSED = CASES["refused"]
"""What a person types, and what is said."""


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """A working copy with the shipped params, where nothing was ever built."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "params").symlink_to(root / "params")
    return tmp_path


@pytest.mark.parametrize(("typed", "expected"), REFUSED.items())
def test_refusals_are_danish(
    typed: str,
    expected: str,
    copy: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(copy)
    code, text = told(tuple(typed.split()), monkeypatch, capsys)
    assert code == 2
    assert expected in text
    assert english_words(text) == []


@pytest.mark.parametrize(
    "words",
    [words for words, one in _commands() if any(each.required for each in one.params)],
    ids=" ".join,
)
def test_what_is_missing_is_said_in_danish(
    words: tuple[str, ...],
    copy: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(copy)
    code, text = told(words, monkeypatch, capsys)
    assert code == 2
    assert " mangler." in text
    assert english_words(text) == []
    assert not any(f"'{name}'" in text for name in SHOWN_AS)


def test_a_command_line_that_speaks_english_is_seen() -> None:
    """Typer's own words, as they are before they are turned over."""
    for english in (
        "Missing argument 'jobs'.",
        "No such option: --kommun (Possible options: --kommune)",
        "Got unexpected extra argument(s) (b c)",
        "Invalid value for '--aar': Input should be a valid integer",
        "Show this message and exit.",
    ):
        assert english_words(english)
        assert english_words(danish(english)) == []
    # A word of typer's that the table does not know stays as it is, and is seen.
    assert english_words(danish("Invalid choice: must be one of those"))
    assert english_words("Vis de rapporter, som params/ beder om, at se; to ad gangen") == []


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for level in (100, 90):
        write(tmp_path, level)
        run(tmp_path, "import", str(tmp_path / "y01a02.csv"), "--retrieved", "2026-08-01")
    return tmp_path


def write(place: Path, level: int) -> None:
    text = f"Periode;Område;Antal personer;Antal fuldtidspersoner\n2026M06;Rudersdal;{level};80\n"
    (place / "y01a02.csv").write_text(text, encoding="utf-8")


def run(place: Path, *words: str) -> str:
    result = CliRunner().invoke(app, [*words, "--root", str(place)], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def ids(place: Path) -> list[str]:
    return [line.split()[0] for line in run(place, "snapshots", "list").splitlines()]


def test_import_tells_the_new_snapshot_and_list_shows_it_first(place: Path) -> None:
    told = run(place, "import", str(place / "y01a02.csv"), "--retrieved", "2026-08-02")
    *understood, stored = told.splitlines()
    assert stored.split(":")[0] == ids(place)[0]
    assert understood[0] == "y01a02.csv, række 1:"
    assert "hentet 2. august 2026" in told
    assert len(ids(place)) == 4  # three imports and the embedded figures


def test_an_import_that_changes_known_numbers_says_which_also_on_the_same_day(place: Path) -> None:
    first = ids(place)[0]
    write(place, 91)
    words = ("import", str(place / "y01a02.csv"), "--retrieved", "2026-08-01")
    told = run(place, *words)
    assert told[told.index("Ændret") :].splitlines() == [
        f"Ændret siden øjebliksbillede {first}: 1 kendt tal",
        "  Antal personer, a-dagpenge (personer), Rudersdal, juni 2026: 90 er blevet 91",
        f"  se dem alle: beskplan snapshots diff {first}",
    ]
    assert "Ændret" not in run(place, *words)  # the same again changes nothing


def test_a_dry_run_tells_what_is_understood_and_stores_nothing(place: Path) -> None:
    before = ids(place)
    told = run(place, "import", str(place / "y01a02.csv"), "--dry-run")
    assert told.splitlines()[0] == "y01a02.csv, række 1:"
    assert ids(place) == before


def test_diff_tells_the_size_of_what_was_revised(place: Path) -> None:
    told = run(place, "snapshots", "diff", ids(place)[1])
    assert "jobindsats y01a02: 1 rettet" in told
    assert "Antal personer, a-dagpenge (personer), Rudersdal, juni 2026: 100 er blevet 90" in told


def test_verify_is_silent_on_whole_files_and_raises_on_a_changed_one(place: Path) -> None:
    assert "2 øjebliksbilleder" in run(place, "snapshots", "verify")
    raw = next((place / "data/snapshots" / ids(place)[0] / "raw").iterdir())
    raw.write_bytes(raw.read_bytes() + b" ")
    with pytest.raises(DataError, match="et gemt øjebliksbillede er beskadiget"):
        run(place, "snapshots", "verify")


def test_prune_tells_before_it_removes(place: Path) -> None:
    old = ids(place)[1]
    assert old in run(place, "snapshots", "prune", "--keep", "1", "--dry-run")
    assert old in ids(place)
    run(place, "snapshots", "prune", "--keep", "1")
    assert old not in ids(place)


def test_a_draft_is_written_and_can_be_imported_with(place: Path) -> None:
    draft = place / "mappings" / "liste.yaml"
    write(place, 70)
    run(place, "import", str(place / "y01a02.csv"), "--draft", str(draft))
    assert len(ids(place)) == 3
    # What a reader will see is asked for: the file's name is no title.
    with pytest.raises(DataError, match="erstat VALG"):
        run(place, "import", str(place / "y01a02.csv"), "--mapping", str(draft))
    text = draft.read_text("utf-8").replace("titel: VALG", "titel: Tabel")
    draft.write_text(text.replace("kilde: VALG", "kilde: own:egen"), "utf-8")
    run(place, "import", str(place / "y01a02.csv"), "--mapping", str(draft))
    assert len(ids(place)) == 4


def test_a_fault_of_ours_is_told_in_danish_and_its_traceback_goes_to_a_file(
    copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.chdir(copy)
    monkeypatch.setenv("TMPDIR", str(copy))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("beskplan.cli.app.app", broken)
    code, text = told(("check",), monkeypatch, capsys)
    (trace,) = copy.glob("beskplan-fejl-*.txt")
    assert (code, english_words(text), str(trace) in text) == (1, [], True)
    assert "ZeroDivisionError: division by zero" in trace.read_text("utf-8")
    assert english_words("Traceback (most recent call last)\nexpected: a file") != []
