"""Whatever the numbers, a text agrees with its table."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beskplan.blocks.text import commentary, figure_alt_bars, figure_title, key_figure
from beskplan.core.numbers import NBSP
from beskplan.core.periods import month
from beskplan.indicators.quantities import Movement
from beskplan.registers.areas import Area, area
from beskplan.registers.benefits import benefit
from tests.unit.claim_checks import disagreements
from tests.unit.claims import parse_claims
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

OWN_AREAS = (RUDERSDAL, BORNHOLM, LAESOE, area("751"), area("101"))
OTHERS = (HOVEDSTADEN, OESTDANMARK, LANDET, area("084"), area("265"))
YDELSER = ("a_dagpenge", "fleksjob", "sho", "ressourceforloeb", "offentlig_forsoergelse")
FORBIDDEN = re.compile(
    r"hhv|-\d|(?<!20\d\d)(?<=\d), \d|\b0 (?:flere|færre)|(?:stigning|fald)(?:en|et)? på 0 pct"
    r"|  |\.\.|\(\)|None|nan|\b(?:i|på|med|end i|end på) (?:i|på)\b|procent[^p]"
)
"""What would show that a program wrote the text, or that a number was glued to the wrong word."""

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
    decimals = st.integers(0, 1)
    return st.tuples(levels, shares, decimals).map(
        lambda made: movement(of, made[0][0], made[0][1], made[1], pct_decimals=made[2])
    )


own_movements = st.sampled_from(OWN_AREAS).flatmap(movements)
reference_sets = st.lists(st.sampled_from(OTHERS), unique=True, max_size=3).flatmap(
    lambda areas: st.tuples(*(movements(one) for one in areas))
)


def said(own: Movement, references: tuple[Movement, ...], ydelse: str) -> str:
    prose = commentary(benefit(ydelse), BEFORE, NOW, own, references, share_of="arbejdsstyrken")
    assert len(prose.paragraphs) <= 2
    return " ".join(prose.paragraphs)


@given(own_movements, reference_sets, st.sampled_from(YDELSER))
def test_every_claim_of_a_text_agrees_with_its_table(
    own: Movement, references: tuple[Movement, ...], ydelse: str
) -> None:
    text = said(own, references, ydelse)
    assert disagreements(text, own, references, BEFORE, NOW) == []


@given(own_movements, reference_sets, st.sampled_from(YDELSER))
def test_no_text_has_a_sign_a_hhv_or_a_seam(
    own: Movement, references: tuple[Movement, ...], ydelse: str
) -> None:
    ydelse_, args = benefit(ydelse), (BEFORE, NOW, own, references)
    shown = key_figure(ydelse_, *args)
    for text in (
        said(own, references, ydelse),
        figure_title(ydelse_, *args),
        figure_alt_bars(ydelse_, *args),
        f"{shown.label} {shown.change} {shown.comparison}".strip(),
    ):
        assert not FORBIDDEN.search(text.replace(NBSP, " ")), text
        assert text[0].isupper(), text


@given(own_movements, reference_sets)
def test_a_known_reference_is_always_given_beside_its_own_number(
    own: Movement, references: tuple[Movement, ...]
) -> None:
    text = said(own, references, "a_dagpenge").replace(NBSP, " ")
    if not own.change.is_number:
        return
    for reference in references:
        place = reference.area.stedsform.partition(" ")[2]
        if reference.change_pct.is_number and reference.before.printed >= 20:
            pct = reference.change_pct.text(unit="pct.").replace(NBSP, " ").lstrip("-")
            assert f"{place} ({pct})" in text
        else:
            assert f"{reference.area.stedsform} " in text.casefold().replace(
                place.casefold(), place
            ), "a reference without a per cent must say so"


@given(own_movements, reference_sets)
def test_a_small_base_has_no_per_cent_of_change(
    own: Movement, references: tuple[Movement, ...]
) -> None:
    if own.before.is_number and own.before.printed < 20:
        claims = parse_claims(said(own, references, "fleksjob"))
        assert not [claim for claim in claims if claim.kind == "pct" and not claim.area]


SAMPLE = (
    movement(RUDERSDAL, 3057, 3313, "12.5"),
    (movement(HOVEDSTADEN, 151838, 171525, "18.5"), movement(OESTDANMARK, 251194, 279857, "20.9")),
)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("RAR Hovedstaden (13", "RAR Hovedstaden (11"),
        ("Østdanmark (11", "Østdanmark (13"),
        ("256 flere", "256 færre"),
        ("256 flere", "255 flere"),
        ("3.313", "3.331"),
        ("mindre end i både", "større end i både"),
        ("6,0 procentpoint", "6,1 procentpoint"),
        ("8,4 procentpoint lavere", "8,4 procentpoint højere"),
        ("12,5", "12,6"),
        ("blevet større", "blevet mindre"),
        ("april 2019", "april 2018"),
        ("RAR Hovedstaden (13", "RAR Sjælland (13"),
    ],
)
def test_the_check_of_claims_sees_a_planted_fault(right: str, wrong: str) -> None:
    april = (month(2019, 4), month(2020, 4))
    prose = commentary(
        benefit("offentlig_forsoergelse"), *april, *SAMPLE, share_of="arbejdsstyrken"
    )
    text = " ".join(prose.paragraphs)
    assert disagreements(text, *SAMPLE, *april) == []
    spoilt = text.replace(right, wrong)
    assert spoilt != text
    assert disagreements(spoilt, *SAMPLE, *april) != []


def test_a_number_that_belongs_to_no_claim_is_refused() -> None:
    with pytest.raises(ValueError, match="without a claim"):
        parse_claims("Der er 12 grunde til det.")
