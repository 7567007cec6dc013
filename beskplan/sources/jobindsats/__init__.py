"""Jobindsats.dk (STAR): the client of its API v3, and of the legacy v2."""

from beskplan.sources.jobindsats.client import (
    ADDRESS,
    ADDRESS_VARIABLE,
    Ask,
    Jobindsats,
    connect,
)
from beskplan.sources.jobindsats.token import TOKEN_VARIABLE, find_token

__all__ = [
    "ADDRESS",
    "ADDRESS_VARIABLE",
    "TOKEN_VARIABLE",
    "Ask",
    "Jobindsats",
    "connect",
    "find_token",
]
