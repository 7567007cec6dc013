"""Targets in params: every kind closed, every mistake told with its file and line."""

import re
import typing
from decimal import Decimal
from pathlib import Path

import pytest

from beskplan.core.errors import ParamsError, Problem
from beskplan.params.maal import Andel, Maal, Procentpoint, RatePrMaaned, Relativ, Target
from beskplan.params.models import available, params_files, read
from beskplan.params.target_words import other_direction, other_limit, printed_numbers
from beskplan.registers.document import Document
from beskplan.registers.reading import validated
from tests.conftest import ROOT, cases

CASES = cases("params_maal")

OWN = "kommune: Rudersdal\naar: 2021\nbilag: [resultatmaal]\n"
YEAR = "ministermaal: [Alle i job]\n"
TARGETS: str = CASES["targets"]


def write(root: Path, targets: str = TARGETS, year: str = YEAR) -> None:
    folder = root / "params" / "rudersdal"
    folder.mkdir(parents=True, exist_ok=True)
    (root / "params" / "2021.yaml").write_text(year, encoding="utf-8")
    (folder / "2021.yaml").write_text(OWN, encoding="utf-8")
    (folder / "2021.maal.yaml").write_text(targets, encoding="utf-8")


def problem(root: Path, old: str, new: str, year: str = YEAR) -> Problem:
    assert old in TARGETS
    write(root, TARGETS.replace(old, new), year)
    with pytest.raises(ParamsError) as refusal:
        read("Rudersdal", 2021, root)
    (only,) = refusal.value.problems
    return only


def test_the_targets_of_their_own_file_become_the_key_maal(tmp_path: Path) -> None:
    write(tmp_path)
    plan = read("Rudersdal", 2021, tmp_path).maal
    assert plan is not None
    (target,) = plan.targets()
    assert isinstance(target, Relativ)
    assert target.aendring_pct == Decimal(-10)


def test_a_file_of_targets_is_no_plan_of_its_own(tmp_path: Path) -> None:
    write(tmp_path)
    assert available(tmp_path) == (("rudersdal", 2021),)
    names = [path.name for path in params_files(tmp_path, "Rudersdal", 2021)]
    assert names == ["2021.yaml", "2021.maal.yaml", "2021.yaml"]


def test_a_decimal_is_what_the_file_says_not_its_binary_neighbour(tmp_path: Path) -> None:
    write(tmp_path, TARGETS.replace("aendring_pct: -10", "aendring_pct: -3.3"))
    plan = read("Rudersdal", 2021, tmp_path).maal
    assert plan is not None
    assert next(plan.targets()).aendring_pct == Decimal("-3.3")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "fix"), CASES["a_mistake_is_told_with_file_and"]
)
def test_a_mistake_is_told_with_file_and_line(
    tmp_path: Path, old: str, new: str, line: int, *, what: str, fix: str
) -> None:
    if old == "        hvad:":
        # The misspelt key is one mistake, the key that is missing then another.
        write(tmp_path, TARGETS.replace(old, new))
        with pytest.raises(ParamsError) as refusal:
            read("Rudersdal", 2021, tmp_path)
        found = next(one for one in refusal.value.problems if one.what == what)
    else:
        found = problem(tmp_path, old, new)
    assert found.where.startswith(f"params/rudersdal/2021.maal.yaml:{line}: maal")
    assert found.what == what
    assert fix in found.fix


def test_a_missing_key_of_a_kind_is_told_where_the_target_begins(tmp_path: Path) -> None:
    found = problem(tmp_path, "        enhed: personer\n", "")
    assert (
        found.where == "params/rudersdal/2021.maal.yaml:6: maal.overordnede.0.resultatmaal.r1.enhed"
    )
    assert found.what == "en nøgle mangler"


def test_a_key_of_another_kind_is_refused_with_the_keys_of_this_one(tmp_path: Path) -> None:
    found = problem(
        tmp_path, "        enhed: personer\n", "        enhed: personer\n        andel_pct: 5\n"
    )
    assert found.what == "ukendt nøgle"
    assert "aendring_pct" in found.expected
    assert "andel_pct" not in found.expected


def test_a_ministers_goal_that_the_year_does_not_have_is_refused(tmp_path: Path) -> None:
    found = problem(tmp_path, "ministermaal: 1", "ministermaal: 2")
    assert found.fix == "ret `ministermaal: 2` i målene"


def test_two_targets_of_one_id_are_refused(tmp_path: Path) -> None:
    target = TARGETS[TARGETS.index("      - id") :]
    write(tmp_path, TARGETS + target)
    with pytest.raises(ParamsError, match="omdøb r1"):
        read("Rudersdal", 2021, tmp_path)


def test_a_share_is_between_0_and_100() -> None:
    values = {"id": "a", "hvad": "x", "tekst": "x", "frist": "2021", "slags": "andel"}
    assert Andel.model_validate({**values, "andel_pct": 100}).andel_pct == 100
    with pytest.raises(ValueError, match="less than or equal to 100"):
        Andel.model_validate({**values, "andel_pct": 101})


def test_every_file_of_targets_in_the_working_copy_is_right(root: Path) -> None:
    count = 0
    for path in sorted((root / "params").glob("*/*.maal.yaml")):
        document = Document.load(path, root)
        count += sum(1 for _ in validated(Maal, document.values, document).targets())
    assert count >= 78


def is_share_of_nothing(target: Target) -> bool:
    """Whether a target's per cent has a name that does not say what it is a per cent of."""
    share = isinstance(target, Andel | RatePrMaaned | Procentpoint)
    share = share or getattr(target, "enhed", "") == "pct."
    return share and re.search(r"andel|procent|grad\b", target.hvad.casefold()) is None


def test_a_per_cent_of_a_shipped_target_says_of_what(root: Path) -> None:
    found = [
        target
        for path in sorted((root / "params").glob("*/*.maal.yaml"))
        for document in [Document.load(path, root)]
        for target in validated(Maal, document.values, document).targets()
    ]
    assert [one.hvad for one in found if is_share_of_nothing(one)] == []
    bare = [one.model_copy(update={"hvad": "Ledige fleksjobberettigede"}) for one in found]
    assert sum(map(is_share_of_nothing, bare)) >= 15


@pytest.mark.parametrize(("text", "rises", "word"), CASES["a_target_goes_where_its_words_go"])
def test_a_target_goes_where_its_words_go(text: str, rises: bool, word: str | None) -> None:
    assert other_direction(text, rises=rises) == word


@pytest.mark.parametrize(("text", "at_least", "word"), CASES["a_target_s_limit_is_that_of_its"])
def test_a_target_s_limit_is_that_of_its_words(text: str, at_least: bool, word: str | None) -> None:
    assert other_limit(text, at_least=at_least) == word


PARTS = CASES["parts"]
USUAL = CASES["usual"]


COUNTED = {
    "maalt": "fuldtidsmodtagere", "enhed": "fuldtidsmodtagere", "ydelse": "nettoledige_dagpenge"
}  # fmt: skip
"""Danmarks Statistik's count, which is called by the benefit's own name."""


def target(**other: str) -> str:
    text = TARGETS
    for old, new in PARTS.items():
        assert old in text
        text = text.replace(old, new.format(**USUAL | other))
    return text


@pytest.mark.parametrize(("other", "found"), CASES["a_field_that_the_target_s_own_words"])
def test_a_field_that_the_target_s_own_words_contradict_is_refused(
    tmp_path: Path, other: dict[str, str], found: str
) -> None:
    write(tmp_path, target(**other))
    with pytest.raises(ParamsError) as refusal:
        read("Rudersdal", 2021, tmp_path)
    assert refusal.value.problems[0].found == found


@pytest.mark.parametrize("other", CASES["words_that_say_what_the_fields_say_are_taken"])
def test_words_that_say_what_the_fields_say_are_taken(
    tmp_path: Path, other: dict[str, str]
) -> None:
    write(tmp_path, target(**other))
    assert read("Rudersdal", 2021, tmp_path).maal is not None


def test_a_blank_between_thousands_is_no_gap() -> None:
    numbers = [str(one.value) for one in printed_numbers("Højst 1 308 personer i 2019, 12 5000")]
    assert numbers == ["1308", "12", "5000"]


GUIDE = (ROOT / "docs" / "vejledning.md").read_text(encoding="utf-8").partition("\n## 9. ")[2]
KINDS = re.findall(r"^\| (`[a-z_`, ]+`) \| .* \|(.*)\|$", GUIDE, re.MULTILINE)[1:]
SHARED = {"enhed": "enhed: borgere", "udgangspunkt": "udgangspunkt: {periode: 2026}"}


def test_the_guide_lists_every_kind_of_target_with_the_keys_that_it_needs() -> None:
    told = {kind: keys for kinds, keys in KINDS for kind in re.findall(r"\w+", kinds)}
    known = [model.model_fields["slags"].annotation for model in typing.get_args(Target)]
    assert sorted(told) == sorted(kind for one in known for kind in typing.get_args(one))
    for kind, keys in told.items():
        own = [SHARED.get(key, key) for key in re.findall("`(.+?)`", keys)]
        lines = [f"{{slags: {kind}, id: et, hvad: Borgere, tekst: Målet, frist: 2027", *own]
        text = (
            f"kilde: Planen\noverordnede: [{{titel: Et, resultatmaal: [{', '.join(lines)}}}]}}]\n"
        )
        document = Document.parse(text, "2027.maal.yaml")
        validated(Maal, document.values, document, error=ParamsError)
        for missing in own:
            less = text.replace(f", {missing}", "")
            document = Document.parse(less, "2027.maal.yaml")
            with pytest.raises(ParamsError):
                validated(Maal, document.values, document, error=ParamsError)
