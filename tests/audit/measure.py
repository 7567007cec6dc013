"""Measure the plan check: recall of planted faults, false alarms on right texts, precision of »sikker«.

Run it beside the shared cases: `python -m tests.audit.measure [NAME …] [-v]`, names as in `SETS`.
"""

from __future__ import annotations

import csv
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from beskplan.audit.checking import audit
from beskplan.audit.documents import read_document
from beskplan.audit.model import Finding
from tests.audit.writing import write_plan

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
CASES = SHARED / "cases" / "audit"
GRAVE = ("error", "contradiction")
_PLAN = "# Beskæftigelsesplan 2019 for Varde Kommune\n\n"


@dataclass
class Score:
    """What one set gave."""

    name: str
    wanted: int = 0
    found: int = 0
    false: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    sure: list[tuple[bool, str]] = field(default_factory=list)

    def lines(self, *, verbose: bool) -> Iterator[str]:
        share = f"{100 * self.found / self.wanted:.0f} %" if self.wanted else "-"
        right = sum(ok for ok, _ in self.sure)
        yield (
            f"{self.name:<10} found {self.found} of {self.wanted} ({share}); false {len(self.false)}; "
            f"sikker right {right} of {len(self.sure)}"
        )
        yield from (f"    false:  {text}" for text in self.false)
        if verbose:
            yield from (f"    missed: {text}" for text in self.missed)
            yield from (f"    unexpected: {text}" for ok, text in self.sure if not ok)


def told(*words: object) -> None:
    """Write a line for the reader of the terminal."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")


def findings(path: Path) -> tuple[Finding, ...]:
    """What the check says of a file."""
    return audit(read_document(path)).findings


def plain(text: str) -> str:
    """A text as it is compared: no marks, single blanks, lower case."""
    return " ".join(re.sub(r"[|*_\u00a0]", " ", text).casefold().replace("\u2212", "-").split())


def shown(one: Finding) -> str:
    return (
        f"[{one.severity}/{one.certainty}] {one.rule}: {one.printed[:110]} => {one.expected[:50]}"
    )


def hits(one: Finding, place: str, printed: str) -> bool:
    """Whether a finding is about a fault: it quotes the printed text in the fault's row or sentence."""
    quoted, where = plain(one.printed), plain(place)
    label = plain(place.split("|", maxsplit=1)[0])
    wanted = plain(printed)
    if wanted[:1] in "+-":
        wanted, quoted_number = wanted[1:], re.sub(r"[+-]", "", quoted)
    else:
        quoted_number = quoted
    if not re.search(rf"(?<![\d,.]){re.escape(wanted)}(?!\d)", quoted_number):
        return False
    same = where in quoted or quoted in where
    words = set(where.split())
    return (
        same
        or ("|" in place and label in quoted)
        or len(words & set(quoted.split())) > 0.7 * len(words)
    )


def plans() -> Score:
    """The handed plans: derivable faults, and what is said of the clean twins."""
    score = Score("plans")
    lines = (CASES / "expected.csv").read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(lines))
    for path in sorted((CASES / "plans").iterdir()):
        faults = [row for row in rows if row["file"] == path.name]
        found = findings(path)
        if not faults:
            score.false += [f"{path.name} {shown(one)}" for one in found if one.severity in GRAVE]
            score.sure += [
                (False, f"{path.name} {shown(one)}")
                for one in found
                if one.certainty == "sikker" and one.severity in GRAVE
            ]
            continue
        for row in faults:
            ours = [one for one in found if hits(one, row["place"], row["printed"])]
            if row["derivable"] == "yes":
                score.wanted += 1
                score.found += bool(ours)
                if not ours:
                    score.missed.append(f"{row['fault_id']} {row['kind']}: {row['place'][:120]}")
        for one in found:
            ok = any(hits(one, row["place"], row["printed"]) for row in faults)
            if one.certainty == "sikker" and one.severity in GRAVE:
                score.sure.append((ok, f"{path.name} {shown(one)}"))
            elif not ok:
                score.sure.append((True, ""))
                score.missed.append(f"  (other) {path.name} {shown(one)}")
    return score


def layouts() -> Score:
    """The right tables: nothing grave may be found."""
    score = Score("layouts")
    text = (CASES / "layouts" / "right_tables.md").read_text(encoding="utf-8")
    for part in text.split("\n## ")[1:]:
        title, _, body = part.partition("\n")
        score.wanted += 1
        found = _of_text(_PLAN + body)
        score.false += [f"{title}: {shown(one)}" for one in found if one.severity in GRAVE]
        score.found += not any(one.severity in GRAVE for one in found)
    return score


def sentences() -> Score:
    """The wrong sentences are reported, the right ones are not reported as error."""
    score = Score("sentences")
    case = yaml.safe_load((CASES / "layouts" / "sentences.yaml").read_text(encoding="utf-8"))
    for one in case["wrong"]:
        start = case["plan"] + (case["table"] if one["with_table"] else "")
        found = _of_text(f"{start}\n{one['text']}\n")
        score.wanted += 1
        score.found += bool(found)
        if not found:
            score.missed.append(f"{one['kind']}: {one['text']}")
        score.sure += [(True, "") for f in found if f.certainty == "sikker"]
    for one in case["right"]:
        start = case["plan"] + (case["table"] if one["text"] else "")
        found = _of_text(f"{start}\n{one['kind']}\n")
        score.false += [f"{one['kind']}: {shown(f)}" for f in found if f.severity in GRAVE]
    return score


def formats() -> Score:
    """The other handed files: right ones, wrong ones, and how much of each was read."""
    score = Score("formats")
    for path in sorted((CASES / "formats").iterdir()):
        result = audit(read_document(path))
        if "right" in path.name:
            score.false += [
                f"{path.name} {shown(f)}" for f in result.findings if f.severity in GRAVE
            ]
        else:
            told(
                path.name,
                len(result.findings),
                "findings;",
                len(result.unread),
                "unread;",
                result.numbers,
            )
            for f in result.findings:
                told("   ", shown(f))
            for u in result.unread:
                told("    unread", u.place.text, u.text[:60], u.reason)
    return score


def own() -> Score:
    """The second set, written before the rules."""
    score = Score("own")
    for case in yaml.safe_load(
        (Path(__file__).parent / "second_set.yaml").read_text(encoding="utf-8")
    ):
        with tempfile.TemporaryDirectory() as folder:
            clean = findings(write_plan(case["text"], case["format"], Path(folder) / "ren"))
            text = case["text"]
            for fault in case["faults"]:
                text = text.replace(fault["right"], fault["wrong"])
            faulty = findings(write_plan(text, case["format"], Path(folder) / "fejl"))
        score.false += [f"{case['name']} {shown(f)}" for f in clean if f.severity in GRAVE]
        for fault in case["faults"]:
            ours = [f for f in faulty if any(plain(s) in plain(f.printed) for s in fault["show"])]
            score.wanted += 1
            score.found += bool(ours)
            if not ours:
                score.missed.append(
                    f"{case['name']} {fault['kind']}: {fault['wrong'].strip()[:100]}"
                )
        for f in faulty:
            ok = any(
                plain(s) in plain(f.printed) for fault in case["faults"] for s in fault["show"]
            )
            if f.certainty == "sikker" and f.severity in GRAVE:
                score.sure.append((ok, f"{case['name']} {shown(f)}"))
            elif not ok:
                score.missed.append(f"  (other) {case['name']} {shown(f)}")
    return score


def seeds() -> Score:
    """The adopted plans: everything that is found, to be read by hand."""
    score = Score("seeds")
    for path in sorted((SHARED / "seeds").glob("*.txt")):
        result = audit(read_document(path))
        told(path.name, len(result.findings), "findings,", len(result.agreed), "agree")
        for f in result.findings:
            told("   ", f.place.line, shown(f))
    return score


def _of_text(text: str) -> Iterable[Finding]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.md"
        path.write_text(text, encoding="utf-8")
        return findings(path)


SETS: dict[str, Any] = {
    "plans": plans, "layouts": layouts, "sentences": sentences, "formats": formats, "seeds": seeds,
    "own": own,
}  # fmt: skip

if __name__ == "__main__":
    wanted = [word for word in sys.argv[1:] if word != "-v"] or [
        "plans",
        "layouts",
        "sentences",
        "own",
    ]
    for name in wanted:
        told("\n".join(SETS[name]().lines(verbose="-v" in sys.argv)))
