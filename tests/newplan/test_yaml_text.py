"""A params file is changed where it must be; everything else stays as a person wrote it."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from beskplan.newplan.files import YamlText

TEXT = """\
# Hoved
# to linjer

# over a
a: 1  # ved a
liste:
  - x
  # over y
  - y
boks:
  inde: {m: 1, n: [p, q]}
  tekst: >-
    Et afsnit
    over to linjer.

slut: "z"
"""


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


@pytest.mark.parametrize(
    ("key", "left"), [("a", "{b: [1, 2], c: 3}"), ("b", "{a: 1, c: 3}"), ("c", "{a: 1, b: [1, 2]}")]
)
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


@pytest.mark.parametrize(
    ("text", "item"), [("a: [x]\n", "[x, y]"), ("a:\n  - x\n", "\n  - x\n  - y")]
)
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
