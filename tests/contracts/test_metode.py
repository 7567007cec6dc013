"""docs/metode.md says what the code does: nothing is left out, every example is computed again."""

import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from beskplan.core.periods import Period, periods_between
from beskplan.indicators.followup import Measured, follow_up
from beskplan.indicators.quantities import Interval, Quantity
from beskplan.indicators.refusion import staircase
from beskplan.indicators.targets import Point, Series
from beskplan.report.followed_target import STATUS_WORDS, status_key
from tests.cases.test_target_cases import TARGET
from tests.conftest import ROOT


def _script() -> Any:
    """The generator, which is a script and no part of the package."""
    spec = spec_from_file_location("make_metode", ROOT / "docs" / "metode" / "make_metode.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


make_metode = _script()
TEXTS = make_metode.read_texts()
EXAMPLES = [
    pytest.param(example, id=f"{calculation['titel']}-{number}")
    for calculation in make_metode.calculations(TEXTS)
    for number, example in enumerate(calculation["eksempler"], start=1)
]


def antal(number: int) -> Quantity:
    return Quantity(Decimal(number), 0, "fuldtidspersoner")


def pct(number: str | int, decimals: int = 1) -> Quantity:
    return Quantity(Decimal(number), decimals, "pct.")


def maaneder(first: str, *numbers: int) -> Series:
    start = Period.parse(first)
    months = periods_between(start, start.shift(len(numbers) - 1))
    return tuple(Point(month, antal(number)) for month, number in zip(months, numbers, strict=True))


def status(target: dict[str, Any], values: dict[str, int]) -> str:
    """The word for how a target of 2026 stands in July 2026."""
    given = {"id": "x", "hvad": "x", "tekst": "x", "enhed": "fuldtidspersoner", "frist": "2026M12"}
    series = tuple(Point(Period.parse(code), antal(number)) for code, number in values.items())
    measured = Measured(series, Period.parse("2026M07"), {})
    own = follow_up(TARGET.validate_python({**given, **target}), measured, 2026)
    return STATUS_WORDS[status_key(own)]


def _functions() -> dict[str, Callable[..., Any]]:
    return {name.split(".")[1]: function for name, function in make_metode.functions().items()}


NAMES: dict[str, Any] = {
    **_functions(),
    "antal": antal,
    "pct": pct,
    "decimal": Decimal,
    "periode": Period.parse,
    "perioder": lambda *codes: [Period.parse(code) for code in codes],
    "punkt": lambda code, number: Point(Period.parse(code), antal(number)),
    "maaneder": maaneder,
    "gentaget": lambda times, *numbers: np.array(numbers * times, dtype=np.float64),
    "status": status,
    "FORTROLIGT": Quantity(None, 0, "fuldtidspersoner", "withheld"),
    "TRAPPEN": staircase(date(2026, 1, 1)),
}
"""What an example may call: the functions of `beskplan.indicators`, and short words for their inputs."""


def said(value: object) -> str:
    """A result as the page would print it."""
    say = next((say for kind, say in SAYINGS if isinstance(value, kind)), str)
    return say(value)


def _plain(number: Decimal) -> str:
    return f"{round(number, 2).normalize():f}".replace(".", ",")


SAYINGS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda yes: "ja" if yes else "nej"),
    (type(None), lambda _: "intet"),
    (Quantity, lambda quantity: quantity.text()),
    (Point, lambda point: said(point.quantity)),
    (Period, lambda period: period.text),
    (Interval, lambda one: f"{_plain(one.low)} til {_plain(one.high)}"),
    (Decimal, _plain),
    (dict, lambda places: ", ".join(map(str, places.values()))),
    (tuple, lambda parts: "; ".join(map(said, parts))),
    (np.ndarray, lambda numbers: "; ".join(f"{number:.0f}" for number in numbers)),
)
"""What each kind of result looks like on the page."""


def result_of(call: str) -> str:
    return said(eval(call, {"__builtins__": {"range": range}}, NAMES))  # noqa: S307  # our own YAML


def is_told(result: str, text: str) -> bool:
    """Whether the sentence for readers has the result."""
    return result in " ".join(text.split()).replace("\u00a0", " ")


def test_the_page_is_what_is_made_of_the_registers_and_the_texts() -> None:
    assert make_metode.PAGE.read_text(encoding="utf-8") == make_metode.page(), "run: make metode"


def test_every_calculation_is_on_the_page_or_has_a_reason_not_to_be() -> None:
    named = [name for one in make_metode.calculations(TEXTS) for name in one["funktioner"]]
    assert len(named) == len(set(named))
    assert {*named, *TEXTS["uden_afsnit"]} == set(make_metode.functions())
    assert not set(named) & set(TEXTS["uden_afsnit"])


def drifted(calculations: Iterable[dict[str, Any]]) -> list[str]:
    """Functions whose docstring is another than the one that the Danish text was written from."""
    marks = {name: make_metode.mark(one) for name, one in make_metode.functions().items()}
    return [
        f"{name}: its docstring has changed: read the text on it in {make_metode.TEXTS.name}, "
        f"then write {marks[name]} instead of {mark}"
        for one in calculations
        for name, mark in one["funktioner"].items()
        if marks[name] != mark
    ]


def test_every_text_was_read_against_the_docstring_as_it_is() -> None:
    assert drifted(make_metode.calculations(TEXTS)) == []


def test_a_changed_docstring_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    function = make_metode.functions()["quantities.pct_change"]
    monkeypatch.setattr(function, "__doc__", "(now - before) / now, of the printed values.")
    (fault,) = drifted(make_metode.calculations(TEXTS))
    assert fault.startswith("quantities.pct_change: its docstring has changed")


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_gives_what_it_says(example: dict[str, str]) -> None:
    found = result_of(example["kald"])
    assert found == example["giver"]
    assert is_told(found, example["tekst"])


def test_every_calculation_has_an_example_of_one_of_its_functions() -> None:
    for one in make_metode.calculations(TEXTS):
        names = {name.split(".")[1] for name in one["funktioner"]}
        calls = " ".join(example["kald"] for example in one["eksempler"])
        assert any(f"{name}(" in calls for name in {*names, "status"} & set(NAMES)), one["titel"]


def test_a_wrong_example_is_red() -> None:
    right, wrong = "pct_change(antal(456), antal(703))", "pct_change(antal(703), antal(456))"
    assert result_of(right) == "54"
    assert result_of(wrong) != "54"
    assert not is_told("54", "456 før og 703 nu: trykt som 53")


def test_every_measure_is_on_the_page_with_its_source_and_meaning() -> None:
    page = make_metode.page()
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    for one in make_metode.INDICATORS.values():
        (row,) = [line for line in rows if line.startswith(f"| {one.name} | `{one.id}` |")]
        assert len([cell for cell in row.strip("| ").split(" | ") if cell]) == 7


def test_the_script_writes_the_page_that_stands_beside_it(tmp_path: Path) -> None:
    for name in ("docs/metode", "GLOSSARY.md"):
        source, target = ROOT / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        copy = ["cp", "-r", str(source), str(target)]
        subprocess.run(copy, check=True)
    script = tmp_path / "docs" / "metode" / "make_metode.py"
    subprocess.run([sys.executable, str(script)], check=True, cwd=tmp_path)
    assert (tmp_path / "docs" / "metode.md").read_bytes() == make_metode.PAGE.read_bytes()
