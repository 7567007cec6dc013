"""What was not checked is told: tables by status, pictures, parts of a Word file, files by content."""

from __future__ import annotations

import zipfile
from pathlib import Path

import docx
import pytest
from typer.testing import CliRunner

from beskplan.audit.checking import audit
from beskplan.audit.documents import read_document, text_document
from beskplan.audit.report import lines
from beskplan.cli.app import app
from beskplan.core.errors import DataError

START = (
    "# Beskæftigelsesplan 2019 for Varde Kommune\n\nPlanen er drøftet i det politiske udvalg.\n\n"
)
CHANGES = """Ydelse                 2016     2018   Udvikling i pct.
A-dagpenge              238      201              -15,5
Fleksjob                219      257              +17,4
Kontanthjælp            100      110              +10,0
"""
RATES = "| Område | Tilfredshed |\n|---|---|\n| Varde | 4,1 |\n| Vejen | 4,3 |\n"


@pytest.mark.parametrize(
    ("table", "status", "code"),
    [(CHANGES, "kontrolleret", 0), (RATES, "ikke kontrolleret", 2),
     (CHANGES.replace("17,4", "27,4"), "kontrolleret", 1),
     (" ".join(CHANGES.split("\n", 1)[1].split()), "ikke kontrolleret", 2)],
    ids=["efterregnet", "intet at regne efter", "et forkert tal", "rækker uden kolonner"],
)  # fmt: skip
def test_each_table_has_a_status_and_an_unchecked_plan_does_not_end_with_0(
    tmp_path: Path, table: str, status: str, code: int
) -> None:
    path = tmp_path / "plan.md"
    path.write_text(START + table, encoding="utf-8")
    result = audit(read_document(path))
    assert [one.status for one in result.tables] == [status]
    assert " tal er kontrolleret." in next(lines(result))
    assert CliRunner().invoke(app, ["audit", str(path), "--data", "ingen"]).exit_code == code


def test_a_file_is_read_by_its_content_and_a_word_file_too_large_to_unpack_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "plan.txt"
    document = docx.Document()
    document.add_paragraph("Antallet på fleksjob er steget fra 45 til 36.")
    document.save(str(path))
    assert [one.rule for one in audit(read_document(path)).findings] == ["fra-til"]
    monkeypatch.setattr("beskplan.audit.documents.markup.LARGEST", 1000)
    with pytest.raises(DataError) as caught:
        read_document(path)
    assert caught.value.problems[0].what.startswith("filen er for stor at pakke ud")


HEAD = "| Område | Antal fuldtidspersoner juni 2018 |\n|---|---|\n"
WORD = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    "<w:p><w:r><w:t>Fleksjob er </w:t></w:r><w:del><w:r><w:delText>steget</w:delText></w:r></w:del>"
    "<w:ins><w:r><w:t>faldet</w:t></w:r></w:ins><w:r><w:t> med 27 personer (+20 pct.).</w:t></w:r></w:p>"
    "<w:sdt><w:sdtContent><w:p><w:r><w:t>Revalidering er faldet med 26 personer (+81 pct.).</w:t></w:r></w:p>"
    "</w:sdtContent></w:sdt><w:p><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>Sygedagpenge er faldet med 2 "
    "personer (+3 pct.).</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p></w:body></w:document>"
)


def test_tracked_changes_controls_and_text_boxes_of_word_are_text(tmp_path: Path) -> None:
    path = tmp_path / "plan.docx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("word/document.xml", WORD)
    found = audit(read_document(path)).findings
    assert [one.rule for one in found] == ["verbum-mod-fortegn"] * 3


def test_groups_beside_their_whole_and_a_target_with_and_without_its_year_stop_nothing() -> None:
    text = START + (
        "## Kontanthjælp\n\nTabel 1. Kontanthjælp i Varde Kommune\n\n"
        f"{HEAD}| Hele landet | 83.581 |\n| Varde | 641 |\n\n"
        "I juni 2018 var der 641 fuldtidspersoner på kontanthjælp i Varde Kommune.\n\n"
        "## Jobparate\n\nTabel 2. Jobparate kontanthjælpsmodtagere i Varde Kommune\n\n"
        f"{HEAD}| Hele landet | 16.409 |\n| Varde | 97 |\n\n"
        "## Mål\n\nAndelen af unge i uddannelse skal være mindst 40 pct. i 2019.\n\n"
        "## Oversigt\n\nAndelen af unge i uddannelse skal være mindst 40 pct.\n"
    )
    assert audit(text_document(text)).at_or_above("contradiction") == ()
