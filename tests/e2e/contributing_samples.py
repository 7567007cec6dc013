"""A new benefit, source, measure and calculation, as somebody would add them to a checkout.

Each function does one step of CONTRIBUTING.md in a copy of the checkout.
"""

import re
import subprocess
import sys
from pathlib import Path

from tests.e2e.checkout_edits import glossary, insert_after, replace, write

# --- a benefit ----------------------------------------------------------------------------------


def benefit_entry(copy: Path) -> None:
    entry = """  - id: fleksydelse
    valid_from: 2020-01-01
    source: [pensionslov]
    forms:
      - name: fleksydelse
        koen: en
        bestemt: fleksydelsen
        modtagere: modtagere af fleksydelse
        paa: på fleksydelse
        overskrift: Modtagere af fleksydelse
        tabeltitel: Fleksydelse
        source: [pensionslov]

"""
    insert_after(copy / "beskplan" / "data" / "benefits.yaml", "ydelser:", entry)


def benefit_noun(copy: Path) -> None:
    meaning = "Ydelse til personer, som er visiteret til fleksjob og nær folkepensionsalderen."
    glossary(copy, "fleksydelse", "fleksydelse", meaning)


def changed_numbers(copy: Path) -> None:
    line = "- Bilag *Overblik*: fleksydelse er kommet med fra 2020.\n"
    insert_after(copy / "CHANGELOG.md", "### Numbers changed", line)


# --- a source -----------------------------------------------------------------------------------

_SOURCE = '''"""Lines of a register that writes `kode;periode;antal`."""


import pandas as pd

from beskplan.core.errors import DataError, Problem
from beskplan.observations.contract import COLUMNS, validate
from beskplan.observations.contract import Delivery, RawFile

SOURCE = "registret"


def read(content: bytes, retrieved_at: str) -> Delivery:
    """The register's answer as observations of persons on sick leave.

    Raises:
        DataError: a line has not three parts, or no whole number; all lines at once.
    """
    lines = [line.split(";") for line in content.decode("utf-8").splitlines()]
    odd = [n for n, parts in enumerate(lines, 1) if len(parts) != 3 or not parts[-1].isdigit()]
    if odd:
        raise DataError([Problem(f"registret: line {n}", "is no kode;periode;antal") for n in odd])
    fixed = ("personer", "sygedagpenge", "alle")
    rows = [
        (*fixed, kode, periode, float(antal), 0, "personer", "known", SOURCE, "sygdom", "", retrieved_at)
        for kode, periode, antal in lines
    ]
    frame = validate(pd.DataFrame(rows, columns=list(COLUMNS)), SOURCE)
    return Delivery(frame, (RawFile("svar.txt", content, SOURCE, "sygdom", retrieved_at, "registret"),))
'''
_SOURCE_TEST = """import pytest

from beskplan.core.errors import DataError
from beskplan.sources.registret import read


def test_a_recorded_answer_is_read() -> None:
    frame = read("230;2026M06;41\\n825;2026M06;2\\n".encode(), "2026-08-01").frame
    assert frame["value"].tolist() == [41, 2]


def test_every_faulty_line_is_told() -> None:
    with pytest.raises(DataError) as caught:
        read("230;2026M06\\n825;2026M06;mange\\n".encode(), "2026-08-01")
    assert [problem.where for problem in caught.value.problems] == [
        "registret: line 1",
        "registret: line 2",
    ]
"""


def source_module(copy: Path) -> None:
    write(copy / "beskplan" / "sources" / "registret.py", _SOURCE)


def source_tests(copy: Path) -> None:
    write(copy / "tests" / "sources" / "test_registret.py", _SOURCE_TEST)


def source_facts(copy: Path) -> None:
    path = copy / "beskplan" / "data" / "sources.yaml"
    facts = "registret: {name: Sygdomsregistret, threshold: 5, licence: CC0}\n"
    path.write_text(path.read_text(encoding="utf-8") + facts, encoding="utf-8")


# --- a measure, and a calculation ----------------------------------------------------------------


def measure(copy: Path) -> None:
    path = copy / "beskplan" / "data" / "indicators.yaml"
    last = "virksomhedsbesoeg: { unit: besøg, name: Antal virksomhedsbesøg }\n"
    new = "samtaler: { unit: samtaler, name: Antal samtaler, adds_over_areas: true }\n"
    replace(path, last, f"{last}{new}")


def measure_noun(copy: Path) -> None:
    glossary(copy, "samtaler", "samtaler", "Samtaler, som jobcentret selv tæller.")


_RATE = '''"""Rates for groups of different size."""


from decimal import Decimal

from beskplan.indicators.quantities import Quantity, without_number


def per_thousand(count: Quantity, of: Quantity) -> Quantity:
    """`count` for each thousand of `of`, one decimal.

    Unit: that of `count`, pr. 1.000.
    Missing: withheld where an input is withheld, absent where one is absent or `of` is 0.
    Source: a pure calculation.
    """
    unit = f"{count.unit} pr. 1.000"
    if state := without_number(count, of):
        return Quantity(None, 1, unit, state)
    if of.exact == 0:
        return Quantity(None, 1, unit, "absent")
    return Quantity(count.exact / of.exact * Decimal(1000), 1, unit)
'''
_CASES = """- {note: 41 af 20.500, ind: [41, 20500], giver: "2,0"}
- {note: ingen, ind: [0, 20500], giver: "0,0"}
- {note: ingen at regne af, ind: [3, 0], giver: ikke opgjort}
- {note: et fortroligt tal, ind: [fortroligt, 20500], giver: fortroligt}
- {note: et tal, der mangler, ind: [ikke opgjort, 20500], giver: ikke opgjort}
"""
_RUNNER = """from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from beskplan.indicators.quantities import Quantity
from beskplan.indicators.rates import per_thousand

CASES = yaml.safe_load((Path(__file__).parent / "rates" / "rates.yaml").read_text("utf-8"))
STATES = {"fortroligt": "withheld", "ikke opgjort": "absent"}


def quantity(value: object) -> Quantity:
    if isinstance(value, int):
        return Quantity(Decimal(value), 0, "personer")
    return Quantity(None, 0, "personer", STATES[value])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["note"])
def test_a_rate_is_what_the_case_says(case: dict) -> None:
    assert per_thousand(*map(quantity, case["ind"])).text() == case["giver"]
"""
_TEXT = """  - titel: Hyppighed
    beregninger:
      - titel: Antal pr. 1.000
        funktioner: {rates.per_thousand: "%s"}
        formel: antal / alle x 1.000
        enhed: antallets, pr. 1.000
        mangler: som andel i pct.
        kilde: ren beregning
        forbehold: Bruges kun, hvor en procent ville være meget lille.
        eksempler:
          - kald: per_thousand(antal(41), antal(20500))
            giver: "2,0"
            tekst: "41 af 20.500 er 2,0 pr. 1.000"

"""


def calculation(copy: Path) -> None:
    write(copy / "beskplan" / "indicators" / "rates.py", _RATE)


def calculation_cases(copy: Path) -> None:
    # A comma would end a text of YAML's short form.
    cases = _CASES.replace("note: et tal, der mangler,", 'note: "et tal, der mangler",')
    write(copy / "tests" / "cases" / "rates" / "rates.yaml", cases)
    write(copy / "tests" / "cases" / "test_rate_cases.py", _RUNNER)


def calculation_text(copy: Path) -> None:
    script = copy / "docs" / "metode" / "make_metode.py"
    printed = subprocess.run(
        [sys.executable, str(script), "--maerker"],
        cwd=copy,
        env={"PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = re.search(r"^rates\.per_thousand: (\w+)$", printed, re.MULTILINE)
    mark = found[1] if found else "00000000"
    insert_after(copy / "docs" / "metode" / "beregninger.yaml", "afsnit:", _TEXT % mark)
