"""Reports that look finished to the catalogue, without a notebook being run: small, many, and quick.

`put_report` writes what a build leaves behind (a test holds its manifest against a real one's keys);
`put_set_report` sets a made-up page for real, for what approves and stamps.
"""

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from beskplan.blocks.csv import table_csv
from beskplan.core.files import install, sha256_file
from beskplan.params.jobs import Job, Workplace
from beskplan.registers.areas import kommuner
from beskplan.render.page import Page, read_page
from beskplan.render.page_html import page_html
from beskplan.render.page_pdf import render_pdf
from beskplan.render.values import VALUES, page_values
from beskplan.render.workbook import render_workbook
from beskplan.runner.records import MANIFEST, Store, Version, content_id

TITLES = {
    "maalgrupper": "Udviklingen i målgrupperne",
    "overblik": "Overblik over ydelserne",
    "refusion": "Refusion af ydelserne",
    "varighed": "Længerevarende forløb",
}
MADE_AT = "2026-11-22T08:00:00+00:00"
DATA = {"id": "a1b2c3d4e5f6", "text": "Tal fra Jobindsats.dk (hentet 18. november 2026)"}
MADE_FROM = {
    "notebook": "n1",
    "params": {"params/2021.yaml": "p1"},
    "library": "l1",
    "registers": "r1",
}
Row = Sequence[Any]
A_ROW: Row = ("fuldtidspersoner", "a_dagpenge", "alle", "230", "2020M06", "d", 703.0, 0)


def table(
    value: float = 703.0, *, text: str = "", state: str = "known", period: str = "juni 2020"
) -> dict[str, Any]:
    """A table of one row and one column, as `build.shown` writes it."""
    number = None if state == "withheld" else value
    printed = text or ("fortroligt" if state == "withheld" else f"{value:.0f}")
    return {
        "id": "tabel-a-dagpenge",
        "name": "Tabel 1",
        "title": "Fuldtidspersoner på a-dagpenge",
        "period": period,
        "columns": [["nu", f"{period[0].upper()}{period[1:]}"]],
        "rows": [["Rudersdal", "230", [[printed, number, state]]]],
    }


def put_report(
    place: Workplace,
    job: Job,
    *,
    tables: Sequence[Mapping[str, Any]] | None = None,
    texts: Sequence[Mapping[str, Any]] = (),
    rows: Sequence[Row] = (A_ROW,),
    made_from: Mapping[str, Any] = MADE_FROM,
    title: str | None = None,
    kode: str = "230",
    **manifest: Any,
) -> Version:
    """Write a report as a build does, kept and in place; what it shows decides its content."""
    tells = {
        "title": title or TITLES.get(job.bilag, job.bilag),
        "tables": list(tables) if tables is not None else [table()],
        "key_figures": [
            {"label": "Fuldtidspersoner på a-dagpenge, juni 2020", "value": "703", "change": ""}
        ],
        "texts": list(texts),
    }
    work = _work(place)
    page = f"<!DOCTYPE html><html lang=da><title>x</title><p>{json.dumps(tells)}</p>"
    for name in (f"{job.bilag}.html", f"{job.bilag}.pdf", f"{job.bilag}.xlsx"):
        (work / name).write_text(page, encoding="utf-8")
    (work / f"{job.bilag}.ipynb").write_text("{}", encoding="utf-8")
    (work / "tabeller").mkdir()
    (work / "tabeller" / "01-a-dagpenge.csv").write_text("a;b\r\n", encoding="utf-8")
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (work / "rows.jsonl").write_text(lines, encoding="utf-8")
    return _put(place, job, work, tells, {"kommune_kode": kode, "made_from": made_from, **manifest})


def put_set_report(place: Workplace, job: Job, notebook: NotebookNode, **manifest: Any) -> Version:
    """The report of an executed notebook, set for real, kept and in place."""
    page = read_page(notebook)
    page = replace(page, header=page.header.model_copy(update={"bilag": job.bilag}))
    work = _work(place)
    nbformat.write(notebook, work / f"{job.bilag}.ipynb")
    (work / "rows.jsonl").touch()
    _set(work, job, page)
    return _put(place, job, work, page_values(page), {"demo": page.header.demo, **manifest})


def _set(work: Path, job: Job, page: Page) -> None:
    html = page_html(page)
    (work / f"{job.bilag}.html").write_text(html, encoding="utf-8")
    (work / f"{job.bilag}.pdf").write_bytes(render_pdf(page))
    (work / f"{job.bilag}.xlsx").write_bytes(render_workbook(page))
    (work / "tabeller").mkdir()
    for entry in page.tables():
        name = f"{entry.number:02d}-{entry.block.id}.csv"
        (work / "tabeller" / name).write_bytes(table_csv(entry.block))  # type: ignore[arg-type]


def _work(place: Workplace) -> Path:
    place.reports.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(dir=place.reports, prefix=".proeve-"))


def _put(
    place: Workplace, job: Job, work: Path, tells: Mapping[str, Any], manifest: Mapping[str, Any]
) -> Version:
    (work / VALUES).write_text(json.dumps(tells, ensure_ascii=False), encoding="utf-8")
    files = {
        path.relative_to(work).as_posix(): sha256_file(path)
        for path in sorted(work.rglob("*"))
        if path.is_file()
    }
    record = {
        "job": job.id,
        "bilag": job.bilag,
        "kommune": job.kommune,
        "kommune_kode": "230",
        "aar": job.aar,
        "demo": False,
        "made_at": MADE_AT,
        "data": DATA,
        "made_from": MADE_FROM,
        "versions": {"beskplan": "0.1.0"},
        "commit": "",
        "files": files,
        "previous": _previous(Version(place.folder(job)), content_id(files)),
        **manifest,
    }
    (work / MANIFEST).write_text(json.dumps(record), encoding="utf-8")
    version = Store.of(place.reports).keep(job.id, work)
    install(work, place.folder(job))
    shutil.rmtree(work, ignore_errors=True)
    return version


def _previous(in_place: Version, content: str) -> Any:
    if not (in_place.folder / MANIFEST).is_file():
        return None
    if in_place.content == content:
        return in_place.manifest["previous"]
    return {"content": in_place.content}


BENEFITS = (
    "A-dagpenge", "Kontanthjælp", "Jobparate kontanthjælpsmodtagere", "Sygedagpenge",
    "Jobafklaringsforløb", "Ressourceforløb", "Revalidering", "Fleksjob", "Ledighedsydelse",
    "Førtidspension", "Efterløn", "Offentlig forsørgelse i alt",
)  # fmt: skip


def scoreboard(number: int, hidden: Sequence[str] = ()) -> dict[str, Any]:
    """The table of an edition with a benefit a row, as `Status` writes it; some may be withheld."""

    def cell(value: float, text: str, benefit: str) -> list[Any]:
        return ["fortroligt", None, "withheld"] if benefit in hidden else [text, value, "known"]

    rows = []
    for place, benefit in enumerate(BENEFITS):
        change, share = (
            (7 * number + 5 * place) % 41 - 20,
            (number * 13 + place * 29) % 120 / 10 + 0.1,
        )
        texts = (f"{change:+d} %", f"{share:.1f}".replace(".", ","))
        cells = [cell(one, text, benefit) for one, text in zip((change, share), texts, strict=True)]
        rows.append([benefit, "", [["1.234", 1234.0, "known"], *cells]])
    columns = [
        ["nu", "September 2026"],
        ["pct", "Ændring i pct."],
        ["andel", "Pct. af arbejdsstyrken"],
    ]
    return table() | {"id": "tabel-resultattavle", "columns": columns, "rows": rows}


def put_editions(place: Workplace, periode: str = "2026K3", most: int = 98) -> list[Job]:
    """An edition of every municipality; the small islands have withheld numbers, one lacks a benefit."""
    jobs = []
    for number, kommune in enumerate(kommuner()[:most]):
        job = Job(2026, kommune.slug, "status", periode)
        hidden = BENEFITS[5:7] if kommune.navn in ("Fanø", "Læsø", "Samsø", "Ærø") else ()
        board = scoreboard(number, hidden)
        board["rows"] = board["rows"][: -1 if number == 3 else None]
        put_report(place, job, kode=kommune.kode, tables=[board], title="Status", periode=periode)
        jobs.append(job)
    return jobs


def many(
    place: Workplace, *, years: Sequence[int] = (2019, 2020, 2021), most: int = 98, last: int = 0
) -> list[Job]:
    """A report for every municipality, year and Bilag; every fourth has an earlier version.

    Of the first `most` municipalities and the `last` ones of the alphabet.
    """
    jobs, every = [], kommuner()
    for number, kommune in enumerate((*every[:most], *every[len(every) - last :])):
        for aar in years:
            for bilag in TITLES:
                job = Job(aar, kommune.slug, bilag)
                if number % 4 == 0:
                    put_report(place, job, kode=kommune.kode, made_at="2026-10-01T08:00:00+00:00")
                tables = [table(703.0 + number)]
                put_report(place, job, kode=kommune.kode, tables=tables)
                jobs.append(job)
    return jobs
