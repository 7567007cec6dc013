"""A new benefit, source, measure and calculation, as somebody would add them to a checkout.

Each function does one step of CONTRIBUTING.md in a copy of the checkout.
"""

import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import cases
from tests.e2e.checkout_edits import glossary, insert_after, replace, write

TABLES = cases("contributing_samples")


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

_SOURCE = TABLES["source"]
_SOURCE_TEST = TABLES["source_test"]


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


_RATE = TABLES["rate"]
_CASES = TABLES["cases"]
_RUNNER = TABLES["runner"]
_TEXT = TABLES["text"]


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
