"""Whatever comes as an answer of Jobindsats is a table or our own error."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from beskplan.core.errors import SourceError
from beskplan.sources.jobindsats_rows import read_answer


def is_table_or_refusal(body: bytes) -> bool:
    try:
        return bool(read_answer(body, "here").rows)
    except SourceError as error:
        return all(problem.what for problem in error.problems)


@given(st.binary(max_size=300))
def test_whatever_comes_is_a_table_or_our_own_error(body: bytes) -> None:
    assert is_table_or_refusal(body)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=8
)


@given(JSON_VALUES)
def test_whatever_json_stands_in_a_table_is_read_or_refused(value: object) -> None:
    for rows in ([[value]], value):
        body = json.dumps({"columns": ["Periode"], "rows": rows}).encode()
        assert is_table_or_refusal(body)
