"""Library faults that look right on the page: each builds a report that the proof must refuse, by name."""

import decimal
import re
import shutil
import sys
from collections.abc import Callable
from typing import Any

import pytest
from xlsxwriter.worksheet import Worksheet

from beskplan.blocks import csv, model, tables
from beskplan.blocks.charts import canvas, line_chart, rows
from beskplan.blocks.charts.canvas import Canvas
from beskplan.core import danish
from beskplan.indicators.quantities import Movement, Quantity
from beskplan.params.jobs import Job, Workplace
from beskplan.report import overblik
from beskplan.report.data import ReportData
from beskplan.report.overblik import Overblik
from beskplan.runner import make_report as making
from beskplan.runner.make_report import make_report
from beskplan.runner.records import Outcome
from tests.conftest import ROOT, cases
from tests.proof.in_process import run_notebook
from tests.proof.tables import sum_faults
from tests.runner.small_copy import store_rows, write_copy

CASES = cases("mutants")

GROUPS = Job(2027, "rudersdal", "maalgrupper")
SHIPPED = {
    "overblik": Job(2019, "alleroed", "overblik"),
    "varighed": Job(2017, "taarnby", "varighed"),
    "resultatmaal": Job(2019, "alleroed", "resultatmaal"),
}
HALF = {("230", "a_dagpenge", "2025M06"): 200.0, ("230", "a_dagpenge", "2026M06"): 225.0}
"""Up by 12,5 per cent: 13, and never 12."""

Patch = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workplace, Workplace]:
    """The small working copy, and one of the plans that ship."""
    small = Workplace(write_copy(tmp_path_factory.mktemp("lille") / "kopi"))
    store_rows(small.root, HALF, on="2026-08-02")
    shipped = Workplace(tmp_path_factory.mktemp("trykt"))
    for folder in ("notebooks", "params"):
        shutil.copytree(ROOT / folder, shipped.root / folder)
    return small, shipped


def made(places: tuple[Workplace, Workplace], monkeypatch: pytest.MonkeyPatch, job: Job) -> Outcome:
    place = places[job is not GROUPS]
    monkeypatch.setattr("beskplan.runner.make_report.execute", run_notebook)
    monkeypatch.chdir(place.root)
    return make_report(job, place)


@pytest.mark.parametrize("job", [GROUPS, *SHIPPED.values()], ids=lambda job: job.bilag)
def test_a_report_of_the_library_as_it_is_passes(
    places: tuple[Workplace, Workplace], monkeypatch: pytest.MonkeyPatch, job: Job
) -> None:
    assert [str(problem) for problem in made(places, monkeypatch, job).problems] == []


def arguments(owner: type, change: Callable[[dict[str, Any]], None]) -> Patch:
    """Every value of a class is made with other arguments."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        init = owner.__init__  # type: ignore[misc]
        names = getattr(owner, "__dataclass_fields__", {})

        def changed(self: Any, *args: Any, **values: Any) -> None:
            values = dict(zip(names, args, strict=False)) | values
            change(values)
            init(self, **values)

        monkeypatch.setattr(owner, "__init__", changed)

    return patch


def attribute(target: object, name: str, value: Callable[[Any], Any]) -> Patch:
    """One attribute is another, made from the one that it was."""
    return lambda monkeypatch: monkeypatch.setattr(target, name, value(getattr(target, name)))


def all_of(*patches: Patch) -> Patch:
    """Several faults at once."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        for one in patches:
            one(monkeypatch)

    return patch


MADE_UP = arguments(model.Table, lambda values: values.update(demo=True))
"""The tables are of demo data."""


def swap(values: dict[str, Any], one: str, other: str) -> None:
    values[one], values[other] = values[other], values[one]


def swap_of(ydelse: str) -> Callable[[dict[str, Any]], None]:
    def change(values: dict[str, Any]) -> None:
        if ydelse in values["now"].origin:
            swap(values, "before", "now")

    return change


def other_name(values: dict[str, Any]) -> None:
    names = {"Rudersdal": "Østdanmark", "Østdanmark": "Rudersdal"}
    values["label"] = names.get(values["label"], values["label"])


def doubled(values: dict[str, Any]) -> None:
    if values["value"] is not None:
        values["value"] *= 2


def doubled_line(values: dict[str, Any]) -> None:
    values["values"] = [None if one is None else one * 2 for one in values["values"]]


def text_of(name: str, old: str, new: str) -> Callable[[dict[str, Any]], None]:
    """One text argument says something else."""

    def change(values: dict[str, Any]) -> None:
        values[name] = re.sub(old, new, values[name])

    return change


def flipped(values: dict[str, Any]) -> None:
    if values["unit"] == "pct." and values.get("value") is not None:
        values["value"] = -values["value"]


def more_decimals(values: dict[str, Any]) -> None:
    if values["unit"] == "fuldtidspersoner":
        values["decimals"] = 1


def regions_number(values: dict[str, Any]) -> None:
    now, change, _, region = values["numbers"]
    values["numbers"] = (now, change, region, region)
    values["change"] = re.sub(r"\(\d+", f"({region.text}", values["change"])


def of_region(read: Any) -> Any:
    """Every row is read of the region, under the municipality's name."""
    return lambda self, key: read(self, (*key[:3], "oestdanmark", key[4]))


def of_other_benefit(read: Any) -> Any:
    def changed(self: Any, key: Any) -> Any:
        other = "sygedagpenge" if key[0].startswith("pct_af") else key[1]
        return read(self, (key[0], other, *key[2:]))

    return changed


def zero_for_word(values: dict[str, Any]) -> None:
    if values.get("state") in ("withheld", "absent"):
        values |= {"text": "0", "value": 0.0, "state": "known"}


def no_origin(values: dict[str, Any]) -> None:
    values.pop("origin", None)


def shifted_dot(dot: Any) -> Any:
    def changed(self: Any, at: tuple[float, float], *rest: Any, **more: Any) -> None:
        dot(self, (at[0] + 2, at[1]), *rest, **more)

    return changed


def longer_first_bar(bar: Any) -> Any:
    def changed(self: Any, x0: float, x1: float, *rest: Any) -> None:
        bar(self, x0, x1 + 9 if rest[-1] == canvas.OWN else x1, *rest)

    return changed


def in_html(old: str, new: str) -> Patch:
    """The page says something else than the notebook."""

    def changed(page_html: Any) -> Any:
        return lambda page: re.sub(old, new, page_html(page), count=1)

    return attribute(sys.modules[make_report.__module__], "page_html", changed)


def other_values(values: Any) -> Any:
    def changed(page: Any) -> Any:
        found = values(page)
        found["tables"][0]["rows"][0][2][0][0] += "0"
        return found

    return changed


MUTANTS: dict[str, Patch] = {
    "før og nu byttet overalt": arguments(Movement, lambda v: swap(v, "before", "now")),
    "før og nu byttet i et afsnit": arguments(Movement, swap_of("sygedagpenge")),
    "nøgletallet er regionens": arguments(model.KeyFigure, regions_number),
    "figuren tegner det dobbelte": arguments(rows.Bar, doubled),
    "søjlerne siger pct. om personer": attribute(
        overblik, "ranking", lambda draw: lambda *a, **k: draw(*a, **k | {"unit": "pct."})
    ),
    "prikkerne tegner det dobbelte": arguments(rows.DotRow, doubled_line),
    "figuren bytter to områder": arguments(
        rows.DotRow, lambda v: v.update(values=v["values"][::-1])
    ),
    "en prik står forkert": attribute(Canvas, "dot", shifted_dot),
    "forklaringen bytter to områder": attribute(
        rows, "_MARKS", lambda marks: (marks[1], marks[1], *marks[2:])
    ),
    "rækkerne ordnet forkert": arguments(
        model.Figure,
        text_of("alt", "Øverst står a-dagpenge", "Øverst står sygedagpenge"),
    ),
    "alternativ tekst med forkert antal": arguments(
        model.Figure, text_of("alt", r"(\d+) ydelser", "7 ydelser")
    ),
    "arbejdsbogen rundet til tiere": attribute(
        Worksheet,
        "write_number",
        lambda write: lambda self, r, c, n, *f: write(self, r, c, round(n, -1), *f),
    ),
    "tal.json har et andet tal": attribute(
        sys.modules[make_report.__module__], "page_values", other_values
    ),
    "csv plus én": attribute(
        csv, "printed_number", lambda number: lambda cell: (n := number(cell)) and n + 1
    ),
    "rundet til lige": attribute(danish, "ROUND_HALF_UP", lambda _: decimal.ROUND_HALF_EVEN),
    "linjen tegner det dobbelte": arguments(line_chart.Line, doubled_line),
    "en søjle er for lang": attribute(Canvas, "bar", longer_first_bar),
    "rækkernes områder byttet": arguments(model.Row, other_name),
    "læst for regionen": attribute(ReportData, "read", of_region),
    "andel af en anden ydelse": attribute(ReportData, "read", of_other_benefit),
    "en anden enhed": arguments(
        model.Column,
        lambda v: v.update(unit=v.get("unit", "").replace("fuldtidspersoner", "borgere")),
    ),
    "en decimal for meget": arguments(Quantity, more_decimals),
    "fortegnet vendt": arguments(Quantity, flipped),
    "titlens periode": arguments(model.Table, text_of("period", "juni 2025", "juni 2024")),
    "figurens periode": arguments(model.Figure, text_of("subtitle", "juni 2025", "maj 2025")),
    "kolonnens periode": arguments(model.Column, text_of("label", "Juni 2025", "Juni 2024")),
    "nøgletallets periode": arguments(model.KeyFigure, text_of("label", "juni 2026", "juni 2025")),
    "nøgletallets retning": arguments(model.KeyFigure, lambda v: v.update(direction="down")),
    "sammenligningens tal": arguments(model.KeyFigure, text_of("comparison", r"\((\d+)", r"(1\1")),
    "ordnet forkert": attribute(rows, "_order", lambda _: lambda _bar: 0),
    "totalen er udeladt": arguments(
        model.Table,
        lambda v: v.update(rows=tuple(row for row in v["rows"] if row.label != "I alt")),
    ),
    "ikke opgjort trykt som 0": arguments(model.Cell, zero_for_word),
    "et tal uden oprindelse": arguments(model.Cell, no_origin),
    "et tal i en sætning": arguments(
        model.Prose,
        lambda v: v.update(paragraphs=tuple(p.replace("225", "226") for p in v["paragraphs"])),
    ),
    "områdets procent i en sætning": arguments(
        model.Prose,
        lambda v: v.update(
            paragraphs=tuple(
                re.sub(r"Østdanmark \(\d+", "Østdanmark (13", p) for p in v["paragraphs"]
            )
        ),
    ),
    "alternativ tekst om en kurve": arguments(
        model.Figure, text_of("alt", r"går fra (\d+)", r"går fra 116")
    ),
    "en kilde mangler": arguments(
        model.SourceList, lambda v: v.update(entries=(model.Source(text="Egne tal"),))
    ),
    "noterne tabt på siden": in_html(r'(?s)<ul class="noter">.*?</ul>', ""),
    "en note uden mærke ved sine celler": attribute(
        tables, "_marked", lambda _: lambda row, *_: row
    ),
    "en rettelse, som listen ikke har": attribute(
        Overblik, "found_corrections", lambda _: lambda _self: ()
    ),
    "en demofigur i en plan": arguments(model.Figure, lambda values: values.update(demo=True)),
    "filerne uden kilder og noter ved siden af": attribute(
        making, "sources_csv", lambda _: lambda _files: b""
    ),
    "en skjult celle": in_html("<td", "<td hidden"),
    "et nøgletal på siden alene": in_html(r'class="vaerdi">\d', 'class="vaerdi">9'),
    "demomærket tabt på siden": all_of(MADE_UP, in_html(r'<p class="demo">[^<]*</p>', "")),
    "demomærket tabt i csv": all_of(MADE_UP, attribute(csv, "DEMO_HEAD", lambda _: "Note")),
    "telefonens billede er et andet": arguments(
        canvas.Drawing,
        lambda v: v.update(narrow=v["narrow"].replace('fill="#8b959f"', 'fill="none"')),
    ),
}


@pytest.mark.parametrize("case", CASES["mutants"], ids=lambda case: case[0])
def test_a_mutant_of_the_library_is_refused(
    places: tuple[Workplace, Workplace], monkeypatch: pytest.MonkeyPatch, case: list[str]
) -> None:
    name, what, *bilag = case
    MUTANTS[name](monkeypatch)
    outcome = made(places, monkeypatch, SHIPPED[bilag[0]] if bilag else GROUPS)
    assert what in {problem.what for problem in outcome.problems}, outcome.problems


def test_each_mutant_has_its_word() -> None:
    assert MUTANTS.keys() == {name for name, *_ in CASES["mutants"]}


@pytest.mark.parametrize(("parts", "faults"), [("ab", 0), ("a", 1), ("abb", 1)])
def test_a_sum_has_every_row(parts: str, faults: int) -> None:
    def row(label: str, origin: list[Any]) -> dict[str, Any]:
        return {"label": label, "cells": [{"text": "1", "origin": origin}]}

    total = row("I alt", ["printed_sum", *(["read", part] for part in parts)])
    table = {"rows": [row("A", ["read", "a"]), row("B", ["read", "b"]), total]}
    assert len(list(sum_faults(table))) == faults
