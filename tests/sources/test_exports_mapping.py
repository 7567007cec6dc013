"""Mappings: closed, saved, found again, and drafted for a file that has none."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from beskplan.core.errors import DataError, UnknownNameError
from beskplan.sources.imports import draft_mapping, fits, read_export
from beskplan.sources.mapping import load_mapping, mappings, save_mapping
from tests.sources.test_exports import mapping

ON = date(2026, 8, 1)


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
    save_mapping(mapping(), path)
    assert load_mapping(path) == mapping() == load_mapping("proeve", tmp_path)
    with pytest.raises(DataError, match="findes allerede"):
        save_mapping(mapping(), path)


def test_an_unknown_mapping_is_refused_with_the_nearest_and_two_of_one_id_too(
    tmp_path: Path,
) -> None:
    with pytest.raises(UnknownNameError) as error:
        load_mapping("jobindsats_y25i02")
    assert error.value.problems[0].fix == "mente du 'jobindsats_y25i01'?"
    save_mapping(mapping(id="jobindsats_y25i01"), tmp_path / "mappings" / "egen.yaml")
    with pytest.raises(DataError, match="to skemaer har samme id"):
        mappings(tmp_path)


def test_a_draft_names_every_column_and_reads_the_file() -> None:
    text = "Liste\nPeriode;Område;Antal personer;Noter\n2026M06;Rudersdal;12;\n".encode()
    draft = draft_mapping(
        text, name="liste.csv", id="liste", source="own:opus", table_id="liste", ydelse="fleksjob"
    )
    assert draft.ignorer == ("Noter",)
    assert fits(text, draft)
    frame = read_export(text, draft, name="liste.csv", retrieved_at=ON).frame
    assert frame[["ydelse", "value", "source"]].to_numpy().tolist() == [
        ["fleksjob", 12.0, "own:opus"]
    ]


@pytest.mark.parametrize(
    ("source", "fault"), [("own:opus", "ingen række med overskrifter"), ("opus", "kilde")]
)
def test_a_draft_that_cannot_be_made_is_refused(source: str, fault: str) -> None:
    text = b"Periode;Kommune;Antal personer\n" if source == "opus" else b"a;b\n1;2\n"
    with pytest.raises(DataError, match=fault):
        draft_mapping(text, name="x.csv", id="x", source=source, table_id="x")
