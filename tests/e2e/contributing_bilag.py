"""A new Bilag, as somebody would add it to a checkout: each function is a step of CONTRIBUTING.md."""

import json
from pathlib import Path

from tests.conftest import cases
from tests.e2e.checkout_edits import insert_after, replace, write

CASES = cases("contributing_bilag")


_PARAMS = CASES["params"]
_REPORT = CASES["report"]


def add_model(copy: Path) -> None:
    write(copy / "beskplan" / "params" / "antal.py", _PARAMS)


def add_field(copy: Path) -> None:
    path = copy / "beskplan" / "params" / "models.py"
    insert_after(
        path, "from beskplan.params.maal import Maal", "from beskplan.params.antal import Antal\n"
    )
    insert_after(path, "    refusion: Refusion | None = None", "    antal: Antal | None = None\n")


def add_report(copy: Path) -> None:
    write(copy / "beskplan" / "report" / "antal.py", _REPORT)


def add_needs(copy: Path) -> None:
    path = copy / "beskplan" / "report" / "bilag.py"
    line = "from beskplan.report.base import Context, Report"
    insert_after(path, line, "from beskplan.report.antal import Antal\n")
    insert_after(path, "        Maalgrupper,", "        Antal,\n")


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
