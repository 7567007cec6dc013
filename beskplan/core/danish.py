"""Numbers, lists and names as Danish writes them, here and nowhere else: rules of the language, no register.

Tables, figures, sentences, HTML, PDF and CSV all print numbers through this module, so a number has one
looks and one rounding wherever a reader meets it: decimal comma, thousand dot, hyphen-minus, a
no-break space before the unit. A number that is withheld or absent is no number: its text is the
business of the caller, and NaN is refused here.
"""

import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import cache
from numbers import Real
from typing import Literal, SupportsFloat, TypeAlias

from beskplan.core.errors import ROOM, DataError, Problem, Refusals

NBSP = "\u00a0"
"""No-break space: a number and its unit stay on one line."""

Number: TypeAlias = SupportsFloat | str
"""int, float, Decimal, a numpy scalar, or a machine-written text such as `"1200.25"`."""

_SWAP = str.maketrans(",.", ".,")
_THOUSAND_SPACES = "\u00a0\u2009\u202f"
_WRITTEN = re.compile(
    rf"(?P<sign>[-\u2212+]?)(?P<body>[0-9][0-9.,{_THOUSAND_SPACES}]*?)(?:\s?(?:%|pct\.))?"
)
_DANISH = re.compile(
    rf"(?P<whole>[1-9][0-9]{{0,2}}(?P<dot>[.{_THOUSAND_SPACES}])[0-9]{{3}}(?:(?P=dot)[0-9]{{3}})*"
    r"|0|[1-9][0-9]*)(?:,(?P<fraction>[0-9]+))?"
)
_POINTED = re.compile(r"(?:0|[1-9][0-9]*)\.[0-9]+")


def round_half_away(x: Number, decimals: int = 0) -> Decimal:
    """Round half away from zero, on the decimal value as it is written.

    Binary floats are taken at their shortest decimal form, so 2.675 gives 2.68 although the nearest
    double lies below it; `round()` and numpy round halves to even and must not be used for print.

    Args:
        x: The value. A text is machine-written (`"1200.25"`); Danish text goes to `parse_number`.
        decimals: Number of decimals kept, 0 or more.

    Returns:
        A Decimal with exactly `decimals` decimals. Zero carries no sign.

    Raises:
        DataError: where `x` is NaN, infinite, or a text that is no number.
        TypeError: where `x` is no number at all (None, a truth value).

    Source: domain.md §5, "half away from zero at the published precision".

    Example:
        >>> round_half_away(1200.25, 1), round_half_away(-0.5)
        (Decimal('1200.3'), Decimal('-1'))
    """
    if decimals < 0:
        raise ValueError(f"decimals must be 0 or more, not {decimals}")
    exact = _decimal(x)
    unit, digits = _rounding(max(exact.adjusted(), 0) + decimals + 2, decimals)
    rounded = exact.quantize(unit, ROUND_HALF_UP, context=digits)
    return rounded.copy_abs() if rounded.is_zero() else rounded


@cache
def _rounding(digits: int, decimals: int) -> tuple[Decimal, Context]:
    """The last decimal, and a context: the default one would refuse results of more than 28 digits."""
    return Decimal(1).scaleb(-decimals), Context(prec=digits)


def format_number(x: Number, decimals: int = 0, *, signed: bool = False) -> str:
    """Write a number as Danish readers expect it.

    Args:
        x: The value; see `round_half_away`.
        decimals: Decimals printed, trailing zeros kept.
        signed: Put a plus before a positive number, as changes have it. Zero is never signed.

    Returns:
        `37.818`, `-14,4`, `1,0`; signed `+5,4`.

    Raises:
        DataError: where `x` is NaN, infinite, or a text that is no number.

    Example:
        >>> format_number(37818), format_number(5.4, 1, signed=True), format_number(-0.4)
        ('37.818', '+5,4', '0')
    """
    rounded = round_half_away(x, decimals)
    plus = "+" if signed and rounded > 0 else ""
    return plus + f"{rounded:,f}".translate(_SWAP)


def format_pct(
    x: Number, decimals: int = 0, *, signed: bool = False, unit: Literal["%", "pct."] = "pct."
) -> str:
    """Write a per cent figure with its unit after a no-break space.

    Args:
        x: Per cent, 0-100 (49 is 49 pct.); not a fraction.
        decimals: Decimals printed.
        signed: As in `format_number`.
        unit: `pct.` in running text, `%` in tables.

    Raises:
        DataError: where `x` is NaN, infinite, or a text that is no number.
    """
    return f"{format_number(x, decimals, signed=signed)}{NBSP}{unit}"


def parse_number(text: str, decimals: int | None = None) -> Decimal:
    """Read a Danish number as printed: the inverse of `format_number` and `format_pct`.

    A dot before exactly three digits is a thousand dot (`1.308` is 1308). Any other dot (`1.3`) may
    be a decimal point or a thousand dot that lost its zeros on the way through a spreadsheet; the
    cell alone cannot tell, so it is refused until `decimals` says what the column holds:

    - None: nothing is known; only correctly written Danish is read.
    - 0: a column of whole numbers; a fraction is refused, so `1.3` is refused too.
    - 1 or more: a column with decimals; `1.3` is 1,3, and `1.308` is refused, as it may be either.

    Args:
        text: Digits with decimal comma; optional sign (`-`, `−`, `+`), thousand dots or no-break
            spaces, and a trailing `%` or `pct.`; white space around it is ignored.
        decimals: The decimals that the column is printed with, if known. Does not round.

    Returns:
        The value with the decimals it was written with; per cent stay 0-100. Zero has no sign.

    Raises:
        DataError: where the text is empty, no number, or can be read in two ways.

    Example:
        >>> parse_number("1.308"), parse_number("-14,4 pct."), parse_number("1.3", decimals=1)
        (Decimal('1308'), Decimal('-14.4'), Decimal('1.3'))
    """
    written = _WRITTEN.fullmatch(text.strip())
    if written is None:
        raise _not_danish(text)
    value = _unsigned(written["body"], text, decimals)
    if decimals == 0 and value != value.to_integral_value():
        raise _refusal(text, "ikke et helt tal", "et helt tal, fx '1.362'")
    return value.copy_negate() if value and written["sign"] in ("-", "\u2212") else value


def _unsigned(body: str, text: str, decimals: int | None) -> Decimal:
    """The value of `body`, the digits and separators of `text`."""
    danish, pointed = _DANISH.fullmatch(body), _POINTED.fullmatch(body)
    if danish and not (pointed and decimals):
        whole = re.sub(r"[^0-9]", "", danish["whole"])
        return Decimal(f"{whole}.{danish['fraction']}" if danish["fraction"] else whole)
    if pointed and decimals and not danish:
        return Decimal(body)
    raise _ambiguity(text, body) if pointed else _not_danish(text)


def _decimal(x: Number) -> Decimal:
    """The exact decimal value behind `x`, as it would be written in full."""
    if isinstance(x, Decimal):
        exact = x
    elif isinstance(x, float):
        # Not repr(x): for a numpy float64, itself a float, that is "np.float64(…)".
        exact = Decimal(float.__repr__(x))
    elif isinstance(x, bool) or not isinstance(x, str | Real):
        raise TypeError(f"a number is needed, not {x!r} ({type(x).__name__})")
    else:
        try:
            # str of a numpy float32 is its own shortest form, where float(x) would add digits.
            exact = Decimal(str(x))
        except InvalidOperation:
            raise _refusal(str(x), "ikke et tal", "et tal som 1200.25") from None
    if not exact.is_finite():
        raise _refusal(
            str(x), "ikke et endeligt tal", "et tal; fortrolige og manglende værdier har ord"
        )
    return exact


def _refusal(text: str, what: str, expected: str, fix: str = "") -> DataError:
    return DataError(Problem("number", what, repr(text), expected, fix))


def _not_danish(text: str) -> DataError:
    return _refusal(text, "ikke et dansk tal", "cifre med decimalkomma, fx '1.362,5'")


def _ambiguity(text: str, body: str) -> DataError:
    """The refusal of a dot that can be read in two ways, with both readings."""
    whole, _, fraction = body.partition(".")
    thousands = format_number(int(whole + fraction.ljust(3, "0")))
    return _refusal(
        text,
        "punktummet kan være decimaltegn eller tusindtalstegn",
        f"'{whole},{fraction}' eller '{thousands}'",
        "skriv det på en af de to måder, eller angiv, om kolonnen har decimaler",
    )


_ORDER = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}", "ü": "y", "-": " "})
"""Letters after z in ASCII for æ, ø, å; foreign letters and the hyphen as Retskrivningsordbogen
places them."""

_ASCII = str.maketrans({"æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "å": "aa"})


def danish_key(name: str) -> str:
    """Sort key for Danish order: æ, ø, å last, aa as å anywhere in the word, letter case aside.

    Names that differ only in letter case or in aa/å keep one fixed order, whatever the input's.

    Example:
        >>> sorted(["Aarhus", "Ærø", "Assens", "Aabenraa"], key=danish_key)
        ['Assens', 'Ærø', 'Aabenraa', 'Aarhus']
    """
    composed = unicodedata.normalize("NFC", name)
    place = composed.casefold().replace("aa", "å").translate(_ORDER)
    return f"{place}\0{composed}"


def slugify(name: str) -> str:
    """The name in a-z, 0-9 and single hyphens, for file names and addresses.

    æ, ø, å become ae, oe, aa; other marks over letters are dropped.

    Raises:
        DataError: where nothing is left.

    Example:
        >>> slugify("Høje-Taastrup")
        'hoeje-taastrup'
    """
    letters = unicodedata.normalize("NFKC", name).casefold()
    # Casefold can take letters apart (and make new pairs), so they are put together once more.
    letters = unicodedata.normalize("NFC", letters).translate(_ASCII)
    ascii_only = unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")
    if not slug:
        raise DataError(Refusals(ROOM)("no-slug", "slug", f"'{name}'"))
    return slug


def genitive(name: str) -> str:
    """The genitive: an s, or only an apostrophe after s, x and z.

    Example:
        >>> genitive("Rudersdal"), genitive("Aarhus")
        ('Rudersdals', "Aarhus'")
    """
    return f"{name}'" if name.casefold().endswith(("s", "x", "z")) else f"{name}s"


def list_danish(items: Sequence[str]) -> str:
    """`a`, `a og b`, `a, b og c`; an empty text for no items."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} og {items[-1]}"
