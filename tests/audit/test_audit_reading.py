"""The command's exit codes; reservations that a plan itself makes."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from beskplan.audit.checking import audit
from beskplan.audit.documents import read_document
from beskplan.cli.app import app
from beskplan.core.errors import DataError

PLAN = """# Beskæftigelsesplan 2021

Varigheden i Rudersdal skal højst være 10, 5 uger.

Område\tAntal fuldtidspersoner juni 2019\tAntal fuldtidspersoner juni 2020\tUdvikling i pct.
Rudersdal\t400\t420\t5%
Allerød\t200\t220\t10%
"""


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
