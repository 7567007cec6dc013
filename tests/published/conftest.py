from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def built(built_report: Path) -> Path:
    """The folder of Rudersdal's Bilag of 2021, which the eleven tables were published in."""
    return built_report
