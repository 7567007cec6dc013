"""Arithmetic that a sentence does with its own numbers: parts, fractions, differences, doublings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from beskplan.audit.model import Agreed, Finding, Outcome
from beskplan.audit.rules.registry import rule
from beskplan.audit.statements.amounts import PCT, POINTS, Amount, amounts
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.scan import Scan
from beskplan.audit.statements.vocabulary import FRACTIONS, quotes_another
from beskplan.core.numbers import format_number, format_pct

_PARTED = Scan(r"\b(?:fordele[rt]? sig (?:på|med)|fordelt (?:på|med)|består af)\b", re.IGNORECASE)
_LISTED = re.compile(r"^[^.;:()\d]{1,40}(?:,| og| samt)\s*$")
_NEARLY = Decimal("0.3")
"""Parts that miss the whole by more than this are likely parts of something else."""
_FRACTION = Scan(rf"\b(?P<word>{'|'.join(FRACTIONS)})\b[^.;(]{{0,25}}\((?:ca\. )?$", re.IGNORECASE)
_FRACTION_SLACK = Decimal(4)
"""Points by which a per cent may miss the fraction that a writer rounds it to."""
_DIFFERENCE = Scan(r"\bforskel(?:len)?\b[^.;\d]{0,12}$", re.IGNORECASE)
_FACTORS = {"fordoblet": Decimal(2), "tredoblet": Decimal(3), "halveret": Decimal("0.5")}
_LOOSE = Decimal("0.15")
_MULTIPLIED = Scan(
    rf"\b(?P<how>mere end|næsten|knap|over)?\s*(?P<word>{'|'.join(_FACTORS)})\b", re.IGNORECASE
)
_FROM_TO = re.compile(r"\bfra\s+$")
_WHOLE_GROUP = re.compile(r"\s+af (?:de|alle|samtlige)\b(?! nuværende| tidligere)")


@rule("sum-i-tekst")
def parts_in_text(plan: Plan) -> Iterator[Outcome]:
    """Delene i sætningen giver ikke helheden.

    »De 100 fordeler sig på 40 mænd og 70 kvinder«: delene lægges sammen. Ligger summen langt fra
    helheden, er de næppe dens dele, og så siger reglen intet.
    """
    for sentence in plan.prose:
        match = None if quotes_another(sentence.text) else _PARTED.search(sentence.text)
        if match is None:
            continue
        counts = [n for n in amounts(sentence.text) if n.unit not in (PCT, POINTS)]
        before = [n for n in counts if n.end <= match.start()]
        parts = _listed(sentence.text, [n for n in counts if n.start >= match.end()])
        if not before or len(parts) < 2 or any(n.qualifier for n in (before[-1], *parts)):
            continue
        whole, added = before[-1], sum((n.value for n in parts), Decimal(0))
        if added == whole.value:
            yield Agreed("sum-i-tekst", sentence.place, whole.text)
        elif abs(added - whole.value) <= whole.value * _NEARLY:
            yield Finding(
                "sum-i-tekst", "contradiction", "sandsynlig", sentence.place, sentence.text,
                format_number(added),
                f"Delene giver tilsammen {format_number(added)}, men helheden er {whole.text}.",
            )  # fmt: skip


def _listed(text: str, counts: list[Amount]) -> list[Amount]:
    """The numbers that follow each other in one list."""
    found = counts[:1]
    for one in counts[1:]:
        if not _LISTED.match(text[found[-1].end : one.start]):
            break
        found.append(one)
    return found


@rule("broek-og-procent")
def fraction_and_pct(plan: Plan) -> Iterator[Outcome]:
    """Brøken og procenten passer ikke sammen.

    »En tredjedel (45 pct.)«: en tredjedel er 33 pct. Brøker i ord er runde, så reglen tåler fire
    procentpoint.
    """
    for sentence in plan.prose:
        for amount in amounts(sentence.text):
            if amount.unit != PCT:
                continue
            match = _FRACTION.search(sentence.text[: amount.start])
            if match is None:
                continue
            right = FRACTIONS[match["word"].casefold()]
            if abs(amount.value - right) <= _FRACTION_SLACK:
                yield Agreed("broek-og-procent", sentence.place, amount.text)
                continue
            yield Finding(
                "broek-og-procent", "contradiction", "sandsynlig", sentence.place, sentence.text,
                format_pct(right, 0), f"»{match['word']}« er {format_pct(right, 0)}, ikke {amount.text}.",
            )  # fmt: skip


@rule("forskel-i-tekst")
def difference(plan: Plan) -> Iterator[Outcome]:
    """Forskellen passer ikke med de to tal.

    »10 pct. mod 12 pct., en forskel på 3 procentpoint«: forskellen regnes efter af de to tal, som
    sætningen selv nævner.
    """
    for sentence in plan.prose:
        found = amounts(sentence.text)
        for at, amount in enumerate(found):
            same = PCT if amount.unit == POINTS else amount.unit
            pair = [n for n in found[:at] if n.unit == same]
            if len(pair) != 2 or not _DIFFERENCE.search(sentence.text[: amount.start]):
                continue
            right = abs(pair[0].value - pair[1].value)
            if amount.means(right):
                yield Agreed("forskel-i-tekst", sentence.place, amount.text)
                continue
            yield Finding(
                "forskel-i-tekst", "error", "sandsynlig", sentence.place, sentence.text,
                format_number(right, amount.decimals),
                f"Forskellen mellem {pair[0].text} og {pair[1].text} er "
                f"{format_number(right, amount.decimals)}, ikke {amount.text}.",
            )  # fmt: skip


@rule("fordobling")
def multiplied(plan: Plan) -> Iterator[Outcome]:
    """»Fordoblet« eller »halveret« passer ikke med tallene.

    »Fordoblet fra 50 til 80« er ikke en fordobling. Ordet tåler 15 pct. til hver side; »mere end« skal
    holde.
    """
    for sentence in plan.prose:
        match = _MULTIPLIED.search(sentence.text)
        pair = _moved(sentence.text, match.end()) if match else None
        if match is None or pair is None or not pair[0].value:
            continue
        factor, ratio = _FACTORS[match["word"].casefold()], pair[1].value / pair[0].value
        beyond = (match["how"] or "").casefold() in ("mere end", "over")
        if factor < 1:
            holds = ratio <= factor if beyond else abs(ratio - factor) <= factor * _LOOSE
        else:
            holds = ratio >= factor if beyond else abs(ratio - factor) <= factor * _LOOSE
        if holds:
            yield Agreed("fordobling", sentence.place, match[0])
            continue
        yield Finding(
            "fordobling", "contradiction", "sikker", sentence.place, sentence.text,
            f"{format_number(ratio, 1)} gange",
            f"Fra {pair[0].text} til {pair[1].text} er {format_number(ratio, 1)} gange så meget og "
            f"ikke »{match[0].strip()}«.",
        )  # fmt: skip


def _moved(text: str, after: int) -> tuple[Amount, Amount] | None:
    """The two levels of `fra 50 til 80` after a word."""
    found = [n for n in amounts(text) if n.start >= after]
    if len(found) < 2 or not _FROM_TO.search(text[: found[0].start]):
        return None
    return (found[0], found[1]) if re.search(r"\btil\s+$", text[: found[1].start]) else None


@rule("over-hundrede")
def over_a_hundred(plan: Plan) -> Iterator[Outcome]:
    """Andelen er over 100 pct.

    Der kan ikke være mere end 100 pct. »af de unge« eller »af alle«. Om satser og ændringer siger
    reglen intet.
    """
    for sentence in plan.prose:
        for amount in amounts(sentence.text):
            if amount.unit != PCT or not _WHOLE_GROUP.match(sentence.text, amount.end):
                continue
            if amount.value <= 100:
                yield Agreed("over-hundrede", sentence.place, amount.text)
                continue
            yield Finding(
                "over-hundrede", "error", "sandsynlig", sentence.place, sentence.text, "højst 100 pct.",
                f"{amount.text} af en gruppe er flere, end der er i den.",
            )  # fmt: skip
