"""The sentences of a benefit: cases, commentary and the words of comparison."""

import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from beskplan.blocks.text import language, one_benefit
from beskplan.blocks.text.all_benefits import Page, movers, share_words
from beskplan.blocks.text.language import (
    UnitNoun,
    amount,
    counted_amount,
    short_place,
    with_examples,
)
from beskplan.blocks.text.one_benefit import Facts, commentary, key_figure, sentence_direction
from beskplan.core.danish import NBSP, format_number, list_danish
from beskplan.core.errors import BlockError, DataError
from beskplan.core.periods import Period, month
from beskplan.indicators.quantities import Movement
from beskplan.indicators.targets import Point
from beskplan.registers.areas import area
from beskplan.registers.benefits import benefit
from beskplan.report.shared_blocks import Course, line_alt
from beskplan.report.status import at_the_deadline, how_goals_stand
from tests.conftest import cases as named_cases
from tests.unit.claims import disagreements
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

TABLES = named_cases("sentences")

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


@pytest.mark.parametrize(("items", "said"), TABLES["a_list_ends_with_og"])
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


@pytest.mark.parametrize(("kode", "place"), TABLES["a_short_place_is_one_that_people_say"])
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
        (movement(RUDERSDAL, 82, 82), "Uændret: 82 på a-dagpenge i juni 2020 ligesom året før."),
        (movement(RUDERSDAL, 19, 1), "var der én på a-dagpenge mod 19 året før."),
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


@pytest.mark.parametrize(("sizes", "span", "said"), TABLES["the_benefits_that_moved_most_are"])
def test_the_benefits_that_moved_most_are_named(
    sizes: tuple[int | str, int | str], span: str, said: str
) -> None:
    changes = [quantity(size, unit="personer") for size in sizes]
    assert said == movers(zip(("på a", "på b"), changes, strict=True), span).removesuffix(
        " og faldt mest på b (én person)"
    )


FOLDER = Path(__file__).parents[1] / "cases" / "sentences"
TOTAL = "offentlig_forsoergelse"


def cases(name: str) -> list[Any]:
    read: list[Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return read


def made(numbers: dict[str, Any], unit: str) -> Movement:
    values = numbers["before"], numbers["now"], numbers.get("share")
    return movement(area(numbers["area"]), *values, unit=unit)


def facts_of_case(inputs: dict[str, Any]) -> Facts:
    unit = inputs.get("unit", "fuldtidspersoner")
    return Facts(
        benefit(inputs["ydelse"]),
        Period.parse(str(inputs["before"])),
        Period.parse(str(inputs["now"])),
        made(inputs["own"], unit),
        tuple(made(one, unit) for one in inputs.get("references", [])),
        inputs.get("share_of", "arbejdsstyrken"),
        inputs.get("group", ""),
    )


*SECTIONS, SUMMARY = cases("rudersdal_2021")
PAGE = Page(tuple(facts_of_case(case["inputs"]) for case in SECTIONS), TOTAL)
*MIXED_SECTIONS, MIXED = cases("uden_moenster")
MIXED_PAGE = Page(tuple(facts_of_case(case["inputs"]) for case in MIXED_SECTIONS), TOTAL)
ALONE = [Page((facts_of_case(case["inputs"]),), TOTAL) for case in cases("saerlige_tilfaelde")]
CASES = [
    *((case, PAGE, at) for at, case in enumerate(SECTIONS)),
    *((case, MIXED_PAGE, at) for at, case in enumerate(MIXED_SECTIONS)),
    *((case, page, 0) for case, page in zip(cases("saerlige_tilfaelde"), ALONE, strict=True)),
]


@pytest.mark.parametrize(("case", "page", "at"), CASES, ids=[case["note"] for case, *_ in CASES])
def test_case(case: dict[str, Any], page: Page, at: int) -> None:
    (text,) = page.commentary(at).paragraphs
    assert text.replace(NBSP, " ") == case["expected"]
    told = page.facts[at]
    assert disagreements(text, told.own, told.references, told.before, told.now) == []


def test_the_summary_of_a_page_tells_its_news_in_five_sentences() -> None:
    assert PAGE.summary().replace(NBSP, " ") == SUMMARY["expected"]
    assert MIXED_PAGE.summary().replace(NBSP, " ") == MIXED["expected"]


COUNTS = re.compile(
    r"Andelen er (?P<first>højere|lavere) end i både .+? på (?P<many>[\wé]+) af (?P<every>[\wé]+) ydelser"
    r"(?: og (?P<other>højere|lavere) på (?P<few>[\wé]+))?\."
)


def counted_wrongly(summary: str, page: Page) -> list[str]:
    """What a summary counts otherwise than the shares as they are printed."""
    said = COUNTS.search(summary)
    assert said is not None, summary
    shares = [(one.own.share, [other.share for other in one.references]) for one in page.facts]
    counts = {
        "højere": sum(all(own.printed > one.printed for one in them) for own, them in shares),  # type: ignore[union-attr]
        "lavere": sum(all(own.printed < one.printed for one in them) for own, them in shares),  # type: ignore[union-attr]
    }
    words = {word: language.NUMBER_WORDS[count] for word, count in counts.items() if count}
    told = {said["first"]: said["many"]} | ({said["other"]: said["few"]} if said["other"] else {})
    every = language.NUMBER_WORDS[len(shares)]
    return [*(set(words.items()) ^ set(told.items())), *([every] if said["every"] != every else [])]  # type: ignore[list-item]


def test_the_summary_counts_the_shares_where_no_side_is_usual() -> None:
    assert (MIXED_PAGE.usual, PAGE.share_counts) == ("", "")
    summary = MIXED_PAGE.summary()
    assert counted_wrongly(summary, MIXED_PAGE) == []
    for right, wrong in (
        ("lavere end i", "højere end i"),
        ("på to af", "på tre af"),
        ("på én", "på to"),
    ):
        assert right in summary
        assert counted_wrongly(summary.replace(right, wrong), MIXED_PAGE) != [], wrong
    # A page of two benefits counts nothing: each section has its sentence.
    pair = Page(MIXED_PAGE.facts[:2], TOTAL)
    assert pair.share_counts == ""
    assert "Andelen er" in pair.commentary(0).paragraphs[0]


def test_the_periods_of_most_sections_are_named_once() -> None:
    once = "Afsnittene sammenligner juni 2020 med juni 2019"
    assert PAGE.same_for_all() == f"{once}, når der ikke står andet."
    june = [one for one in PAGE.facts if one.now == NOW]
    assert (len(june), len(PAGE.facts)) == (8, 11)
    assert Page(tuple(june), TOTAL).same_for_all() == f"{once}."
    assert Page(tuple(june), TOTAL).same_for_all(others=True) == f"{once}, når der ikke står andet."
    # Five of eleven are not most, and two are not many: each section names its own.
    assert Page((*june[:5], *set(PAGE.facts).difference(june)), TOTAL).same_for_all() == ""
    assert Page(tuple(june[:2]), TOTAL).same_for_all() == ""
    assert NOW.text in " ".join(Page(tuple(june[:2]), TOTAL).commentary(0).paragraphs)


@pytest.mark.parametrize(
    ("changes", "still"),
    TABLES["the_summary_counts_every_benefit"],
)
def test_the_summary_counts_every_benefit(changes: tuple[int, int], still: str) -> None:
    pages = [movement(RUDERSDAL, 3000, 3000 + one) for one in (500, -500, *changes)]
    ydelser = ("a_dagpenge", "kontanthjaelp", "fleksjob", "sygedagpenge")
    page = Page(tuple(facts(*one) for one in zip(pages, [()] * 4, ydelser, strict=True)), TOTAL)
    assert page.summary().count("; på ") == bool(still)
    assert still in page.summary()


@pytest.mark.parametrize(
    ("part", "every", "said"), [(7, 9, "syv af ni"), (11, 12, "elleve af tolv"), (7, 16, "7 af 16")]
)
def test_a_part_of_all_is_in_words_or_in_digits(part: int, every: int, said: str) -> None:
    assert language.part_words(part, every) == said


def test_what_the_summary_says_once_is_said_of_the_exceptions_only() -> None:
    told = [case["note"] for case in SECTIONS if " ndelen" in case["expected"].replace("A", " ")]
    assert PAGE.usual == "lavere end"
    assert [facts_of_case.benefit.id for facts_of_case in PAGE.unusual] == [
        "sho",
        "ledighedsydelse",
    ]
    assert "A-dagpenge" not in told
    assert "Ledighedsydelse" in told


@pytest.mark.parametrize(
    ("change", "pct", "nearly"), [(-4, -1, True), (-5, -1, False), (4, 2, False), (0, 0, True)]
)
def test_nearly_unchanged_needs_both_a_small_per_cent_and_few_persons(
    change: int, pct: int, nearly: bool
) -> None:
    assert one_benefit.is_nearly_unchanged(Decimal(change), Decimal(pct)) is nearly


@pytest.mark.parametrize(("own", "other", "words"), TABLES["shares_differ_by_a_shade_in_points"])
def test_shares_differ_by_a_shade_in_points_and_in_proportion(
    own: str, other: str, words: str
) -> None:
    assert share_words(quantity(own, 1, "pct."), quantity(other, 1, "pct.")) == words


@pytest.mark.parametrize(("own", "other", "kind"), TABLES["two_changes_stand_to_each_other"])
def test_two_changes_stand_to_each_other(
    own: tuple[int, int], other: tuple[int, int], kind: str
) -> None:
    mine, its = movement(RUDERSDAL, *own), movement(HOVEDSTADEN, *other)
    assert one_benefit.relation(mine, its) == kind


@pytest.mark.parametrize(("count", "total", "word"), TABLES["a_quantity_word_begins_and_ends_at"])
def test_a_quantity_word_begins_and_ends_at_its_threshold(
    count: int, total: int, word: str
) -> None:
    assert counted_amount(count, total, UnitNoun("ét jobcenter", "jobcentre")) == word


@pytest.mark.parametrize(("count", "total"), [(-1, 5), (6, 5), (0, 0)])
def test_more_than_all_or_fewer_than_none_are_refused(count: int, total: int) -> None:
    with pytest.raises(ValueError, match="of"):
        amount(count, total)


def test_examples_stand_in_brackets() -> None:
    assert with_examples(["Herlev", "Hørsholm"]) == " (fx Herlev og Hørsholm)"
    assert with_examples([]) == ""


DOCUMENTED = {
    "næsten uændret": (one_benefit.NEARLY_BELOW_PCT, one_benefit.NEARLY_BELOW_COUNT),
    "(ingen pct.)": (Decimal(one_benefit.SMALL_BASE),),
    "på linje med": (one_benefit.IN_STEP_PCTPOINT,),
    "en anelse højere, en anelse lavere": (
        one_benefit.SHADE_PCTPOINT,
        100 * one_benefit.SHADE_PART,
    ),
    "som": (one_benefit.IN_STEP_PCTPOINT,),
    "bedre": (one_benefit.IN_STEP_PCTPOINT,),
    "ringere": (one_benefit.IN_STEP_PCTPOINT,),
    "for få": (Decimal(one_benefit.SMALL_BASE),),
    "(områderne nævnes alligevel)": (
        one_benefit.NEWS_FROM_PCT,
        one_benefit.TOTAL_NEWS_FROM_PCT,
    ),
    **{name: tuple(100 * end for end in ends) for name, ends in language.AMOUNTS.items()},
}
"""The numbers that stand in the tables of docs/ordvalg.md, by the words of the row."""


@pytest.mark.parametrize("words", DOCUMENTED)
def test_the_page_for_readers_gives_the_thresholds_of_the_code(words: str, root: Path) -> None:
    lines = (root / "docs" / "ordvalg.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    last = {row[0]: row[-1] for row in cells}[words]
    numbers = [word for word in last.split() if word[0].isdigit()]
    assert numbers == [_danish(value) for value in DOCUMENTED[words]]


def _danish(value: Decimal) -> str:
    plain = value.normalize()
    return format_number(plain, max(0, -int(plain.as_tuple().exponent)))


STATUS = named_cases("status_sentences")


@pytest.mark.parametrize(("ends", "told"), STATUS["forecasts"])
def test_the_forecasts_of_a_status_are_told_in_one_sentence(
    ends: dict[str, int], told: str
) -> None:
    assert at_the_deadline(Counter(ends)) == told


@pytest.mark.parametrize(("keys", "told"), STATUS["goals"])
def test_the_goals_of_a_status_are_told_in_one_sentence(keys: dict[str, int], told: str) -> None:
    assert how_goals_stand(list(Counter(keys).elements())) == told


def test_two_sections_alike_are_told_so_and_not_three() -> None:
    own = movement(RUDERSDAL, 500, 400)
    ydelser = ("a_dagpenge", "kontanthjaelp", "fleksjob", "sygedagpenge", TOTAL)

    def also(now: int) -> list[bool]:
        others = (movement(HOVEDSTADEN, 1000, now), movement(OESTDANMARK, 1000, now))
        page = Page(tuple(facts(own, others, ydelse) for ydelse in ydelser), TOTAL)
        texts = [page.commentary(at).paragraphs[0] for at in range(5)]
        return ["Også" in one for one in texts]

    assert also(900) == [False, True, False, True, False]
    # "Også antallet faldt med 20 pct." would be read as 20 pct. there too.
    assert also(1100) == [False] * 5


@pytest.mark.parametrize(
    ("before", "now", "told"),
    TABLES["a_change_of_one_is_told_by"],
)
def test_a_change_of_one_is_told_by_its_two_numbers(before: int, now: int, told: str) -> None:
    others = (movement(HOVEDSTADEN, 1000, 1000 + (now - before) * 100),)
    assert told in text(movement(RUDERSDAL, before, now), others)


def test_a_total_that_hardly_moved_is_no_news_and_is_named_once() -> None:
    total = facts(movement(RUDERSDAL, 3000, 3009, "12.5"), (), TOTAL)
    text = Page((total,), TOTAL).summary().replace(NBSP, " ")
    assert text.endswith(
        "Antallet var stort set uændret: 3.009 fuldtidspersoner mod 3.000 året før."
    )
    assert Page((total,), TOTAL).news()[0].startswith("i juni 2020 var antallet stort set uændret:")
    assert len(Page((total,), TOTAL).news()) == 1


@pytest.mark.parametrize("now", [1020, 1010])
def test_a_total_that_hardly_moved_stands_beside_areas_where_it_did(now: int) -> None:
    beside = (movement(HOVEDSTADEN, 1000, now),)
    page = Page((facts(movement(RUDERSDAL, 3000, 3009), beside, TOTAL),), TOTAL)
    [told] = page.news()
    there = ", mens det steg i RAR Hovedstaden (2\u00a0pct.)" if now == 1020 else ""
    assert told.endswith(f"mod 3.000 året før{there}")


@pytest.mark.parametrize(("changes", "told"), TABLES["where_the_number_moved_most_of_all"])
def test_equal_ones_are_told_together(changes: list[int], told: str) -> None:
    ydelser = ("a_dagpenge", "sygedagpenge", "fleksjob", "ledighedsydelse", "foertidspension")
    moves = zip(ydelser, changes, strict=False)
    page = [facts(movement(RUDERSDAL, 100, 100 + by), (), one) for one, by in moves]
    assert Page(tuple(page), TOTAL).news() == [told]


@pytest.mark.parametrize("others", [101, 103])
def test_a_benefit_that_nobody_is_on_is_unchanged_beside_those_that_hardly_moved(
    others: int,
) -> None:
    moves = {"ressourceforloeb": (0, 0), "fleksjob": (100, others), "sygedagpenge": (100, 130)}
    page = [facts(movement(RUDERSDAL, *both), (), one) for one, both in moves.items()]
    [told] = Page(tuple(page), TOTAL).news()
    assert ("på to var det næsten uændret" in told) == ("på én var det uændret" not in told)
    assert ("næsten" in told) == (others == 101)
