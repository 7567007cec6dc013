"""The adopted plans: what is known to be wrong in them is found, and nothing else."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml

from beskplan.audit.checking import audit
from beskplan.audit.documents import read_document
from beskplan.audit.model import Result
from beskplan.observations.snapshot_store import embedded
from beskplan.proof.pdf_text import read_pdf
from beskplan.render.audit_pages import audit_report
from beskplan.render.page_pdf import render_pdf

pytestmark = pytest.mark.shared

FAULTS: dict[str, dict[str, list[int]]] = yaml.safe_load(
    Path(__file__).with_name("seed_faults.yaml").read_text(encoding="utf-8")
)
GRAVE = {
    "000": {"forhold-som-aendring", "naevner", "lovdato", "tekst-mod-tabel"},
    "001": {"samme-prognose", "naevner-i-tekst", "verbum-mod-fortegn"},
    "002": set(),
    "003": {"udgangspunkt-i-kaede"},
    "004": {"hhv-orden", "periode-i-hoved"},
}
"""The rules that found an error or a contradiction; a swapped pair of areas is one of two errors."""


@cache
def checked(folder: Path, number: str, *, data: bool = False) -> Result:
    """What is found from the text alone, or with the published figures beside it."""
    (path,) = (folder / "seeds").glob(f"{number}_*.txt")
    return audit(read_document(path), embedded() if data else None)


@pytest.mark.parametrize("number", FAULTS)
def test_the_faults_of_a_plan_are_found_on_their_lines_and_nothing_else(
    shared: Path, number: str
) -> None:
    findings = checked(shared, number).findings
    found = {
        one.rule: sorted(f.place.line for f in findings if f.rule == one.rule) for one in findings
    }
    assert found == FAULTS[number]
    grave = {one.rule for one in findings if one.severity in ("error", "contradiction")}
    assert grave == GRAVE[number]


@pytest.mark.parametrize("number", FAULTS)
def test_the_published_figures_only_confirm_what_the_text_has_told(
    shared: Path, number: str
) -> None:
    alone, beside = checked(shared, number), checked(shared, number, data=True)
    assert alone.findings == beside.findings
    assert len(alone.agreed) <= len(beside.agreed)


def test_most_of_rudersdals_numbers_are_confirmed_and_a_broken_one_is_unread(shared: Path) -> None:
    result = checked(shared, "004", data=True)
    assert len(result.agreed) > 180
    assert result.unread == ()
    assert [one.place.line for one in checked(shared, "000").unread] == [115]


def test_a_report_whose_table_head_is_torn_becomes_a_pdf(shared: Path) -> None:
    result = checked(shared, "003")
    data = render_pdf(audit_report(result, 2017))
    assert len(read_pdf(data).tables[-1]) == 1 + len(result.tables)
