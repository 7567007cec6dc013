"""Places among areas or benefits."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

from beskplan.indicators.quantities import Quantity

Key = TypeVar("Key", bound=Hashable)


def ranks(quantities: Mapping[Key, Quantity], *, highest_first: bool = True) -> dict[Key, int]:
    """Place of each key by printed value; equal printed values share a place (1, 2, 2, 4).

    Missing: a key whose number is withheld or absent has no place and is left out.
    Source: domain.md §5 ("næsthøjeste", "kun overgået af").
    """
    known = {key: quantity.printed for key, quantity in quantities.items() if quantity.is_number}
    ordered = sorted(known.values(), reverse=highest_first)
    return {key: ordered.index(value) + 1 for key, value in known.items()}
