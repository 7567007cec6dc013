"""What making one report has used."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Usage:
    """Time and memory of one process."""

    seconds: float
    """From start to end."""
    cpu_seconds: float
    """On all processors."""
    peak_mb: float
    """Largest resident memory, with what it shares with its parent."""
