"""What the texts say: their numbers are those beside them, and the sources those of the rows.

sentence_faults  prose, alternative texts, and the list of sources
program_faults   no text is one that only a program could have written
place_faults     no other municipality than those that the report is about, or is asked to compare with
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from itertools import combinations
from typing import Any

from beskplan.core.errors import Problem, UnknownNameError
from beskplan.core.periods import MONTHS
from beskplan.observations.contract import ORIGIN, Key
from beskplan.observations.published import document, system
from beskplan.proof import labels
from beskplan.proof.arithmetic import Reading, exact, is_observed, numbers_in, rounded
from beskplan.proof.evidence import (
    Block,
    Evidence,
    markdown_of,
    spaced,
    written_texts,
)
from beskplan.proof.labels import Points, series_of
from beskplan.registers.areas import Area, area, areas, joint_jobcentre, kommuner
from beskplan.registers.provenance import PUBLISHED, source_text

_BAD = {
    "et tal, der intet er": re.compile(r"(?<![\w-])(nan|NaN|NaT|<NA>|None|inf|-inf)(?![\w-])"),
    "et engelsk tal": re.compile(r"\d,\d{3}(?:,\d{3})*\.\d|\d\.\d{3}\.\d{1,2}(?!\d)"),
    "en fejlmeddelelse": re.compile(
        r"Traceback \(most recent call last\)|^\w+(?:Error|Exception): "
    ),
    "en skabelon, der ikke er udfyldt": re.compile(r"\{\{|\}\}|\{%|%\}|\{[a-z_]+\}"),
    "et objekt fra programmet": re.compile(r"<[\w.]+ object at 0x|dtype: \w+|Decimal\('"),
}


def program_faults(evidence: Evidence) -> Iterator[Problem]:
    """Every text of both files; each bad kind is told once a file."""
    for part, said in evidence.texts.items():
        for what, pattern in _BAD.items():
            if hit := next((text for text in said if pattern.search(text)), None):
                yield evidence.problem(part, what, hit[:120])
    # Outputs that are no block were refused when the page was read; here, what the browser gets.
    if evidence.html.xpath("//script | //*[@class='jp-RenderedText' or @class='output_error']"):
        yield evidence.problem("html", "uddata fra en celle, som ikke er en blok")


_ALSO_WORDS = frozenset({"Greve", "Skive", "Vejen"})
"""Names that other words look like: they count only as a label of their own, or before "Kommune"."""


def place_faults(evidence: Evidence) -> Iterator[Problem]:
    """Names in every text of both files, codes in every row of the tables."""
    allowed, everybody = _allowed(evidence), _everybody(evidence)
    for part, said in evidence.texts.items():
        # Where all municipalities are beside the own one, a name alone is a row of their table.
        told = [text for text in said[::-1] if not (everybody and text in everybody)]
        strangers = {name: text for text in told for name in named(text) - allowed}
        for name, text in sorted(strangers.items()):
            yield evidence.problem(part, "nævner en anden kommune", name, where=text[:80])
    for name, table in evidence.tables:
        for kode in dict.fromkeys(row["area"] for row in table["rows"] if row["area"]):
            try:
                one = area(kode)
            except UnknownNameError:
                yield evidence.problem("ipynb", "en række om intet område", kode, where=name)
                continue
            known = allowed | everybody if table["id"] == "gruppe" else allowed
            if one.kind == "kommune" and one.navn not in known:
                yield evidence.problem(
                    "ipynb", "en række om en anden kommune", one.navn, where=name
                )


def named(text: str) -> set[str]:
    """The municipalities that a text names, in the genitive too.

    Names of other areas that hold a municipality's (`RAR Bornholm`) are none of it.
    """
    found = set()
    for hit in _names().finditer(_other_areas().sub("", text)):
        if hit["name"] not in _ALSO_WORDS or hit["kommune"] or hit["name"] == text:
            found.add(hit["name"])
    return found


@cache
def _names() -> re.Pattern[str]:
    names = sorted((one.navn for one in kommuner()), key=len, reverse=True)
    return re.compile(
        rf"(?<![\w-])(?P<name>{'|'.join(map(re.escape, names))})(?:s|')?(?P<kommune> Kommune)?(?![\w-])"
    )


@cache
def _other_areas() -> re.Pattern[str]:
    own = [one.navn for one in kommuner()]
    others = [one.navn for one in areas() if one.kind not in ("kommune", "jobcenter")]
    longer = [name for name in others if name not in own and any(one in name for one in own)]
    return re.compile("|".join(map(re.escape, sorted(longer, key=len, reverse=True))) or r"(?!)")


def _allowed(evidence: Evidence) -> frozenset[str]:
    """Names that may stand in the report: its own, and those that a person wrote into params or notebook."""
    own = evidence.subject
    names = {own.navn, *_parts(own)}
    if own.kind == "kommune" and (joint := joint_jobcentre(own)):
        names |= {joint.navn, *_parts(joint)}
    # Areas to compare with stand in the resolved params by code or slug.
    written = list(written_texts(evidence.params.model_dump(mode="json")))
    names |= {one.navn for one in kommuner() if {one.kode, one.slug} & set(written)}
    for text in (*written, *markdown_of(evidence.own_notebook), evidence.sender):
        names |= named(text)
    return frozenset(names)


def _everybody(evidence: Evidence) -> frozenset[str]:
    """All municipalities, where the params set the own one beside them; else none."""
    asked = evidence.params.maalgrupper
    group = asked.sammenligningsgruppe if asked else None
    return frozenset(group.members if group and group.kommuner == "alle" else ())


def _parts(one: Area) -> set[str]:
    return {area(kode).navn for kode in one.parts}


_NUM = r"[+\-]?\d+(?:\.\d{3})*(?:,\d+)?"
_DAY = re.compile(
    rf"\d+\.(?= (?:{'|'.join(MONTHS)}))|§ ?\d+|\bstk\. \d+|\d+ ?-årige"
    r"|\b[A-ZÆØÅ]+\d*[ -]?\d+(?:\.\d+)*"
)
"""What looks like a number and is a day, a paragraph of the law, an age or a name."""


def sentence_faults(evidence: Evidence) -> Iterator[Problem]:
    """Prose, alternative texts and the list of sources."""
    yield from _prose(evidence)
    for figure in evidence.of_kind("figure"):
        for found, wanted in _alt_faults(figure):
            what = "et tal i den alternative tekst, som figuren ikke har"
            yield evidence.problem("ipynb", what, found, wanted, f"figur »{figure['title']}«")
    yield from _by_area(evidence)
    yield from _sources(evidence)
    yield from _news(evidence)


def _prose(evidence: Evidence) -> Iterator[Problem]:
    """Every number is one of the section's tables, or follows from two of them, or a person wrote it.

    Not held to it: notes, where registers and plans speak, and sections whose tables hold no
    observations, since a model tells numbers that stand in no table.
    """
    given = _given(evidence)
    blocks = [b.get("data", b) for _, b in evidence.blocks if b["kind"] in ("table", "figure")]
    # A section has many sentences: what its tables say is worked out once.
    numbers = {id(table): set(_numbers_of(table)) for table in blocks}
    everywhere = set().union(*numbers.values())
    for section, block in evidence.blocks:
        tables = _tables_of(evidence, section)
        if block.get("role") == "note" or (tables and not any(map(_is_observed, tables))):
            continue
        own = set().union(*(numbers[id(table)] for table in tables)) or everywhere
        if title := evidence.part_titles.get(section):
            own = own | set(_row_of(evidence, title))
        # The alternative text of small charts gives index numbers: `curves` calculates them.
        is_panels = block["kind"] == "figure" and labels.panels_of(block["data"])
        alt = "" if is_panels else block.get("alt", "")
        for text in (*block.get("paragraphs", ()), alt):
            for number in set(_told(text)) - given - own:
                what = "et tal i teksten, som afsnittets tal ikke giver"
                where = f"{block['kind']} {block['id']}"
                yield evidence.problem("ipynb", what, f"{float(number):g}", text, where)


def _row_of(evidence: Evidence, title: str) -> Iterator[Fraction]:
    """The numbers that any table of the page has in the row that a section is called by."""
    for _, table in evidence.tables:
        for row in table["rows"]:
            if title.endswith(row["label"]):
                yield from (n for cell in row["cells"] for n, _ in numbers_in(cell["text"]))


def _tables_of(evidence: Evidence, section: str) -> list[Block]:
    """The tables of a section, those behind its figures too."""
    blocks = (block for number, block in evidence.blocks if number == section)
    return [b.get("data", b) for b in blocks if b["kind"] in ("table", "figure")]


def _is_observed(table: Block) -> bool:
    return any(is_observed(cell) for row in table["rows"] for cell in row["cells"])


def _told(text: str) -> Iterator[Fraction]:
    """The sizes of the numbers of a text, periods and days left out."""
    plain = _DAY.sub("", labels.without_periods(spaced(text)))
    return (abs(number) for number, _ in numbers_in(plain))


def _numbers_of(table: Block) -> Iterator[Fraction]:
    """What sentences may tell of a table: its numbers, and what follows from two or all of a column."""
    columns = list(zip(*(row["cells"] for row in table["rows"]), strict=True))
    for cells in (*columns, *(row["cells"] for row in table["rows"])):
        numbers = [n for cell in cells for n, _ in numbers_in(cell["text"])]
        yield from map(abs, numbers)
        if len(numbers) <= 40:
            yield from (abs(one - other) for one, other in combinations(numbers, 2))
    parts = [row["cells"] for row in table["rows"] if row["label"] != "I alt"]
    for column in zip(*parts, strict=True):
        whole = [exact(cell["value"]) for cell in column if cell["value"] is not None]
        total = sum(whole, Fraction(0))
        yield total
        yield from (rounded(total / len(whole), decimals) for decimals in (0, 1) if whole)
    yield from (n for row in table["rows"] for n, _ in numbers_in(row["label"]))
    for count in range(1, max(len(columns), len(table["rows"])) + 1):
        yield Fraction(count)


def _given(evidence: Evidence) -> set[Fraction]:
    """Numbers that people wrote: in the params, in the notebook, in registers' notes."""
    texts = [
        *written_texts(evidence.params.model_dump(mode="json")),
        *markdown_of(evidence.own_notebook),
        *(note for _, table in evidence.tables for note in table["notes"]),
        *(item["change"] for block in evidence.of_kind("key-figures") for item in block["items"]),
    ]
    return {
        abs(number)
        for text in texts
        for form in (text, text.replace(".", ","))
        for number, _ in numbers_in(form)
    }


def _by_area(evidence: Evidence) -> Iterator[Problem]:
    """A number in brackets after an area's name is one of that area's row, in the section's own tables."""
    for section, block in evidence.blocks:
        texts = [spaced(text) for text in (*block.get("paragraphs", ()), block.get("alt", ""))]
        numbers: dict[str, set[Fraction]] = {}
        for table in _tables_of(evidence, section):
            for row in table["rows"]:
                if row["area"]:
                    told = {abs(n) for cell in row["cells"] for n, _ in numbers_in(cell["text"])}
                    numbers.setdefault(labels.area_name(row["area"]), set()).update(told)
        # All names at once, the longest first: `RAR Bornholm (70 pct.)` is not Bornholm's.
        names = "|".join(map(re.escape, sorted(numbers, key=len, reverse=True)))
        pattern = rf"(?<!\w)({names})(?: Kommune)? \((?:begge )?({_NUM}) pct\.\)"
        for hit in re.finditer(pattern, " ".join(texts)) if names else ():
            if abs(_number(hit[2])) not in numbers[hit[1]]:
                what = "et tal i teksten, som området ikke har"
                where = f"{block['kind']} {block['id']}"
                yield evidence.problem("ipynb", what, hit[0], "", where)


def _number(text: str) -> Fraction:
    return next(number for number, _ in numbers_in(text))


def _alt_faults(figure: Block) -> Iterator[tuple[str, str]]:
    """(what is told, what the numbers behind the figure give)."""
    alt, data = spaced(figure["alt"]), figure["data"]
    yield from _own_change(alt, data)
    if not re.search("(?i)går fra|til sidst ligger", alt):
        return
    series = series_of(data)
    for name, others, points in series:
        # One line needs no name.
        unnamed = {"tallet", "antallet"} if len(series) == 1 else set()
        for one in {name, *others, *unnamed}:
            yield from _course(alt, one, points)


def _own_change(alt: str, data: Block) -> Iterator[tuple[str, str]]:
    """`I Rudersdal Kommune steg antallet fra 456 til 703 (54 pct.)`."""
    for row in data["rows"] if "antallet fra" in alt.casefold() else ():
        place = re.escape(labels.area_names().get(row["area"], ("", "?"))[1])
        span = rf"(?i){place} (steg|faldt) antallet fra ({_NUM}) til ({_NUM})"
        hit = re.search(rf"{span}(?: \(({_NUM}) pct\.\))?", alt)
        if hit is None:
            continue
        told = [_number(text) for text in hit.groups()[1:] if text]
        cells = [exact(cell["value"]) for cell in row["cells"] if cell["value"] is not None]
        right = [*cells[:2], *map(abs, cells[2:3])][: len(told)]
        if told != right or (hit[1] == "steg") is not (cells[1] > cells[0]):
            yield hit[0], ", ".join(f"{float(number):g}" for number in right)


def _course(alt: str, name: str, points: Points) -> Iterator[tuple[str, str]]:
    """`Faktisk går fra 58 i januar 2015 til 68 i …, højest med 68 i juni 2016. Til sidst ligger …`."""
    known = {code: value for code, value in points.items() if value is not None}
    label = re.escape(name)
    hit = re.search(rf"(?i)(?:^|\. ){label} går fra (.*?)(?:\.(?= [A-ZÆØÅ])|\.$)", alt)
    if not known:
        return
    if hit:
        yield from _way_told(hit[1], points, known)
    last = known[labels.ends(set(known))[1]]
    for told in re.findall(rf"(?i)Til sidst ligger .*?{label} på ({_NUM})", alt):
        if _number(told) != last:
            yield f"{name} på {told}", f"{float(last):g}"


def _way_told(course: str, points: Points, known: dict[str, Fraction]) -> Iterator[tuple[str, str]]:
    when = r"((?:\w+ |[1-4]\. kvartal )?\d{4})"
    for told, period in re.findall(rf"({_NUM})(?: pct\.)? i {when}", course):
        codes = labels.mentions(period)[0]
        if _number(told) not in [points.get(code) for code in codes]:
            yield f"{told} i {period}", ", ".join(f"{code}: {points.get(code)}" for code in codes)
    for word, best in (("højest", max(known.values())), ("lavest", min(known.values()))):
        for told in re.findall(rf"{word} med ({_NUM})", course):
            if _number(told) != best:
                yield f"{word} med {told}", f"{float(best):g}"
    for told in re.findall(r"; (\d+) tal mangler", course):
        if int(told) > len(points) - len(known):
            yield f"{told} tal mangler", str(len(points) - len(known))


def _sources(evidence: Evidence) -> Iterator[Problem]:
    """The list of sources names every source that a row of the page has, and none that no row has."""
    lists = evidence.of_kind("sources")
    if not lists:
        return
    named = {spaced(entry["text"]) for block in lists for entry in block["entries"]}
    known = evidence.stored.titles
    rows = evidence.stored.rows_by_area
    # Sums over areas too, which the snapshot's own file does not hold.
    read = [rows.get(key[3], {}).get(key) for key in evidence.readings]
    origins = {tuple(row[name] for name in ORIGIN) for row in read if row is not None}
    wanted = {_source(origin, known) for origin in origins}
    for text in sorted(wanted - named):
        yield evidence.problem("ipynb", "en kilde mangler i listen", "", text)
    every = {_source(origin, known) for origin in evidence.stored.origins}
    for text in sorted((named & every) - wanted):
        yield evidence.problem("ipynb", "en kilde, som ingen af sidens tal har", text)


_REVISED = re.compile(
    r"([\d.]+) af tallene er ændret(?:.*? ændret: fra ([\d.,]+) til ([\d.,]+)\.)?"
)


def _news(evidence: Evidence) -> Iterator[Problem]:
    """How many numbers are told as revised, and from what to what, is what an approved edition read."""
    told = spaced(
        " ".join(text for one in evidence.of_kind("sources") for text in one.get("news", ()))
    )
    hit = _REVISED.search(told)
    example = [_number(text) for text in hit.groups()[1:] if text] if hit else []
    editions = [_revised(then, evidence.readings) for then in evidence.approved]
    if hit and not any(_number(hit[1]) == len(one) and example in [*one, []] for one in editions):
        yield evidence.problem("ipynb", "andre nye tal, end en godkendt udgave læste", told)
    # An edition tells what has changed since the one before it, in a section that is worked out apart.
    if not hit and not evidence.job.periode and editions and editions[0]:
        found = str(len(editions[0]))
        yield evidence.problem("ipynb", "ændrede tal, som siden ikke nævner", told, found)


def _revised(then: Mapping[Key, Reading], now: Mapping[Key, Reading]) -> list[list[Fraction]]:
    """The numbers that are others now, each as it was printed then and is now."""
    pairs = [(one, now[key]) for key, one in then.items() if key in now]
    return [
        [rounded(one.value, one.decimals) for one in pair if one.value is not None]
        for pair in pairs
        if None not in (pair[0].value, pair[1].value) and pair[0].value != pair[1].value
    ]


def _source(origin: Any, titles: Any) -> str:
    """How a source is named for readers."""
    source, table_id, retrieved_at = origin
    if source.startswith(PUBLISHED):
        plan = document(source.removeprefix(PUBLISHED))
        named = system(table_id)
        return spaced(f"{named}, som trykt i {plan.title}" if named else plan.without_source)
    title = titles.get((source, table_id), "")
    return spaced(source_text(source, table_id, retrieved_at, title))
