"""A curated reading corrects and adds, and says who; the command's exit codes; reservations."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from beskplan.audit.checking import audit
from beskplan.audit.curated import apply, read_reading, reading_beside
from beskplan.audit.documents import read_document
from beskplan.cli.app import app
from beskplan.core.errors import DataError, ParamsError

PLAN = """# Beskæftigelsesplan 2021

Varigheden i Rudersdal skal højst være 10, 5 uger.

Område\tAntal fuldtidspersoner juni 2019\tAntal fuldtidspersoner juni 2020\tUdvikling i pct.
Rudersdal\t400\t420\t5%
Allerød\t200\t220\t10%
"""
READING = """
laest_af: Anna Berg, analytiker
dato: 2021-01-04
rettelser:
  - {linje: 3, trykt: "10, 5", laest: "10,5", grund: mellemrum fra konverteringen}
tilfoejelser:
  - titel: Fleksjob
    hoved: [Område, Antal fuldtidspersoner juni 2019, Antal fuldtidspersoner juni 2020, Udvikling i pct.]
    raekker: [[Rudersdal, "300", "330", "20%"], [Allerød, "200", "220", "10%"]]
    grund: tabellen er et billede i planen
"""


def written(folder: Path, reading: str = READING) -> Path:
    path = folder / "plan.txt"
    path.write_text(PLAN, encoding="utf-8")
    (folder / "plan.txt.laesning.yaml").write_text(reading, encoding="utf-8")
    return path


class TestReading:
    def test_a_reading_corrects_adds_and_says_who(self, tmp_path: Path) -> None:
        path = written(tmp_path)
        beside = reading_beside(path)
        assert beside is not None
        result = audit(apply(read_reading(beside), read_document(path)))
        assert result.unread == ()
        assert [one.rule for one in result.findings] == ["aendring-i-pct"]
        assert sum("Anna Berg" in note for note in result.notes) == 2

    def test_without_the_reading_the_number_is_broken_and_the_picture_unknown(
        self, tmp_path: Path
    ) -> None:
        result = audit(read_document(written(tmp_path)))
        assert [one.rule for one in result.findings] == ["brudt-tal"]

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("linje: 3", "linje: 4"),
            ("laest_af: Anna Berg, analytiker", ""),
            ("rettelser", "retelser"),
        ],
    )
    def test_a_reading_that_does_not_fit_is_refused(
        self, tmp_path: Path, old: str, new: str
    ) -> None:
        path = written(tmp_path, READING.replace(old, new))
        beside = reading_beside(path)
        assert beside is not None
        with pytest.raises(ParamsError):
            apply(read_reading(beside), read_document(path))


class TestCommand:
    def run(self, *arguments: str) -> int:
        result = CliRunner().invoke(app, ["audit", *arguments])
        if isinstance(result.exception, DataError):
            return result.exception.exit_code
        return result.exit_code

    def test_findings_at_the_limit_fail_and_below_it_do_not(self, tmp_path: Path) -> None:
        path = tmp_path / "plan.txt"
        path.write_text(PLAN, encoding="utf-8")
        assert self.run(str(path), "--data", "ingen", "--fail-on", "betegnelse") == 1
        assert self.run(str(path), "--data", "ingen", "--fail-on", "modstrid") == 0

    def test_an_unreadable_plan_is_wrong_input(self, tmp_path: Path) -> None:
        assert self.run(str(tmp_path / "none.txt"), "--data", "ingen") == 2


class TestReservations:
    TABLE = "Ydelse\tJuni 2019\tJuni 2020\tÆndring i pct.\nSygedagpenge\t2\t4\t100\nFleksjob\t50\t60\t20\n"

    def result(self, tmp_path: Path, note: str) -> tuple[int, int]:
        path = tmp_path / "plan.txt"
        path.write_text(f"{self.TABLE}\n\n{note}\n", encoding="utf-8")
        result = audit(read_document(path))
        return len(result.findings), len(result.declared)

    def test_what_a_note_admits_is_told_but_not_held_against_the_plan(self, tmp_path: Path) -> None:
        note = "Note: Sygedagpenge: ændringen er regnet af få."
        assert self.result(tmp_path, note) == (0, 1)

    def test_a_note_about_another_row_admits_nothing(self, tmp_path: Path) -> None:
        note = "Note: Fleksjob: ændringen er regnet af få."
        assert self.result(tmp_path, note) == (1, 0)
