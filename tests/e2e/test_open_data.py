"""From open data alone: the README's three commands from an empty working copy, and all 98 municipalities.

The server on the loopback gives AUK01, RAS400 and FOLK1A and asks for no key. Every number that a page
prints is worked out again here from what the server gave, by arithmetic of the test's own.
"""

import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from beskplan.registers.areas import find
from beskplan.sources.fetching import FOLDER
from tests.access.pdf_rules import HEADING, Line, lines_of, lone_headings, torn_headings
from tests.access.test_every_report import too_empty
from tests.conftest import ROOT, cases
from tests.e2e.document_commands import commands_in
from tests.e2e.running import run, run_here
from tests.sources.server.serving import Sources, serving
from tests.sources.server.tables import BankTable

CASES = cases("open_data")

SECTIONS = CASES["sections"]
"""The value of YDELSESTYPE that each table of a page must show."""
MONTHLY = {
    "bruttoledige": ("AULK01", "2025M05", "2026M03", "2026M04", "2026M05"),
    "bruttoledige-foreloebig": ("AUF01", "2025M07", "2026M06", "2026M07"),
}
"""Table and months of the unemployed by month: the preliminary ones after the final count's."""
COMMANDS = [
    one.words[1:]
    for one in commands_in((ROOT / "README.md").read_text(encoding="utf-8"), "README.md")
    if "2027" in one.words or "statbank" in one.words
]
SMALL = ("laesoe", "fanoe", "samsoe", "aeroe")
TEN = (*SMALL, "koebenhavn", "bornholm", "rudersdal", "aarhus", "randers", "haderslev")


def empty_copy(place: Path) -> Path:
    """The repository without the plans and without data."""
    shutil.copytree(ROOT / "notebooks", place / "notebooks")
    (place / "params").mkdir()
    for year in (2026, 2027):
        shutil.copy(ROOT / "params" / f"{year}.yaml", place / "params")
    return place


def done(place: Path, sources: Sources, *words: str) -> str:
    """What a command says on the local server, without a key."""
    found = run(place, *words, BESKPLAN_STATBANK_URL=f"{sources.url}/v1", JOBINDSATS_TOKEN="")
    assert found.returncode == 0, f"{shlex.join(words)}\n{found.stdout[-3000:]}{found.stderr}"
    return found.stdout


@pytest.fixture(scope="module")
def sources() -> Iterator[Sources]:
    with serving(Sources(jobindsats={})) as running:
        yield running


@pytest.fixture(scope="module")
def readme(sources: Sources, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The working copy after the README's commands."""
    place = empty_copy(tmp_path_factory.mktemp("readme"))
    assert [one[0] for one in COMMANDS] == ["fetch", "new", "build"]
    for words in COMMANDS:
        done(place, sources, *words)
    return place


def rows_of(place: Path, slug: str) -> Iterator[tuple[str, str, list[str]]]:
    """Section, area and printed cells of every table of a page."""
    path = place / "reports" / "2027" / slug / "maalgrupper" / "tal.json"
    for table in json.loads(path.read_text(encoding="utf-8"))["tables"]:
        name = table["id"].removeprefix("tabel-")
        for _, area, cells in table["rows"] if name != table["id"] else ():
            yield name, area, [text.replace("\u00a0", " ") for text, *_ in cells]


def printed(value: Decimal, decimals: int = 0) -> str:
    """A number as a Danish reader expects it."""
    shown = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{shown or abs(shown):,}".translate(str.maketrans(",.", ".,"))


def expected(bank: dict[str, BankTable], name: str, area: str) -> list[str]:
    """The cells of a row, from the numbers that the server gave."""
    if name in MONTHLY:
        table, *months = MONTHLY[name]
        levels = [Decimal(bank[table].cell((area, "TOT", tid))) for tid in months]
        return [*map(printed, levels), f"{printed((levels[-1] / levels[0] - 1) * 100)} %"]
    before, now = (
        Decimal(bank["AUK01"].cell((area, SECTIONS[name], tid))) for tid in ("2024K4", "2025K4")
    )
    workforce = Decimal(bank["RAS400"].cell((area, "2025")))
    change = printed((now / before - 1) * 100)
    return [printed(before), printed(now), f"{change} %", printed(now / workforce * 100, 1)]


def wrong(place: Path, bank: dict[str, BankTable], slug: str) -> list[Any]:
    """Rows that print something else than the served numbers give; each table must be there."""
    rows = list(rows_of(place, slug))
    assert {name for name, *_ in rows} == {*SECTIONS, *MONTHLY}
    assert {area for _, area, _ in rows} == {find(slug).kode, "000", find(slug).region}
    return [row for row in rows if row[2] != expected(bank, row[0], row[1])]


def test_the_readmes_three_commands_give_a_page_of_served_numbers(
    readme: Path, sources: Sources
) -> None:
    [slug] = [path.name for path in (readme / "reports" / "2027").iterdir()]
    assert wrong(readme, sources.statbank, slug) == []
    # The negative control: another quarter's number in one cell is seen.
    table = sources.statbank["AUK01"]
    other = {(find(slug).kode, "FL", "2025K4"): table.cell((find(slug).kode, "FL", "2025K1"))}
    changed = sources.statbank | {"AUK01": BankTable(**vars(table) | {"marks": other})}
    assert [row[0] for row in wrong(readme, changed, slug)] == ["fleksjob"]


def test_the_page_is_of_one_kind_and_says_how_the_two_count(readme: Path) -> None:
    [page] = (readme / "reports" / "2027").glob("*/maalgrupper/maalgrupper.html")
    text = " ".join(page.read_text(encoding="utf-8").split())
    assert "De kan ikke sammenlignes med fuldtidspersoner fra Jobindsats." in text
    assert "beregnet af arbejdsstyrken i november" in text
    assert "Antal fuldtidspersoner" not in text
    assert "VALG" in (readme / "params" / page.parts[-3] / "2027.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("periode", "code", "says"),
    [("2025K4", 0, "4. kvartal 2025"), ("2026K3", 1, "3. kvartal 2026")],
)
def test_papermill_makes_the_status_of_this_years_plan_by_hand(
    readme: Path, sources: Sources, tmp_path: Path, *, periode: str, code: int, says: str
) -> None:
    place = tmp_path / "by-hand"
    shutil.copytree(readme, place)
    done(place, sources, "new", "Aarhus", "2026")
    given = ("-p", "kommune", "Aarhus", "-p", "aar", "2026", "-p", "periode", periode)
    words = ("-m", "papermill", "--no-progress-bar", "notebooks/status.ipynb", "out.ipynb", *given)
    made = subprocess.run(
        [sys.executable, *words], cwd=place, check=False, capture_output=True, text=True
    )
    assert made.returncode == code, made.stderr
    found = (place / "out.ipynb").read_text(encoding="utf-8") if code == 0 else made.stderr
    assert says in found


PRINTED = ("laesoe", "koebenhavn", "rudersdal")


def test_no_printed_page_is_a_quarter_empty_or_ends_with_a_heading_and_a_line(
    readme: Path, sources: Sources, tmp_path: Path
) -> None:
    place = tmp_path / "trykt"
    shutil.copytree(readme, place)
    for slug in PRINTED:
        if not (place / "params" / slug).is_dir():
            assert run_here(place, "new", slug, "2027").returncode == 0
    for slug in PRINTED:
        set_target(place, slug, "kontanthjaelp_passiv", slug)
    done(place, sources, "build", "--aar", "2027")
    pages = []
    for slug in PRINTED:
        folder = place / "reports" / "2027" / slug
        # Page 1 of all Bilag in one is the cover.
        for path, first in (
            (folder / "maalgrupper" / "maalgrupper.pdf", 1),
            (folder / f"{slug}-2027.pdf", 2),
        ):
            pdf = path.read_bytes()
            assert (path.name, too_empty(pdf, first=first)) == (path.name, [])
            assert (path.name, torn_headings(pdf)) == (path.name, [])
        pages += lines_of((folder / "maalgrupper" / "maalgrupper.pdf").read_bytes())
    assert len(pages) > 3 * 9
    # The negative control: a page that ends a line after each of its headings.
    torn = [[one for one in page if one[0] > head - 20] for page in pages for head in heads(page)]
    assert len(lone_headings(torn)) == len(torn) > 3 * 17


def heads(page: list[Line]) -> list[float]:
    """The heights of the headings that have another one above them, so that they are not a page's first."""
    return sorted(y for y, size, _ in page if size > HEADING)[:-1]


def test_what_the_source_lacks_is_named_and_stops_nothing_else(
    readme: Path, sources: Sources
) -> None:
    table = sources.statbank["AUK01"]
    values = dict(table.variables["YDELSESTYPE"])
    assert values.pop("LY") == "Ledighedsydelse"
    there, slug = dict(table.variables), next((readme / "reports" / "2027").iterdir()).name
    table.variables, table.updated = {**there, "YDELSESTYPE": values}, "2026-11-11T08:00:00"
    try:
        place = empty_copy(readme.with_name("lacking"))
        # The tables that have not changed are not asked for again.
        shutil.copytree(readme / FOLDER, place / FOLDER)
        words = (("fetch", "--source", "statbank"), ("new", slug, "2027"), ("build",))
        address = {"BESKPLAN_STATBANK_URL": f"{sources.url}/v1"}
        codes = [run(place, *one, **address) for one in words]
        assert [one.returncode for one in codes] == [3, 0, 0]
        assert "'Ledighedsydelse'" in codes[0].stderr
        there_now = {name for name, *_ in rows_of(place, slug)}
        assert there_now == {*SECTIONS, *MONTHLY} - {"ledighedsydelse"}
        page = place / "reports" / "2027" / slug / "maalgrupper" / "maalgrupper.html"
        said = "Der er ingen tal for ledighedsydelse i 4. kvartal 2025."
        assert said in " ".join(page.read_text(encoding="utf-8").split())
    finally:
        table.variables, table.updated = there, "2026-08-11T08:00:00"


TARGETS = CASES["targets"]


GUIDE = (ROOT / "docs" / "vejledning.md").read_text(encoding="utf-8")
GUIDES_TARGET = GUIDE.partition("\n## 9. ")[2].partition("```yaml\n")[2].partition("```")[0]


def set_target(place: Path, slug: str, ydelse: str, navn: str) -> None:
    """Have a plan follow a target on Danmarks Statistik's numbers; the guide's own without a name."""
    plan = place / "params" / slug / "2027.yaml"
    text = plan.read_text(encoding="utf-8").replace("[maalgrupper", "[maalgrupper, resultatmaal", 1)
    plan.write_text(text, encoding="utf-8")
    target = TARGETS.format(ydelse=ydelse, navn=navn) if navn else GUIDES_TARGET
    plan.with_name("2027.maal.yaml").write_text(target, encoding="utf-8")


def followed_page(place: Path, slug: str) -> str:
    """The text of the follow-up's page; empty where there is none."""
    page = place / "reports" / "2027" / slug / "resultatmaal" / "resultatmaal.html"
    shown = page.read_text(encoding="utf-8") if page.is_file() else ""
    return " ".join(shown.replace("\u00a0", " ").split())


def followed(readme: Path, sources: Sources, ydelse: str, navn: str) -> tuple[int, str]:
    """What the build of a target on Danmarks Statistik's numbers says, and the page's text."""
    slug = next((readme / "reports" / "2027").iterdir()).name
    place = readme.with_name(ydelse)
    shutil.copytree(readme, place)
    set_target(place, slug, ydelse, navn)
    address = {"BESKPLAN_STATBANK_URL": f"{sources.url}/v1"}
    built = run(place, "run", f"2027/{slug}/resultatmaal", **address)
    return built.returncode, f"{built.stdout}{built.stderr}{followed_page(place, slug)}"


def followed_numbers(sources: Sources, slug: str) -> tuple[str, ...]:
    """What the page must say of sickness benefit and of a share: the newest level, and the target."""

    def served(value: str, tid: str) -> Decimal:
        return Decimal(sources.statbank["AUK01"].cell((find(slug).kode, value, tid)))

    def share(tid: str) -> Decimal:
        ledige, fleksjob = served("LY", tid), served("FL", tid)
        return (ledige / (ledige + fleksjob) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)

    now, before, last = served("SY", "2025K4"), share("2024K4"), share("2025K4")
    change = f"{'+' if last > before else ''}{printed(last - before, 1)}"
    return (
        f"{printed(now)} fuldtidsmodtagere (4. kvartal 2025)",
        f"til højst {printed(now * 95 / 100)} fuldtidsmodtagere (4. kvartal 2027)",
        f"Seneste kendte tal: {printed(last, 1)} pct. (4. kvartal 2025).",
        f"{change}</td>",
    )


def test_a_target_is_followed_on_danmarks_statistiks_numbers(
    readme: Path, sources: Sources
) -> None:
    code, text = followed(readme, sources, "sygedagpenge_mv", "sygedagpenge mv.")
    assert code == 0, text
    slug = next((readme / "reports" / "2027").iterdir()).name
    assert [one for one in followed_numbers(sources, slug) if one not in text] == []
    assert "fuldtidspersoner" not in text.replace("fuldtidspersoner fra Jobindsats", "")


def test_the_guides_target_is_followed_under_its_everyday_name(
    readme: Path, sources: Sources
) -> None:
    code, text = followed(readme, sources, "the-guides", "")
    assert code == 0, text
    assert followed_numbers(sources, next((readme / "reports" / "2027").iterdir()).name)[0] in text
    assert "Sygedagpengemodtagere: " in text


def test_a_target_on_what_auk01_does_not_tell_apart_has_no_number(
    readme: Path, sources: Sources
) -> None:
    code, text = followed(readme, sources, "uddannelseshjaelp", "uddannelseshjælp")
    assert code == 0
    assert "intet tal" in text
    assert "fuldtidsmodtagere (4. kvartal 2025)" not in text
