"""All benefits of a page together: what is the news, what holds for all, and how each stands to the rest."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Literal

from beskplan.blocks.model import Prose
from beskplan.blocks.text import language
from beskplan.blocks.text.one_benefit import (
    PAST,
    SHADE_PART,
    SHADE_PCTPOINT,
    TOTAL_NEWS_FROM_PCT,
    Facts,
    commentary,
    compared,
    direction_of,
    elsewhere,
    how_unchanged,
    is_nearly_unchanged,
)
from beskplan.core.danish import format_pct, list_danish
from beskplan.core.periods import Period, span_text
from beskplan.indicators.quantities import Movement, Quantity
from beskplan.registers.benefits import is_where

MOST_SENTENCES = 5
"""A summary of more is no summary."""
USUAL_FROM = (2, 3)
"""What holds for this part of the benefits, and for three of them, is said once for all."""
MOST_NAMED = 3
"""More exceptions than this are counted and not named."""

ShareWords = Literal[
    "på niveau med", "en anelse lavere end", "en anelse højere end", "lavere end", "højere end"
]


def share_words(share: Quantity, other: Quantity) -> ShareWords:
    """Choose how the own share stands to another area's, by the printed shares."""
    mine, its = share.printed, other.printed
    gap = abs(mine - its)
    if gap == 0:
        return "på niveau med"
    if gap <= SHADE_PCTPOINT and gap <= SHADE_PART * its:
        return "en anelse lavere end" if mine < its else "en anelse højere end"
    return "lavere end" if mine < its else "højere end"


@dataclass(frozen=True)
class Page:
    """The benefits of a page in their order.

    Attributes:
        facts: Every section's.
        total: The id of the sum of all benefits, which is told apart from its parts.
    """

    facts: tuple[Facts, ...]
    total: str

    @cached_property
    def span(self) -> tuple[Period, Period] | None:
        """The two periods of most sections, which the page names once; None where they differ, or are few."""
        spans = Counter((one.before, one.now) for one in self.facts)
        most, count = max(spans.items(), key=lambda one: one[1], default=(None, 0))
        return most if _is_usual(count, len(self.facts)) else None

    def same_for_all(self, *, others: bool = False) -> str:
        """Which periods the sections compare, where they do not say it themselves; empty for no such.

        Args:
            others: Whether the page has sections of other periods besides those of the benefits.
        """
        if self.span is None:
            return ""
        before, now = self.span
        every = not others and all((one.before, one.now) == self.span for one in self.facts)
        other = "" if every else ", når der ikke står andet"
        return language.as_sentence(f"afsnittene sammenligner {now.text} med {before.text}{other}")

    @cached_property
    def whole(self) -> Facts | None:
        """The total's facts, where the page has it and knows its number."""
        found = [one for one in self.facts if one.benefit.id == self.total]
        return found[0] if found and found[0].own.change.is_number else None

    @cached_property
    def parts(self) -> tuple[Facts, ...]:
        """The benefits that are no total, and no group that other sections count too."""
        return tuple(
            one
            for one in self.facts
            if one.benefit.id != self.total and not (one.group or one.is_part)
        )

    @cached_property
    def compared_shares(self) -> tuple[Facts, ...]:
        """The parts whose share of the workforce can be set beside those of all other areas."""
        of_workforce = [one for one in self.parts if one.share_of == "arbejdsstyrken"]
        areas = max((len(_shares(one)) for one in of_workforce), default=0)
        return tuple(one for one in of_workforce if len(_shares(one)) == areas > 0)

    @cached_property
    def usual(self) -> str:
        """`lavere end` or `højere end`, where that is how most shares stand to every other area's."""
        for words in ("lavere end", "højere end"):
            count = sum(_side(one) == words for one in self.compared_shares)
            if _is_usual(count, len(self.compared_shares)):
                return words
        return ""

    @cached_property
    def unusual(self) -> tuple[Facts, ...]:
        """The parts whose share stands otherwise than most."""
        return tuple(one for one in self.compared_shares if _side(one) != self.usual)

    @cached_property
    def moved(self) -> dict[str, list[Facts]]:
        """The parts by the way they moved, the largest change in persons first."""
        ways: dict[str, list[Facts]] = {"up": [], "down": [], "same": []}
        for one in self.parts:
            if one.own.change.is_number:
                small = one.story == "small"
                way = direction_of(one.own.change.printed) if small else one.direction
                ways[way].append(one)
        for group in ways.values():
            group.sort(key=lambda one: -abs(one.own.change.printed))
        return ways

    def commentary(self, at: int) -> Prose:
        """Write the section with this number, as one of those around it."""
        facts = self.facts[at]
        before = [one for one in self.facts[:at] if one.direction != "same"]
        dated = replace(facts, is_dated=(facts.before, facts.now) != self.span)
        return commentary(dated, self._link(facts, before), self._share(facts), also=self._also(at))

    def _also(self, at: int) -> bool:
        """Whether a section tells the same as the one before, which was not itself told so."""
        facts, last = self.facts[at], self.facts[at - 1]
        alike = facts.story == last.story == "ahead" and facts is not self.whole
        return at > 0 and alike and facts.direction == last.direction and not self._also(at - 1)

    def _link(self, facts: Facts, before: Sequence[Facts]) -> str:
        """The first section that goes against most others, and the way that it went, is pointed out."""
        ways = [one.direction for one in self.facts if one.direction != "same"]
        rare = sum(way == facts.direction for way in ways) * 2 < len(ways)
        if facts.direction == "same" or not rare or not before:
            return ""
        if before[-1].direction == facts.direction:
            return ""
        first = all(one.direction != facts.direction for one in before)
        return "her gik det den anden vej" if first else ""

    def _share(self, facts: Facts) -> str:
        """How the share stands to the others', where that is not said once for all."""
        shares, side = _shares(facts), _side(facts)
        shade = any(words.startswith("en anelse") for _, words in shares)
        if not (shares and facts.share_text) or facts is self.whole:
            return ""  # of the total, the summary's first sentence has it
        if facts in self.compared_shares and side == self.usual != "" and not shade:
            return ""
        # Where no side is usual, the summary counts them, and only what is clearly apart is news.
        if self.share_counts and facts.share_of == "arbejdsstyrken" and (shade or not side):
            return ""
        text = _share_text(shares)
        alike = [one for one in self.unusual if _side(one) == side]
        if side and side != self.usual and alike == [facts] and self.usual:
            return f"det er den eneste ydelse, hvor andelen er {text}"
        return f"andelen er {text}"

    def summary(self) -> str:
        """Tell the news of all sections in at most `MOST_SENTENCES` sentences; empty where there is none."""
        said = [*self._of_total(), *self._of_movers(), *self._of_shares(), *self._of_missing()]
        return " ".join(language.as_sentence(one) for one in said[:MOST_SENTENCES])

    def _of_total(self) -> list[str]:
        """The total's share and change beside those of the other areas."""
        if (whole := self.whole) is None:
            return []
        here = language.short_place(whole.own.area)
        said: list[str] = []
        if share := whole.share_in_brackets.strip(" ()"):
            beside = f"; det er {text}" if (text := _share_text(_shares(whole))) else ""
            said.append(
                f"{language.in_period(whole.now)} svarede {whole.number} {here} til {share}{beside}"
            )
        return [*said, *self._change_of(whole, told=bool(said))]

    def _change_of(self, whole: Facts, *, told: bool = False) -> list[str]:
        """The change of the total, or of the only benefit; then how that stands to the other areas'.

        Args:
            whole: The total, or the only benefit.
            told: Whether a sentence before has named it and its period.
        """
        own, level = whole.own, whole.level
        if whole.story in ("unchanged", "barely"):
            how = how_unchanged(own) if own.change.printed else "uændret"
            said = f"{language.in_period(whole.now)} var antallet {how}: {level}"
            if told:
                said = f"antallet var {how}: {language.counted(own.now)}"
            there = " og ".join(elsewhere(whole, TOTAL_NEWS_FROM_PCT))
            said = f"{said} mod {language.bare_count(own.before)} {whole.when_before}"
            return [f"{said}, mens det {there}" if there else said]
        verb = "kom der" if own.change.printed > 0 else "blev der"
        moved = f"{verb} {language.more_or_fewer(own.change)}, i alt {level}"
        others = compared(whole) if whole.direction != "same" else []
        return [f"{span_text(whole.before, whole.now)} {moved}", *others]

    def news(self) -> list[str]:
        """The change of the total, how that stands to others, and where most moved: at most three clauses.

        Without a total, of the only benefit that the page has.
        """
        known = [one for one in self.facts if one.own.change.is_number]
        whole = self.whole or (known[0] if len(known) == len(self.facts) == 1 else None)
        moved = (self._of_movers() or self._of_missing())[:1]
        return [*self._change_of(whole)[:2], *moved] if whole else moved

    def _of_movers(self) -> list[str]:
        """On how many benefits the number rose and fell, and where most."""
        up, down, same = (self.moved[way] for way in ("up", "down", "same"))
        every = len(up) + len(down) + len(same)
        if every < 2 or not (up or down):
            return []
        clauses = []
        for group, verb in ((up, PAST["up"]), (down, PAST["down"])):
            if not group:
                continue
            count, most = len(group), _most_of(group)
            if count == 1:
                clauses.append(f"{verb} kun {most}" if every > 2 else f"{verb} {most}")
                continue
            on = f"{language.part_words(count, every)} ydelser"
            on = (
                language.all_benefits(every)
                if count == every
                else on
                if not clauses
                else on.split(maxsplit=1)[0]
            )
            clauses.append(f"{verb} på {on}{most}")
        still = f"; på {language.number_word(len(same))} var det {_how_still(same)}" if same else ""
        spans = {(one.before, one.now) for one in self.parts}
        if self.whole is None and len(spans) == 1:
            # No sentence before this one has named the periods.
            verb, rest = clauses[0].split(maxsplit=1)
            clauses[0] = f"{span_text(*min(spans))} {verb} antallet {rest}"
        else:
            clauses[0] = f"antallet {clauses[0]}"
        return [f"{', og det '.join(clauses)}{still}"]

    def share_message(self) -> str:
        """`Andelen er lavere end i både … og … på syv af ni ydelser`; empty where most are not alike."""
        if not self.usual:
            return ""
        every, there = len(self.compared_shares), self._there
        part = f"{language.part_words(every - len(self.unusual), every)} ydelser"
        on = part if self.unusual else language.all_benefits(every)
        return f"Andelen er {self.usual} {there} på {on}"

    @property
    def _there(self) -> str:
        """`i både RAR Hovedstaden og Østdanmark`: where the compared shares are."""
        others = [one.area for one, _ in _shares(self.compared_shares[0])]
        return language.in_places(others).replace(" ", " både " if len(others) == 2 else " ", 1)

    @cached_property
    def share_counts(self) -> str:
        """`andelen er højere end i både … og … på 5 af 14 ydelser og lavere på 3`; or empty."""
        every = len(self.compared_shares)
        sides = Counter(filter(None, map(_side, self.compared_shares))).most_common()
        sides = [one for one in sides if one[0] != "på niveau med"]
        if self.usual or every < USUAL_FROM[1] or not sides:
            return ""
        (words, count), *rest = sides
        said = f"andelen er {words} {self._there} på {language.part_words(count, every)} ydelser"
        for other, few in rest:
            number = language.part_words(few, every).split(maxsplit=1)[0]
            said = f"{said} og {other.removesuffix(' end')} på {number}"
        return said

    def _of_shares(self) -> list[str]:
        """What holds for most shares, and for which not; else on how many they stand on each side."""
        if counts := self.share_counts:
            return [counts]
        names = [one.benefit.name(one.now.last_day) for one in self.unusual]
        if not self.usual or not 0 < len(names) <= MOST_NAMED:
            return [self.share_message()] if self.usual else []
        noun = "undtagelserne" if len(names) > 1 else "undtagelsen"
        told = list_danish(names)
        if len(names) == 2 and any(" samt " in name or " og " in name for name in names):
            names.sort(key=lambda name: " samt " in name or " og " in name)
            told = f"dels {names[0]}, dels {names[1]}"  # else it is heard as three
        return [f"{self.share_message()}; {noun} er {told}"]

    def _of_missing(self) -> list[str]:
        """Which numbers of the municipality cannot be told."""
        said = []
        for state, word in (("withheld", "fortroligt"), ("absent", "ikke opgjort")):
            names = [one.number for one in self.facts if one.own.now.state == state]
            if names and len(names) <= MOST_NAMED:
                others = (name.removeprefix("antallet ") for name in names[1:])
                said.append(f"{list_danish([names[0], *others])} er {word}")
            elif names:
                said.append(
                    f"antallet er {word} på {language.number_word(len(names))} af ydelserne"
                )
        return said


def movers(moves: Iterable[tuple[str, Quantity]], span: str = "") -> str:
    """Tell where a number rose and fell most, in persons; empty where none moved.

    `antallet steg mest på kontanthjælp (70 personer) og faldt mest på a-dagpenge (112 personer)`

    Args:
        moves: What follows the number (`på a-dagpenge`), and the change; those that are no number are
            left out.
        span: `fra ultimo 2013 til ultimo 2015`, to begin with.
    """
    known = [(where, change) for where, change in moves if change.is_number]
    clauses: list[str] = []
    for sign, verb in ((1, PAST["up"]), (-1, PAST["down"])):
        most = max((change.printed * sign for _, change in known), default=0)
        if most > 0:
            top = [one for one in known if one[1].printed * sign == most]
            size = language.counted(replace(top[0][1], value=Decimal(most)))
            first = clauses or not span
            subject = "" if first else " antallet"
            where = list_danish([where for where, _ in top])
            # Two pairs of brackets side by side are one.
            shown = f"{where[:-1]}; {size})" if where.endswith(")") else f"{where} ({size})"
            clauses.append(f"{verb}{subject} mest {shown}")
    lead = span or "antallet"
    return f"{lead} {list_danish(clauses)}" if clauses else ""


def _pct(quantity: Quantity) -> str:
    return format_pct(quantity.exact, quantity.decimals)


def _is_usual(count: int, every: int) -> bool:
    """Whether so many of them all are what is said once."""
    return count >= USUAL_FROM[1] and count * USUAL_FROM[1] >= every * USUAL_FROM[0]


def _most_of(group: Sequence[Facts]) -> str:
    """`på fleksjob (3 færre)` of one; of several `, mest` and those that moved most, equal ones together.

    Equal ones that are too many to name are told by their size.
    """
    size = language.more_or_fewer(group[0].own.change)
    most = abs(group[0].own.change.printed)
    names = [one.receiving for one in group if abs(one.own.change.printed) == most]
    top = [name if is_where(name) else f"blandt {name}" for name in names]
    if len(top) > MOST_NAMED:
        return f", med {'' if len(top) == len(group) else 'højst '}{size} på hver"
    named = f"{list_danish(top)} ({'hver ' if top[1:] else ''}{size})"
    if len(group) == 1:
        return named
    return f": {named}" if len(top) == len(group) else f", mest {named}"


def _how_still(same: Sequence[Facts]) -> str:
    """How numbers that hardly moved did so: the weakest word that holds for all of them."""
    moves = [one.own for one in same]
    if not any(own.change.printed for own in moves):
        return "uændret"
    # From 0 to 0 there is no per cent.
    nearly = (
        not own.change.printed or is_nearly_unchanged(own.change.printed, own.change_pct.printed)
        for own in moves
    )
    return "næsten uændret" if all(nearly) else "stort set uændret"


def _shares(facts: Facts) -> list[tuple[Movement, ShareWords]]:
    """The other areas that have a share, and how the own one stands to it; empty where it is none."""
    own = facts.own.share
    if own is None or not own.is_number or not facts.own.now.is_number or not facts.own.now.printed:
        return []
    return [
        (one, share_words(own, one.share))
        for one in facts.others
        if one.share is not None and one.share.is_number
    ]


def _side(facts: Facts) -> str:
    """How the share stands to every other area's, where that is the same; else an empty text."""
    sides = {_plain(words) for _, words in _shares(facts)}
    return sides.pop() if len(sides) == 1 else ""


def _share_text(shares: Sequence[tuple[Movement, ShareWords]]) -> str:
    """`lavere end i RAR Hovedstaden (4,4 pct.) og Østdanmark (4,2 pct.)`; empty for no other area."""
    groups: dict[ShareWords, list[Movement]] = {}
    for one, words in shares:
        groups.setdefault(words, []).append(one)
    said = [f"{words} {_share_places(words, group)}" for words, group in groups.items()]
    differ = len(said) == 2 and len({_plain(words) for words in groups}) == 2
    return ", men ".join(said) if differ else list_danish(said)


def _plain(words: ShareWords) -> str:
    return words.removeprefix("en anelse ")


def _share_places(words: ShareWords, movements: Sequence[Movement]) -> str:
    named = [(one.area, _pct(one.share)) for one in movements if one.share is not None]
    return language.named_nouns(named) if words == "på niveau med" else language.named_places(named)
