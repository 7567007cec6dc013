"""A plan's parameters: read, and refused with everything that is wrong."""

from pathlib import Path

import nbformat
import papermill
import pytest

from beskplan.core.errors import ParamsError, Problem, UnknownNameError
from beskplan.core.periods import Period
from beskplan.params.models import available, read
from tests.conftest import cases

CASES = cases("params")

YEAR = CASES["year"]
OWN = CASES["own"]


def write(root: Path, own: str = OWN, year: str = YEAR) -> None:
    (root / "params" / "rudersdal").mkdir(parents=True, exist_ok=True)
    (root / "params" / "2021.yaml").write_text(year, encoding="utf-8")
    (root / "params" / "rudersdal" / "2021.yaml").write_text(own, encoding="utf-8")


def problems(root: Path, own: str = OWN, year: str = YEAR) -> tuple[Problem, ...]:
    write(root, own, year)
    with pytest.raises(ParamsError) as refusal:
        read("Rudersdal", 2021, root)
    return refusal.value.problems


def only(found: tuple[Problem, ...]) -> Problem:
    assert len(found) == 1, found
    return found[0]


def test_the_municipalitys_own_file_wins_over_the_years(tmp_path: Path) -> None:
    write(
        tmp_path, OWN + "maalgrupper: {periode: 2020M05, afsnit: {fleksjob: {periode: 2020M04}}}\n"
    )
    params = read("rudersdal", 2021, tmp_path)
    assert params.maalgrupper is not None
    assert params.maalgrupper.periode == Period.parse("2020M05")
    assert set(params.maalgrupper.afsnit) == {"a_dagpenge", "fleksjob"}
    assert params.maalgrupper.afsnit["fleksjob"].periode == Period.parse("2020M04")
    assert params.maalgrupper.afsnit["fleksjob"].ydelse == "fleksjob"


@pytest.mark.parametrize("name", ["Rudersdal", "rudersdal", "230"])
def test_a_municipality_goes_by_name_slug_and_code(tmp_path: Path, name: str) -> None:
    write(tmp_path)
    assert read(name, 2021, tmp_path).kommune == "Rudersdal"


def test_an_unknown_municipality_is_refused_with_the_nearest(tmp_path: Path) -> None:
    write(tmp_path)
    with pytest.raises(UnknownNameError, match="Rudersdal"):
        read("Rudesdal", 2021, tmp_path)


def test_a_year_without_params_names_the_years_there_are(tmp_path: Path) -> None:
    write(tmp_path)
    with pytest.raises(ParamsError, match="2021") as refusal:
        read("Rudersdal", 2031, tmp_path)
    assert refusal.value.problems[0].where == "params/rudersdal/2031.yaml"


def test_an_unknown_key_is_refused_with_its_line_and_the_nearest_key(tmp_path: Path) -> None:
    found = only(problems(tmp_path, OWN + "vedtagt: 2020-11-18\n"))
    assert (found.where, found.what) == ("params/rudersdal/2021.yaml:5: vedtagt", "ukendt nøgle")
    assert found.fix == "mente du 'vedtaget'?"


def test_an_unknown_key_deep_in_a_section_is_refused_with_the_sections_keys(tmp_path: Path) -> None:
    own = OWN + "maalgrupper:\n  afsnit:\n    fleksjob:\n      perode: 2020M04\n"
    found = only(problems(tmp_path, own))
    assert found.where == "params/rudersdal/2021.yaml:8: maalgrupper.afsnit.fleksjob.perode"
    assert found.fix == "mente du 'periode'?"


def test_a_mistake_in_the_years_file_is_told_with_that_files_name(tmp_path: Path) -> None:
    found = only(problems(tmp_path, year=YEAR.replace("ydelse: fleksjob", "ydelse: fleksjop")))
    assert found.where.startswith("params/2021.yaml:6: maalgrupper.afsnit.fleksjob.ydelse")
    assert "fleksjob" in found.fix


@pytest.mark.parametrize(("line", "key", "fix"), CASES["a_wrong_value_is_refused_with_its_key"])
def test_a_wrong_value_is_refused_with_its_key(
    tmp_path: Path, line: str, key: str, fix: str
) -> None:
    name = line.split(":", maxsplit=1)[0]
    kept = "\n".join(own for own in OWN.splitlines() if not own.startswith(f"{name}:"))
    found = problems(tmp_path, f"{kept}\n{line}\n")
    assert all(one.where.endswith(key) for one in found), found
    assert fix in found[0].fix


@pytest.mark.parametrize(
    ("lines", "where", "fix"), CASES["a_wrong_indentation_says_where_the_line_belongs"]
)
def test_a_wrong_indentation_says_where_the_line_belongs(
    tmp_path: Path, lines: str, where: str, fix: str
) -> None:
    found = problems(tmp_path, f"{OWN}maalgrupper:\n{lines}")
    assert [one.fix for one in found if one.where.endswith(f": {where}") and fix in one.fix], found
    write(tmp_path, f"{OWN}maalgrupper:\n  afsnit:\n    fleksjob:\n      ydelse: fleksjob\n")
    assert read("Rudersdal", 2021, tmp_path).kommune == "Rudersdal"


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    own = "kommune: Rudesdal\naar: 2021\nbilga: [maalgrupper]\n"
    assert {one.where.rsplit(" ", 1)[1] for one in problems(tmp_path, own)} == {
        "kommune",
        "bilag",
        "bilga",
    }


@pytest.mark.parametrize(("own", "what"), CASES["broken_yaml_is_refused_with_its_place"])
def test_broken_yaml_is_refused_with_its_place(tmp_path: Path, own: str, what: str) -> None:
    found = only(problems(tmp_path, own))
    assert found.what == what
    assert found.where.startswith("params/rudersdal/2021.yaml")


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "params" / "rudersdal" / "2021.yaml").write_bytes("kommune: Ærø".encode("latin-1"))
    with pytest.raises(ParamsError, match="UTF-8"):
        read("Rudersdal", 2021, tmp_path)


def test_a_file_in_another_municipalitys_folder_is_refused(tmp_path: Path) -> None:
    found = only(problems(tmp_path, OWN.replace("Rudersdal", "Allerød")))
    assert (found.found, found.expected) == ("'Allerød'", "'Rudersdal'")


def test_available_lists_municipalities_and_years_but_not_the_shared_files(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "params" / "rudersdal" / "profil.yaml").write_text(
        "afsender: X\n", encoding="utf-8"
    )
    assert available(tmp_path) == (("rudersdal", 2021),)


def test_the_params_of_the_working_copy_are_all_right(root: Path) -> None:
    assert available(root)
    for slug, aar in available(root):
        assert read(slug, aar, root).aar == aar


NOTEBOOK = "notebooks/maalgrupper.ipynb"


@pytest.mark.parametrize(("given", "said"), CASES["a_wrong_parameter_is_refused"])
def test_a_wrong_parameter_is_refused(
    root: Path, tmp_path: Path, given: dict[str, object], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BESKPLAN_ROOT", str(root))
    notebook = nbformat.read(root / NOTEBOOK, as_version=4)
    notebook.cells = notebook.cells[:3]
    nbformat.write(notebook, tmp_path / "in.ipynb")
    result = ""
    try:
        papermill.execute_notebook(
            tmp_path / "in.ipynb",
            tmp_path / "out.ipynb",
            given,
            engine_name="beskplan",
            progress_bar=False,
        )
    except papermill.PapermillExecutionError as error:
        result = str(error)
    assert said in result
    assert bool(said) == bool(result)
