"""Rules for a report's HTML that no checker has; each gives its faults in words.

A rule is a function from the parsed page to its faults; `broken_rules` runs them all and names
those that have any. Sources: EN 301 549 clause 9, the Analysis Function's guides to tables and
charts, Digitaliseringsstyrelsen on the accessibility statement; reasons stand at the rule.
"""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from lxml import html as lxml_html

Faults = Iterator[str]
Tree = Any
"""An lxml element: its xpath() may give elements, texts or numbers."""

BASE_BYTES = 60_000
BYTES_PER_FIGURE = 75_000
"""A dot plot of all benefits holds the outlines of all their names: one of them for eleven of bars."""
MIN_ALT = 40
_DATA_ATTRIBUTES = "|".join(f"//@{name}" for name in ("src", "srcset", "poster", "data", "action"))


def broken_rules(text: str) -> dict[str, list[str]]:
    """The rules that a page breaks, by name, with every fault; empty for a good page."""
    tree = lxml_html.document_fromstring(text)
    found = {name: list(rule(tree)) for name, rule in RULES.items()}
    figures = len(tree.xpath("//figure"))
    size = len(text.encode())
    if size > BASE_BYTES + figures * BYTES_PER_FIGURE:
        found["weight"] = [f"{size} bytes with {figures} figures"]
    return {name: faults for name, faults in found.items() if faults}


def danish(tree: Tree) -> Faults:
    if tree.get("lang") != "da":
        yield f"lang is {tree.get('lang')!r}"


def title(tree: Tree) -> Faults:
    heading = "".join(tree.xpath("//h1[1]//text()"))
    if not heading or not (tree.findtext(".//title") or "").startswith(heading):
        yield "the title is not the h1"


def metadata(tree: Tree) -> Faults:
    names = ("author", "generator", "description", "beskplan:kommune", "beskplan:aar")
    for name in (*names, "beskplan:bilag", "beskplan:data"):
        if not any(tree.xpath("//meta[@name=$name]/@content", name=name)):
            yield f"no meta {name}"


def headings(tree: Tree) -> Faults:
    levels = [int(element.tag[1]) for element in tree.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
    if levels.count(1) != 1 or levels[:1] != [1]:
        yield f"h1 {levels.count(1)} times, first heading h{levels[0] if levels else 0}"
    for before, after in pairwise(levels):
        if after > before + 1:
            yield f"h{after} after h{before}"


def landmarks(tree: Tree) -> Faults:
    for path in (
        "/html/body/header",
        "/html/body/main",
        "/html/body/main/nav",
        "/html/body/footer",
    ):
        if len(tree.xpath(path)) != 1:
            yield f"{path}: {len(tree.xpath(path))}"


def skip_link(tree: Tree) -> Faults:
    first = tree.xpath("//body/*[1]")[0]
    if first.tag != "a" or first.get("href") != f"#{tree.xpath('string(//main/@id)')}":
        yield "the first thing on the page is no link to its main part"


def statement(tree: Tree) -> Faults:
    if not tree.xpath("//footer//a[text()='Tilgængelighedserklæring']/@href"):
        yield "no link to the accessibility statement in the footer"


def no_script(tree: Tree) -> Faults:
    yield from (f"<{element.tag}>" for element in tree.xpath("//script|//iframe|//object|//form"))
    for element in tree.iter():
        yield from (f"{name}=" for name in element.attrib if name.startswith("on"))


def policy(tree: Tree) -> Faults:
    content = tree.xpath("string(//meta[@http-equiv='Content-Security-Policy']/@content)")
    if "default-src 'none'" not in content or "script-src" in content:
        yield f"content security policy {content!r}"


def nothing_from_outside(tree: Tree) -> Faults:
    yield from (f"<link {element.get('href')}>" for element in tree.xpath("//link"))
    yield from (f"src {url[:60]}" for url in tree.xpath(_DATA_ATTRIBUTES) if url[:5] != "data:")
    for style in tree.xpath("//style/text()"):
        yield from re.findall(r"@import.*|url\((?!['\"]?data:).*", style)


def one_style(tree: Tree) -> Faults:
    yield from (f"style={value!r}" for value in tree.xpath("//@style"))
    if len(tree.xpath("//style")) != 1 or tree.xpath("//body//style"):
        yield f"{len(tree.xpath('//style'))} style elements"


def ids(tree: Tree) -> Faults:
    found = tree.xpath("//@id")
    yield from (f"twice: {name}" for name in set(found) if found.count(name) > 1)
    yield from (name for name in found if not re.fullmatch(r"[a-z][a-z0-9-]*", name))
    targets = {url[1:] for url in tree.xpath("//@href") if url.startswith("#")}
    targets |= set(" ".join(tree.xpath("//@aria-labelledby|//@aria-describedby")).split())
    yield from (f"nothing has the id {name}" for name in targets - set(found))


def pictures(tree: Tree) -> Faults:
    for image in tree.xpath("//img"):
        alt = image.get("alt") or ""
        # The figure's message; the second line of the caption is about measure and period.
        message = "ancestor::figure/figcaption//text()[not(ancestor::span[@class='enhed'])]"
        caption = re.sub(r"^Figur \d+\. ", "", "".join(image.xpath(message)).strip())
        if "No description has been provided" in alt:
            yield "nbconvert's English alt text"
        elif not alt or (caption and len(alt) < MIN_ALT):
            yield f"alt text too short: {alt!r}"
        elif alt == caption:
            # A caption read twice helps no one (quarto-cli #14142).
            yield f"alt text is the caption: {alt!r}"


def captions(tree: Tree) -> Faults:
    for table in tree.xpath("//table"):
        if not "".join(table.xpath("./caption//text()")).strip():
            yield "a table without caption"
    for kind, path in (("Tabel", "//div[@class='tabel']//caption"), ("Figur", "//figcaption")):
        for number, caption in enumerate(tree.xpath(path), start=1):
            if not caption.text_content().startswith(f"{kind} {number}. "):
                yield f"{kind} {number} has the caption {caption.text_content()[:40]!r}"


def header_cells(tree: Tree) -> Faults:
    for table in tree.xpath("//table"):
        if len(table.xpath("./thead/tr")) != 1:
            yield f"{len(table.xpath('./thead/tr'))} header rows"
        if not table.xpath("./thead//th") or table.xpath("./thead//*[self::td or @scope!='col']"):
            yield "a column without a header cell of scope col"
        for row in table.xpath("./tbody/tr"):
            if len(row.xpath("./*[1][self::th[@scope='row']]")) != 1 or len(row.xpath("./th")) != 1:
                yield f"a row without one row head: {row.text_content()[:40]!r}"


def whole_cells(tree: Tree) -> Faults:
    for table in tree.xpath("//table"):
        yield from (
            f"{name} cells" for name in ("colspan", "rowspan") if table.xpath(f".//@{name}")
        )
        if len({len(row) for row in table.xpath(".//tr")}) != 1:
            yield "rows of different lengths"
        if any(not cell.text_content().strip() for cell in table.xpath(".//td|.//th")):
            yield "an empty cell"


def gaps_explained(tree: Tree) -> Faults:
    for table in tree.xpath("//table[.//td[contains(@class, 'ord')]]"):
        if not table.xpath("ancestor::*[@class='tabel' or @class='data'][1]//ul[@class='noter']"):
            yield "a table with words for missing numbers, and no note that explains them"


def data_to_take(tree: Tree) -> Faults:
    tables = len(tree.xpath("//table"))
    links = tree.xpath("//a[@download][starts-with(@href, 'data:text/csv')]")
    if len(links) != tables:
        yield f"{tables} tables, {len(links)} CSV links"
    for figure in tree.xpath("//figure"):
        if len(figure.xpath(".//details//table")) != 1:
            yield f"no numbers beside {figure.get('id')}"


def sources(tree: Tree) -> Faults:
    for block in tree.xpath("//div[@class='tabel']|//figure|//section[@class='noegletal']"):
        if not any(text.startswith("Kilde") for text in block.xpath(".//p[@class='kilde']/text()")):
            yield f"no source under {block.get('id') or 'the key figures'}"


def demo_marked(tree: Tree) -> Faults:
    """Banner and title say it exactly where a table or figure does; all do, or it says which."""
    banner = tree.xpath("string(//p[contains(@class, 'banner')])")
    blocks = len(tree.xpath("//div[@class='tabel']|//figure"))
    marks = len(tree.xpath("//*[@class='tabel' or @class='figur']/p[@class='demo']"))
    demo = "demodata" in (tree.findtext(".//title") or "")
    if demo != bool(marks) or demo != bool(banner):
        yield f"{marks} demo marks, title {demo}, banner {banner!r}"
    if 0 < marks < blocks and ":" not in banner:
        yield f"{marks} of {blocks} tables and figures are marked, and the banner does not say which"


RULES: dict[str, Callable[[Tree], Faults]] = {
    rule.__name__: rule
    for rule in (
        danish,
        title,
        metadata,
        headings,
        landmarks,
        skip_link,
        statement,
        no_script,
        policy,
        nothing_from_outside,
        one_style,
        ids,
        pictures,
        captions,
        header_cells,
        whole_cells,
        gaps_explained,
        data_to_take,
        sources,
        demo_marked,
    )
}
