"""The area files: what breaks the register is refused, all of it at once."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
import yaml

from beskplan.core.errors import DataError
from beskplan.registers.areas import FOLDER, build_register

Files = tuple[dict[str, Any], dict[str, Any]]


@pytest.fixture
def files() -> Files:
    kommuner, omraader = (
        yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
        for name in ("kommuner.yaml", "omraader.yaml")
    )
    return kommuner, omraader


def test_the_files_are_good(files: Files) -> None:
    assert len(build_register(*files).by_code) == 129


def test_the_answer_does_not_depend_on_the_order_of_the_files(files: Files) -> None:
    kommuner, omraader = deepcopy(files)
    kommuner["landsdele"] = dict(reversed(kommuner["landsdele"].items()))
    omraader["landsdel"] = dict(reversed(omraader["landsdel"].items()))
    assert build_register(kommuner, omraader) == build_register(*files)


def test_all_names_that_mean_two_areas_are_reported_at_once(files: Files) -> None:
    kommuner, omraader = files
    kommuner["forms"]["810"]["aliases"] = ["Nordfyn"]
    omraader["region"]["084"]["aliases"] = ["Fåborg Midtfyn"]
    with pytest.raises(DataError) as caught:
        build_register(kommuner, omraader)
    places = {problem.where.rsplit(" ", 1)[-1] for problem in caught.value.problems}
    # The one that comes first in Danish order keeps the name; 430 is Faaborg-Midtfyn.
    assert places == {"480", "084"}


def test_forms_are_only_given_to_municipalities_that_exist(files: Files) -> None:
    kommuner, _ = files
    codes = {kode for names in kommuner["landsdele"].values() for kode in names}
    assert set(kommuner["forms"]) <= codes


def test_no_code_stands_twice_in_the_file() -> None:
    # YAML keeps the last of two equal keys and says nothing.
    text = (FOLDER / "kommuner.yaml").read_text(encoding="utf-8")
    codes = re.findall(r'^    "(\d{3})": \S', text, flags=re.MULTILINE)
    assert len(codes) == len(set(codes)) == 98


def test_codes_and_days_are_read_as_such(files: Files) -> None:
    for one in build_register(*files).ordered:
        assert isinstance(one.kode, str)
        assert all(isinstance(kode, str) for kode in (*one.parts, *one.successors))
        assert all(day is None or type(day) is date for day in (one.valid_from, one.valid_to))


def test_links_lead_to_areas_of_the_right_kind(files: Files) -> None:
    by_code = build_register(*files).by_code
    for one in by_code.values():
        for kind in ("region", "rar", "landsdel", "oestvest"):
            kode = getattr(one, kind)
            assert not kode or by_code[kode].kind == kind
        assert all(by_code[kode].kind == "kommune" for kode in one.parts)
        assert all(kode in by_code for kode in one.successors)


def test_an_ended_area_has_a_successor(files: Files) -> None:
    ended = [one for one in build_register(*files).ordered if one.valid_to is not None]
    assert len(ended) == 9
    assert all(one.successors for one in ended)
