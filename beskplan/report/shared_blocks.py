"""Blocks and words that several Bilag have: notes, rankings, tables of levels, lines over time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from beskplan.blocks import model
from beskplan.blocks.charts.canvas import Drawing, drawing
from beskplan.blocks.charts.line_chart import Band, Level, Line, lines
from beskplan.blocks.charts.rows import Bar
from beskplan.blocks.tables import cell, table
from beskplan.blocks.text.language import as_sentence, capital, in_period
from beskplan.core.danish import NBSP, list_danish
from beskplan.core.files import shipped_yaml
from beskplan.core.periods import Period, span_text
from beskplan.indicators.quantities import Movement, Quantity
from beskplan.indicators.targets import Point, Series, known_points
from beskplan.registers.indicators import INDICATORS

WORDS: Final[dict[str, Any]] = shipped_yaml("beskplan.report", "ord.yaml")
"""Words and fixed sentences of the Bilag."""
NO_NOTES = "Der er ingen forbehold."
MOST_KEY_FIGURES = 4
"""A strip of more is no longer seen at a glance."""


def small(text: str) -> str:
    """`text` with a small first letter, as inside a sentence."""
    return f"{text[:1].lower()}{text[1:]}"


def prose(id: str, *paragraphs: str, bullets: bool = False, role: str = "text") -> model.Prose:
    """Paragraphs made from numbers; list items where `bullets`; else what `role` says (`Prose`)."""
    return model.Prose(id=id, paragraphs=paragraphs, bullets=bullets, role=role)


def sentences(*clauses: str) -> str:
    """One paragraph of clauses, each with a capital and a full stop; empty ones are left out."""
    return " ".join(as_sentence(clause) for clause in clauses if clause)


def notes(
    id: str, texts: Iterable[str], nothing: str = NO_NOTES, *, missed: bool = False
) -> model.Prose | model.Omitted:
    """Reservations about numbers, each once; where there are none, the block is left out."""
    paragraphs = tuple(dict.fromkeys(texts))
    if not paragraphs:
        return model.Omitted(id=id, reason=nothing, missed=missed)
    return model.Prose(id=id, paragraphs=paragraphs, role="note")


def key_figure_strip(
    items: Sequence[model.KeyFigure], sources: Sequence[model.Source], nothing: str
) -> model.KeyFigures | model.Omitted:
    """The strip at the top of a page; `nothing` says why where there is no number for it."""
    if not items:
        return model.Omitted(id="noegletal", reason=nothing)
    return model.KeyFigures(title="Nøgletal", items=tuple(items), sources=tuple(sources))


def subtitle(subject_: str, unit: str, span: str) -> str:
    """Measure, unit and span; the unit once, where the measure already names it."""
    parts = [capital(subject_), *([] if unit in subject_.casefold() else [unit]), span]
    return ", ".join(parts)


def bar(label: str, quantity: Quantity, *, emphasis: bool = False, missing: str = "") -> Bar:
    """A number as a bar; where there is none, `missing` or the number's own word for it."""
    return Bar(label, quantity.drawn, emphasis=emphasis, missing=missing or quantity.text())


def ranking_alt(
    what: str,
    ranked: Sequence[Quantity],
    first: str,
    last: str,
    more: Sequence[str] = (),
    *,
    kind: str = "liggende søjler",
) -> str:
    """Text alternative of a ranking: what is drawn, its ends, how many went which way, and more.

    Args:
        what: What the bars show and of whom: `ændringen i pct. … for 7 ydelser i …`.
        ranked: The changes that are drawn.
        first: The largest rise with its number.
        last: The largest fall with its number.
        more: Further clauses.
        kind: What is drawn.
    """
    risen = sum(change.printed > 0 for change in ranked)
    fallen = sum(change.printed < 0 for change in ranked)
    return sentences(
        f"{kind} med {what}, ordnet efter størrelse",
        f"øverst står {first}, nederst {last}",
        f"tallet er over nul for {risen} af dem og under nul for {fallen}",
        *more,
    )


Shows = Callable[[Any], model.Cell | Quantity | str]
ColumnOf = tuple[str, str, str, Shows]
"""A column after the row heads: id, head, unit (empty for text), and what it shows of a row's thing."""


def listing(
    things: Iterable[Any],
    head: tuple[str, str],
    columns: Sequence[ColumnOf],
    *,
    label: Callable[[Any], str] = lambda one: one.label,
    emphasis: Callable[[Any], bool] = lambda one: getattr(one, "is_total", False),
    area: Callable[[Any], str] = lambda _: "",
    **words: Any,
) -> model.Table:
    """A table with a row for each thing, and what each column shows of it.

    Args:
        things: In table order.
        head: Id and head of the column of the row heads.
        columns: Those after it.
        label: The row head of a thing; its `label` where left out.
        emphasis: Whether the report is about it, or it is a total; its `is_total` where left out.
        area: The code of the area that it is about, if it is about one.
        words: What `table` asks for besides.
    """
    heads = [(*head, ""), *(one[:3] for one in columns)]
    rows = [
        model.Row(
            label=label(one),
            cells=tuple(_as_cell(shows(one)) for *_, shows in columns),
            emphasis=emphasis(one),
            area=area(one),
        )
        for one in things
    ]
    made = [
        model.Column(id=id_, label=text, kind="number" if unit else "text", unit=unit)
        for id_, text, unit in heads
    ]
    return table(columns=made, rows=rows, **words)


def _as_cell(shown: model.Cell | Quantity | str) -> model.Cell:
    if isinstance(shown, Quantity):
        return cell(shown)
    return model.Cell(text=shown) if isinstance(shown, str) else shown


def signed_cell(change: Quantity) -> model.Cell:
    """A change with its sign."""
    return cell(change, signed=True)


def pct_cell(change: Quantity) -> model.Cell:
    """A change in per cent with its sign."""
    return cell(change, signed=True, unit="%")


def levels_table(
    things: Iterable[Any],
    head: tuple[str, str],
    *,
    moved: Callable[[Any], Movement],
    levels: tuple[str, str],
    unit: str,
    counted: str,
    share: tuple[str, str],
    signed: bool,
    **words: Any,
) -> model.Table:
    """Levels of two periods, the change in per cent and the share of the workforce or population.

    Args:
        things: In table order.
        head: Id and head of the column of the row heads.
        moved: The movement of a thing.
        levels: The heads of the earlier and the later level.
        unit: What the levels count.
        counted: The same as it begins the table's unit.
        share: Indicator of the share, and its period in words.
        signed: Whether a rise is printed with a plus.
        words: What `listing` asks for besides.
    """
    spec = INDICATORS[share[0]]

    def pct(one: Any) -> model.Cell:
        return cell(moved(one).change_pct, signed=signed, unit="%")

    columns: list[ColumnOf] = [
        ("foer", levels[0], unit, lambda one: moved(one).before),
        ("nu", levels[1], unit, lambda one: moved(one).now),
        ("udvikling", "Udvikling i pct.", "pct.", pct),
        ("andel", f"{spec.name} {share[1]}", spec.unit, lambda one: moved(one).shown_share),
    ]
    return listing(things, head, columns, unit=f"{counted} og {small(spec.name)}", **words)


@dataclass(frozen=True)
class Course:
    """One line of a figure over time; `spoken` is its name in the text alternative."""

    label: str
    points: Series
    dashed: bool = False
    spoken: str = ""

    @property
    def name(self) -> str:
        """What the line is called in the text alternative."""
        return self.spoken or self.label

    @property
    def known(self) -> Series:
        """The points that have a number."""
        return known_points(self.points)


def line_drawing(
    courses: Sequence[Course],
    *,
    unit: str,
    decimals: int,
    level: Level | None = None,
    band: tuple[str, Series, Series] | None = None,
) -> Drawing:
    """The courses over all their periods, with a level across them and an interval behind them."""
    periods = periods_of(courses)
    rows = [Line(one.label, drawn_in(one.points, periods), dashed=one.dashed) for one in courses]
    interval = Band(band[0], *(drawn_in(end, periods) for end in band[1:])) if band else None
    words = {"unit": capital(unit), "decimals": decimals, "level": level, "band": interval}
    return drawing(lines, periods, rows, **words)


def line_alt(what: str, courses: Sequence[Course], unit: str = "") -> str:
    """Text alternative of lines over time, in two or three sentences.

    Kind, content and span; the first line from start to end with its extremes; where the others end.

    Args:
        what: What the lines show, as a noun phrase: `antallet af fuldtidspersoner på a-dagpenge`.
        courses: The line that the report is about first.
        unit: Printed after each value (`pct.`); empty for counts.

    Missing: a line is described by its known points, and gaps in the first one are counted.

    Raises:
        ValueError: no line, or one without any number.
    """
    if not courses or any(not one.known for one in courses):
        raise ValueError("every line needs a number")
    main, *others = courses
    start, end = main.points[0].period, main.points[-1].period
    kind = "kurver" if others else "en kurve"
    span = span_text(start, end) if start != end else in_period(start)
    labels = f" for {list_danish([one.name for one in courses])}" if others else ""
    ends = [f"{one.name} på {_value(one.known[-1], unit)}" for one in courses]
    return sentences(
        f"{kind} over {what} {span}{labels}",
        _course_alt(main, unit),
        f"til sidst ligger {list_danish(ends)}" if others else "",
    )


def _course_alt(course: Course, unit: str) -> str:
    """`Rudersdal går fra 456 i juni 2019 til 703 i juni 2020, højest med 710 i maj 2020`."""
    known = course.known
    first, last = known[0], known[-1]
    highest = max(known, key=lambda point: point.quantity.printed)
    lowest = min(known, key=lambda point: point.quantity.printed)
    gaps = len(course.points) - len(known)
    lack = f"; {gaps} tal mangler" if gaps else ""
    if highest.quantity.printed == lowest.quantity.printed:
        return f"{course.name} ligger på {_value(first, unit)} hele vejen{lack}"
    ends = (first.quantity.printed, last.quantity.printed)
    way = f"{course.name} går fra {_at(first, unit)} til {_at(last, unit)}"
    extremes = [
        f"{word} med {_at(point, unit)}"
        for word, point in (("højest", highest), ("lavest", lowest))
        if point.quantity.printed not in ends
    ]
    return f"{way}{', ' if extremes else ''}{list_danish(extremes)}{lack}"


def _at(point: Point, unit: str) -> str:
    return f"{_value(point, unit)} {in_period(point.period)}"


def _value(point: Point, unit: str) -> str:
    number = point.quantity.text()
    return f"{number}{NBSP}{unit}" if unit else number


def periods_of(courses: Sequence[Course]) -> tuple[Period, ...]:
    """Every period of any course, in order."""
    return tuple(sorted({point.period for one in courses for point in one.points}))


def drawn_in(points: Series, periods: Sequence[Period]) -> list[Decimal | None]:
    """The numbers of a line in all periods of a figure; None where it has none."""
    drawn = {point.period: point.quantity.drawn for point in points}
    return [drawn.get(period) for period in periods]
