"""The text of a figure for those who cannot see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from beskplan.blocks.text.language import as_sentence, in_period, list_danish
from beskplan.core.periods import Period, span_text
from beskplan.indicators.quantities import Quantity


@dataclass(frozen=True)
class LineWords:
    """One line of a figure, as its alternative text needs it.

    Attributes:
        label: What the line is called in the figure.
        points: The numbers in time order, at least one of them a number.
    """

    label: str
    points: Sequence[tuple[Period, Quantity]]

    @property
    def known(self) -> list[tuple[Period, Quantity]]:
        """The points that have a number."""
        return [point for point in self.points if point[1].is_number]


def figure_alt_lines(what: str, lines: Sequence[LineWords], *, unit: str = "") -> str:
    """Alternative text for lines over time, in two or three sentences.

    Args:
        what: What the lines show, as a noun phrase: `antallet af fuldtidspersoner på a-dagpenge`.
        lines: The line that the report is about first.
        unit: Printed after each value (`pct.`); empty for counts.

    Kind, content and span; the first line from start to end with its extremes; the others at the
    end. Missing: a line is described by its known points, and gaps in the first one are counted.

    Raises:
        ValueError: no line, or one without any number.
    """
    if not lines or any(not line.known for line in lines):
        raise ValueError("every line needs a number")
    main, *others = lines
    start, end = main.points[0][0], main.points[-1][0]
    labels = list_danish([line.label for line in lines])
    kind = "kurver" if others else "en kurve"
    span = f" {span_text(start, end)}" if start != end else f" {in_period(start)}"
    sentences = [as_sentence(f"{kind} over {what}{span} for {labels}"), _course(main, unit)]
    if others:
        ends = [f"{line.label} på {_value(line.known[-1], unit)}" for line in lines]
        sentences.append(as_sentence(f"til sidst ligger {list_danish(ends)}"))
    return " ".join(sentences)


def _course(line: LineWords, unit: str) -> str:
    """`Rudersdal går fra 456 i juni 2019 til 703 i juni 2020, højest i juni 2020 og lavest i …`."""
    first, last = line.known[0], line.known[-1]
    highest = max(line.known, key=lambda point: point[1].printed)
    lowest = min(line.known, key=lambda point: point[1].printed)
    gaps = len(line.points) - len(line.known)
    lack = f"; {gaps} tal mangler" if gaps else ""
    if highest[1].printed == lowest[1].printed:
        return as_sentence(f"{line.label} ligger på {_value(first, unit)} hele vejen{lack}")
    way = f"{line.label} går fra {_at(first, unit)} til {_at(last, unit)}"
    extremes = [
        f"{word} med {_at(point, unit)}"
        for word, point in (("højest", highest), ("lavest", lowest))
        if point[1].printed not in (first[1].printed, last[1].printed)
    ]
    return as_sentence(f"{way}{', ' if extremes else ''}{list_danish(extremes)}{lack}")


def _at(point: tuple[Period, Quantity], unit: str) -> str:
    return f"{_value(point, unit)} {in_period(point[0])}"


def _value(point: tuple[Period, Quantity], unit: str) -> str:
    number = point[1].text()
    return f"{number}\u00a0{unit}" if unit else number
