"""Faults of the library that look right in a status: each builds a page that the proof must refuse."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from beskplan.blocks.charts.line_chart import sparkline
from beskplan.core.errors import ProofError
from beskplan.observations.contract import COLUMNS, Delivery, RawFile
from beskplan.observations.snapshot_store import store
from beskplan.params.jobs import Job, Workplace
from beskplan.proof import evidence, prove
from beskplan.registers.areas import kommuner
from beskplan.report import status, status_periode
from beskplan.report.beside import place_cell
from beskplan.report.data import read_rows
from beskplan.report.shared_blocks import listing
from beskplan.report.status import verdict
from beskplan.runner.make_report import make_report
from beskplan.runner.records import Outcome
from tests.conftest import ROOT
from tests.proof.in_process import run_notebook
from tests.unit.report_samples import WITHHELD, observation
from tests.unit.test_report_status import (
    COUNTRY,
    MONTHLY,
    TARGET,
    WORKFORCE,
    YAML,
    Rows,
    monthly_rows,
    served,
)

FIRST, SECOND = (Job(2027, "rudersdal", "status", code) for code in ("2025K3", "2025K4"))
REVISED: Rows = {("fleksjob", "230", "2025Q03"): 341.0, ("fleksjob", "230", "2024Q02"): WITHHELD}


def store_counted(root: Path, rows: Rows, on: str) -> None:
    counted = [
        observation("fuldtidsmodtagere", value, code, ydelse=ydelse, area=area, source="statbank")
        for (ydelse, area, code), value in rows.items()
    ]
    workforce = [
        observation("arbejdsstyrke", WORKFORCE, "2025Y01", area=area, source="statbank")
        for area in (COUNTRY, "230", "201", "223")
    ]
    store_rows(root, [*counted, *workforce], on)


def store_rows(root: Path, rows: list[dict[str, Any]], on: str) -> None:
    made = [row | {"retrieved_at": on} for row in rows]
    frame = pd.DataFrame(made, columns=list(COLUMNS)).astype({"value": "float64"})
    raw = RawFile("svar.json", on.encode(), str(rows[0]["source"]), "opdigtet", on, "test")
    store(Delivery(frame, (raw,)), root)


def working_copy(root: Path, yaml: str) -> Path:
    (root / "notebooks").mkdir()
    shutil.copy(ROOT / "notebooks" / "status.ipynb", root / "notebooks")
    (root / "params" / "rudersdal").mkdir(parents=True)
    head = "kommune: Rudersdal\naar: 2027\nbilag: [status]\n"
    (root / "params" / "rudersdal" / "2027.yaml").write_text(head + yaml, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """A working copy with the edition of the third quarter, after which two numbers are revised."""
    root = working_copy(tmp_path_factory.mktemp("status"), YAML)
    store_counted(root, served(), "2026-08-01")
    with pytest.MonkeyPatch.context() as patch:
        assert made(Workplace(root), patch, FIRST).problems == ()
    store_counted(root, served() | REVISED, "2026-11-01")
    return Workplace(root)


def made(place: Workplace, monkeypatch: pytest.MonkeyPatch, job: Job = SECOND) -> Outcome:
    monkeypatch.setattr("beskplan.runner.make_report.execute", run_notebook)
    monkeypatch.chdir(place.root)
    return make_report(job, place)


def test_a_right_status_is_proven(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    assert made(place, monkeypatch).problems == ()


def test_an_edition_of_older_numbers_is_to_be_built_before_it_is_approved(place: Workplace) -> None:
    # As in a process that begins now: the snapshot of the build is remembered in this one.
    evidence._stored.cache_clear()
    with pytest.raises(ProofError) as caught:
        prove(FIRST, place, place.folder(FIRST))
    revised = [one for one in caught.value.problems if "datagrundlaget" in one.what]
    assert len(revised) == len(REVISED)
    assert all(one.fix.endswith(f"beskplan run {FIRST.id}") for one in revised)


GROUPS = [
    "alle",
    "[Allerød, Rudersdal]\n    navn: naboer\n    kilde: kommunens eget valg",
]
"""Groups beside which the places are; Rudersdal, Allerød and Hørsholm have numbers."""


@pytest.mark.parametrize("members", GROUPS)
def test_places_in_a_group_are_proven(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, members: str
) -> None:
    group = f"  sammenligningsgruppe:\n    kommuner: {members}\n  afsnit:"
    root = working_copy(tmp_path, YAML.replace("  afsnit:", group))
    # Both have 1,7 pct. on paper: the exact shares are 1,67 and 1,68.
    tie: Rows = {("fleksjob", "230", "2025Q04"): 334.0, ("fleksjob", "201", "2025Q04"): 336.0}
    store_counted(root, served() | tie, "2026-08-01")
    assert made(Workplace(root), monkeypatch).problems == ()


def test_a_monthly_status_with_targets_is_proven(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = working_copy(tmp_path, MONTHLY)
    targets = root / "params" / "rudersdal" / "2027.maal.yaml"
    targets.write_text(TARGET.format(level=250), encoding="utf-8")
    store_rows(root, monthly_rows(), "2026-08-01")
    job = Job(2027, "rudersdal", "status", "2026M06")
    assert made(Workplace(root), monkeypatch, job).problems == ()


def placed_better(shares: Any) -> Any:
    cell = PLACE_CELL(shares)
    return cell.model_copy(update={"text": f"1 af {len(shares)}", "value": 1.0})


def told_otherwise(path: Path) -> Any:
    found = READ_ROWS(path)
    return {
        key: one if one.value is None else replace(one, value=one.value + 1)
        for key, one in found.items()
    }


def of_the_first_row(things: Any, *columns: Any, **words: Any) -> Any:
    """What the earlier edition read of another benefit, as it read it."""
    return LISTING([replace(one, told=things[0].told) for one in things], *columns, **words)


def said(reason: str) -> property:
    return property(lambda _: reason)


LISTING = listing
READ_ROWS, VERDICT, PLACE_CELL, LINE, KOMMUNER = read_rows, verdict, place_cell, sparkline, kommuner
FAULTS: list[tuple[tuple[Any, str], Callable[..., Any] | property, str]] = [
    ((status, "place_cell"), placed_better, "et andet tal, end kilden giver"),
    ((status, "place_cell"), lambda shares: PLACE_CELL(shares[:1]), "en kommune mangler i placeringen"),
    ((status, "place_cell"), lambda shares: PLACE_CELL([replace(one, decimals=4) for one in shares]),
     "en placering efter andre decimaler end rækkens"),
    ((status, "kommuner"), lambda: [one for one in KOMMUNER() if one.kode != "223"],
     "en kommune mangler i placeringen"),
    ((status_periode, "read_rows"), told_otherwise, "et andet tal, end den tidligere udgave læste"),
    ((status_periode, "listing"), of_the_first_row, "den tidligere udgaves tal er et andet end rækkens"),
    ((status_periode._Since, "reason"), said("nyt kvartal"), "en anden grund, end tallene giver"),
    ((status_periode._Since, "reason"), said("nyt kvartal og revision"),
     "en anden grund, end tallene giver"),
    ((status_periode._Since, "reason"), said("nyt kvartal og databrud"),
     "en anden grund, end tallene giver"),
    ((status_periode._Since, "reason"), said("ny måned"), "en anden grund, end tallene giver"),
    ((status, "sparkline"), lambda line: LINE([one for one in line if one is not None]),
     "et forløb med andre huller end tallenes"),
    ((status, "sparkline"), lambda line: LINE(line[::-1]), "et forløb tegnet anderledes end tallene"),
    ((status, "verdict"), lambda one: {"bedre": "ringere"}.get(VERDICT(one), "bedre"),
     "et andet ord, end tallene giver"),
]  # fmt: skip


UNTOLD = [
    ("breaks_between", lambda *_: (), "en anden grund, end tallene giver"),
    ("_notes", lambda _: [], "det står ikke under tabellen, hvad der er brudt"),
]
"""What hides a break, and what the proof says of it."""


@pytest.mark.parametrize(("name", "fault", "told"), [("", None, ""), *UNTOLD])
def test_a_break_between_two_editions_is_told_or_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, fault: Any, told: str
) -> None:
    """No new ressourceforløb begin from February 2026, in the first quarter after the one before."""
    root = working_copy(tmp_path, YAML.replace("fleksjob", "ressourceforloeb"))
    rows: Rows = {
        (ydelse.replace("fleksjob", "ressourceforloeb"), area, period): number
        for (ydelse, area, period), number in served().items()
    }
    later: Rows = {(*key[:2], "2026Q01"): rows[*key[:2], "2025Q04"] for key in rows}
    store_counted(root, rows | later, "2026-08-01")
    before, now = (Job(2027, "rudersdal", "status", code) for code in ("2025K4", "2026K1"))
    assert made(Workplace(root), monkeypatch, before).problems == ()
    if name:
        monkeypatch.setattr(status_periode, name, fault)
    problems = {problem.what for problem in made(Workplace(root), monkeypatch, now).problems}
    assert (told in problems) if told else problems == set()
    if not told:
        text = (Workplace(root).folder(now) / "status.html").read_text(encoding="utf-8")
        assert "nyt kvartal og databrud" in text
        assert "»Databrud«: Fra 1. februar 2026 begynder ingen nye ressourceforløb." in text


@pytest.mark.parametrize("reads_areas", [True, False])
def test_a_comparisons_change_is_not_calculated_from_the_own_numbers_where_they_fit_by_chance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, reads_areas: bool
) -> None:
    """One number for all: two of the country's changes are what the own change would be of the own share."""
    root = working_copy(tmp_path, YAML)
    later: Rows = {(*key[:2], "2026Q01"): 250.0 for key in served()}
    store_counted(root, served() | later, "2026-08-01")
    if not reads_areas:
        monkeypatch.setattr("beskplan.audit.documents.blocks._is_apart", lambda *_: False)
    job = Job(2027, "rudersdal", "status", "2026K1")
    problems = [problem.what for problem in made(Workplace(root), monkeypatch, job).problems]
    false = ["aendring-i-pct: Ændringen i pct. passer ikke til antallene"]
    assert problems == ([] if reads_areas else false)


@pytest.mark.parametrize(("where", "fault", "told"), FAULTS)
def test_the_proof_refuses(
    place: Workplace,
    monkeypatch: pytest.MonkeyPatch,
    where: tuple[Any, str],
    fault: Callable[..., Any] | property,
    told: str,
) -> None:
    monkeypatch.setattr(*where, fault)
    assert told in {problem.what for problem in made(place, monkeypatch).problems}
