"""Parts and wholes told in a sentence: a of b is p pct., sums, unit prices, fractions, so many times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from beskplan.audit.model import Agreed, Outcome
from beskplan.audit.rules.movements import finding, is_slip, movements
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.sentences import Sentence
from beskplan.audit.statements.skeleton import Skeleton, Token, skeleton
from beskplan.audit.statements.vocabulary import is_formula, only_turn, quotes_another
from beskplan.core.numbers import format_number, format_pct

_N, _P, _K, _W = (rf"⟨(?P<{{}}>[{kinds}]\d+)⟩" for kinds in ("N", "PF", "K", "WN"))
_ANY = r"(?:[^⟨⟩.;:()]|⟨[TD]\d+⟩)"
_GAP = rf"{_ANY}{{0,45}}?"
_ALL = r"(?:de |i alt |alle |samtlige |kommunens |vores |i alt de |ca )*"
_LINK = (
    r"(?:, |,| |og )*(?:svarende til|hvilket svarer til|det svarer til|svarer til|dvs|altså|eller|hvilket er"
    r"|udgør|hvilket udgør|\()(?: ca| omkring| knap| godt)? ?"
)
_VERB = (
    r"(?:er|var|har|havde|kom|kommer|blev|bliver|deltog|modtager|modtog|fik|får|gik|går|gennemførte|udgør"
    r"|begyndte|startede|afsluttede|hører)"
)
_DONE = r"(?: (?:alene|også|der|nu|i alt|heraf|ca|omkring|godt|knap|dem|de|kun))*"


def _compiled(*parts: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(part) for part in parts)


_PART_OF = _compiled(
    # »Af de 264 ledige er 84 langtidsledige, svarende til 26 pct.«
    rf"\b(?:ud )?(?:af|blandt) {_ALL}{_N.format('whole')}{_GAP}\b{_VERB}{_DONE} {_N.format('part')}"
    rf"(?:{_GAP}{_LINK}{_P.format('share')})?",
    # »84 (ud) af de 264 ledige (26 pct.)«
    rf"{_N.format('part')}[^⟨⟩.;:()]{{0,30}}?\b(?:ud )?af "
    rf"{_ALL}{_N.format('whole')}(?:{_GAP}{_LINK}{_P.format('share')})?",
    # »3.346 personer svarer til 12,4 pct. af de 31.000 borgere«, »5.162 ... af arbejdsstyrken på 29.800«
    rf"{_N.format('part')}{_GAP}(?:{_LINK}|\b(?:er|var) ){_P.format('share')}{_ANY}{{0,4}}?\baf "
    rf"(?:de |alle |samtlige |kommunens |i alt )*(?:[^⟨⟩.;:()]{{0,40}} på (?:ca |i alt "
    rf")?)?{_N.format('whole')}",
    # »67 pct. af de 120 deltagere, dvs. 80«
    rf"{_P.format('share')} af {_ALL}{_N.format('whole')}{_GAP}(?:, |\()(?:svarende til|dvs|altså|i alt)?"
    rf" ?{_N.format('part')}",
    # »120 deltagere, heraf 80 kvinder«
    rf"{_N.format('whole')}[^⟨⟩.;:()]{{0,40}}?, (?:heraf|deraf|herunder|hvoraf)(?: de| er| var| ca)* "
    rf"{_N.format('part')}"
    rf"(?:[^⟨⟩.;:()]{{0,30}}?\({_P.format('share')}\))?",
)
_BRACKETED = re.compile(rf"{_N.format('part')}[^⟨⟩.;:()]{{0,50}}?\({_P.format('share')}\)")
_OF_THEM = re.compile(r"\b(?:heraf|deraf|hvoraf|fordelt|af dem|blandt dem)\b")
_LISTED = r"[^⟨⟩.;:()]{1,45}"
_TOTAL = r"(?:i alt|tilsammen|samlet|sammenlagt|ialt)"
_LIST = re.compile(
    rf"⟨[NK]\d+⟩{_LISTED}(?:⟨[NK]\d+⟩{_LISTED}){{0,9}}?(?:,? (?:og|samt) |, )⟨[NK]\d+⟩(?:{_LISTED})?"
)
_LIST_TOTAL = re.compile(
    rf"(?P<list>⟨[NK]\d+⟩{_LISTED}(?:⟨[NK]\d+⟩{_LISTED}){{1,9}}?),? ?(?:dvs |altså |eller |hvilket "
    rf"giver |det giver )?{_TOTAL}"
    rf"[^⟨⟩.;:()]{{0,12}} ⟨(?P<sum>[NK]\d+)⟩"
)
_SPLIT = (
    r"(?:: |, nemlig |, fordelt på |, der fordeler sig på | fordeler sig (?:på|med) "
    r"| fordelt (?:på|med) | består af )"
)
_TOTAL_LIST = re.compile(
    rf"⟨(?P<sum>[NK]\d+)⟩(?P<between>[^⟨⟩.;()]{{0,45}}?)(?P<how>{_SPLIT}|, heraf |, hvoraf | er (?=⟨[NK])"
    rf"|, (?=⟨[NK]\d+⟩ (?:kvinder|mænd)))"
    rf"(?P<list>(?:{_LISTED})?⟨[NK]\d+⟩{_LISTED}(?:⟨[NK]\d+⟩{_LISTED}){{0,9}}⟨[NK]\d+⟩)"
)
_THEY = re.compile(
    r"^\W*(?:de|disse|gruppen|borgerne)\b[^⟨⟩.;]{0,25}\b(?:fordeler sig (?:på|med)|består af)(?P<list>.+)$"
)
_SEXES = re.compile(r"\bkvinder\b.*\bmænd\b|\bmænd\b.*\bkvinder\b")
_PER = {"måned": 12, "uge": 52, "kvartal": 4, "halvår": 2, "dag": 365}
_RATE = r"(?:pr |om |hver |i )(?P<{0}>måned|uge|kvartal|halvår)(?:en|et)?\b"
_RATE_TOTAL = re.compile(
    rf"{_N.format('each')}[^⟨⟩.;:()]{{0,40}}?\b{_RATE.format('per')}{_ANY}{{0,25}}?"
    rf"(?:i alt|svarende til|dvs|hvilket giver|altså|eller|tilsammen)(?: ca| i alt)? {_N.format('sum')}"
)
_TOTAL_RATE = re.compile(
    rf"{_N.format('sum')}{_ANY}{{0,60}}?(?:svarende til|dvs|hvilket er|altså|eller)(?: ca| i gennemsnit)? "
    rf"{_N.format('each')}[^⟨⟩.;:()]{{0,30}}?\b{_RATE.format('per')}"
)
_YEARLY_TOTAL = re.compile(
    rf"{_N.format('each')}[^⟨⟩.;:()]{{0,30}}?\b(?:om året|pr år|årligt|hvert år){_ANY}{{0,25}}?(?:i "
    rf"alt|svarende til|dvs)"
    rf" {_N.format('sum')}[^⟨⟩.;:()]{{0,30}}?\b(?:over|på|i løbet af) ⟨(?P<years>[WD]\d+)⟩"
)
_UNIT_PRICE = re.compile(
    rf"{_K.format('sum')}[^⟨⟩.;:()]{{0,30}}?\b(?:til|på|fordelt på|for) "
    rf"{_W.format('many')}[^⟨⟩.;:()]{{0,40}}?"
    rf"(?:dvs|svarende til|altså|eller|hvilket giver|det er)(?: ca| i gennemsnit)? {_K.format('each')} "
    rf"?(?:pr|til hver|for hver|hver)\b"
)
_TIMES = re.compile(
    rf"(?:(?P<many>⟨W\d+⟩|⟨N\d+⟩) gange|\b(?P<half>halvt|dobbelt)) så (?:mange|meget|stor|stort|høj"
    rf"|højt){_GAP}"
    rf"\({_N.format('a')}\){_GAP}\bsom\b{_GAP}\({_N.format('b')}\)"
)
_GROWN = re.compile(
    rf"\b(?P<word>fordobl\w+|tredobl\w+|firdobl\w+|halver\w+){_GAP}fra {_N.format('b')}{_GAP}\btil "
    rf"{_N.format('a')}"
)
_FACTORS = {
    "fordob": Decimal(2),
    "tredob": Decimal(3),
    "firdob": Decimal(4),
    "halver": Decimal("0.5"),
}
_NEARLY = Decimal("0.4")
"""Parts that miss the whole by more than this part of it are parts of something else."""
_FRACTION = re.compile(
    r"⟨(?P<word>F\d+)⟩[^⟨⟩.;()]{0,25}\((?:ca |svarende til )?⟨(?P<share>P\d+)⟩\)"
)
_FRACTION_SLACK = Decimal(4)
"""Points by which a per cent may miss the fraction that a writer rounds it to."""
_OF_ALL = re.compile(r"⟨(?P<share>P\d+)⟩ af (?:de|alle|samtlige) (?!\w*budget)")
_SO_THAT = re.compile(
    rf"\b(?:fald|stigning|vækst|reduktion|falde|stige)\b{_ANY}{{0,12}}?(?:på|med) ⟨(?P<pct>P\d+)⟩"
    rf"{_ANY}{{0,30}}?(?:svarende til|svarer til|hvilket er|dvs|så der{_ANY}{{0,25}}vil være)(?: ca| "
    rf"omkring)? ⟨(?P<n>N\d+)⟩"
)
_BESIDE = re.compile(
    r"⟨(?P<own>P\d+)⟩[^⟨⟩.;()]{0,20}\b(?:(?P<over>over|højere end|større end|mere end)"
    r"|(?P<under>under|lavere end|mindre end))"
    r" [^⟨⟩.,;()]{3,60}? (?:med|på|er på) ⟨(?P<other>P\d+)⟩"
)


def parts_and_wholes(plan: Plan) -> Iterator[Outcome]:
    """Judge what a sentence says of parts of a number, in numbers and per cent."""
    previous: Sentence | None = None
    for sentence in plan.prose:
        if not (quotes_another(sentence.text) or is_formula(sentence.text)):
            form = skeleton(sentence.text)
            yield from _fractions(plan, sentence, form)
            if len(form.tokens) > 1:
                yield from _parts(plan, sentence, form, previous)
                yield from _sums(plan, sentence, form, previous)
                yield from _products(plan, sentence, form)
                yield from _ratios(plan, sentence, form)
            yield from _level_after(plan, sentence, form, previous)
        previous = sentence


def _seen(plan: Plan, sentence: Sentence, *tokens: Token) -> None:
    plan.checked.update((sentence.part, id(sentence), token.start) for token in tokens)


def _text(token: Token) -> str:
    return token.amount.text if token.amount else format_number(token.size)


def _parts(
    plan: Plan, sentence: Sentence, form: Skeleton, previous: Sentence | None
) -> Iterator[Outcome]:
    done: set[tuple[int, int]] = set()
    for pattern in _PART_OF:
        for match in pattern.finditer(form.text):
            whole, part = form.token(match, "whole"), form.token(match, "part")
            key = (part.start, whole.start)
            if key in done:
                continue
            share = form.token(match, "share") if match["share"] else None
            if share is None and any(one[0] == part.start for one in done):
                continue
            done.add(key)
            yield from _part(plan, sentence, part, whole, share)
    yield from _bracketed(plan, sentence, form, previous, {start for start, _ in done})


def _part(
    plan: Plan, sentence: Sentence, part: Token, whole: Token, share: Token | None
) -> Iterator[Outcome]:
    if not whole.size or part.amount is None or part.amount.signed or part.size < 0:
        return
    if part.size > whole.size:
        _seen(plan, sentence, part, whole)
        yield finding(
            "del-af-helhed", sentence,
            f"{_text(part)} kan ikke være en del af {_text(whole)}.", right=f"højst {_text(whole)}",
            certainty="sikker", severity="error",
        )  # fmt: skip
        return
    if share is None:
        return
    _seen(plan, sentence, part, whole, share)
    right = part.size / whole.size * 100
    if share.amount is None:  # a fraction in words
        if abs(share.size - right) > _FRACTION_SLACK:
            yield _off_share(sentence, part, whole, share, right)
        return
    slack = Decimal("0.5").scaleb(-share.amount.decimals)
    if share.amount.means(right) or _rounded_whole(whole, part, share, slack):
        yield Agreed("del-i-parentes", sentence.place, share.amount.text)
        return
    yield _off_share(sentence, part, whole, share, right)


def _rounded_whole(whole: Token, part: Token, share: Token, slack: Decimal) -> bool:
    """Whether the share fits a whole that is told in round numbers."""
    if whole.amount is None or part.amount is None or share.amount is None:
        return False
    near = whole.amount.rounded() if whole.amount.qualifier else whole.amount.interval()
    counts = part.amount.interval()
    low, high = (
        counts.low / near.high * 100 - slack,
        counts.high / max(near.low, Decimal(1)) * 100 + slack,
    )
    return low <= share.size <= high


def _off_share(
    sentence: Sentence, part: Token, whole: Token, share: Token, right: Decimal
) -> Outcome:
    decimals = share.amount.decimals if share.amount else 0
    shown = format_pct(right, decimals)
    sure = share.amount is not None and is_slip(share.amount, right)
    return finding(
        "del-i-parentes", sentence,
        f"{_text(part)} af {_text(whole)} er {shown}, ikke {_text(share)}.", right=shown,
        certainty="sikker" if sure else "sandsynlig", severity="error" if sure else "contradiction",
    )  # fmt: skip


def _bracketed(
    plan: Plan, sentence: Sentence, form: Skeleton, previous: Sentence | None, done: set[int]
) -> Iterator[Outcome]:
    """Several counts with their per cent in brackets, of a number before them."""
    pairs = [
        (form.token(m, "part"), form.token(m, "share")) for m in _BRACKETED.finditer(form.text)
        if form.token(m, "share").kind == "P" and not form.token(m, "share").amount.signed  # type: ignore[union-attr]
    ]  # fmt: skip
    if len(pairs) < 2 or not _OF_THEM.search(form.text):
        return
    whole = _whole_before(form, pairs[0][0].start, sentence, previous)
    if whole is None:
        return
    for part, share in pairs:
        if part.start not in done:
            yield from _part(plan, sentence, part, whole, share)
    if abs(sum((share.size for _, share in pairs), Decimal(0)) - 100) <= 1:
        yield from _added(plan, sentence, [part for part, _ in pairs], whole)


def _whole_before(
    form: Skeleton, before: int, sentence: Sentence, previous: Sentence | None
) -> Token | None:
    here = [t for t in form.tokens if t.kind == "N" and t.end <= before]
    if here:
        return here[-1]
    if previous is None or sentence.part - previous.part > 1:
        return None
    earlier = [t for t in skeleton(previous.text).tokens if t.kind == "N"]
    return earlier[-1] if earlier else None


def _sums(
    plan: Plan, sentence: Sentence, form: Skeleton, previous: Sentence | None
) -> Iterator[Outcome]:
    if (
        previous is not None
        and sentence.part - previous.part <= 1
        and (they := _THEY.search(form.text))
    ):
        parts = [form.tokens[int(n)] for n in re.findall(r"⟨N(\d+)⟩", they["list"])]
        whole = _whole_before(form, 0, sentence, previous)
        if whole is not None and len(parts) > 1 and not re.search(r"⟨[PQDK]\d+⟩", they["list"]):
            yield from _added(plan, sentence, parts, whole)
    found = [*_LIST_TOTAL.finditer(form.text), *_TOTAL_LIST.finditer(form.text)]
    for match in found:
        whole = form.tokens[int(match["sum"][1:])]
        rest = form.text[match.end() :] if match.re is _TOTAL_LIST else ""
        listed = match["list"] + (m[0] if (m := re.match(rf"{_LISTED}", rest)) else "")
        parts = [form.tokens[int(n)] for n in re.findall(rf"⟨{whole.kind}(\d+)⟩", match["list"])]
        how = match.groupdict().get("how") or ""
        if re.search(r"⟨[PQD]\d+⟩|\bmod\b|\bfra ⟨|\btil ⟨", match["list"]) or len(parts) < 2:
            continue
        units = {t.amount.unit for t in (*parts, whole) if t.amount and t.amount.unit}
        if len(units & {"fuldtidspersoner", "helårspersoner", "personer", "forløb"}) > 1:
            continue
        exhaustive = not re.search(r"heraf|hvoraf| er $", how)
        added = sum((t.size for t in parts), Decimal(0))
        if not exhaustive and not _SEXES.search(listed) and added <= whole.size:
            continue
        yield from _added(plan, sentence, parts, whole)


def _added(plan: Plan, sentence: Sentence, parts: list[Token], whole: Token) -> Iterator[Outcome]:
    _seen(plan, sentence, whole, *parts)
    added = sum((t.size for t in parts), Decimal(0))
    decimals = max((t.amount.decimals for t in parts if t.amount), default=0)
    factor = whole.size / whole.amount.value if whole.amount and whole.amount.value else Decimal(1)
    slack = Decimal("0.5").scaleb(-decimals) * (len(parts) + 1) * factor if decimals else Decimal(0)
    if whole.amount and (whole.amount.qualifier or whole.amount.means(added / factor)):
        slack = max(slack, whole.size / 20)
    if abs(added - whole.size) > whole.size * _NEARLY:
        return  # parts of something else
    if abs(added - whole.size) <= slack:
        yield Agreed("sum-i-tekst", sentence.place, _text(whole))
        return
    shown = format_number(added / factor, decimals)
    yield finding(
        "sum-i-tekst", sentence,
        f"{' + '.join(_text(t) for t in parts)} er {shown}, men der står {_text(whole)}.", right=shown,
    )  # fmt: skip


def _products(plan: Plan, sentence: Sentence, form: Skeleton) -> Iterator[Outcome]:
    for pattern in (_RATE_TOTAL, _TOTAL_RATE):
        for match in pattern.finditer(form.text):
            each, whole = form.token(match, "each"), form.token(match, "sum")
            many = Decimal(_PER[match["per"]])
            slack = many * 9 if match["per"] in ("uge", "dag") else Decimal(0)
            yield _product(plan, sentence, each, whole, many, slack=each.size * slack / 52)
    for match in _YEARLY_TOTAL.finditer(form.text):
        years = form.tokens[int(match["years"][1:])]
        yield _product(
            plan, sentence, form.token(match, "each"), form.token(match, "sum"), years.size
        )
    for match in _UNIT_PRICE.finditer(form.text):
        times, whole, each = (form.token(match, name) for name in ("many", "sum", "each"))
        if times.size:
            yield _product(plan, sentence, each, whole, times.size)


def _product(
    plan: Plan,
    sentence: Sentence,
    each: Token,
    whole: Token,
    many: Decimal,
    *,
    slack: Decimal = Decimal(0),
) -> Outcome:
    _seen(plan, sentence, each, whole)
    rounding = Decimal(0)
    for token, factor in ((each, many), (whole, Decimal(1))):
        if token.amount is not None and token.amount.value:
            unit = token.size / token.amount.value
            half = token.amount.rounded() if token.kind == "K" or token.amount.qualifier else None
            width = (
                (half.high - half.low) / 2
                if half
                else Decimal("0.5").scaleb(-token.amount.decimals)
            )
            rounding += width * unit * factor if token.amount.decimals or half else Decimal(0)
    if abs(each.size * many - whole.size) <= slack + min(rounding, whole.size / 50):
        return Agreed("pr-enhed", sentence.place, _text(each))
    right = format_number(each.size * many)
    return finding(
        "pr-enhed", sentence,
        f"{_text(each)} gange {format_number(many)} er {right}, men der står {_text(whole)}.",
        right=right,
    )  # fmt: skip


def _ratios(plan: Plan, sentence: Sentence, form: Skeleton) -> Iterator[Outcome]:
    for match in [*_TIMES.finditer(form.text), *_GROWN.finditer(form.text)]:
        a, b = form.token(match, "a"), form.token(match, "b")
        named = match.groupdict()
        if named.get("word"):
            factor = _FACTORS[match["word"][:6]]
        elif named.get("half"):
            factor = Decimal("0.5") if match["half"] == "halvt" else Decimal(2)
        else:
            factor = form.tokens[int(match["many"].strip("⟨⟩")[1:])].size
        if not b.size or not factor:
            continue
        _seen(plan, sentence, a, b)
        ratio = a.size / b.size
        more = form.text[max(0, match.start() - 16) : match.start()]
        slack = factor * (
            Decimal("0.5") if "mere end" in more or "over" in more else Decimal("0.15")
        )
        if abs(ratio - factor) <= slack:
            yield Agreed("gange", sentence.place, match[0])
            continue
        yield finding(
            "gange", sentence,
            f"{_text(a)} er {format_number(ratio, 1)} gange {_text(b)}, ikke "
            f"{format_number(factor, 0 if factor >= 1 else 1)}.",
            right=f"{format_number(ratio, 1)} gange",
        )  # fmt: skip


def _fractions(plan: Plan, sentence: Sentence, form: Skeleton) -> Iterator[Outcome]:
    for match in _FRACTION.finditer(form.text):
        word, share = form.tokens[int(match["word"][1:])], form.tokens[int(match["share"][1:])]
        _seen(plan, sentence, share)
        if abs(word.size - share.size) <= _FRACTION_SLACK:
            yield Agreed("broek-og-procent", sentence.place, _text(share))
            continue
        said = sentence.text[word.start : word.end]
        yield finding(
            "broek-og-procent", sentence, f"{said} er {format_pct(word.size)}, ikke {_text(share)}.",
            right=format_pct(word.size), severity="error",
        )  # fmt: skip
    for match in _OF_ALL.finditer(form.text):
        share = form.tokens[int(match["share"][1:])]
        if share.size > 100:
            yield finding(
                "over-hundrede", sentence, f"{_text(share)} er mere end alle.", right="højst 100 pct.",
                severity="error",
            )  # fmt: skip
    for match in _BESIDE.finditer(form.text):
        own, other = form.token(match, "own"), form.token(match, "other")
        holds = own.size > other.size if match["over"] else own.size < other.size
        _seen(plan, sentence, own, other)
        if holds:
            yield Agreed("over-eller-under", sentence.place, _text(other))
            continue
        yield finding(
            "over-eller-under", sentence,
            f"{_text(own)} er ikke {match['over'] or match['under']} {_text(other)}.", certainty="sikker",
        )  # fmt: skip


def _level_after(
    plan: Plan, sentence: Sentence, form: Skeleton, previous: Sentence | None
) -> Iterator[Outcome]:
    """»Ledigheden var 9.870. Der forventes et fald på 14 pct., svarende til 8.488«: level or change?"""
    for match in _SO_THAT.finditer(form.text):
        pct, count = form.token(match, "pct"), form.token(match, "n")
        base = _whole_before(form, pct.start, sentence, previous)
        if (
            base is None
            or pct.amount is None
            or any(m.before and m.after for m in movements(sentence))
        ):
            continue
        down = only_turn(sentence.text) == "down"
        change = base.size * abs(pct.size) / 100
        level = base.size - change if down else base.size + change
        is_level = "vil være" in match[0]
        right, other = (level, change) if is_level else (change, level)
        slack = base.size * Decimal("0.5").scaleb(-pct.amount.decimals) / 100 + max(
            Decimal(1), _round(count)
        )
        if base.amount is not None:
            slack += _round(base)
        _seen(plan, sentence, base, pct, count)
        if abs(count.size - right) <= slack:
            yield Agreed("niveau-efter-aendring", sentence.place, _text(count))
            continue
        shown = format_number(right)
        swapped = abs(count.size - other) <= slack
        if not swapped and not Decimal("0.2") <= count.size / max(right, Decimal(1)) <= 5:
            continue  # the number before is hardly what the change is of
        name = "niveauet bagefter" if not is_level else "ændringen"
        why = f" {_text(count)} er {name}." if swapped else ""
        yield finding(
            "niveau-efter-aendring", sentence,
            f"{_text(pct)} af {_text(base)} er {format_number(change)}.{why}", right=shown,
            certainty="sikker" if swapped else "sandsynlig", severity="error" if swapped else "contradiction",
        )  # fmt: skip


def _round(token: Token) -> Decimal:
    """How far a number may lie from the true one because its last zeros are rounding."""
    within = token.amount.rounded() if token.amount else None
    return (within.high - within.low) / 2 if within and token.size >= 1000 else Decimal(0)
