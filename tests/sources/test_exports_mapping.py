"""Mappings: closed, saved and found again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from beskplan.core.errors import DataError, UnknownNameError
from beskplan.sources.mapping import load_mapping, mapping_text, mappings, save_mapping
from tests.sources.test_exports import mapping


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"tabl": "x"}, "ukendt nøgle"),
        ({"omraade": {}}, "kolonne"),
        ({"omraade": {"fast": "Atlantis"}}, "findes ikke som område"),
        ({"periode": {"kolonne": "P", "i_overskrift": True}}, "i_overskrift"),
        ({"fortroligt": [".."]}, "både"),
        ({"kilde": "own:"}, "kilde"),
        ({"tal": [{"indikator": "personer"}]}, "kolonne"),
        ({"tal": [{"kolonne": "A", "indikator": "person"}]}, "findes ikke som indikator"),
        (
            {"tal": [{"kolonne": "A", "indikator": "personer", "ydelse": "dagpeng"}]},
            "findes ikke som ydelse",
        ),
        ({"tal": [{"kolonne": "A", "indikator": "personer", "gruppe": "jobparatte"}]}, "jobparate"),
        ({"gruppe": {"kolonne": "G", "vaerdier": {"A": "ledig"}}}, "'ledige'"),
    ],
)
def test_a_wrong_mapping_is_refused(change: dict[str, Any], fault: str) -> None:
    mapping()
    with pytest.raises(DataError, match=fault):
        mapping(**change)


def test_a_saved_mapping_reads_the_same_again_and_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "mappings" / "proeve.yaml"
    save_mapping(mapping_text(mapping()), path)
    assert load_mapping(path) == mapping() == load_mapping("proeve", tmp_path)
    with pytest.raises(DataError, match="findes allerede"):
        save_mapping(mapping_text(mapping()), path)


def test_an_unknown_mapping_is_refused_with_the_nearest_and_two_of_one_id_too(
    tmp_path: Path,
) -> None:
    with pytest.raises(UnknownNameError) as error:
        load_mapping("jobindsats_y25i02")
    assert error.value.problems[0].fix == "mente du 'jobindsats_y25i01'?"
    save_mapping(mapping_text(mapping(id="jobindsats_y25i01")), tmp_path / "mappings" / "egen.yaml")
    with pytest.raises(DataError, match="to skemaer har samme id"):
        mappings(tmp_path)
