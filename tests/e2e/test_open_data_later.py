"""Open data of two days: what a page says of both, and what is new since it was approved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from beskplan.core.files import COPIES
from beskplan.proof.pdf_text import read_pdf
from beskplan.render.workbook import SOURCES
from beskplan.sources import statbank
from beskplan.sources.fetching import Clients, fetch_and_store
from beskplan.sources.plan import plan_of
from tests.e2e.running import run
from tests.e2e.test_open_data import done, empty_copy, rows_of
from tests.sources.server.serving import Sources, serving
from tests.sources.server.tables import BankTable, bank_tables

OWN, JOB = "825", "2027/laesoe/maalgrupper"
HEADING = "Hvad er nyt i tallene"


@pytest.fixture
def sources() -> Iterator[Sources]:
    with serving(Sources(jobindsats={})) as running:
        yield running


def page(place: Path) -> str:
    text = (place / "reports" / JOB / "maalgrupper.html").read_text(encoding="utf-8")
    return " ".join(text.replace("\u00a0", " ").split())


def cells(place: Path, section: str) -> list[str]:
    """The municipality's row of a section; none where the section is not on the page."""
    return next(
        (row for name, kode, row in rows_of(place, "laesoe") if (name, kode) == (section, OWN)), []
    )


def mark(table: BankTable, value: str, **texts: str) -> None:
    """What the source gives instead of the municipality's numbers, by quarter."""
    key = (OWN, value) if value else (OWN,)
    table.marks = {**table.marks, **{(*key, tid): text for tid, text in texts.items()}}
    table.updated = "2026-11-11T08:00:00"


def fetched(place: Path, sources: Sources, day: str) -> None:
    """Fetch on a day: the command's own clock is today's."""
    clients = Clients(statbank=statbank.connect(address=f"{sources.url}/v1"))
    moment = datetime.fromisoformat(f"{day}T12:00:00+02:00")
    plan = plan_of(place).model_copy(update={"jobindsats": ()})
    _, came = fetch_and_store(plan, place, clients, clock=lambda: moment)
    clients.close()
    assert came.problems == ()


def build(place: Path, *words: str) -> dict[str, bytes]:
    """The files of the report afterwards, without the two that tell when it was made."""
    made = run(place, "build", "--bilag", "maalgrupper", *words)
    assert made.returncode == 0, made.stdout + made.stderr
    folder = place / "reports" / JOB
    timed = ("manifest.json", "maalgrupper.ipynb")
    paths = (one for one in folder.rglob("*") if one.is_file() and one.name not in timed)
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in paths}


def news(place: Path) -> str:
    """What stands under the heading of what is new, as plain text."""
    _, heading, rest = page(place).partition(f"{HEADING}</h")
    text = rest.partition("<ul>")[2].partition("</ul>")[0]
    return text.replace("<li>", "").replace("</li>", "").strip() if heading else ""


@pytest.mark.thorough
def test_a_page_of_two_days_says_both_and_what_is_new_since_it_was_approved(
    sources: Sources, tmp_path: Path
) -> None:
    place, bank = empty_copy(tmp_path / "editions"), sources.statbank
    fetched(place, sources, "2026-08-20")
    done(place, sources, "new", "Læsø", "2027")
    first = build(place)
    assert news(place) == ""
    done(place, sources, "approve", JOB, "--by", "Prøve Prøvesen")
    # An approval makes nothing stale, and the report is not its own past.
    done(place, sources, "plan")
    assert build(place, "--force") == first

    # One number is revised, one is taken back; the other tables are as they were.
    mark(bank["AUK01"], "SY", **{"2025K4": "53"})
    mark(bank["AUK01"], "FL", **{"2024K4": ".."})
    fetched(place, sources, "2026-09-14")
    second = build(place)
    served = bank_tables()["AUK01"].cell((OWN, "SY", "2025K4"))
    assert cells(place, "sygedagpenge")[1] == "53" != served
    told = news(place)
    assert told == (
        "Der er sammenlignet med den godkendte udgave med tal fra Danmarks Statistik (hentet 20. august "
        "2026). 1 af tallene er ændret, fordi kilden har revideret det. Mest er antallet på sygedagpenge "
        f"mv. i Læsø Kommune i 4. kvartal 2025 ændret: fra {served} til 53. 1 tal, som var oplyst, oplyses "
        "ikke længere."
    )
    for day, tables in (("20. august", "AULK01"), ("14. september", "AUK01")):
        assert f"({tables}), hentet {day} 2026" in page(place)
    sheets = CalamineWorkbook.from_filelike(BytesIO(second["maalgrupper.xlsx"]))
    rows = [row[:2] for row in sheets.get_sheet_by_name(SOURCES).to_python()]
    assert " ".join(str(text) for kind, text in rows if kind == HEADING) == told
    assert HEADING in [one.text for one in read_pdf(second["maalgrupper.pdf"]).elements]
    # The same again has the same bytes, before it is approved and afterwards.
    assert build(place, "--force") == second
    done(place, sources, "approve", JOB, "--by", "Prøve Prøvesen")
    assert build(place, "--force") == second
    assert len(list((place / "reports" / COPIES / JOB).iterdir())) == 2
