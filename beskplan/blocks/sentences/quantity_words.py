"""How many of a group, in words: `de fleste`, `en del`, `enkelte`. The only place where it is decided.

`docs/ordvalg.md` lists the same thresholds for readers; a test holds the two together. Where the
number is known it always stands beside the word.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from beskplan.blocks.sentences.language import list_danish

NEARLY_ALL_FROM = Decimal("0.9")
"""From this part of them it is "næsten alle"."""
MOST_ABOVE = Decimal("0.5")
"""Above this part it is "de fleste"."""
MANY_FROM, SOME_FROM = Decimal("0.25"), 4
"""From this part, and from this many, it is "en del"; from this many alone "nogle"."""


def amount(count: int, total: int) -> str:
    """The word for `count` of `total`: `alle`, `de fleste`, `enkelte`, `ingen`.

    Raises:
        ValueError: fewer than none, or more than all.
    """
    if not 0 <= count <= total or total == 0:
        raise ValueError(f"{count} of {total}")
    part = Decimal(count) / total
    if count in (0, total):
        return "alle" if count else "ingen"
    if part >= NEARLY_ALL_FROM:
        return "næsten alle"
    if part > MOST_ABOVE:
        return "de fleste"
    if count >= SOME_FROM:
        return "en del" if part >= MANY_FROM else "nogle"
    return "enkelte" if count > 1 else "kun ét"


def counted_amount(count: int, total: int, noun: str, nouns: str) -> str:
    """`de fleste jobcentre (17 af 26)`, `alle 26 jobcentre`, `kun ét jobcenter (1 af 26)`."""
    word = amount(count, total)
    if count == total:
        return f"alle {total} {nouns}" if total > 1 else f"det ene {noun}"
    if count == 0:
        return f"ingen af de {total} {nouns}" if total > 1 else f"ingen {nouns}"
    return f"{word} {noun if count == 1 else nouns} ({count} af {total})"


def with_examples(names: Sequence[str]) -> str:
    """` (fx Herlev og Hørsholm)`; empty for no names."""
    return f" (fx {list_danish(names)})" if names else ""
