"""References and counts: tables that are not there, and lists with another number of things than said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from beskplan.audit.model import Agreed, Finding, Outcome
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.vocabulary import NUMBER_WORDS, quotes_another

_REFERENCE = re.compile(
    r"\b(?P<what>tabel|figur) (?P<n>\d{1,2})\b(?!\.\d)(?P<more>\s?[-–]\s?\d| og \d)?", re.IGNORECASE
)
_CAPTION = re.compile(r"^\W*(?P<what>tabel|figur) (?P<n>\d{1,2})\b(?!\.\d)\W", re.IGNORECASE)
_NAMELY = re.compile(
    r"\b(?P<word>"
    + "|".join(w for w in NUMBER_WORDS if NUMBER_WORDS[w] > 1)
    + r")\b (?:[a-zæøå]+ ){1,4}?"
    r"[^.;:]{0,40}?(?:, nemlig|, dvs\.|:) (?P<list>[^.;:]{5,200})",
    re.IGNORECASE,
)


def tables_that_are_there(plan: Plan) -> Iterator[Outcome]:
    """Judge every reference to a table or figure by the numbers of those that the plan has."""
    captions: dict[str, set[int]] = {"tabel": set(), "figur": set()}
    texts = [(s.text, s.place) for s in plan.sentences]
    for text in (*(text for text, _ in texts), *(grid.title for grid in plan.document.grids)):
        if match := _CAPTION.match(f"{text} "):
            captions[match["what"].casefold()].add(int(match["n"]))
    for text, place in texts:
        if _CAPTION.match(f"{text} ") or quotes_another(text):
            continue
        for match in _REFERENCE.finditer(text):
            known = captions[match["what"].casefold()]
            if not known and not plan.document.grids and match["what"].casefold() == "tabel":
                yield Finding(
                    "henvisning", "doubt", "sandsynlig", place, text, "en tabel",
                    "Planen har ingen tabeller, som tjekket kan se.",
                )  # fmt: skip
            if not known:
                continue
            if int(match["n"]) in known:
                yield Agreed("henvisning", place, match[0])
                continue
            name = match["what"].casefold()
            yield Finding(
                "henvisning", "contradiction", "sikker", place, text,
                f"et nummer, som findes: {', '.join(map(str, sorted(known)))}",
                f"Planen har ingen {name} {match['n']}. Den har {name} {', '.join(map(str, sorted(known)))}.",
            )  # fmt: skip


def named_in_the_sentence(plan: Plan) -> Iterator[Outcome]:
    """Judge »fire grupper er vokset, nemlig …«: the number of things named."""
    for sentence in plan.prose:
        for match in _NAMELY.finditer(sentence.text):
            said = NUMBER_WORDS[match["word"].casefold()]
            listed = match["list"].strip()
            if re.search(r"\d", listed) or " at " in listed:
                continue
            fewest = (
                1
                + len(re.findall(r", | samt ", listed))
                + (" samt " not in listed and " og " in listed)
            )
            most = 1 + len(re.findall(r", | samt | og ", listed))
            if most < 2:
                continue
            if fewest <= said <= most:
                yield Agreed("opregning", sentence.place, match["word"])
                continue
            yield Finding(
                "opregning", "contradiction", "sandsynlig", sentence.place, sentence.text,
                f"{fewest}" if fewest == most else f"{fewest} eller {most}",
                f"Sætningen siger {match['word'].casefold()}, men nævner "
                f"{fewest if fewest == most else f'{fewest} til {most}'}.",
            )  # fmt: skip
