"""One benefit in words: how many, how many more or fewer, and how that stands beside other areas.

Every comparison word has its threshold here and nowhere else, and is chosen from printed values, so that
a reader who checks it against the table agrees. `docs/ordvalg.md` lists the same thresholds for readers
of the reports; a test holds the two together.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from beskplan.blocks.model import KeyFigure, Prose, Sparkline
from beskplan.blocks.tables import cell
from beskplan.blocks.text.language import (
    as_sentence,
    bare_count,
    capital,
    counted,
    in_period,
    more_or_fewer,
    named_nouns,
    named_places,
    pct_size,
    size_text,
    unit_noun,
)
from beskplan.core.danish import format_pct, list_danish, slugify
from beskplan.core.periods import Period, span_text
from beskplan.indicators.quantities import Movement, Quantity
from beskplan.registers.benefits import Benefit, is_where, number_of

SMALL_BASE = 20
"""Below this many last year, a per cent says nothing: the text gives the counts alone."""
NEARLY_BELOW_PCT, NEARLY_BELOW_COUNT = Decimal(2), Decimal(5)
"""Both must hold for "næsten uændret"."""
IN_STEP_PCTPOINT = Decimal(1)
"""Two changes in the same direction at most this far apart are "på linje"."""
SHADE_PCTPOINT, SHADE_PART = Decimal("0.2"), Decimal("0.1")
"""Two shares at most this far apart, in points and as a part of the reference, differ "en anelse"."""
NEWS_FROM_PCT = Decimal(5)
"""Where the own number hardly moved, a change elsewhere is told from this size on."""
TOTAL_NEWS_FROM_PCT = Decimal(2)
"""The same of the total, whose changes are smaller."""

PAST = {"up": "steg", "down": "faldt"}
WITHHELD_REASON = "ikke oplyst, fordi det er fortroligt"

Direction = Literal["up", "down", "same"]
Story = Literal[
    "missing", "no_past", "small", "unchanged", "barely",
    "alone", "contrast", "ahead", "in_step", "behind", "between",
]  # fmt: skip
"""No number now; none before; too few for per cents; no change; hardly any; or a change: without a
reference, against one that went the other way, larger than all, like all, smaller than all, mixed."""


def direction_of(change: Decimal) -> Direction:
    """Tell which way a printed change goes."""
    return "same" if change == 0 else "up" if change > 0 else "down"


def has_small_base(movement: Movement) -> bool:
    """Tell whether last year's count is known and too small for a per cent to say anything."""
    return movement.before.is_number and movement.before.printed < SMALL_BASE


def has_pct(movement: Movement) -> bool:
    """Tell whether a per cent of change may stand in a sentence about this area."""
    return movement.change_pct.is_number and not has_small_base(movement)


def is_nearly_unchanged(change: Decimal, change_pct: Decimal) -> bool:
    """Tell whether a printed change, in persons and in per cent, is "næsten uændret"."""
    return abs(change_pct) < NEARLY_BELOW_PCT and abs(change) < NEARLY_BELOW_COUNT


def near_to_far(own: Movement, references: Sequence[Movement]) -> tuple[Movement, ...]:
    """Order the references other than the own area: the smallest number first, unknown ones last."""
    others = [one for one in references if one.area != own.area]
    known = sorted((one for one in others if one.now.is_number), key=lambda one: one.now.printed)
    return (*known, *(one for one in others if not one.now.is_number))


@dataclass(frozen=True)
class Facts:
    """One benefit of one municipality in two periods, with the areas that it is compared with.

    Attributes:
        benefit: Named as it is called in `now`.
        before: The earlier period.
        now: The later period.
        own: The municipality's movement; its share as printed in `now`.
        references: The areas to compare with, in any order; the own area is left out.
        share_of: What the share is a share of, as a definite noun: `arbejdsstyrken`.
        group: The people counted among, as an indefinite plural; empty for everyone.
        is_part: Whether another section counts these people too, among all who receive the benefit.
        is_dated: Whether the sentences name the periods; not where the page says them once for most.

    Raises:
        BlockError: the unit is none that a sentence can count.
        DataError: `before` is not earlier than `now`.
    """

    benefit: Benefit
    before: Period
    now: Period
    own: Movement
    references: tuple[Movement, ...] = ()
    share_of: str = "arbejdsstyrken"
    group: str = ""
    is_part: bool = False
    is_dated: bool = True

    def __post_init__(self) -> None:
        span_text(self.before, self.now)
        unit_noun(self.own.now.unit)

    @property
    def others(self) -> tuple[Movement, ...]:
        """The references, the smallest first."""
        return near_to_far(self.own, self.references)

    @property
    def receiving(self) -> str:
        """`på a-dagpenge`; `modtagere blandt udenlandske statsborgere` where the benefits are several."""
        paa = self.benefit.paa(self.now.last_day)
        if not self.group:
            return paa
        return f"{'modtagere' if self.benefit.is_composite else paa} blandt {self.group}"

    @property
    def number(self) -> str:
        """`antallet på a-dagpenge`."""
        return number_of(self.receiving)

    @property
    def when_before(self) -> str:
        """`året før`, where that is what it is."""
        return "året før" if self.before == self.now.year_before() else in_period(self.before)

    @property
    def when(self) -> str:
        """` i juni 2020`; empty where the page has said it."""
        return f" {in_period(self.now)}" if self.is_dated else ""

    @property
    def span(self) -> str:
        """`fra juni 2019 til juni 2020 `, to begin with; empty where the page has said it."""
        return f"{span_text(self.before, self.now)} " if self.is_dated else ""

    def count(self, quantity: Quantity) -> str:
        """`703`, `703 ledige fuldtidspersoner`: the page says once what it counts."""
        plain = quantity.unit in ("fuldtidspersoner", "fuldtidsmodtagere")
        return bare_count(quantity) if plain else counted(quantity)

    @property
    def level(self) -> str:
        """`703 fuldtidspersoner på a-dagpenge`, `45 nettoledige på a-dagpenge`."""
        told = counted if is_where(self.receiving) else bare_count
        return f"{told(self.own.now)} {self.receiving}"

    @property
    def share_in_brackets(self) -> str:
        """` (2,7 pct. af arbejdsstyrken)`; empty where there is no such number."""
        share = self.share_text if self.own.now.printed else ""
        return f" ({share})" if share else ""

    @property
    def share_text(self) -> str:
        """`2,7 pct. af arbejdsstyrken`; empty where there is no such number, or it is printed as 0,0."""
        share = self.own.share
        if share is None or not share.drawn:
            return ""
        return f"{format_pct(share.exact, share.decimals)} af {self.share_of}"

    @property
    def story(self) -> Story:
        """Which of the stories the numbers tell."""
        own = self.own
        if not own.change.is_number:
            return "no_past" if own.now.is_number else "missing"
        if own.change.printed == 0:
            return "unchanged"
        if has_small_base(own):
            return "small"
        pct = own.change_pct.printed
        if pct == 0 or is_nearly_unchanged(own.change.printed, pct):
            return "barely"
        kinds = {relation(own, one) for one in self.others} - {"unknown"}
        return next(story for story, test in _STORIES.items() if test(kinds))

    @property
    def direction(self) -> Direction:
        """Which way the number went; `same` where it hardly moved or is not known."""
        quiet = self.story in ("missing", "no_past", "unchanged", "barely", "small")
        return "same" if quiet else direction_of(self.own.change.printed)


Relation = Literal["in_step", "larger", "smaller", "opposite", "flat", "unknown"]
_STORIES: dict[Story, Callable[[set[Relation]], bool]] = {
    "alone": lambda kinds: not kinds,
    "contrast": lambda kinds: "opposite" in kinds,
    "ahead": lambda kinds: kinds <= {"larger", "flat"},
    "in_step": lambda kinds: kinds == {"in_step"},
    "behind": lambda kinds: kinds == {"smaller"},
    "between": lambda _: True,
}
"""The stories of a change by how it stands to the other areas' changes; the first that holds counts."""


def relation(own: Movement, reference: Movement) -> Relation:
    """Set the own change, which has a per cent other than zero, against that of another area."""
    if not has_pct(reference):
        return "unknown"
    mine, its = own.change_pct.printed, reference.change_pct.printed
    if its == 0:
        return "flat"
    if (mine > 0) != (its > 0):
        return "opposite"
    if abs(mine - its) <= IN_STEP_PCTPOINT:
        return "in_step"
    return "larger" if abs(mine) > abs(its) else "smaller"


def commentary(facts: Facts, link: str = "", share: str = "", *, also: bool = False) -> Prose:
    """Say what a section's table says, at the length that its news is worth.

    Args:
        facts: The benefit in its areas.
        link: A sentence on how it stands to the sections before; empty for none.
        share: A sentence on the share; empty where the page has said what holds for all.
        also: Whether the section before told of the same relation to the areas.

    Missing: a withheld or absent number is named as such and never compared; a base under `SMALL_BASE`
        gives counts without per cents; a reference without a number says so.
    Source: docs/ordvalg.md for every comparison word.
    """
    said = [link, *_told(facts, also=also)]
    if facts.own.now.is_number and facts.own.now.printed:
        said.append(share or _no_share(facts))
    name = "-".join((facts.benefit.id, *([slugify(facts.group)] if facts.group else []), "tekst"))
    text = " ".join(as_sentence(one) for one in said if one)
    return Prose(id=name.replace("_", "-"), paragraphs=(text,))


def _told(facts: Facts, *, also: bool) -> list[str]:
    """Level, change and comparison as clauses."""
    story = facts.story
    if story == "missing":
        share = facts.share_text
        return [missing_now(facts), f"andelen er {share}" if share else ""]
    if story == "no_past":
        return [f"{_there_were(facts)}{facts.share_in_brackets}", _missing_before(facts)]
    if story in ("small", "unchanged", "barely"):
        there = ", mens det ".join(elsewhere(facts))
        return [_hardly_moved(facts), f"antallet {there}" if there else ""]
    told = _against(facts) if story == "contrast" else [_opening(facts)]
    return [*told, *compared(facts, also=also, opposite=False), without_pct(facts)]


def _hardly_moved(facts: Facts) -> str:
    """One line: `Næsten uændret: 81 i ressourceforløb i juni 2020 mod 82 året før`."""
    own, level = facts.own, f"{facts.count(facts.own.now)} {facts.receiving}"
    was = f"{facts.share_in_brackets} mod {bare_count(own.before)} {facts.when_before}"
    if facts.story == "small":
        return f"{_there_were(facts)}{was}"
    if facts.story == "barely":
        return f"{how_unchanged(own)}: {level}{facts.when}{was}"
    if own.now.printed:
        return f"uændret: {level}{facts.when} ligesom {facts.when_before}"
    return f"{_there_were(facts)}, heller ikke {facts.when_before}"


def _there_were(facts: Facts) -> str:
    """`i juni 2020 var der 703 på a-dagpenge`, or `der var 703 på a-dagpenge`."""
    total = "i alt " if facts.benefit.is_composite and facts.own.now.printed > 1 else ""
    verb = f"{facts.when} var der".strip() if facts.is_dated else "der var"
    return f"{verb} {total}{facts.count(facts.own.now)} {facts.receiving}"


def _opening(facts: Facts) -> str:
    """What comes first follows the story, so that sections do not all open alike."""
    own, story, share = facts.own, facts.story, facts.share_in_brackets
    change, now = f"{more_or_fewer(own.change)} end {facts.when_before}", facts.count(own.now)
    if story == "behind":
        verb = PAST[direction_of(own.change.printed)]
        size = f"med {size_text(own.change)} til {now}"
        if abs(own.change.printed) == 1:
            size = f"fra {bare_count(own.before)} til {now}"
        return f"{facts.span}{_subject(facts, verb)} {size}{share}"
    if story in ("in_step", "between") and is_where(facts.receiving) and own.now.printed:
        return f"{facts.receiving} var der {change}, i alt {now}{facts.when}{share}"
    return f"{_there_were(facts)}{share}, {change}"


def _subject(facts: Facts, verb: str) -> str:
    """Subject and verb: a period before them turns them round."""
    return f"{verb} {facts.number}" if facts.is_dated else f"{facts.number} {verb}"


def _against(facts: Facts) -> list[str]:
    """The own change against those that went the other way."""
    own, way = facts.own, direction_of(facts.own.change.printed)
    others = [one for one in facts.others if relation(own, one) == "opposite"]
    turned = PAST["down" if way == "up" else "up"]
    size = (
        f"med {pct_size(own.change_pct)}, fra {bare_count(own.before)} til {facts.count(own.now)}"
    )
    said = f"{facts.span}{_subject(facts, PAST[way])} {size}{facts.share_in_brackets}"
    return [f"{said}, mens det {turned} {places(others)}"]


def compared(facts: Facts, *, also: bool = False, opposite: bool = True) -> list[str]:
    """The own per cent beside those of the other areas, each number beside its area.

    Args:
        facts: The benefit in its areas.
        also: Whether the section before told of the same relation to the areas.
        opposite: Whether to tell of those that went the other way.
    """
    own, up = facts.own, facts.own.change.printed > 0
    article, noun, definite = ("en", "stigning", "stigningen") if up else ("et", "fald", "faldet")
    groups: dict[Relation, list[Movement]] = {}
    for one in facts.others:
        groups.setdefault(relation(own, one), []).append(one)
    size, said = pct_size(own.change_pct), []
    blocks = [
        f"{words} {places(groups[kind], bare=kind == 'in_step')}"
        for kind, words in _SAME_WAY.items()
        if kind in groups
    ]
    predicates = ", men ".join(blocks) if len(blocks) == 2 else list_danish(blocks)
    if "opposite" in groups:
        if opposite:
            other = f"antallet {PAST['down' if up else 'up']} {places(groups['opposite'])}"
            said = [f"det er {article} {noun} på {size}, mens {other}"]
        if predicates:
            said.append(f"{definite} er {predicates}")
    elif predicates:
        lead = f"også her er {definite}, {size}," if also else f"{definite} på {size} er"
        said = [f"{lead} {predicates}"]
    else:
        said = [f"det er {article} {noun} på {size}"]
    if "flat" in groups:
        where = list_danish([one.area.stedsform for one in groups["flat"]])
        said.append(f"{where} var antallet stort set uændret")
    return said


_SAME_WAY: dict[Relation, str] = {
    "in_step": "på linje med",
    "larger": "større end",
    "smaller": "mindre end",
}


def places(movements: Sequence[Movement], *, bare: bool = False) -> str:
    """`i RAR Hovedstaden (46 pct.) og Østdanmark (49 pct.)`; `bare` without preposition."""
    named = [(one.area, pct_size(one.change_pct)) for one in movements]
    return named_nouns(named) if bare else named_places(named)


def by_direction(movements: Iterable[Movement]) -> list[tuple[Direction, list[Movement]]]:
    """Group areas that have a per cent by its direction, the most common one first."""
    groups: dict[Direction, list[Movement]] = {}
    for one in movements:
        if has_pct(one):
            groups.setdefault(direction_of(one.change_pct.printed), []).append(one)
    return sorted(groups.items(), key=lambda entry: -len(entry[1]))


def elsewhere(facts: Facts, news: Decimal = NEWS_FROM_PCT) -> list[str]:
    """What the other areas did where the own number hardly moved: only a change worth telling.

    Returns:
        `steg i hele landet (6 pct.)`; nothing where there is none.
    """
    moved = [one for one in facts.others if has_pct(one) and abs(one.change_pct.printed) >= news]
    return [f"{PAST[way]} {places(group)}" for way, group in by_direction(moved)]


def how_unchanged(own: Movement) -> str:
    """`næsten uændret`, or `stort set uændret` for a per cent that prints as 0."""
    nearly = is_nearly_unchanged(own.change.printed, own.change_pct.printed)
    return "næsten uændret" if nearly else "stort set uændret"


def missing_now(facts: Facts) -> str:
    """Say that the area's number is withheld or absent."""
    reason = WITHHELD_REASON if facts.own.now.state == "withheld" else "ikke opgjort"
    return f"{facts.number}{facts.when} er {reason}"


def _missing_before(facts: Facts) -> str:
    """Say why there is nothing to compare the number now with."""
    if facts.own.before.state == "withheld":
        lack = f"antallet {in_period(facts.before)} er {WITHHELD_REASON}"
    else:
        lack = f"der er ingen tal for {facts.before.text}"
    return f"{lack}, og udviklingen kan derfor ikke opgøres"


def without_pct(facts: Facts) -> str:
    """Say why references without a per cent have none: missing numbers, or too small a base."""
    said = []
    for one in facts.others:
        where = one.area.stedsform
        if has_pct(one):
            continue
        if one.change.is_number and has_small_base(one):
            now, was = bare_count(one.now), bare_count(one.before)
            said.append(f"{where} var der {now} mod {was} {facts.when_before}")
        elif "withheld" in (one.before.state, one.now.state):
            said.append(f"udviklingen {where} er ikke oplyst, fordi tallene er fortrolige")
        else:
            said.append(f"udviklingen {where} er ikke opgjort")
    return " ".join(as_sentence(one) for one in said)


def _no_share(facts: Facts) -> str:
    """Say that the share is missing beside a known count; empty where it is there or not asked for."""
    share = facts.own.share
    if share is None or share.is_number:
        return ""
    reason = "oplyst" if share.state == "withheld" else "opgjort"
    return f"andelen af {facts.share_of} er ikke {reason}"


def sentence_direction(facts: Facts) -> str:
    """Tell level and change of one area in one sentence, two where the change is missing."""
    own, place = facts.own, facts.own.area.stedsform
    if facts.story in ("missing", "no_past", "small", "unchanged"):
        return " ".join(as_sentence(one) for one in _told(facts, also=False) if one)
    level = f"{facts.level} {place}"
    total = "i alt " if facts.benefit.is_composite else ""
    moved = f"{more_or_fewer(own.change)} end {in_period(facts.before)}"
    pct = f" ({pct_size(own.change_pct)})" if own.change_pct.printed else ""
    return as_sentence(f"{in_period(facts.now)} var der {total}{level}, {moved}{pct}")


def key_figure(facts: Facts, course: Sparkline | None = None) -> KeyFigure:
    """Make the own level with its change, what the references did, and its course where it is known.

    Missing: the word of the cell, no direction and no change; nothing is compared with it.
    """
    own, known = facts.own, facts.own.change.is_number
    return KeyFigure(
        label=f"{_people(facts)}, {facts.now.text}",
        value=own.now.text(),
        direction=direction_of(own.change.printed) if known else "none",
        change=_change(facts) if known else "",
        comparison=_beside(facts.others) if known else "",
        numbers=tuple(
            cell(number)
            for number in (
                own.now,
                own.change,
                own.change_pct,
                *(one.change_pct for one in facts.references),
            )
        ),
        course=course,
    )


def _people(facts: Facts) -> str:
    """`Fuldtidspersoner på a-dagpenge`, `Nettoledige på a-dagpenge (fuldtidsmodtagere)`."""
    people, paa = unit_noun(facts.own.now.unit).many, facts.benefit.paa(facts.now.last_day)
    among = f" blandt {facts.group}" if facts.group else ""
    return capital(f"{people} {paa}{among}" if is_where(paa) else f"{paa} ({people})")


def _change(facts: Facts) -> str:
    """`247 flere end i juni 2019 (54 pct.)`, `det samme som i juni 2019`."""
    own, before = facts.own, in_period(facts.before)
    if own.change.printed == 0:
        return f"det samme som {before}"
    pct = f" ({pct_size(own.change_pct)})" if has_pct(own) and own.change_pct.printed else ""
    return f"{more_or_fewer(own.change)} end {before}{pct}"


def _beside(references: Sequence[Movement]) -> str:
    """`Stigning i RAR Hovedstaden (2 pct.), fald i Østdanmark (2 pct.)`."""
    nouns = {"up": "stigning", "down": "fald", "same": "stort set uændret"}
    parts = [f"{nouns[way]} {places(group)}" for way, group in by_direction(references)]
    return capital(", ".join(parts))
