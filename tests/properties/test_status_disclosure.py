"""Two editions of a small island's status, with a revision between, give no withheld number away together.

The reader knows everything that either edition has read, what the catalogue's page of each edition shows of
all the islands side by side, and that the benefits add up to their total.
"""

import json
import random
import re
from itertools import product
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from beskplan.blocks.model import Table
from beskplan.core.periods import Period
from beskplan.params.jobs import Job, Workplace
from beskplan.publish.entries import SCOREBOARD
from beskplan.publish.site import make_site
from beskplan.registers.areas import find
from beskplan.registers.benefits import benefit
from beskplan.render.values import table_values
from beskplan.report.data import recorded
from beskplan.report.status import Status
from tests.proof.test_status_proof import store_rows
from tests.publish.synthetic import put_report
from tests.unit.report_samples import observation

ISLANDS = ("Læsø", "Fanø", "Samsø", "Ærø")
PARTS = (
    "a_dagpenge", "kontanthjaelp_2025", "revalidering", "forrevalidering", "sygedagpenge", "jobafklaring",
    "ressourceforloeb", "ledighedsydelse", "fleksjob", "foertidspension",
)  # fmt: skip
TOTAL = "offentlig_forsoergelse"
WORKFORCE = 900
"""So few that a share with its decimal gives the count away."""
BELOW = 3
"""The source withholds smaller counts."""
CODES = ("2025M08", "2025M09", "2026M08", "2026M09")
SECTIONS = "".join(f"    {one}: {{ydelse: {one}}}\n" for one in (*PARTS, TOTAL))
YAML = f"""kommune: {{kommune}}
aar: 2027
bilag: [status]
status: {{{{hver: maaned}}}}
maalgrupper:
  periode: 2026M08
  kilde: jobindsats
  sammenlign_med: [hele-landet]
  afsnit:
{SECTIONS.replace("{", "{{").replace("}", "}}")}"""

Numbers = dict[tuple[str, str, str], int]
"""By island's code, benefit and month: what the source counts."""


def counted(seed: int) -> Numbers:
    """A few people on each benefit; every total is the sum of its parts."""
    chance = random.Random(seed)  # noqa: S311 numbers of a test
    numbers: Numbers = {}
    for island, code in product((find(one).kode for one in ISLANDS), CODES):
        for ydelse in PARTS:
            numbers[island, ydelse, code] = chance.choice((0, 1, 2, *range(3, 16)))
    return added_up(numbers)


def revised(numbers: Numbers, seed: int) -> Numbers:
    """One benefit of each island and month has another number, and so has the total."""
    chance = random.Random(seed)  # noqa: S311 numbers of a test
    changes = {
        (island, chance.choice(PARTS), code): chance.randrange(12)
        for island, code in {(island, code) for island, _, code in numbers}
    }
    return added_up({**numbers, **changes})


def added_up(numbers: Numbers) -> Numbers:
    parts = {key: value for key, value in numbers.items() if key[1] != TOTAL}
    places = {(island, code) for island, _, code in parts}
    return parts | {
        (island, TOTAL, code): sum(parts[island, one, code] for one in PARTS)
        for island, code in places
    }


def store(root: Path, numbers: Numbers, on: str) -> None:
    rows = [
        observation("fuldtidspersoner", float(value), code, ydelse=ydelse, area=island)
        for (island, ydelse, code), value in numbers.items()
    ]
    rows += [
        observation(
            "pct_af_arbejdsstyrken", value / WORKFORCE * 100, code, ydelse=ydelse, area=island
        )
        for (island, ydelse, code), value in numbers.items()
    ]
    country = [
        observation("fuldtidspersoner", 90_000.0, code, ydelse=ydelse, area="000")
        for ydelse, code in product((*PARTS, TOTAL), {code for *_, code in numbers})
    ]
    store_rows(root, [*rows, *country], on)


def shown(root: Path, kommune: str, periode: str) -> Numbers:
    """Every number of the island that the edition has read, whether it prints it or not.

    Its scoreboard is left where the catalogue finds it.
    """
    kode, slug = find(kommune).kode, find(kommune).slug
    kept = root / "reports" / "2027" / slug / f"status-{periode}"
    kept.mkdir(parents=True)
    with recorded(kept / "rows.jsonl"):
        report = Status.load(kommune, 2027, periode, root)
        for block in (report.answer, report.scoreboard, report.course, report.since):
            block()
    lines = (kept / "rows.jsonl").read_text(encoding="utf-8").splitlines()
    board = report.scoreboard().block
    assert isinstance(board, Table)
    put(root, kommune, periode, table_values(board, SCOREBOARD, "Tabel 1"))
    return {
        (kode, row[1], row[4]): int(row[6])
        for row in map(json.loads, lines)
        if row[0] == "fuldtidspersoner" and row[3] == kode and row[6] is not None
    }


def put(root: Path, kommune: str, periode: str, board: dict[str, Any]) -> None:
    """The island's edition as a build leaves it, as far as the catalogue looks at it."""
    job = Job(2027, find(kommune).slug, "status", periode)
    kode = find(kommune).kode
    kept = (root / "reports" / job.id / "rows.jsonl").read_text(encoding="utf-8")
    put_report(Workplace(root), job, kode=kode, tables=[board], title="Status", periode=periode)
    (root / "reports" / job.id / "rows.jsonl").write_text(kept, encoding="utf-8")


def side_by_side(root: Path, periode: str, truth: Numbers) -> Numbers:
    """The counts behind every number on the page of an edition: of a change both, of a share the one."""
    site = make_site(Workplace(root), (), drafts=True)
    tree = lxml.html.document_fromstring(site.pages[f"udgaver/status-{periode}.html"].decode())
    now = Period.parse(periode)
    behind = {"pct": (now.code, now.year_before().code), "andel": (now.code,)}
    names = {benefit(one).name(now.last_day).casefold(): one for one in (*PARTS, TOTAL)}
    found: Numbers = {}
    for measure, codes in behind.items():
        (one,) = tree.xpath(f"//div[@aria-labelledby='{measure}-titel']//table")
        heads = [head.text_content().strip() for head in one.xpath("./thead//th")][1:]
        for row in one.xpath("./tbody/tr"):
            kode = find(row.xpath("string(./th/a)")).kode
            cells = [cell.text_content().strip() for cell in row.xpath("./td")]
            for (head, cell), code in product(zip(heads, cells, strict=True), codes):
                if re.match(r"[+-]?\d", cell):
                    key = (kode, names[head.casefold()], code)
                    found[key] = truth[key]
    return found


Edition = tuple[Numbers, Numbers]
"""What the source counts, and what is shown of it."""


def left(editions: list[Edition], island: str, code: str) -> dict[str, set[int]]:
    """Every value that each count which the source withholds has in some world that agrees with all shown.

    The source's own withheld counts are 0 to 2, those taken off the page 3 or more. A reader knows who is
    which, and which numbers are not revised; of what the source withholds twice nobody can know that.
    """
    truths = [truth for truth, _ in editions]
    values = {one: {truth[island, one, code] for truth in truths} for one in PARTS}
    unrevised = {one for one, some in values.items() if len(some) == 1 and min(some) >= BELOW}
    known = {
        (n, one): seen[island, one, code]
        for n, (_, seen) in enumerate(editions)
        for one in (*PARTS, TOTAL)
        if (island, one, code) in seen
    }
    shared = {one: value for (_, one), value in known.items() if one in unrevised}
    sums = []
    for n in range(len(editions)):
        if (n, TOTAL) not in known:
            continue
        told = {one: known.get((n, one), shared.get(one)) for one in PARTS}
        hidden = [one if one in unrevised else f"{one} {n}" for one in PARTS if told[one] is None]
        sums.append((known[n, TOTAL] - sum(value or 0 for value in told.values()), hidden))
    names = {name for _, hidden in sums for name in hidden}
    small = sorted(name for name in names if _truth(truths, island, code, name) < BELOW)
    found: dict[str, set[int]] = {name: set() for name in small}
    for guess in product(range(BELOW), repeat=len(small)):
        world = dict(zip(small, guess, strict=True))
        rest = [
            (
                whole - sum(world.get(name, 0) for name in hidden),
                {name for name in hidden if name not in world},
            )
            for whole, hidden in sums
        ]
        if _adds_up(rest):
            for name, value in world.items():
                found[name].add(value)
    return found


def _truth(truths: list[Numbers], island: str, code: str, name: str) -> int:
    ydelse, _, number = name.partition(" ")
    return truths[int(number or 0)][island, ydelse, code]


def _adds_up(rest: list[tuple[int, set[str]]]) -> bool:
    """Whether numbers of 3 or more give each sum; those in every sum are the same number."""
    both = set.intersection(*(names for _, names in rest)) if rest else set()
    low, high = BELOW * len(both), 10_000 if both else 0
    for whole, names in rest:
        alone = len(names - both)
        low = low if alone else max(low, whole)
        high = min(high, whole - BELOW * alone) if both else high
        if not both and (whole < BELOW * alone or (not alone and whole)):
            return False
    return low <= high


EDITIONS = ((CODES[2], "2026-10-01"), (CODES[3], "2026-11-01"))
"""Period of each edition, and the day on which its numbers are fetched."""


def editions(root: Path, seed: int) -> list[Edition]:
    """Both editions of every island, the second after a revision."""
    every = counted(seed)
    first = {key: value for key, value in every.items() if key[2] != CODES[-1]}
    for one in ISLANDS:
        folder = root / "params" / find(one).slug
        folder.mkdir(parents=True)
        (folder / "2027.yaml").write_text(YAML.format(kommune=one), encoding="utf-8")
    seen: list[Edition] = []
    for numbers, (periode, on) in zip((first, revised(every, seed + 100)), EDITIONS, strict=True):
        store(root, numbers, on)
        pages = [shown(root, one, periode) for one in ISLANDS]
        seen.append((numbers, {key: value for page in pages for key, value in page.items()}))
    return seen


def given_away(seen: list[Edition]) -> tuple[list[str], int]:
    """Counts that the source withholds and the reader can tell, and how many it withholds."""
    told, withheld = [], 0
    for island, code in product((find(one).kode for one in ISLANDS), CODES):
        there = [one for one in seen if (island, TOTAL, code) in one[0]]
        for name, values in left(there, island, code).items():
            withheld += 1
            told += [f"{island} {code} {name}: {values}"] if len(values) < 2 else []
    return told, withheld


@pytest.mark.parametrize("seed", range(3))
def test_two_editions_together_give_no_withheld_number(tmp_path: Path, seed: int) -> None:
    seen = editions(tmp_path, seed)
    told, withheld = given_away(seen)
    assert told == []
    assert withheld > len(ISLANDS)
    # With the pages of the catalogue beside them, and with those alone.
    codes = [periode for periode, _ in EDITIONS]
    beside = [
        (truth, side_by_side(tmp_path, periode, truth))
        for (truth, _), periode in zip(seen, codes, strict=True)
    ]
    assert all(len(page) > 2 * len(ISLANDS) for _, page in beside)
    both = [(truth, one | page) for (truth, one), (_, page) in zip(seen, beside, strict=True)]
    assert given_away(both)[0] == given_away(beside)[0] == []


def test_a_withheld_number_on_the_catalogues_page_would_be_seen(tmp_path: Path) -> None:
    """The negative control: the page of the second edition prints what the islands' own pages withhold."""
    seen = editions(tmp_path, 0)
    periode = EDITIONS[1][0]
    for one in ISLANDS:
        folder = tmp_path / "reports" / "2027" / find(one).slug / f"status-{periode}"
        (board,) = json.loads((folder / "tal.json").read_text(encoding="utf-8"))["tables"]
        for _, _, cells in board["rows"]:
            cells[:] = [
                ["7", 7.0, "known"] if text == "fortroligt" else [text, *rest]
                for text, *rest in cells
            ]
        put(tmp_path, one, periode, board)
    truth, pages = seen[1]
    page = side_by_side(tmp_path, periode, truth)
    assert not page.items() <= pages.items()
    assert given_away([seen[0], (truth, pages | page)])[0] != []


def test_what_is_shown_in_one_edition_alone_would_be_seen() -> None:
    """The negative control: the second edition takes another number off than the first."""
    island, code = find(ISLANDS[0]).kode, CODES[0]
    truth = added_up({(island, one, code): 7 for one in PARTS} | {(island, PARTS[0], code): 1})

    def page(*off: str) -> Numbers:
        return {key: value for key, value in truth.items() if key[1] not in off}

    first, second = (truth, page(*PARTS[:2])), (truth, page(PARTS[0], PARTS[2]))
    assert list(left([first], island, code).values()) == [{0, 1, 2}]
    assert list(left([first, second], island, code).values()) == [{1}, {1}]
