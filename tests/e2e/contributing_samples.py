"""A new benefit, source, measure, calculation and Bilag, as somebody would add them to a checkout.

Each function does one step of CONTRIBUTING.md in a copy of the checkout.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from beskplan.areas import danish_key


def insert_after(path: Path, line: str, text: str) -> None:
    """Put a text below a whole line of a file, which must be there once."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    assert lines.count(f"{line}\n") == 1, f"{path.name}: {line!r}"
    lines.insert(lines.index(f"{line}\n") + 1, text)
    path.write_text("".join(lines), encoding="utf-8")


def replace(path: Path, old: str, new: str) -> None:
    content = path.read_text(encoding="utf-8")
    assert content.count(old) == 1, f"{path.name}: {old!r}"
    path.write_text(content.replace(old, new), encoding="utf-8")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def glossary(copy: Path, word: str, name: str, meaning: str) -> None:
    path = copy / "GLOSSARY.md"
    head, table = path.read_text(encoding="utf-8").split("| --- | --- | --- |\n", 1)
    rows, end = re.match(r"((?:\|[^\n]*\n)+)(.*)", table, re.DOTALL).groups()  # type: ignore[union-attr]
    new = f"| {word} | `{name}` | {meaning} |"
    ordered = sorted(
        [*rows.splitlines(), new], key=lambda row: danish_key(row.split("|")[1].strip())
    )
    path.write_text("\n".join([f"{head}| --- | --- | --- |", *ordered, end]), encoding="utf-8")


def make_metode(copy: Path) -> None:
    script = copy / "docs" / "metode" / "make_metode.py"
    subprocess.run(
        [sys.executable, str(script)], cwd=copy, check=True, env={"PYTHONPATH": str(copy)}
    )


# --- a benefit ----------------------------------------------------------------------------------


def benefit_entry(copy: Path) -> None:
    entry = """  - id: seniorpension
    valid_from: 2020-01-01
    source: [pensionslov]
    forms:
      - name: seniorpension
        koen: en
        bestemt: seniorpensionen
        modtagere: modtagere af seniorpension
        paa: på seniorpension
        overskrift: Modtagere af seniorpension
        tabeltitel: Seniorpension
        source: [pensionslov]

"""
    insert_after(copy / "beskplan" / "data" / "benefits.yaml", "ydelser:", entry)


def benefit_noun(copy: Path) -> None:
    meaning = "Ydelse til personer med nedsat arbejdsevne kort før folkepensionsalderen. Fra 2020."
    glossary(copy, "seniorpension", "seniorpension", meaning)


def changed_numbers(copy: Path) -> None:
    line = "- Bilag *Overblik*: seniorpension er kommet med fra 2020.\n"
    insert_after(copy / "CHANGELOG.md", "### Numbers changed", line)


# --- a source -----------------------------------------------------------------------------------

_SOURCE = '''"""Lines of a register that writes `kode;periode;antal`."""

from __future__ import annotations

import pandas as pd

from beskplan.errors import DataError, Problem
from beskplan.observations import COLUMNS, validate
from beskplan.sources.delivery import Delivery, RawFile

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

from beskplan.errors import DataError
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


def source_name(copy: Path) -> None:
    line = '    "registret": "Sygdomsregistret",\n'
    insert_after(copy / "beskplan" / "provenance.py", "SOURCE_TEXTS = {", line)


def source_threshold(copy: Path) -> None:
    path = copy / "beskplan" / "disclosure" / "small.py"
    replace(path, '{"jobindsats": 3}', '{"jobindsats": 3, "registret": 5}')


def source_licence(copy: Path) -> None:
    path = copy / "beskplan" / "snapshots" / "manifest.py"
    replace(path, '{"statbank": "CC BY 4.0"}', '{"statbank": "CC BY 4.0", "registret": "CC0"}')


# --- a measure, and a calculation ----------------------------------------------------------------


def measure(copy: Path) -> None:
    path = copy / "beskplan" / "observations.py"
    new = '        Indicator("samtaler", "samtaler", 0, "Antal samtaler", adds_over_areas=True),\n'
    last = 'Indicator("virksomhedsbesoeg", "besøg", 0, "Antal virksomhedsbesøg"),\n'
    replace(path, last, f"{last}{new}")


def measure_noun(copy: Path) -> None:
    glossary(copy, "samtaler", "samtaler", "Samtaler, som jobcentret selv tæller.")


_RATE = '''"""Rates for groups of different size."""

from __future__ import annotations

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


# --- a Bilag ------------------------------------------------------------------------------------

_PARAMS = '''"""Parameters of `notebooks/antal.ipynb`."""

from __future__ import annotations

from beskplan.params.values import Closed, PeriodValue, Ydelse


class Antal(Closed):
    """One benefit in one period."""

    ydelse: Ydelse
    periode: PeriodValue
'''
_REPORT = '''"""The report object that the notebook works with."""

from __future__ import annotations

from pathlib import Path

from beskplan.blocks.display import Shown
from beskplan.blocks.making import make
from beskplan.blocks.model import Column, Row, SourceList
from beskplan.blocks.tables import cell, table
from beskplan.errors import InputError, Problem
from beskplan.indicators.quantities import Quantity
from beskplan.params.antal import Antal as AntalParams
from beskplan.report.context import Context, Report


def load(kommune: str, aar: int, root: Path | None = None) -> Antal:
    """The report object of one municipality and plan year; InputError with all problems."""
    context = Context.load("antal", kommune, aar, root)
    if problems := data_problems(context):
        raise InputError(problems)
    return Antal(context)


def data_problems(context: Context) -> list[Problem]:
    """What the params and the data lack for this Bilag."""
    where = f"params/{context.kommune.slug}/{context.params.aar}.yaml: antal"
    if context.params.antal is None:
        return [Problem(where, "missing key", "nothing", "`antal`")]
    if _number(context, context.params.antal).state == "absent":
        return [Problem(where, "no data for this benefit and period")]
    return []


def _number(context: Context, params: AntalParams) -> Quantity:
    kode = context.kommune.kode
    return context.data.quantity("fuldtidspersoner", params.ydelse, kode, params.periode)


class Antal(Report):
    """The blocks of the Bilag."""

    def table(self) -> Shown:
        """The number."""
        params = self.context.params.antal
        assert params is not None
        columns = (
            Column(id="omraade", label="Område", kind="text"),
            Column(id="antal", label="Antal", unit="fuldtidspersoner"),
        )
        cells = (cell(_number(self.context, params)),)
        kommune = self.context.kommune
        return Shown(
            table(
                id="antal",
                title=f"Antal {kommune.stedsform}",
                unit="Fuldtidspersoner",
                period=params.periode.text,
                columns=columns,
                rows=[Row(label=kommune.navn, area=kommune.kode, cells=cells)],
                sources=self.context.data.sources(),
            )
        )

    def sources(self) -> Shown:
        """Every source that the report has read."""
        return Shown(make(SourceList, entries=self.context.data.sources()))
'''
_INIT = '''"""How many: used by `notebooks/antal.ipynb`."""

from beskplan.report.antal.report import data_problems, load

__all__ = ["data_problems", "load"]
'''


def bilag_model(copy: Path) -> None:
    write(copy / "beskplan" / "params" / "antal.py", _PARAMS)


def bilag_field(copy: Path) -> None:
    path = copy / "beskplan" / "params" / "models.py"
    insert_after(
        path, "from beskplan.params.maal import Maal", "from beskplan.params.antal import Antal\n"
    )
    insert_after(path, "    refusion: Refusion | None = None", "    antal: Antal | None = None\n")


def bilag_report(copy: Path) -> None:
    folder = copy / "beskplan" / "report" / "antal"
    write(folder / "report.py", _REPORT)
    write(folder / "__init__.py", _INIT)


def bilag_needs(copy: Path) -> None:
    path = copy / "beskplan" / "report" / "bilag.py"
    replace(path, "from beskplan.report import (\n", "from beskplan.report import (\n    antal,\n")
    line = '    "maalgrupper": maalgrupper.data_problems,'
    insert_after(path, line, '    "antal": antal.data_problems,\n')


def bilag_notebook(copy: Path) -> None:
    source = (copy / "notebooks" / "refusion.ipynb").read_text(encoding="utf-8")
    notebook = json.loads(source.replace("refusion", "antal"))
    first, parameters, setup, *_, sources_text, sources = notebook["cells"]
    first["source"] = ["# Antal\n", "\n", "Bilaget viser, hvor mange der får en ydelse."]
    parameters["source"] = ['kommune = "rudersdal"\n', "aar = 2021"]
    heading = {
        **sources_text,
        "id": "antal",
        "source": ["## Hvor mange\n", "\n", "Antallet i perioden."],
    }
    shown = {
        **sources,
        "id": "tabel",
        "metadata": {"tags": ["table"]},
        "source": ["report.table()"],
    }
    notebook["cells"] = [first, parameters, setup, heading, shown, sources_text, sources]
    text = json.dumps(notebook, ensure_ascii=False, indent=1)
    write(copy / "notebooks" / "antal.ipynb", f"{text}\n")


def bilag_params(copy: Path) -> None:
    path = copy / "params" / "rudersdal" / "2021.yaml"
    replace(path, "bilag: [maalgrupper", "bilag: [antal, maalgrupper")
    text = path.read_text(encoding="utf-8")
    write(path, f"{text}\nantal: {{ydelse: a_dagpenge, periode: 2020M06}}\n")


def bilag_trial(copy: Path) -> None:
    path = copy / "beskplan" / "build" / "trial" / "plans.py"
    entry = """    "antal": (
        "antal",
        lambda case, ground: {
            "ydelse": next(iter(ground.sections(case).values()))["ydelse"],
            "periode": case.period.code,
        },
    ),
"""
    insert_after(path, '    "maalgrupper": ("maalgrupper", _maalgrupper),', entry)
