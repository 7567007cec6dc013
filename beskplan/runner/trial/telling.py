"""A trial as lines for a person, and as JSON for other programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from beskplan.registers.areas import find
from beskplan.runner.trial.running import Tried


def lines(tried: Sequence[Tried]) -> Iterator[str]:
    """One line a fact, each of which can stand alone; a head for each municipality, a sum at the end."""
    for (_, slug, why), pages in groupby(
        tried, key=lambda one: (one.job.aar, one.job.kommune, one.why)
    ):
        yield f"# {find(slug).navn}{f': {why}' if why else ''}"
        for one in pages:
            yield from _page(one)
    yield _sum(tried)


def _page(one: Tried) -> Iterator[str]:
    for fact in one.facts:
        yield f"{one.job.id}  {fact.kind}  {fact.text}"
    for problem in one.problems:
        yield f"{one.job.id}  FEJL  " + "; ".join(str(problem).splitlines())


def _sum(tried: Sequence[Tried]) -> str:
    failed = [one.job.id for one in tried if not one.ok]
    withheld = sum(any(fact.kind == "fortroligt" for fact in one.facts) for one in tried)
    pages = _counted(len(tried) - len(failed), "side", "sider")
    areas = _counted(len({one.job.kommune for one in tried}), "område", "områder")
    end = f"{len(failed)} kunne ikke laves: {', '.join(failed)}" if failed else "alle kunne laves"
    return f"{pages} lavet for {areas}, {withheld} med fortrolige tal; {end}."


def _counted(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def as_json(tried: Sequence[Tried]) -> list[dict[str, Any]]:
    """One entry a page: `job`, `why`, `ok`, `facts` (kind, text) and `problems` (as in status.json)."""
    return [
        {
            "job": one.job.id,
            "why": one.why,
            "ok": one.ok,
            "facts": [asdict(fact) for fact in one.facts],
            "problems": [asdict(problem) for problem in one.problems],
        }
        for one in tried
    ]
