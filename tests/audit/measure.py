"""Measure the plan check: recall of planted faults, false alarms on right texts, precision of »sikker«.

Run it beside the shared cases: `python -m tests.audit.measure [NAME …] [-v]`, names as in `SETS`.
"""

from __future__ import annotations

import csv
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

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


Hit = Callable[[Finding], bool]
"""Whether a finding is about a fault."""


@dataclass
class Score:
    """What one set gave."""

    name: str
    wanted: int = 0
    found: int = 0
    false: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    sure: list[tuple[bool, str]] = field(default_factory=list)

    def clean(self, name: str, found: Iterable[Finding]) -> None:
        """Count what is said of a right text."""
        self.false += [f"{name} {shown(one)}" for one in found if one.severity in GRAVE]

    def faulty(
        self,
        name: str,
        found: Sequence[Finding],
        faults: Mapping[str, Hit],
        also: Sequence[Hit] = (),
    ) -> None:
        """Count the faults of a text that are found; what is also a fault is no false one."""
        for title, hit in faults.items():
            self.wanted += 1
            self.found += any(map(hit, found))
            self.missed += [] if any(map(hit, found)) else [f"{name} {title}"]
        for one in found:
            ok = any(hit(one) for hit in (*faults.values(), *also))
            if one.certainty == "sikker" and one.severity in GRAVE:
                self.sure.append((ok, f"{name} {shown(one)}"))
            elif not ok:
                self.missed.append(f"  (other) {name} {shown(one)}")

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


def quotes(one: Finding, texts: Sequence[str]) -> bool:
    """Whether a finding quotes one of some texts."""
    return any(plain(text) in plain(one.printed) for text in texts)


def plans() -> Score:
    """The handed plans: derivable faults, and what is said of the clean twins."""
    score = Score("plans")
    lines = (CASES / "expected.csv").read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(lines))
    for path in sorted((CASES / "plans").iterdir()):
        faults = [row for row in rows if row["file"] == path.name]
        if not faults:
            score.clean(path.name, findings(path))
            continue
        every = [partial(hits, place=row["place"], printed=row["printed"]) for row in faults]
        derivable = {
            f"{row['fault_id']} {row['kind']}: {row['place'][:120]}": hit
            for row, hit in zip(faults, every, strict=True) if row["derivable"] == "yes"
        }  # fmt: skip
        score.faulty(path.name, findings(path), derivable, every)
    return score


def layouts() -> Score:
    """The right tables: nothing grave may be found."""
    score = Score("layouts")
    text = (CASES / "layouts" / "right_tables.md").read_text(encoding="utf-8")
    for part in text.split("\n## ")[1:]:
        title, _, body = part.partition("\n")
        score.wanted += 1
        found = _of_text(_PLAN + body)
        score.clean(title, found)
        score.found += not any(one.severity in GRAVE for one in found)
    return score


def sentences(path: Path | None = None) -> Score:
    """The wrong sentences are reported, the right ones are not reported as error."""
    score = Score("own sentences" if path else "sentences")
    path = path or CASES / "layouts" / "sentences.yaml"
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    for one in case["wrong"]:
        start = case["plan"] + (case["table"] if one["with_table"] else "")
        found = _of_text(f"{start}\n{one['text']}\n")
        score.wanted += 1
        score.found += bool(found)
        if not found:
            score.missed.append(one["text"])
        score.sure += [(True, "") for f in found if f.certainty == "sikker"]
    for one in case["right"]:
        start = case["plan"] + (case["table"] if one["text"] else "")
        score.clean(one["kind"], _of_text(f"{start}\n{one['kind']}\n"))
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
        score.clean(case["name"], clean)
        hit = {
            f"{fault['kind']}: {fault['wrong'].strip()[:100]}": partial(quotes, texts=fault["show"])
            for fault in case["faults"]
        }
        score.faulty(case["name"], faulty, hit)
    return score


def _of_text(text: str) -> tuple[Finding, ...]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.md"
        path.write_text(text, encoding="utf-8")
        return findings(path)


SETS: dict[str, Callable[[], Score]] = {
    "plans": plans, "layouts": layouts, "sentences": sentences, "own": own,
    "own sentences": partial(sentences, Path(__file__).with_name("own_sentences.yaml")),
}  # fmt: skip

if __name__ == "__main__":
    for name in [word for word in sys.argv[1:] if word != "-v"] or SETS:
        sys.stdout.writelines(f"{line}\n" for line in SETS[name]().lines(verbose="-v" in sys.argv))
