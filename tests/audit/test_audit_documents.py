"""A plan in any form reads as the same sentences and tables, each with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
import yaml

from beskplan.audit.checking import audit
from beskplan.audit.documents import Grid, Passage, read_document, text_document
from beskplan.audit.statements.amounts import amounts, cell_amount, times
from beskplan.audit.statements.plan import sentences
from beskplan.core.errors import DataError
from beskplan.render.audit_pages import audit_report, write_report
from beskplan.render.page import read_page
from beskplan.render.page_html import page_html
from beskplan.render.page_pdf import render_pdf
from tests.audit.shown_pages import pages
from tests.render.sample_notebook import sample_notebook

TABLE = [["Ydelse", "Antal personer 2018", "Antal personer 2019", "Ændring i antal"],
         ["Sygedagpenge", "200", "220", "30"], ["Fleksjob", "40", "90", "50"]]  # fmt: skip


CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("documents.yaml").read_text(encoding="utf-8")
)


def _sentence_lines(text: str) -> list[int]:
    passages = text_document(text).passages
    return [one.place.line for passage in passages for one in sentences(passage, 0)]


def _cell(text: str) -> list[float]:
    amount = cell_amount(text)
    return [float(amount.value)] if amount else []


READS: dict[str, Callable[[str], list[Any]]] = {
    "passages": lambda text: [part.text for part in text_document(text).passages],
    "tables": lambda text: [[*row.cells] for g in text_document(text).grids for row in g.rows],
    "titles": lambda text: [grid.title for grid in text_document(text).grids],
    "sentences": _sentence_lines,
    "unread": lambda text: [
        f"{one.place.line}: {one.text}: {one.reason}" for one in audit(text_document(text)).unread
    ],
    "numbers": lambda text: [f"{one.qualifier} {one.text}".strip() for one in amounts(text)],
    "cells": _cell,
    "periods": lambda text: [one.key for one in times(text)],
}


@pytest.mark.parametrize(
    ("kind", "case"),
    [(kind, case) for kind, cases in CASES.items() for case in cases],
    ids=lambda one: one["note"] if isinstance(one, dict) else one,
)
def test_a_text_is_read_as_it_is_meant(kind: str, case: dict[str, Any]) -> None:
    assert READS[kind](case["text"]) == case["reads"]


class TestOtherForms:
    def findings(self, path: Path) -> list[tuple[str, str]]:
        return [(one.rule, one.printed) for one in audit(read_document(path)).findings]

    EXPECTED = ("aendring-i-antal", "Sygedagpenge, Ændring i antal: 30")

    def test_a_word_file_is_read(self, tmp_path: Path) -> None:
        document = docx.Document()
        document.add_heading("Målgrupper", 1)
        table = document.add_table(rows=3, cols=4)
        for r, row in enumerate(TABLE):
            for c, cell in enumerate(row):
                table.cell(r, c).text = cell
        document.add_paragraph("Revalidering er steget med 12 personer (-8 pct.)")
        document.save(str(tmp_path / "plan.docx"))
        found = self.findings(tmp_path / "plan.docx")
        assert self.EXPECTED in found
        assert found[-1][0] == "verbum-mod-fortegn"

    def test_an_html_page_is_read(self, tmp_path: Path) -> None:
        rows = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in TABLE)
        (tmp_path / "plan.html").write_text(f"<h1>M</h1><table>{rows}</table>", encoding="utf-8")
        assert self.EXPECTED in self.findings(tmp_path / "plan.html")

    def test_heads_over_two_lines_are_one(self, tmp_path: Path) -> None:
        head = (
            "<tr><th rowspan=2>Gruppe</th><th colspan=2>Antal personer</th></tr>"
            "<tr><th>Juni 2019</th><th>Juni 2020</th></tr>"
        )
        rows = "".join(
            f"<tr><td>{label}</td><td>{a}</td><td>{b}</td></tr>"
            for label, a, b in (("Mænd", 10, 20), ("Kvinder", 30, 40), ("I alt", 40, 70))
        )
        (tmp_path / "plan.html").write_text(f"<table>{head}{rows}</table>", encoding="utf-8")
        assert self.findings(tmp_path / "plan.html") == [
            ("sum", "I alt, Antal personer Juni 2020: 70")
        ]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    def test_text_is_read_in_the_encodings_that_windows_writes(
        self, tmp_path: Path, encoding: str
    ) -> None:
        text = "Antallet af fuldtidspersoner på sygedagpenge er steget fra 45 til 36."
        (tmp_path / "plan.txt").write_bytes(text.encode(encoding))
        assert self.findings(tmp_path / "plan.txt") == [("fra-til", text)]

    def test_a_file_of_the_size_of_a_library_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("beskplan.audit.documents.LONGEST", 100)
        path = tmp_path / "plan.txt"
        path.write_text("Antallet er steget fra 45 til 136. " * 9, encoding="utf-8")
        with pytest.raises(DataError, match="for lang"):
            read_document(path)

    @pytest.mark.parametrize("ending", ["docx", "pdf"])
    def test_a_damaged_file_is_refused_with_what_to_do(self, tmp_path: Path, ending: str) -> None:
        good = tmp_path / f"god.{ending}"
        if ending == "docx":
            docx.Document().save(str(good))
        else:
            good.write_bytes(render_pdf(dict(pages())["2017/taarnby/refusion"]))
        bad = tmp_path / f"plan.{ending}"
        bad.write_bytes(good.read_bytes()[: good.stat().st_size // 2])
        with pytest.raises(DataError) as caught:
            read_document(bad)
        assert all(problem.fix for problem in caught.value.problems)

    @pytest.mark.parametrize("ending", ["html", "pdf"])
    def test_our_own_built_report_is_clean_as_a_file(self, tmp_path: Path, ending: str) -> None:
        page = dict(pages())["2021/rudersdal/maalgrupper"]
        html = page_html(page).encode()
        path = tmp_path / f"plan.{ending}"
        path.write_bytes(html if ending == "html" else render_pdf(page))
        result = audit(read_document(path))
        assert result.findings == ()
        assert len(result.agreed) > 150
        assert sum(table.checked > 0 for table in result.tables) > 10

    def test_an_empty_pdf_page_is_listed(self, tmp_path: Path) -> None:
        import pypdf

        writer = pypdf.PdfWriter()
        writer.add_blank_page(100, 100)
        with (tmp_path / "plan.pdf").open("wb") as file:
            writer.write(file)
        with pytest.raises(DataError):
            read_document(tmp_path / "plan.pdf")

    @pytest.mark.parametrize(
        ("name", "content", "what"),
        [("plan.docx", b"no zip", ""), ("plan.pdf", b"no pdf", ""), ("plan.txt", b"\xff\xfe\xfa", ""),
         ("plan.xyz", b"\x00x", ""), ("plan.txt", b" \n", "ingen tekst"),
         ("plan.docx", b"\xd0\xcf\x11\xe0 plan", "Word 97-2003"), ("plan.docx", b"{\\rtf1 plan", "RTF"),
         ("plan.docx", b"\x89PNG plan", "et billede"),
         ("plan.txt", b"The number of unemployed has risen from 45 to 36. " * 9, "ikke på dansk")],
    )  # fmt: skip
    def test_what_cannot_be_read_is_refused_by_name_with_what_to_do(
        self, tmp_path: Path, name: str, content: bytes, what: str
    ) -> None:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError) as caught:
            read_document(tmp_path / name)
        (problem,) = caught.value.problems
        assert what in problem.what
        assert problem.fix
        assert caught.value.exit_code == 2

    def test_rows_of_tabs_in_word_are_a_table(self, tmp_path: Path) -> None:
        document = docx.Document()
        for row in TABLE:
            document.add_paragraph("\t".join(row))
        document.save(str(tmp_path / "plan.docx"))
        assert self.findings(tmp_path / "plan.docx") == [self.EXPECTED]

    def test_a_menu_of_a_web_page_is_listed_and_what_is_hidden_is_no_text(
        self, tmp_path: Path
    ) -> None:
        rows = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in TABLE)
        marked = rows.replace("<td>220</td>", "<td>220<sup>1</sup></td>")
        path = tmp_path / "plan.html"
        path.write_text(
            '<div class="menu">412 sager</div><h1>Plan</h1><p style="display:none">Steget fra 45 til 36.</p>'
            f"<table><tr><td><h2>Ydelser</h2><table>{marked}</table></td></tr></table><img src=a.png>",
            encoding="utf-8",
        )
        assert self.findings(path) == [self.EXPECTED]
        reasons = [one.reason.split(" er ")[0] for one in audit(read_document(path)).unread]
        assert reasons == ["en menu eller ramme om siden", "et billede uden tekst"]

    def test_rows_alike_on_three_pages_and_a_table_over_two_are_read(self, tmp_path: Path) -> None:
        import typst

        page = (
            "#table(columns: 4, stroke: none, column-gutter: 9pt, table.header([Ydelse], [Personer 2018], "
            "[Personer 2019], [Ændring i antal]), [Fleksjob], [100], [1{0}0], [{0}0], {1})\n"
        )
        rows = ", ".join(f"[Gruppe {chr(65 + n)}], [2{n}0], [2{n}5], [5]" for n in range(9))
        wrong = rows.replace("[285], [5]", "[285], [7]")
        text = "= Tabel {n}\n" + page
        pages = [text.format(n + 1, wrong, n=n) for n in range(3)]
        typ = "#set page(width: 14cm, height: 7cm, header: [Planen])\n" + "#pagebreak()\n".join(
            pages
        )
        (tmp_path / "plan.pdf").write_bytes(typst.compile(typ.encode()))
        result = audit(read_document(tmp_path / "plan.pdf"))
        assert [(one.numbers, one.checked) for one in result.tables] == [(30, 30)] * 3
        assert [one.rule for one in result.findings].count("aendring-i-antal") == 3


def test_the_audit_report_is_a_page_of_the_house(tmp_path: Path) -> None:
    plan = "Beskæftigelsesplan 2021\n\n- Revalidering i Rudersdal Kommune er steget med 12 personer (-8 pct.)"
    result = audit(text_document(plan, "plan.txt"))
    page = audit_report(result, 2021)
    from datetime import date

    paths = write_report(result, page, tmp_path / "tjek", date(2021, 1, 4))
    assert [path.name for path in paths] == [
        "plantjek.html", "plantjek.pdf", "plantjek.csv", "plantjek.json",
    ]  # fmt: skip
    assert "Ordet og fortegnet peger hver sin vej" in paths[0].read_text(encoding="utf-8")
    assert paths[1].read_bytes().startswith(b"%PDF")
    assert "verbum-mod-fortegn" in paths[2].read_text(encoding="utf-8-sig")
    told = json.loads(paths[3].read_text(encoding="utf-8"))
    assert [one["rule"] for one in told["findings"]] == ["verbum-mod-fortegn"]
    assert (told["numbers_checked"], told["numbers_read"]) == (2, 2)


def test_the_sample_notebook_still_makes_a_page_that_can_be_checked() -> None:
    from beskplan.render.audit_pages import page_document

    document = page_document(read_page(sample_notebook()))
    assert any(isinstance(part, Grid) for part in document.parts)
    assert any(isinstance(part, Passage) and part.kind == "heading" for part in document.parts)


class TestAlignedText:
    """Tables as a PDF's layout has them, with the lines that are no rows of them."""

    @staticmethod
    def grid(text: str) -> list[tuple[str, ...]]:
        parts = text_document(
            f"Antallet på kontanthjælp i Lemvig Kommune følger her.\n\n{text}"
        ).parts
        (one,) = (part for part in parts if isinstance(part, Grid))
        return [row.cells for row in one.rows]

    def test_years_down_a_table_are_its_rows_and_a_sentence_below_is_none(self) -> None:
        found = self.grid(
            "År            Helårspersoner   Ændring i %\n"
            "2020                   5.120             -\n"
            "2021                   4.890          -4,5\n"
            "2022                   4.655          -4,8\n"
            "Over hele perioden er antallet faldet, og i 2022 var det nede på 4.655\n"
        )
        assert [row[0] for row in found] == ["År", "2020", "2021", "2022"]

    def test_words_parted_in_a_narrow_column_are_whole_where_the_text_has_them(self) -> None:
        found = self.grid(
            "Ydelse        2023      2024\n"
            "Kontanthj      233       251\n"
            "ælp\n"
            "Lemvig         100       110\n"
            "Kommune\n"
            "Ledige over     40        44\n"
            "52 uger\n"
            "Langvarigt      30        31\n"
            "sygemeldte\n"
        )
        assert [row[0] for row in found[1:]] == [
            "Kontanthjælp", "Lemvig Kommune", "Ledige over 52 uger", "Langvarigt sygemeldte",
        ]  # fmt: skip

    def test_a_head_goes_on_in_the_column_of_the_names_alone(self) -> None:
        found = self.grid(
            "Beskæftigels        2019          2020\n"
            "esfrekvens,\n"
            "pct.\n"
            "Varde               77,9          76,8\n"
            "Hele landet         75,1          73,9\n"
        )
        assert found[0][1:] == ("2019", "2020")
        assert [row[0] for row in found[1:]] == ["Varde", "Hele landet"]

    def test_a_column_of_numbers_before_the_names_is_part_of_them(self) -> None:
        found = self.grid(
            "Nr.    Mål              2024      2025\n"
            "1      Ledige            431       410\n"
            "2      Sygemeldte        214       195\n"
            "3      Unge              120       100\n"
        )
        assert [row[0] for row in found] == ["Nr. Mål", "1 Ledige", "2 Sygemeldte", "3 Unge"]
