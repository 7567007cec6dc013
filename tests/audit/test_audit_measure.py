"""The plan check on texts with planted faults and on right ones: how much is found, and nothing else.

`python -m tests.audit.measure -v` prints what is missed and what is said of more.
"""

from __future__ import annotations

import time

import pytest

from beskplan.audit.checking import audit
from beskplan.audit.documents import text_document
from tests.audit.measure import SETS, Score

RECALL = {"plans": 0.9, "layouts": 1.0, "sentences": 0.8, "own": 0.9}
SURE = 0.97
_BESIDE = """## A-dagpenge

Kommune | Dec. 2019 | Dec. 2020 | Ændring
Varde | 212 | 198 | -14
Esbjerg | 812 | 798 | -14
Vejen | 312 | 298 | -14

"""
SLOW = 5.0
"""Seconds of the processor that no text of a hundred thousand letters takes."""


def _passes(score: Score) -> None:
    told = "\n".join(score.lines(verbose=True))
    assert score.found >= RECALL[score.name] * score.wanted, told
    assert score.false == [], told
    assert sum(ok for ok, _ in score.sure) >= SURE * len(score.sure), told


def test_the_second_set_is_found_and_its_clean_twins_are_left_alone() -> None:
    _passes(SETS["own"]())


@pytest.mark.shared
@pytest.mark.parametrize("name", ["plans", "layouts", "sentences"])
def test_the_handed_texts_are_found_and_the_right_ones_left_alone(name: str) -> None:
    _passes(SETS[name]())


@pytest.mark.parametrize(
    "text",
    [
        "faldet fra 412 til 371 pct. " * 3600,
        "Antallet er 40 mænd og 70 kvinder, " * 2900,
        "I Varde faldt a-dagpenge med 412 i juni 2018 og " * 2100,
        _BESIDE + "I Varde faldt a-dagpenge fra 212 til 198. " * 2400,
        _BESIDE + "I Varde faldt a-dagpenge fra 212 til 198, " * 2400,
        "1 " * 50_000,
        "\n".join(
            f"- Antallet på a-dagpenge i område nummer {n} skal falde fra {40 + n} til {36 + n} i 2019."
            for n in range(400)
        ),
    ],
    ids=[
        "fra-til",
        "liste",
        "navne",
        "ved en tabel",
        "én sætning ved en tabel",
        "tal",
        "400 parallelle mål",
    ],
)
def test_a_long_text_takes_seconds_and_parallel_targets_do_not_contradict(text: str) -> None:
    start = time.process_time()
    result = audit(text_document(f"# Beskæftigelsesplan 2019 for Varde Kommune\n\n{text}"))
    assert time.process_time() - start < SLOW
    assert [one for one in result.findings if one.rule.startswith("maal-")] == []
