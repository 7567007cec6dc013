"""Fixtures for the tests of what a report is built from and into."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
from nbformat import NotebookNode

_NAME = "beskplan_sample_notebook"


def _load() -> ModuleType:
    # The folders of the tests are no packages (importmode=importlib), so the builders are loaded
    # by path, once for all test folders that use them.
    if _NAME not in sys.modules:
        path = Path(__file__).parents[1] / "build" / "sample_notebook.py"
        spec = importlib.util.spec_from_file_location(_NAME, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[_NAME] = module
        spec.loader.exec_module(module)
    return sys.modules[_NAME]


@pytest.fixture(scope="session")
def samples() -> ModuleType:
    """The builders of `tests/build/sample_notebook.py`: sample_table(), block_cell(), ..."""
    return _load()


@pytest.fixture
def sample_notebook(samples: ModuleType) -> NotebookNode:
    """A fresh executed notebook with every kind of block."""
    notebook: NotebookNode = samples.sample_notebook()
    return notebook
