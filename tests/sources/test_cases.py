"""Every file of `cases/` gives its right values or a refusal with its place: see `cases/files.yaml`."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from beskplan.core.errors import BeskplanError, DataError
from beskplan.sources.imports import read_export
from beskplan.sources.mapping import Mapping, load_mapping
from tests.importing import import_file

CASES = Path(__file__).parent / "cases"
FILES: list[dict[str, Any]] = yaml.safe_load((CASES / "files.yaml").read_text(encoding="utf-8"))


def mapping_of(name: str) -> Mapping:
    return load_mapping(CASES / name if name.endswith(".yaml") else name)


def outcome(case: dict[str, Any]) -> dict[str, Any]:
    """`values` or `refused`, as a case has them."""
    path = CASES / case["file"]
    mapping = mapping_of(case["mapping"])
    try:
        frame = read_export(
            path.read_bytes(), mapping, name=path.name, retrieved_at=date(2026, 8, 1)
        )[0].frame
    except BeskplanError as error:
        told = [
            (one.where.removeprefix(path.name).lstrip(": "), one.what) for one in error.problems
        ]
        return {"refused": [list(one) for one in dict.fromkeys(told)]}
    keys = frame["area"] + " " + frame["period"] + " " + frame["indicator"]
    values = frame["value"].astype(object).where(frame["value"].notna(), None)
    return {"values": dict(zip(keys, values, strict=True))}


@pytest.mark.parametrize("case", FILES, ids=lambda case: f"{case['file']} {case['mapping']}")
def test_a_file_gives_its_values_or_is_refused_with_its_place(case: dict[str, Any]) -> None:
    assert outcome(case) == {key: case[key] for key in case if key in ("values", "refused")}


def test_every_file_of_the_folder_is_a_case() -> None:
    there = {p.relative_to(CASES).as_posix() for p in CASES.glob("*/**/*.[cx][sl]*") if p.is_file()}
    assert there == {case["file"] for case in FILES}


@pytest.mark.parametrize(
    ("mapping", "word"), [("vis_typo", "jobparate"), ("yd", "a_dagpenge")], ids=str
)
def test_a_misspelt_word_of_a_mapping_is_refused_with_the_right_one(
    mapping: str, word: str
) -> None:
    path = CASES / "import" / "typo" / f"{mapping}.yaml"
    with pytest.raises(DataError, match=f"mente du '{word}'"):
        load_mapping(path)


@pytest.mark.parametrize(
    ("first", "second", "mapping"),
    [("h2_newer.csv", "h2_older.csv", "jobindsats_y01a02")],
)
def test_an_older_extract_never_replaces_a_newer_one(
    tmp_path: Path, first: str, second: str, mapping: str
) -> None:
    folder = CASES / "import"
    import_file(folder / first, mapping, tmp_path, retrieved_at=date(2026, 9, 1))
    with pytest.raises(DataError) as refusal:
        import_file(folder / second, mapping, tmp_path, retrieved_at=date(2026, 7, 1))
    assert refusal.value.problems[0].where == "jobindsats y01a02"
    later = import_file(folder / second, mapping, tmp_path, retrieved_at=date(2026, 9, 2))
    assert set(later.frame["value"]) == {950.0, 850.0}


def test_a_day_of_retrieval_that_has_not_come_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="ikke er kommet"):
        import_file(
            CASES / "import" / "h2_newer.csv",
            "jobindsats_y01a02",
            tmp_path,
            retrieved_at=date(2199, 1, 1),
        )
