"""A new Bilag, as somebody would add it to a checkout: each function is a step of CONTRIBUTING.md."""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.checkout_edits import insert_after, replace, write

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
from beskplan.core.errors import InputError, Problem
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


def add_model(copy: Path) -> None:
    write(copy / "beskplan" / "params" / "antal.py", _PARAMS)


def add_field(copy: Path) -> None:
    path = copy / "beskplan" / "params" / "models.py"
    insert_after(
        path, "from beskplan.params.maal import Maal", "from beskplan.params.antal import Antal\n"
    )
    insert_after(path, "    refusion: Refusion | None = None", "    antal: Antal | None = None\n")


def add_report(copy: Path) -> None:
    folder = copy / "beskplan" / "report" / "antal"
    write(folder / "report.py", _REPORT)
    write(folder / "__init__.py", _INIT)


def add_needs(copy: Path) -> None:
    path = copy / "beskplan" / "report" / "bilag.py"
    replace(path, "from beskplan.report import (\n", "from beskplan.report import (\n    antal,\n")
    line = '    "maalgrupper": maalgrupper.data_problems,'
    insert_after(path, line, '    "antal": antal.data_problems,\n')


def add_notebook(copy: Path) -> None:
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


def add_params(copy: Path) -> None:
    path = copy / "params" / "rudersdal" / "2021.yaml"
    replace(path, "bilag: [maalgrupper", "bilag: [antal, maalgrupper")
    text = path.read_text(encoding="utf-8")
    write(path, f"{text}\nantal: {{ydelse: a_dagpenge, periode: 2020M06}}\n")
