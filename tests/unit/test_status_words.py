"""The words of a status: the note defines those of the page, and the answer counts benefits alone."""

import re
from pathlib import Path

from beskplan.report.status import Status
from tests.unit.test_report_status import YAML, Rows, answer_of, made, served, table_of


def test_the_note_defines_the_words_of_the_page_and_no_other(tmp_path: Path) -> None:
    def defined(rows: Rows) -> tuple[set[str], set[str]]:
        found = table_of(tmp_path / str(len(rows)), rows)
        [note] = [one for one in found.notes if one.startswith("»Vurdering«")]
        told = {one.casefold() for one in re.findall("»([^«]+)«:", note)}
        return told, {row.cells[-1].text for row in found.rows}

    told, used = defined(served())
    assert told == used
    few: Rows = {("nettoledige_dagpenge", "230", code): 19.0 for code in ("2024Q04", "2025Q04")}
    told, used = defined(served() | few | {("fleksjob", "999", "2025Q04"): 1.0})
    assert told == used >= {"for få"}


def test_offers_are_no_benefits_of_which_the_answer_counts(tmp_path: Path) -> None:
    offer = "      stoettet: {ydelse: stoettet_beskaeftigelse, maal: fuldtidsmodtagere}\n"
    yaml = YAML.replace("      fleksjob:", f"{offer}      fleksjob:")
    rows = served() | {
        ("stoettet_beskaeftigelse", area, code): value * 4
        for (ydelse, area, code), value in served().items()
        if ydelse == "fleksjob" and isinstance(value, float)
    }
    told = answer_of(Status(made(tmp_path / "a", rows, yaml)).checked())
    assert "støttet beskæftigelse" not in told
    assert told == answer_of(Status(made(tmp_path / "b", served())).checked())
