"""Open data that lack something, come on two days or are interrupted, and what a page says is new."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from beskplan.core.files import COPIES, ROWS
from beskplan.proof.pdf_text import read_pdf
from beskplan.registers.areas import area
from beskplan.render.workbook import SOURCES
from beskplan.sources import statbank
from beskplan.sources.fetching import Clients, fetch_and_store
from beskplan.sources.plan import plan_of
from tests.conftest import cases
from tests.e2e.running import BESKPLAN, run
from tests.e2e.test_open_data import done, empty_copy, rows_of, wrong
from tests.sources.server.faults import Fault
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


def only(table: BankTable, variable: str, keep: Callable[[str], bool]) -> None:
    """Leave the values of a variable that are to be kept."""
    values = {one: text for one, text in table.variables[variable].items() if keep(one)}
    table.variables = {**table.variables, variable: values}


def mark(table: BankTable, value: str, **texts: str) -> None:
    """What the source gives instead of the municipality's numbers, by quarter."""
    table.marks = {**table.marks, **{(OWN, value, tid): text for tid, text in texts.items()}}
    table.updated = "2026-11-11T08:00:00"


def half_of_it(bank: Mapping[str, BankTable]) -> None:
    """Half of the quarters, half of the months, and a benefit of which the municipality has no level."""
    mark(bank["AUK01"], "LY", **dict.fromkeys(bank["AUK01"].variables["Tid"], ".."))
    only(bank["AUK01"], "Tid", lambda tid: tid >= "2025K3")
    only(bank["AULK01"], "Tid", lambda tid: tid >= "2026M04")


def without_years(bank: Mapping[str, BankTable]) -> None:
    """No quarter of the year before, and no workforce of the newest years."""
    only(bank["AUK01"], "Tid", lambda tid: tid[:4] != "2024")
    only(bank["RAS400"], "Tid", lambda tid: tid <= "2020")


NONE = "ikke opgjort"
LACKING: dict[str, tuple[Callable[[Mapping[str, BankTable]], None], dict[str, list[str]]]] = {
    "half": (
        half_of_it,
        {
            "fleksjob": [NONE, "38", NONE, "1,3"],
            "bruttoledige": [NONE, "85", "87"],
            "ledighedsydelse": [NONE, *["fortroligt"] * 3],
        },
    ),
    "years": (without_years, {"fleksjob": [NONE, "38", NONE, NONE]}),
    "nothing": (lambda _: None, {"fleksjob": ["43", "38", "-12 %", "1,3"]}),
}


@pytest.mark.thorough
@pytest.mark.parametrize(("change", "expected"), LACKING.values(), ids=LACKING)
def test_what_lacks_is_a_word_in_its_cell(
    sources: Sources,
    tmp_path: Path,
    change: Callable[[Mapping[str, BankTable]], None],
    expected: dict[str, list[str]],
) -> None:
    change(sources.statbank)
    place = empty_copy(tmp_path / "lacking")
    for words in (("fetch", "--source", "statbank"), ("new", "Læsø", "2027"), ("run", JOB)):
        done(place, sources, *words)
    assert {name: cells(place, name) for name in expected} == expected
    # No section is left out; that a section lacks a period is said in it.
    assert not re.search("Der er ingen tal for [a-zæøå]", page(place))


COMPARED = cases("open_data")["areas_of_many_kinds"]


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working copy with the open numbers and a plan."""
    place = empty_copy(tmp_path_factory.mktemp("compared"))
    with serving(Sources(jobindsats={})) as sources:
        for words in (("fetch", "--source", "statbank"), ("new", "Læsø", "2027")):
            done(place, sources, *words)
    return place


@pytest.mark.thorough
@pytest.mark.parametrize(("yaml", "rows", "said"), COMPARED)
def test_a_plan_is_compared_with_areas_of_many_kinds(
    begun: Path, yaml: str, rows: list[str], said: list[str]
) -> None:
    plan = begun / "params" / "laesoe" / "2027.yaml"
    as_it_was = plan.read_text(encoding="utf-8")
    plan.write_text(f"{as_it_was}  {yaml}\n", encoding="utf-8")
    try:
        made = run(begun, "run", JOB)
        assert made.returncode == 0, made.stdout + made.stderr
    finally:
        plan.write_text(as_it_was, encoding="utf-8")
    shown = [area(kode).navn for name, kode, _ in rows_of(begun, "laesoe") if name == "fleksjob"]
    assert shown == rows
    # Each once, and nothing of an area that is not there.
    told = page(begun)
    assert [told.count(text) for text in said] == [1] * len(said)
    ends = any("1. januar 2027" in text for text in said)
    assert ("Region Østdanmark" in told) is ends


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
    copies = list((place / "reports" / COPIES / JOB).iterdir())
    assert len(copies) == 2
    # A damaged copy is told by its file, in our words, and the report in place stays.
    (copies[0] / ROWS).write_bytes(b'["fuldtidsmodtagere", "fleks')
    damaged = run(place, "build", "--bilag", "maalgrupper", "--force")
    assert damaged.returncode == 1
    said = " ".join(f"{damaged.stdout}{damaged.stderr}".split())
    assert f"{copies[0].name}/{ROWS}: en tidligere udgave er beskadiget" in said
    assert "JSONDecodeError" not in said
    assert page(place)


@pytest.mark.thorough
def test_killed_while_it_fetches_or_builds_open_data_the_next_run_gives_the_whole(
    sources: Sources, tmp_path: Path
) -> None:
    place = empty_copy(tmp_path / "killed")
    environment = {"BESKPLAN_STATBANK_URL": f"{sources.url}/v1", "JOBINDSATS_TOKEN": ""}

    def killed(is_time: Callable[[], bool], *words: str) -> None:
        process = subprocess.Popen(
            [str(BESKPLAN), *words],
            cwd=place,
            env=os.environ | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + 120
        while not is_time() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        assert process.poll() is None, "it had ended before it was killed"
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    sources.faults.append(Fault("/v1/data", times=100, wait=0.2))
    killed(lambda: len(sources.asked("/v1/data")) >= 4, "fetch", "--source", "statbank")
    sources.faults.clear()
    assert not list((place / "data" / "snapshots").glob("[0-9a-f]*"))
    done(place, sources, "fetch", "--source", "statbank")
    for name in ("Læsø", "Fanø", "Samsø"):
        done(place, sources, "new", name, "2027")
    reports = place / "reports" / "2027"
    killed(
        lambda: any(reports.glob("*/maalgrupper/manifest.json")), "build", "--bilag", "maalgrupper"
    )
    finished = {one.parts[-3] for one in reports.glob("*/maalgrupper/manifest.json")}
    assert finished
    assert finished != {"laesoe", "fanoe", "samsoe"}
    done(place, sources, "build", "--bilag", "maalgrupper")
    for slug in ("laesoe", "fanoe", "samsoe"):
        assert wrong(place, sources.statbank, slug) == []
    assert not list((place / "reports").glob(".arbejde/*"))
