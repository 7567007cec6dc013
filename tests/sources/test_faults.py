"""Whatever goes wrong at a source: right, or refused with nothing overwritten; then a good fetch heals."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from beskplan.core.errors import SourceError
from beskplan.observations.contract import KEY
from beskplan.observations.snapshot import Snapshot
from beskplan.observations.snapshot_store import choose
from beskplan.sources.fetching import Clients, fetch_and_store
from beskplan.sources.plan import FetchPlan, default_plan
from tests.conftest import cases
from tests.sources.server import faults
from tests.sources.server.faults import WHAT, Fault
from tests.sources.server.serving import Sources, serving
from tests.sources.server.tables import bank_tables, made_up_tables
from tests.sources.some_tables import only

CASES = cases("faults")

NOW = datetime.fromisoformat("2026-08-20T12:00:00+02:00")
PART = "svaret er kun en del af det, der blev spurgt om"
NO_AREA = "tabellen har ikke dette område"


def two_tables(hit: str, other: str) -> FetchPlan:
    """One that a fault hits, and one that it does not; the areas that must be there, and no others."""
    plan = only(default_plan(), hit, other)
    short = {"areas_if_there": ()}
    return plan.model_copy(
        update={
            "jobindsats": tuple(one.model_copy(update=short) for one in plan.jobindsats),
            "statbank": tuple(one.model_copy(update=short) for one in plan.statbank),
        }
    )


def values(snapshot: Snapshot, table: str) -> pd.DataFrame:
    rows = snapshot.frame[snapshot.frame["table_id"] == table]
    return rows[[*KEY, "value", "state"]].sort_values(list(KEY), ignore_index=True)


def first_number(text: str) -> Callable[[bytes], bytes]:
    def change(body: bytes) -> bytes:
        head, _, tail = body.partition(b'"Hele landet", ')
        return head + b'"Hele landet", ' + text.encode() + tail[tail.index(b",") :]

    return change


def rows(change: Callable[[list[list[Any]]], list[list[Any]]]) -> Callable[[bytes], bytes]:
    return faults.rows_changed(change)


def without(*names: str, period: str = "") -> Callable[[bytes], bytes]:
    return rows(lambda all_: [r for r in all_ if r[1] not in names or period not in r[0]])


def labelled(at: int, *labels: str) -> Callable[[bytes], bytes]:
    """The rows with other words in one column, taken in turn."""
    return rows(
        lambda all_: [[*r[:at], labels[n % len(labels)], *r[at + 1 :]] for n, r in enumerate(all_)]
    )


def lines(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[bytes], bytes]:
    return lambda body: b"\r\n".join(change(body.split(b"\r\n")))


DATA = "/v3/data/y01a02"
BANK = "/v1/data"
JOBINDSATS = [
    (Fault(DATA, status=401, body=b""), WHAT["closed"]),
    (Fault(DATA, status=404, body=b""), WHAT["gone"]),
    (Fault(DATA, status=302, body=b""), WHAT["moved"]),
    (Fault(DATA, status=413, body=b""), WHAT["big"]),
    (Fault(DATA, status=429, body=b""), WHAT["many"]),
    (Fault(DATA, status=503, body=b""), WHAT["fault"]),
    (Fault(DATA, status=504, body=b""), WHAT["slow"]),
    (Fault(DATA, cut=40), WHAT["cut"]),
    (Fault(DATA, body=faults.WRONG_KEY), WHAT["key"]),
    (Fault(DATA, body=faults.LOGIN_PAGE), WHAT["page"]),
    (Fault(DATA, body=b""), WHAT["empty"]),
    (Fault(DATA, body=b"\xef\xbb\xbf  "), WHAT["empty"]),
    (Fault(DATA, body=b"Vi er straks tilbage"), WHAT["words"]),
    (Fault(DATA, body="Område;æ".encode("latin-1")), WHAT["encoding"]),
    (Fault(DATA, change=faults.halved), WHAT["half"]),
    (Fault(DATA, body=b'{"columns": [}], "rows": [[1, 2], [3, 4]]}'), WHAT["json"]),
    (Fault(DATA, body=b'{"columns": [], "rows": {}}'), WHAT["shape"]),
    (Fault(DATA, body=b"[[1, 2]]"), WHAT["shape"]),
    (Fault(DATA, body=faults.unprocessable("No")), "en fejlbesked i stedet for tal"),
    (
        Fault(DATA, status=422, body=faults.unprocessable("Unknown period type: M")),
        "afviser spørgsmålet",
    ),
    (Fault(DATA, change=rows(lambda _: [])), "svaret har ingen rækker"),
    (Fault(DATA, change=rows(lambda r: [r[0][:-1], *r[1:]])), "rækker og kolonner passer ikke sammen"),
    (Fault(DATA, change=rows(lambda r: [r[0], *r])), "område og periode står to gange"),
    (
        Fault(DATA, change=rows(lambda r: [["2019M01", *r[0][1:]], *r[1:]])),
        "en periode, der ikke blev spurgt om",
    ),
    (Fault(DATA, change=labelled(1, "Atlantis")), "et ukendt område"),
    (Fault(DATA, change=faults.columns_renamed({"Antal personer": "Antal børn"})), "kilden har ikke målet"),
    (Fault(DATA, change=faults.columns_renamed({"Område": "Sted"})), "0 kolonner med område"),
    (Fault(DATA, change=faults.columns_renamed({"Periode": "Tid"})), "0 kolonner med periode"),
    (Fault(DATA, change=first_number("NaN")), WHAT["number"]),
    (Fault(DATA, change=first_number("true")), WHAT["shape"]),
    (Fault(DATA, change=first_number("[1]")), WHAT["shape"]),
    (Fault(DATA, change=first_number("12.5")), "et antal med decimaler"),
    (Fault(DATA, change=first_number("-4")), "en værdi, der ikke kan være rigtig"),
    (Fault(DATA, change=first_number('"mange"')), ""),
    (Fault(DATA, change=first_number('"1.3"')), ""),
    # A part of an answer: the end, the country, a municipality, a period, many rows of many areas.
    (Fault(DATA, change=rows(lambda r: r[: len(r) // 2])), NO_AREA),
    (Fault(DATA, change=rows(lambda r: r[:-12])), NO_AREA),
    (Fault(DATA, change=rows(lambda r: r[:-7])), "kendte tal ville blive erstattet af ingen"),
    (Fault(DATA, change=without("Hele landet")), NO_AREA),
    (Fault(DATA, change=without("Rudersdal")), NO_AREA),
    (Fault(DATA, change=without("Hele landet", period="2026M07")), "hele landet mangler i perioder"),
    (
        Fault(DATA, change=rows(lambda r: [one for one in r if one[0] != "2026M05"])),
        "en periode mangler i svaret",
    ),
    (Fault(DATA, change=without("Rudersdal", period="2026M07")), "kendte tal ville blive erstattet af ingen"),
    (
        Fault(DATA, change=rows(lambda r: [one for n, one in enumerate(r) if n % 9 or n < 6])),
        PART,
    ),
    (Fault("/v3/table/y01a02", body=b"{}"), WHAT["shape"]),
    (Fault("/v3/tables", body=b"[]"), "tabeloversigten er tom"),
    (Fault("/v3/tables", body=b'[{"x": 1}]'), WHAT["shape"]),
]  # fmt: skip
STATBANK = [
    (Fault(BANK, body=b""), WHAT["empty"]),
    (Fault(BANK, body=faults.LOGIN_PAGE), WHAT["page"]),
    (Fault(BANK, status=500, body=b""), WHAT["fault"]),
    (Fault(BANK, cut=60), WHAT["cut"]),
    (Fault(BANK, change=faults.halved), "svaret slutter midt i en række"),
    (Fault(BANK, body=b"Tabellen opdateres\r\n"), "ikke de kolonner, der blev spurgt om"),
    (Fault(BANK, change=lambda b: b.replace(b"\n230;", b"\n999;")), "en værdi, der ikke blev spurgt om"),
    (Fault(BANK, change=lambda b: b.replace(b"\n230;", b"\n101;")), "en celle står to gange"),
    (Fault(BANK, change=lambda b: b.replace(b"\n230;", b"\n230;;")), "rækken er for kort"),
    (Fault(BANK, change=lines(lambda all_: [all_[0], b""])), PART),
    (Fault(BANK, change=lines(lambda all_: [*all_[: len(all_) // 2], b""])), PART),
    (Fault(BANK, change=lines(lambda all_: [*all_[:1], *all_[2:]])), PART),
    (
        Fault(BANK, change=lambda b: b.replace(b"\n230;2024;", b"\n230;2024;ca. ")),
        "en værdi, der ikke kan være rigtig",
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[Sources]:
    """One for all tests: its address stands in the answers of the working copies that they share."""
    with serving(Sources()) as running:
        yield running


@pytest.fixture
def sources(server: Sources) -> Sources:
    """The server as at the start, with fresh tables and no faults."""
    server.jobindsats, server.statbank = made_up_tables(), bank_tables()
    server.faults.clear()
    return server


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Callable[[FetchPlan], Path]:
    """Gives the working copy of a plan with good numbers, which the first test that asks fetches."""
    folder = tmp_path_factory.mktemp("good")
    plans: list[FetchPlan] = []

    def copy(plan: FetchPlan) -> Path:
        if plan not in plans:
            plans.append(plan)
        return folder / str(plans.index(plan))

    return copy


class Source:
    """A working copy with good numbers of two tables, the first of which has since been updated."""

    def __init__(
        self,
        sources: Sources,
        clients: Clients,
        plan: FetchPlan,
        hit: str = "y01a02",
        *,
        good: Callable[[FetchPlan], Path],
        root: Path,
    ) -> None:
        self.sources, self.clients, self.plan = sources, clients, plan
        self.hit, self.other = hit, next(t.id for t in plan.tables.values() if t.id != hit)
        self.root = good(plan)
        if not self.root.exists():
            self.fetch(0)
            assert (self.problems, self.failed) == ((), ())
        self.root = shutil.copytree(self.root, root / "copy")
        self.before = choose("nyeste", self.root)
        if self.hit in sources.jobindsats:
            sources.jobindsats[self.hit].update_latest = "2026-08-18"
        else:
            sources.statbank[self.hit].updated = "2026-08-18T08:00:00"

    def fetch(self, days: int) -> Snapshot:
        """The newest snapshot after a fetch, which may fail in part."""
        try:
            _, fetched = fetch_and_store(
                self.plan, self.root, self.clients, clock=lambda: NOW + timedelta(days=days)
            )
            self.problems, self.failed = fetched.problems, fetched.failed
        except SourceError as error:
            self.problems, self.failed = error.problems, ()
        return choose("nyeste", self.root)

    def check(self, fault: Fault, what: str) -> None:
        fault.times = 99
        self.sources.faults.append(fault)
        after = self.fetch(1)
        assert self.problems
        assert what in {one.what for one in self.problems} or not what
        pd.testing.assert_frame_equal(values(after, self.hit), values(self.before, self.hit))
        pd.testing.assert_frame_equal(values(after, self.other), values(self.before, self.other))
        self.sources.faults.clear()
        healed = self.fetch(2)
        assert self.problems == ()
        rows = healed.frame[healed.frame["table_id"] == self.hit]
        assert set(rows["retrieved_at"]) == {"2026-08-22"}


@pytest.fixture
def source_of(
    sources: Sources, clients: Clients, good: Callable[[FetchPlan], Path], tmp_path: Path
) -> Callable[..., Source]:
    """Makes the working copy of a plan and its table that is hit."""
    return partial(Source, sources, clients, good=good, root=tmp_path)


@pytest.mark.parametrize(("fault", "what"), JOBINDSATS)
def test_a_fault_of_jobindsats_overwrites_nothing_and_heals(
    source_of: Callable[..., Source], fault: Fault, what: str
) -> None:
    source_of(two_tables("y01a02", "y04a02")).check(fault, what)


@pytest.mark.parametrize(("fault", "what"), STATBANK)
def test_a_fault_of_statbank_overwrites_nothing_and_heals(
    source_of: Callable[..., Source], fault: Fault, what: str
) -> None:
    source_of(two_tables("RAS400", "y04a02"), "RAS400").check(fault, what)


def test_a_good_answer_is_not_refused(source_of: Callable[..., Source]) -> None:
    source = source_of(two_tables("y01a02", "RAS400"))
    source.fetch(1)
    assert (source.problems, source.failed) == ((), ())


@pytest.mark.parametrize("change", [faults.with_bom, faults.danish_numbers])
def test_a_bom_and_decimal_commas_make_no_difference(
    sources: Sources, source_of: Callable[..., Source], change: Callable[[bytes], bytes]
) -> None:
    source = source_of(two_tables("y01a02", "y04a02"))
    sources.faults.append(Fault(DATA, times=99, change=change))
    assert values(source.fetch(1), "y01a02").equals(values(source.before, "y01a02"))
    assert source.problems == ()


@pytest.mark.parametrize(("labels", "part", "what"), CASES["the_figures_of_another_part_are"])
def test_the_figures_of_another_part_are_refused(
    source_of: Callable[..., Source], labels: tuple[str, ...], part: int, what: str
) -> None:
    plan = two_tables("y25i01", "RAS400")
    [table] = plan.jobindsats
    plan = plan.model_copy(
        update={"jobindsats": (table.model_copy(update={"parts": table.parts[part : part + 1]}),)}
    )
    source_of(plan, "y25i01").check(Fault("/v3/data/y25i01", change=labelled(2, *labels)), what)
