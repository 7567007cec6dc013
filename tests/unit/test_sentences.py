"""Sentences: what each kind of movement must say, and what no text may ever say."""

from __future__ import annotations

import pytest

from beskplan.blocks.text import (
    Facts,
    commentary,
    key_figure,
    list_danish,
    movers,
    sentence_direction,
)
from beskplan.blocks.text.language import short_place
from beskplan.core.errors import BlockError, DataError
from beskplan.core.numbers import NBSP
from beskplan.core.periods import Period, month
from beskplan.indicators.quantities import Movement
from beskplan.indicators.targets import Point
from beskplan.registers.areas import area
from beskplan.registers.benefits import benefit
from beskplan.report.shared_blocks import Course, line_alt
from tests.unit.sentence_samples import (
    BEFORE,
    HOVEDSTADEN,
    LAESOE,
    NOW,
    OESTDANMARK,
    RUDERSDAL,
    movement,
    quantity,
)

REFERENCES = (
    movement(OESTDANMARK, 37818, 56208, "4.2"),
    movement(HOVEDSTADEN, 28219, 41215, "4.4"),
)
OWN = movement(RUDERSDAL, 456, 703, "2.7")


def facts(
    own: Movement = OWN,
    references: tuple[Movement, ...] = REFERENCES,
    ydelse: str = "a_dagpenge",
    periods: tuple[Period, Period] = (BEFORE, NOW),
) -> Facts:
    return Facts(benefit(ydelse), *periods, own, references)


def text(*args: object, **more: object) -> str:
    prose = commentary(facts(*args, **more))  # type: ignore[arg-type]
    return " ".join(prose.paragraphs).replace(NBSP, " ")


@pytest.mark.parametrize(
    ("items", "said"),
    [([], ""), (["a"], "a"), (["a", "b"], "a og b"), (["a", "b", "c"], "a, b og c")],
)
def test_a_list_ends_with_og(items: list[str], said: str) -> None:
    assert list_danish(items) == said


def test_the_order_of_the_references_makes_no_difference() -> None:
    assert text(OWN, REFERENCES) == text(OWN, REFERENCES[::-1])


def test_the_own_area_is_not_compared_with_itself() -> None:
    assert text(OWN, (OWN, *REFERENCES)) == text(OWN)


def test_a_unit_that_cannot_be_counted_is_refused() -> None:
    own = movement(RUDERSDAL, 20, 30, unit="uger")
    with pytest.raises(BlockError) as refused:
        facts(own)
    assert refused.value.problems[0].found == "'uger'"


def test_periods_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(DataError):
        facts(periods=(NOW, BEFORE))


def test_number_and_unit_stay_on_one_line() -> None:
    (paragraph,) = commentary(facts()).paragraphs
    assert " pct." not in paragraph
    assert f"54{NBSP}pct." in paragraph


def test_two_sections_of_one_benefit_have_ids_of_their_own() -> None:
    group = Facts(benefit("kontanthjaelp"), BEFORE, NOW, OWN, group="udenlandske statsborgere")
    assert commentary(group).id == "kontanthjaelp-udenlandske-statsborgere-tekst"
    assert commentary(facts(ydelse="kontanthjaelp")).id == "kontanthjaelp-tekst"


def test_a_benefit_is_named_as_it_is_called_in_the_later_period() -> None:
    assert "på selvforsørgelses- og hjemrejseydelse eller overgangsydelse" in text(OWN, (), "sho")
    assert "på integrationsydelse" in text(OWN, (), "sho", (month(2018, 6), BEFORE))


@pytest.mark.parametrize("state", ["withheld", "absent"])
@pytest.mark.parametrize("when", ["before", "now"])
def test_a_missing_number_is_never_compared(when: str, state: str) -> None:
    numbers = {"before": 456, "now": 703, when: state}
    own = movement(LAESOE, numbers["before"], numbers["now"], "absent")  # type: ignore[arg-type]
    said = text(own)
    reason = "ikke oplyst, fordi det er fortroligt"
    assert (reason in said) == (state == "withheld")
    for word in ("stigning", "flere", "RAR Hovedstaden", "456 til"):
        assert word not in said


@pytest.mark.parametrize(
    ("kode", "place"),
    [
        ("230", "i Rudersdal"),
        ("400", "på Bornholm"),
        ("825", "i Læsø Kommune"),
        ("480", "i Nordfyns Kommune"),
        ("101", "i København"),
        ("rar-hovedstaden", "i RAR Hovedstaden"),
    ],
)
def test_a_short_place_is_one_that_people_say(kode: str, place: str) -> None:
    assert short_place(area(kode)) == place


def test_lines_are_told_from_start_to_end_with_their_extremes() -> None:
    numbers = (456, 380, 703, 690)
    own = Course(
        "Rudersdal", tuple(Point(month(2020, m), quantity(n)) for m, n in enumerate(numbers, 3))
    )
    other = Course(
        "RAR Hovedstaden", (Point(month(2020, 3), quantity(9)), Point(month(2020, 6), quantity(12)))
    )
    assert line_alt("antallet på a-dagpenge", [own, other]) == (
        "Kurver over antallet på a-dagpenge fra marts 2020 til juni 2020 for Rudersdal og RAR "
        "Hovedstaden. Rudersdal går fra 456 i marts 2020 til 690 i juni 2020, højest med 703 i maj "
        "2020 og lavest med 380 i april 2020. Til sidst ligger Rudersdal på 690 og RAR Hovedstaden på 12."
    )


def test_a_flat_line_with_gaps_is_told_as_such() -> None:
    points = [Point(month(2020, m), quantity(n)) for m, n in ((1, 7), (2, "withheld"), (3, 7))]
    assert line_alt("andelen", [Course("Læsø", tuple(points))], unit="pct.").endswith(
        f"Læsø ligger på 7{NBSP}pct. hele vejen; 1 tal mangler."
    )


def test_lines_without_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="needs a number"):
        line_alt("andelen", [Course("Læsø", (Point(NOW, quantity("absent")),))])


def test_a_key_figure_names_each_number_beside_its_area() -> None:
    shown = key_figure(facts())
    assert shown.label == "Fuldtidspersoner på a-dagpenge, juni 2020"
    assert (shown.value, shown.direction) == ("703", "up")
    assert shown.change == f"247 flere end i juni 2019 (54{NBSP}pct.)"
    assert shown.comparison == (
        f"Stigning i RAR Hovedstaden (46{NBSP}pct.) og Østdanmark (49{NBSP}pct.)"
    )


@pytest.mark.parametrize(
    ("own", "value", "direction", "change"),
    [
        (movement(RUDERSDAL, 82, 82), "82", "same", "det samme som i juni 2019"),
        (movement(RUDERSDAL, 3, 1), "1", "down", "2 færre end i juni 2019"),
        (movement(RUDERSDAL, 3, "withheld"), "fortroligt", "none", ""),
        (movement(RUDERSDAL, "absent", 30), "30", "none", ""),
    ],
)
def test_a_key_figure_without_a_per_cent_has_none(
    own: Movement, value: str, direction: str, change: str
) -> None:
    shown = key_figure(facts(own))
    assert (shown.value, shown.direction, shown.change) == (value, direction, change)


@pytest.mark.parametrize(
    ("own", "said"),
    [
        (OWN, "703 fuldtidspersoner på a-dagpenge i Rudersdal Kommune, 247 flere end i juni 2019"),
        (movement(RUDERSDAL, 82, 82), "Uændret: 82 på a-dagpenge både i juni 2020 og i juni 2019."),
        (movement(RUDERSDAL, 19, 1), "var der én på a-dagpenge mod 19 i juni 2019."),
        (movement(RUDERSDAL, "absent", 30), "Der er ingen tal for juni 2019"),
        (movement(RUDERSDAL, 30, "absent"), "i juni 2020 er ikke opgjort."),
    ],
)
def test_one_sentence_gives_level_and_change(own: Movement, said: str) -> None:
    assert said in sentence_direction(facts(own, ()))


@pytest.mark.parametrize(
    "codes", [("2019Q2", "2020Q2"), ("2019QMAT02", "2020QMAT02"), ("2019", "2020")]
)
def test_every_kind_of_period_can_be_told(codes: tuple[str, str]) -> None:
    before, now = (Period.parse(code) for code in codes)
    assert now.text in text(periods=(before, now))


@pytest.mark.parametrize(
    ("sizes", "span", "said"),
    [
        ((70, -112), "", "antallet steg mest på a (70 personer) og faldt mest på b (112 personer)"),
        ((70, -1), "fra 2013 til 2015", "fra 2013 til 2015 steg antallet mest på a (70 personer)"),
        ((-2, -2), "", "antallet faldt mest på a og på b (2 personer)"),
        ((1, "absent"), "", "antallet steg mest på a (én person)"),
        ((0, "withheld"), "", ""),
    ],
)
def test_the_benefits_that_moved_most_are_named(
    sizes: tuple[int | str, int | str], span: str, said: str
) -> None:
    changes = [quantity(size, unit="personer") for size in sizes]
    assert said == movers(zip(("på a", "på b"), changes, strict=True), span).removesuffix(
        " og faldt mest på b (én person)"
    )
