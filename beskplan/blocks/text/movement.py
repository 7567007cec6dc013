"""How one area has moved between two periods, said in words."""

from __future__ import annotations

from dataclasses import dataclass

from beskplan.blocks.text.language import (
    as_sentence,
    bare_count,
    counted,
    in_period,
    more_or_fewer,
    pct_size,
    unit_noun,
)
from beskplan.blocks.text.wording import (
    SMALL_BASE,
    Direction,
    direction_of,
    is_nearly_unchanged,
    size_adjective,
)
from beskplan.core.numbers import format_pct
from beskplan.core.periods import Period, span_text
from beskplan.indicators.quantities import Movement, Quantity
from beskplan.registers.areas import Area
from beskplan.registers.benefits import Benefit

PAST = {"up": "steg", "down": "faldt", "same": "var uændret"}
PERFECT = {"up": "steget", "down": "faldet"}
WITHHELD_REASON = "ikke oplyst, fordi det er fortroligt"


@dataclass(frozen=True)
class Topic:
    """What the sentences are about, whatever the area.

    Attributes:
        benefit: The benefit, named as it is called in `now`.
        before: The earlier period.
        now: The later period.
        unit: What is counted, e.g. `fuldtidspersoner`.
        share_of: What the share is a share of, as a definite noun: `arbejdsstyrken`.
        group: The people it is counted among, as an indefinite plural
            (`udenlandske statsborgere`); empty for everyone.
    """

    benefit: Benefit
    before: Period
    now: Period
    unit: str
    share_of: str = "arbejdsstyrken"
    group: str = ""

    def __post_init__(self) -> None:
        span_text(self.before, self.now)

    @property
    def receiving(self) -> str:
        """`på a-dagpenge`, `i fleksjob blandt udenlandske statsborgere`."""
        among = f" blandt {self.group}" if self.group else ""
        return f"{self.benefit.paa(self.now.last_day)}{among}"

    @property
    def number(self) -> str:
        """`antallet af fuldtidspersoner på a-dagpenge`."""
        return f"antallet af {unit_noun(self.unit).many} {self.receiving}"

    def where(self, area: Area) -> str:
        """`på a-dagpenge i Rudersdal Kommune`."""
        return f"{self.receiving} {area.stedsform}"

    def number_is(self, area: Area, predicate: str) -> str:
        """`antallet af fuldtidspersoner på a-dagpenge i Rudersdal Kommune faldt …`.

        A group takes the first place (`blandt udenlandske statsborgere i … faldt antallet …`), so
        that the verb, which `predicate` begins with, is not lost behind a long subject.
        """
        if not self.group:
            return f"{self.number} {area.stedsform} {predicate}"
        verb, _, rest = predicate.partition(" ")
        number = self.number.replace(f" blandt {self.group}", "")
        return f"blandt {self.group} {area.stedsform} {verb} {number} {rest}"

    def there_were(self, level: Quantity, area: Area) -> str:
        """`i juni 2020 var der 703 fuldtidspersoner på a-dagpenge i Rudersdal Kommune`."""
        total = "i alt " if self.benefit.is_composite and level.printed > 1 else ""
        return f"{in_period(self.now)} var der {total}{counted(level)} {self.where(area)}"


@dataclass(frozen=True)
class ChangeWords:
    """The words for a change that is known and not zero.

    Attributes:
        direction: `up` or `down`.
        noun: `stigning` or `fald`, with its article `en` or `et`.
        definite: `stigningen` or `faldet`.
        adjective: `stor` in the form that the noun asks for.
    """

    direction: Direction
    article: str
    noun: str
    definite: str
    adjective: str


RISE = ChangeWords("up", "en", "stigning", "stigningen", "stor")
FALL = ChangeWords("down", "et", "fald", "faldet", "stort")


def change_words(movement: Movement) -> ChangeWords:
    """`RISE` or `FALL`; the change must be a number other than zero."""
    return RISE if movement.change.printed > 0 else FALL


def has_small_base(movement: Movement) -> bool:
    """Whether last year's count is known and too small for a per cent to say anything."""
    return movement.before.is_number and movement.before.printed < SMALL_BASE


def has_pct(movement: Movement) -> bool:
    """Whether a per cent of change may stand in a sentence about this area."""
    return movement.change_pct.is_number and not has_small_base(movement)


def pct_direction(movement: Movement) -> Direction:
    """The direction of the printed per cent: a rise that prints as 0 pct. has none."""
    return direction_of(movement.change_pct.printed)


def in_pct(movement: Movement, *, sized: bool = False) -> str:
    """`en stigning på 54 pct.`, `et markant fald på 13 pct.`, `en stigning på under 1 pct.`.

    Args:
        movement: A change that is not zero and has a per cent.
        sized: Let the noun have an adjective where the thresholds of `wording` allow one.
    """
    words, pct = change_words(movement), movement.change_pct
    neuter = words is FALL
    adjective = size_adjective(movement.change.printed, pct.printed, neuter=neuter) if sized else ""
    size = size_in_pct(movement)
    return " ".join(part for part in (words.article, adjective, words.noun, f"på {size}") if part)


def size_in_pct(movement: Movement) -> str:
    """`54 pct.`; `under 1 pct.` where a change that is not zero prints as 0."""
    if movement.change_pct.printed == 0:
        return f"under {format_pct(1)}"
    return pct_size(movement.change_pct)


def level_sentence(topic: Topic, own: Movement) -> str:
    """The level now: `I juni 2020 var der 703 fuldtidspersoner på a-dagpenge i …`."""
    return as_sentence(topic.there_were(own.now, own.area))


def change_since(topic: Topic, own: Movement) -> str:
    """`247 flere end i juni 2019`; the change must be a number other than zero."""
    return f"{more_or_fewer(own.change)} end {in_period(topic.before)}"


def missing_now(topic: Topic, own: Movement) -> str:
    """The sentence for an area whose number is withheld or absent."""
    reason = WITHHELD_REASON if own.now.state == "withheld" else "ikke opgjort"
    return as_sentence(f"{topic.number} {own.area.stedsform} {in_period(topic.now)} er {reason}")


def missing_before(topic: Topic, own: Movement) -> str:
    """The sentence for an area with a number now, and none to compare it with."""
    if own.before.state == "withheld":
        lack = f"antallet {in_period(topic.before)} er {WITHHELD_REASON}"
    else:
        lack = f"der er ingen tal for {topic.before.text}"
    return as_sentence(f"{lack}, og udviklingen kan derfor ikke opgøres")


def unchanged(topic: Topic, own: Movement) -> str:
    """The sentence for a change of exactly zero."""
    before, now = in_period(topic.before), in_period(topic.now)
    if own.now.printed == 0:
        people = f"{unit_noun(topic.unit).many} {topic.where(own.area)}"
        return as_sentence(f"hverken {before} eller {now} var der {people}")
    predicate = f"er uændret: {bare_count(own.now)} både {before} og {now}"
    return as_sentence(topic.number_is(own.area, predicate))


def how_unchanged(own: Movement) -> str:
    """`uændret`, `næsten uændret`, or `stort set uændret` for a per cent that prints as 0."""
    if own.change.printed == 0:
        return "uændret"
    nearly = is_nearly_unchanged(own.change.printed, own.change_pct.printed)
    return "næsten uændret" if nearly else "stort set uændret"


def barely_changed(topic: Topic, own: Movement) -> str:
    """The sentences for a change that is not zero, but next to it."""
    now = f"der var {bare_count(own.now)} {in_period(topic.now)}, {change_since(topic, own)}"
    return " ".join(
        (
            as_sentence(topic.number_is(own.area, f"er {how_unchanged(own)}")),
            as_sentence(f"{now}, svarende til {in_pct(own)}"),
        )
    )


def small_numbers(topic: Topic, own: Movement) -> str:
    """The sentence for a base too small for per cents: the two counts."""
    past = f"mod {bare_count(own.before)} {in_period(topic.before)}"
    return as_sentence(f"{topic.there_were(own.now, own.area)} {past}")
