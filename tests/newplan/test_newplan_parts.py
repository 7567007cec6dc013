"""Parts of a new plan, and YAML texts that stay as a person wrote them."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from beskplan.core.periods import Period
from beskplan.newplan.files import YamlText, with_schema
from beskplan.newplan.moving import (
    Roll,
    area_heirs,
    benefit_heirs,
    benefit_note,
    choice,
    follow_up,
    later,
    moved,
    note,
    open_choices,
    periods_below,
    replaced,
    without_marks,
    written,
)
from beskplan.params.maal import Udgangspunkt
from tests.conftest import cases

CASES = cases("newplan_parts")


@pytest.mark.parametrize(("text", "years", "expected"), CASES["years_in_words_move_and_other"])
def test_years_in_words_move_and_other_numbers_do_not(
    text: str, years: tuple[int, ...], expected: str
) -> None:
    assert Roll(2019, 2020).years(text, *years) == expected


@pytest.mark.parametrize(("period", "months", "expected"), CASES["periods_move_in_their_own_units"])
def test_periods_move_in_their_own_units(period: str, months: int, expected: str) -> None:
    assert written(moved(Period.parse(period), months)) == expected


def test_a_day_moves_also_on_the_29th_of_february() -> None:
    assert later(date(2024, 2, 29), Roll(2024, 2025)) == date(2025, 2, 28)
    assert later(date(2024, 7, 1), Roll(2024, 2026)) == date(2026, 7, 1)


def test_every_period_of_a_model_is_found_with_its_path() -> None:
    value = {"a": (Udgangspunkt(periode=Period.parse("2019")), "2020")}
    assert list(periods_below(value)) == [(("a", 0, "periode"), Period.parse("2019"))]


@pytest.mark.parametrize(("ydelse", "on", "heirs"), CASES["a_benefit_has_successors_from_the_day"])
def test_a_benefit_has_successors_from_the_day_it_ends(
    ydelse: str, on: date, heirs: list[str]
) -> None:
    assert benefit_heirs(ydelse, on) == tuple(heirs)


def test_a_benefit_without_successor_says_so() -> None:
    told = benefit_note("kontantydelse", date(2018, 1, 1))
    assert told == "Kontantydelse ophørte 31. december 2016 uden at være afløst af en anden."


@pytest.mark.parametrize(("name", "on", "heirs"), CASES["an_area_has_successors_from_the_day_it"])
def test_an_area_has_successors_from_the_day_it_ends(name: str, on: date, heirs: list[str]) -> None:
    assert area_heirs(name, on) == tuple(heirs)


def test_a_successor_of_two_stands_once_where_the_first_stood() -> None:
    heirs = {"b": ("x",), "c": ("x", "y"), "d": ()}
    assert replaced(["a", "b", "c", "d"], heirs) == ("a", "x", "y")


def test_open_choices_are_counted_and_other_remarks_are_not() -> None:
    lines = [*choice("Vælg " + "ord " * 60), *note("VALGET er truffet"), *follow_up(2019, "Nået.")]
    text = "\n".join([*lines, "titel: 'VALG: ikke en bemærkning'", "  # # VALG: også her"])
    assert open_choices(text) == 2
    assert all(len(line) <= 96 for line in lines)


@pytest.mark.parametrize(("text", "left"), CASES["last_years_marks_go_and_open_choices_stay"])
def test_last_year_s_marks_go_and_open_choices_stay(text: str, left: str) -> None:
    assert without_marks(text) == left
    # The file of the year after that has them too.
    assert without_marks(left) == left


def test_a_mark_of_many_lines_goes_as_a_whole() -> None:
    marks = [*choice("Gælder det stadig? " * 9), *follow_up(2019, "Nået. " * 30)]
    assert len(marks) > 4
    assert without_marks("".join(f"  {line}\n" for line in marks) + "a: 1\n") == "a: 1\n"
    asked = choice(
        "Der er ikke skrevet noget om det endnu, og det mangler. " * 2 + "Skriv den i `b`."
    )
    text = "".join(f"  {line}\n" for line in asked)
    assert without_marks(f"{text}a: 1\n") == f"{text}a: 1\n"
    assert without_marks(f"{text}b: 1\n") == "b: 1\n"


@pytest.mark.parametrize(("path", "address"), CASES["a_params_file_begins_with_the_way_to_its"])
def test_a_params_file_begins_with_the_way_to_its_schema(path: str, address: str) -> None:
    text = with_schema("a: 1\n", Path(path))
    assert text == f"# yaml-language-server: $schema={address}\na: 1\n"
    assert with_schema(text, Path(path)) == text


def test_a_file_without_schema_stays_as_it_is() -> None:
    assert with_schema("a: 1\n", Path("mappings/besoeg.yaml")) == "a: 1\n"


TEXT = CASES["text"]


def test_a_text_without_changes_is_itself() -> None:
    assert YamlText(TEXT).result() == TEXT


def test_a_value_is_replaced_and_the_remark_beside_it_stays() -> None:
    text = YamlText(TEXT)
    text.set(("a",), "2")
    assert text.result() == TEXT.replace("a: 1  # ved a", "a: 2  # ved a")


def test_a_value_in_brackets_is_replaced_there() -> None:
    text = YamlText(TEXT)
    text.set(("boks", "inde", "n"), "[r]")
    text.add(("boks", "inde"), "o", "3")
    assert "  inde: {m: 1, n: [r], o: 3}\n" in text.result()


def test_a_folded_text_is_rewritten_as_it_is_laid_out() -> None:
    text = YamlText(TEXT)
    text.rewrite(("boks", "tekst"), lambda written: written.replace("to", "tre"))
    assert "  tekst: >-\n    Et afsnit\n    over tre linjer.\n\nslut" in text.result()


def test_a_key_goes_with_the_remark_above_it_and_leaves_what_is_put_there() -> None:
    text = YamlText(TEXT)
    text.remove(("a",), ["# her stod a"])
    assert text.result() == TEXT.replace("# over a\na: 1  # ved a\n", "# her stod a\n")


def test_the_file_s_own_header_does_not_go_with_its_first_key() -> None:
    text = YamlText("# Hoved\na: 1\nb: 2\n")
    text.remove(("a",))
    assert text.result() == "# Hoved\nb: 2\n"


@pytest.mark.parametrize(("key", "left"), CASES["between_brackets_one_thing_goes_with_its_comma"])
def test_between_brackets_one_thing_goes_with_its_comma(key: str, left: str) -> None:
    text = YamlText("linje: {a: 1, b: [1, 2], c: 3}\n")
    text.remove(("linje", key), ["# en er væk"])
    assert text.result() == f"# en er væk\nlinje: {left}\n"
    other = YamlText("linje: {a: 1, b: [1, 2], c: 3}\n")
    other.comment_out(("linje", key))
    assert other.result() == f"linje: {left}\n"


def test_a_list_item_goes_alone() -> None:
    text = YamlText(TEXT)
    text.remove(("liste", 1))
    assert text.result() == TEXT.replace("  # over y\n  - y\n", "")


def test_what_is_commented_out_can_be_taken_back_by_removing_the_marks() -> None:
    text = YamlText(TEXT)
    text.comment_out(("boks",))
    result = text.result()
    assert yaml.safe_load(result) == {"a": 1, "liste": ["x", "y"], "slut": "z"}
    assert result.replace("# boks", "boks").replace("#   ", "  ") == TEXT


def test_remarks_of_one_place_stand_in_the_order_in_which_they_were_made() -> None:
    text = YamlText(TEXT)
    text.above(("liste", 1), ["# først"])
    text.above(("liste", 1), ["# så"])
    assert "  # over y\n  # først\n  # så\n  - y\n" in text.result()


def test_a_remark_about_something_in_brackets_stands_above_its_line() -> None:
    text = YamlText(TEXT)
    text.above(("boks", "inde", "n"), ["# om n"])
    assert "boks:\n  # om n\n  inde: {" in text.result()


def test_a_change_inside_what_is_taken_out_goes_with_it() -> None:
    text = YamlText(TEXT)
    text.set(("boks", "inde", "m"), "7")
    text.remove(("boks",))
    text.above(("slut",), ["# om slut"])
    assert text.result().endswith('  - y\n\n# om slut\nslut: "z"\n')


def test_two_changes_of_one_value_are_a_fault() -> None:
    text = YamlText(TEXT)
    text.set(("a",), "2")
    text.set(("a",), "3")
    with pytest.raises(ValueError, match="same stretch"):
        text.result()


def test_a_named_list_keeps_its_name_and_an_alias_becomes_its_own_list() -> None:
    text = YamlText("a: &navn\n  - x\n  - y\nb: *navn\nc: *navn\n")
    text.set(("a",), "[z]")
    text.set(("b",), "[v]")
    assert yaml.safe_load(text.result()) == {"a": ["z"], "b": ["v"], "c": ["z"]}


@pytest.mark.parametrize(("text", "item"), CASES["an_item_is_put_at_the_end_of_a_list_as_it_is"])
def test_an_item_is_put_at_the_end_of_a_list_as_it_is_written(text: str, item: str) -> None:
    changed = YamlText(text)
    changed.append(("a",), "y")
    assert changed.result().rstrip("\n") == f"a:{'' if item[0] == chr(10) else ' '}{item}"


def test_a_mapping_gets_a_key_below_its_last() -> None:
    text = YamlText("a:\n  b: 1  # om b\n\nc: 2\n")
    text.add(("a",), "d", "3")
    assert text.result() == "a:\n  b: 1  # om b\n  d: 3\n\nc: 2\n"


_keys = st.sampled_from(["en", "to", "tre"])
_scalars = st.one_of(st.integers(0, 3000), st.text("abcæøå: #'\"", max_size=8), st.booleans())


def _holding(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    lists = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(inner, lists, st.dictionaries(_keys, inner, min_size=1))


_values = _holding(_holding(_scalars))


@given(st.dictionaries(_keys, _values, min_size=1), st.booleans(), st.data())
def test_any_value_of_any_file_can_be_replaced_alone(
    values: dict[str, object], flow: bool, data: st.DataObject
) -> None:
    written = yaml.safe_dump(values, default_flow_style=flow, allow_unicode=True, sort_keys=False)
    text = YamlText(written)
    path = data.draw(st.sampled_from(text.paths()))
    text.set(path, "9999")
    expected: object = values
    holder = values
    for part in path[:-1]:
        holder = holder[part]  # type: ignore[index, assignment]
    holder[path[-1]] = 9999  # type: ignore[index]
    assert yaml.safe_load(text.result()) == expected
