"""How a block shows itself in a notebook: its data under `MIME`, and HTML for the eye."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec

from beskplan.blocks.html import preview_html
from beskplan.blocks.model import MIME, Block

Args = ParamSpec("Args")


@dataclass(frozen=True)
class Shown:
    """A block as the value of a notebook cell."""

    block: Block

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {
            MIME: self.block.model_dump(mode="json"),
            "text/html": preview_html(self.block),
            "text/plain": f"<{self.block.kind} {getattr(self.block, 'id', '')}>",
        }


def shown(make: Callable[Args, Block]) -> Callable[Args, Shown]:
    """Let a function that makes a block give it as the value of a notebook cell."""

    @functools.wraps(make)
    def show(*args: Args.args, **kwargs: Args.kwargs) -> Shown:
        return Shown(make(*args, **kwargs))

    return show
