"""Whatever the numbers, a text agrees with its table; and the check of that sees a planted fault."""

import csv
import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beskplan.blocks.text.all_benefits import Page
from beskplan.blocks.text.one_benefit import Facts, key_figure
from beskplan.core.danish import NBSP
from beskplan.core.periods import Period, month
from beskplan.indicators.quantities import Movement
from beskplan.registers.areas import Area, area, find
from beskplan.registers.benefits import benefit
from tests.conftest import cases
from tests.unit.claims import disagreements, parse_claims, place
from tests.unit.sentence_samples import (
    BEFORE,
    BORNHOLM,
    HOVEDSTADEN,
    LAESOE,
    LANDET,
    NOW,
    OESTDANMARK,
    RUDERSDAL,
    movement,
)

CASES = cases("sentences_properties")

OWN_AREAS = (RUDERSDAL, BORNHOLM, LAESOE, area("751"), area("101"))
OTHERS = (HOVEDSTADEN, OESTDANMARK, LANDET, area("084"), area("265"))
YDELSER = ("a_dagpenge", "fleksjob", "sho", "ressourceforloeb", "offentlig_forsoergelse")
FORBIDDEN = re.compile(
    r"hhv|-\d|(?<!20\d\d)(?<=\d), \d|\b0 (?:flere|færre)|(?:stigning|fald)(?:en|et)? på 0 pct"
    r"|  |\.\.|\(\)|None|nan|\b(?:i|på|med|end i|end på) (?:i|på)\b|procent[^p]|gange så|procentpoint"
)
"""What would show that a program wrote the text, that a number was glued to the wrong word, or that two
rounded per cents were divided or taken from each other."""

numbers = st.one_of(
    st.integers(0, 60),
    st.integers(0, 5000),
    st.integers(0, 300_000),
    st.sampled_from(["withheld", "absent"]),
)
shares = st.one_of(
    st.integers(0, 250).map(lambda tenths: Decimal(tenths) / 10),
    st.sampled_from(["withheld", "absent", None]),
)


def movements(of: Area) -> st.SearchStrategy[Movement]:
    steady = st.tuples(st.integers(1, 40_000), st.integers(-12, 12)).map(
        lambda pair: (pair[0], pair[0] + pair[0] * pair[1] // 100)
    )
    levels = st.one_of(st.tuples(numbers, numbers), steady)
    return st.tuples(levels, shares, st.integers(0, 1)).map(
        lambda made: movement(of, made[0][0], made[0][1], made[1], pct_decimals=made[2])
    )


own_movements = st.sampled_from(OWN_AREAS).flatmap(movements)
reference_sets = st.lists(st.sampled_from(OTHERS), unique=True, max_size=3).flatmap(
    lambda areas: st.tuples(*(movements(one) for one in areas))
)


def facts_of(own: Movement, references: tuple[Movement, ...], ydelse: str) -> Facts:
    return Facts(benefit(ydelse), BEFORE, NOW, own, references)


def said(facts: Facts, sections: int = 1) -> str:
    """The text of a section; of three or more with the same periods, which the page names once."""
    (paragraph,) = Page((facts,) * sections, "").commentary(0).paragraphs
    return paragraph


@given(own_movements, reference_sets, st.sampled_from(YDELSER), st.sampled_from([1, 3]))
def test_every_claim_of_a_text_agrees_with_its_table(
    own: Movement, references: tuple[Movement, ...], ydelse: str, sections: int
) -> None:
    text = said(facts_of(own, references, ydelse), sections)
    assert disagreements(text, own, references, BEFORE, NOW) == []
    # The later period is named beside the number, or once for all; the earlier one is then "året før".
    assert (NOW.text in text) is (sections == 1)


@given(own_movements, reference_sets, st.sampled_from(YDELSER))
def test_no_text_has_a_sign_a_hhv_or_a_seam(
    own: Movement, references: tuple[Movement, ...], ydelse: str
) -> None:
    facts = facts_of(own, references, ydelse)
    shown = key_figure(facts)
    summary = Page((facts, facts_of(own, references, "a_dagpenge")), ydelse).summary()
    for text in (
        said(facts),
        said(facts, 3),
        summary,
        f"{shown.label} {shown.change} {shown.comparison}".strip(),
    ):
        assert not FORBIDDEN.search(text.replace(NBSP, " ")), text
        assert not text or text[0].isupper(), text


@given(own_movements, reference_sets)
def test_every_area_beside_a_real_change_is_named_with_its_number_or_the_lack_of_it(
    own: Movement, references: tuple[Movement, ...]
) -> None:
    facts = facts_of(own, references, "a_dagpenge")
    text = said(facts).replace(NBSP, " ")
    if facts.direction == "same":
        return
    for reference in references:
        if reference.change_pct.is_number and reference.before.printed >= 20:
            if reference.change_pct.printed == 0:
                assert reference.area.stedsform.casefold() in text.casefold()
                assert "var antallet stort set uændret." in text
                continue
            pct = reference.change_pct.text(unit="pct.").replace(NBSP, " ").lstrip("-")
            assert f"{place(reference)} ({pct})" in text
        else:
            assert reference.area.stedsform.casefold() in text.casefold()


@given(own_movements, reference_sets)
def test_a_small_base_has_no_per_cent_of_change(
    own: Movement, references: tuple[Movement, ...]
) -> None:
    if own.before.is_number and own.before.printed < 20:
        claims = parse_claims(said(facts_of(own, references, "fleksjob")))
        assert not [claim for claim in claims if claim.kind == "pct"]


SAMPLE = (
    movement(RUDERSDAL, 3057, 3313, "12.5"),
    (movement(HOVEDSTADEN, 151838, 171525, "18.5"), movement(OESTDANMARK, 251194, 279857, "20.9")),
)


@pytest.mark.parametrize(("right", "wrong"), CASES["the_check_of_claims_sees_a_planted_fault"])
def test_the_check_of_claims_sees_a_planted_fault(right: str, wrong: str) -> None:
    april = (month(2019, 4), month(2020, 4))
    text = said(Facts(benefit("offentlig_forsoergelse"), *april, *SAMPLE))
    assert disagreements(text, *SAMPLE, *april) == []
    spoilt = text.replace(right, wrong)
    assert spoilt != text
    assert disagreements(spoilt, *SAMPLE, *april) != []


def test_a_number_that_belongs_to_no_claim_is_refused() -> None:
    with pytest.raises(ValueError, match="without a claim"):
        parse_claims("Der er 12 grunde til det.")


COUNT, SHARE = "Antal fuldtidspersoner", "Fuldtidspersoner i pct. af arbejdsstyrken"


@pytest.mark.shared
def test_every_municipality_gets_a_text_that_agrees_with_its_row(shared: Path) -> None:
    now = Period.parse("2026M06")
    before = now.year_before()
    with (shared / "data/jobindsats/y60a02_kommuner.csv").open(encoding="utf-8") as file:
        rows = {(row["Område"], row["Periode"]): row for row in csv.DictReader(file)}
    areas = []
    for name in dict.fromkeys(name for name, _ in rows):
        then, later = rows[name, before.code], rows[name, now.code]
        values = (then[COUNT], later[COUNT], later[SHARE])
        areas.append(movement(find(name), *(value or "withheld" for value in values)))
    country = next(one for one in areas if one.area == LANDET)
    texts = set()
    for own in areas:
        if own is not country:
            facts = Facts(benefit("kontanthjaelp_2025"), before, now, own, (country,))
            texts.add(said(facts))
            assert disagreements(said(facts), own, [country], before, now) == []
    assert len(texts) == 98
