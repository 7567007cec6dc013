"""Fixtures for the tests of what a report is built from and into."""

import pytest
from nbformat import NotebookNode

from tests.render import sample_notebook as samples


@pytest.fixture
def sample_notebook() -> NotebookNode:
    """A fresh executed notebook with every kind of block."""
    return samples.sample_notebook()
