"""Pieces of Danish that every sentence is built of: lists, counts, places, dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from beskplan.core.danish import format_number, format_pct, list_danish
from beskplan.core.errors import BlockError, Problem
from beskplan.core.periods import Period
from beskplan.indicators.quantities import Quantity
from beskplan.registers.areas import Area


@dataclass(frozen=True)
class UnitNoun:
    """What is counted, as a noun: `one` is `én fuldtidsperson`, `many` is `fuldtidspersoner`."""

    one: str
    many: str

    @property
    def alone(self) -> str:
        """`én` or `ét`, where the noun itself is understood."""
        return self.one.split()[0]


_UNITS = {
    "fuldtidspersoner": UnitNoun("én fuldtidsperson", "fuldtidspersoner"),
    "fuldtidsmodtagere": UnitNoun("én fuldtidsmodtager", "fuldtidsmodtagere"),
    "ledige fuldtidspersoner": UnitNoun("én ledig fuldtidsperson", "ledige fuldtidspersoner"),
    "helårspersoner": UnitNoun("én helårsperson", "helårspersoner"),
    "personer": UnitNoun("én person", "personer"),
    "forløb": UnitNoun("ét forløb", "forløb"),
}


def unit_noun(unit: str) -> UnitNoun:
    """The noun of a counted unit.

    Raises:
        BlockError: where the unit is not one that a sentence can count.
    """
    if unit in _UNITS:
        return _UNITS[unit]
    raise BlockError(
        Problem(
            where="sentence: unit",
            what="kan ikke tælles i en sætning",
            found=repr(unit),
            expected=f"en af {', '.join(_UNITS)}",
        )
    )


def list_clauses(clauses: Sequence[str]) -> str:
    """Main clauses as one sentence: `a, og b`, `a, b, og c`."""
    return ", og ".join(filter(None, (", ".join(clauses[:-1]), *clauses[-1:])))


def all_benefits(count: int) -> str:
    """`begge ydelser`, `alle ni ydelser`."""
    return "begge ydelser" if count == 2 else f"alle {number_word(count)} ydelser"


def capital(text: str) -> str:
    """`text` with a capital first letter."""
    return f"{text[:1].upper()}{text[1:]}"


def as_sentence(text: str) -> str:
    """`text` with a capital first letter and one full stop, also after an abbreviation."""
    return f"{capital(text)}{'' if text.endswith('.') else '.'}"


def counted(quantity: Quantity) -> str:
    """`703 fuldtidspersoner`, `én fuldtidsperson`, `ingen fuldtidspersoner`."""
    noun = unit_noun(quantity.unit)
    if quantity.printed == 1:
        return noun.one
    return f"{bare_count(quantity)} {noun.many}"


def bare_count(quantity: Quantity) -> str:
    """`703`, `én`, `ingen`: a count where the noun is understood."""
    if quantity.printed == 0:
        return "ingen"
    return unit_noun(quantity.unit).alone if quantity.printed == 1 else quantity.text()


def size_text(change: Quantity) -> str:
    """`247`, `én`: the size of a change, without its sign."""
    size = abs(change.printed)
    return unit_noun(change.unit).alone if size == 1 else format_number(size, change.decimals)


def more_or_fewer(change: Quantity) -> str:
    """`247 flere`, `én færre`: the size of a change that is not zero."""
    return f"{size_text(change)} {'flere' if change.printed > 0 else 'færre'}"


def in_period(period: Period) -> str:
    """`i juni 2020`, `i 4. kvartal 2015`, `i 2019`, `i perioden 4. kvartal 2014 - …`."""
    return f"i perioden {period.text}" if period.kind == "QMAT" else f"i {period.text}"


def place_noun(area: Area) -> str:
    """The area's name inside a sentence, without preposition: `hele landet`, `Bornholm`."""
    return area.stedsform.partition(" ")[2]


# fmt: off
_FULL_NAME_ONLY = frozenset((
    "Fanø", "Frederiksberg", "Halsnæs", "Langeland", "Lolland", "Læsø",
    "Morsø", "Nordfyns", "Samsø", "Stevns", "Vesthimmerlands", "Ærø",
))
# fmt: on
"""Municipalities named after a place one is "på", or by a genitive: "i" needs "Kommune" there."""


def short_place(area: Area) -> str:
    """`i Rudersdal`, `på Bornholm`, `i Læsø Kommune`: where there is little room for a name."""
    if area.kind != "kommune" or area.navn in _FULL_NAME_ONLY:
        return area.stedsform
    return f"{area.stedsform.partition(' ')[0]} {area.navn}"


def in_places(areas: Sequence[Area]) -> str:
    """`i Randers og hele landet`, `på Bornholm og i hele landet`: an area's own preposition."""
    own, *others = (short_place(area).partition(" ") for area in areas)
    alike = all(one[0] == own[0] for one in others)
    return list_danish(["".join(own), *(one[2] if alike else "".join(one) for one in others)])


NUMBER_WORDS = (
    "nul", "én", "to", "tre", "fire", "fem", "seks",
    "syv", "otte", "ni", "ti", "elleve", "tolv",
)  # fmt: skip


def number_word(count: int) -> str:
    """`ni`; from 13 on in digits."""
    return NUMBER_WORDS[count] if count < len(NUMBER_WORDS) else str(count)


def part_words(part: int, every: int) -> str:
    """`ni af tolv`, `9 af 16`: both in words, or both in digits."""
    both = (part, every) if every >= len(NUMBER_WORDS) else map(number_word, (part, every))
    return " af ".join(map(str, both))


def named_places(numbers: Sequence[tuple[Area, str]]) -> str:
    """`i RAR Hovedstaden (46 pct.) og Østdanmark (49 pct.)`: each number beside its own area."""
    prepositions = {area.stedsform.partition(" ")[0] for area, _ in numbers}
    if len(prepositions) > 1:
        return list_danish([f"{area.stedsform} ({text})" for area, text in numbers])
    return f"{prepositions.pop()} {named_nouns(numbers)}"


def named_nouns(numbers: Sequence[tuple[Area, str]]) -> str:
    """As `named_places`, without preposition: `RAR Hovedstaden (46 pct.)`."""
    return list_danish([f"{place_noun(area)} ({text})" for area, text in numbers])


def pct_size(quantity: Quantity) -> str:
    """The size of a per cent in running text, without sign: a word gives the direction."""
    return format_pct(abs(quantity.printed), quantity.decimals)


AMOUNTS = {
    "næsten alle": (Decimal("0.9"),),
    "de fleste": (Decimal("0.7"),),
    "omtrent to tredjedele": (Decimal("0.62"), Decimal("0.7")),
    "godt halvdelen": (Decimal("0.5"), Decimal("0.62")),
    "halvdelen": (Decimal("0.5"),),
    "knap halvdelen": (Decimal("0.38"), Decimal("0.5")),
    "omtrent en tredjedel": (Decimal("0.29"), Decimal("0.38")),
    "omtrent en fjerdedel": (Decimal("0.22"), Decimal("0.29")),
}
"""The words for a part of all, with the part from which they are said, and below which; "halvdelen" is
exactly that."""
FEW = 4
"""Fewer than this are "enkelte", whatever part of all they are."""


def amount(count: int, total: int) -> str:
    """Choose the word for `count` of `total`: `alle`, `de fleste`, `halvdelen`, `enkelte`, `ingen`.

    Raises:
        ValueError: fewer than none, or more than all.
    """
    if not 0 <= count <= total or total == 0:
        raise ValueError(f"{count} of {total}")
    if count in (0, total):
        return "alle" if count else "ingen"
    part = Decimal(count) / total
    if count == 1:
        return "kun ét"
    if count < FEW and part < AMOUNTS["halvdelen"][0]:
        return "enkelte"
    if part == AMOUNTS["halvdelen"][0]:
        return "halvdelen"
    words = (word for word, ends in AMOUNTS.items() if word != "halvdelen" and part >= ends[0])
    return next(words, "nogle")


def counted_amount(count: int, total: int, noun: UnitNoun) -> str:
    """`de fleste jobcentre (23 af 26)`, `halvdelen af jobcentrene (13 af 26)`, `kun én kommune (1 af 26)`."""
    word, one = amount(count, total), noun.one.removeprefix(f"{noun.alone} ")
    if count == total:
        article = "den" if noun.alone == "én" else "det"
        return f"alle {total} {noun.many}" if total > 1 else f"{article} ene {one}"
    if count == 0:
        return f"ingen af de {total} {noun.many}" if total > 1 else f"ingen {noun.many}"
    if "del" in word:
        return f"{word} af {noun.many}ne ({count} af {total})"
    return f"{f'kun {noun.one}' if count == 1 else f'{word} {noun.many}'} ({count} af {total})"


def with_examples(names: Sequence[str]) -> str:
    """` (fx Herlev og Hørsholm)`; empty for no names."""
    return f" (fx {list_danish(names)})" if names else ""
