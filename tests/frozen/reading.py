"""The files that beskplan writes, as text: what a reader sees of them, block by block.

A fragment's key is `<kind>/<block>`.
"""

import base64
import email
import email.policy
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

import openpyxl
import pikepdf
import pypdf
from lxml import etree, html

BLOCK = "application/vnd.beskplan.block+json"
Fragments = dict[str, str]

LINES = (
    *("p", "div", "li", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "caption"),
    *("figcaption", "section", "figure", "summary", "ol", "ul"),
)
PARTS = "//header|//nav|//footer|//section|//figure|//*[@id and contains(@class, 'tabel')]"


def read_html(path: Path) -> Fragments:
    """The text of each part, its figures' drawings, its downloads, and the markup around them."""
    page = html.fromstring(path.read_bytes())
    head = [f"{one.get('name')}: {one.get('content')}" for one in page.xpath("//meta[@name]")]
    found = {"html/hoved": "\n".join([page.findtext(".//title") or "", *head])}
    found["markup/stil"] = "\n".join("".join(page.xpath("//style/text()")).split("}"))
    found["markup/krop"] = "\n".join(_markup(page.find("body"), 0))
    for one in page.xpath("//img|//source"):
        name = next(iter(one.xpath("ancestor::figure/@id")), "billede")
        drawing = unquote(one.get("src") or one.get("srcset")).replace("><", ">\n<")
        found[f"svg/{name}{'-smal' if one.tag == 'source' else ''}"] = drawing
    for one in page.xpath("//a[@download]"):
        found[f"download/{one.get('download')}"] = _data(one.get("href"))
    for part in reversed(page.xpath(PARTS)):  # from within: what is told is taken out
        name = part.get("id") or part.get("aria-labelledby") or part.tag
        key = f"html/{name}"
        found[key if key not in found else f"{key}-{len(found)}"] = _text(part)
        tail = part.tail
        part.clear()
        part.text, part.tail = f"\n-> {name}\n", tail
    return {**found, "html/side": _text(page.find("body"))}


def _markup(node: Any, depth: int) -> Iterator[str]:
    said = {k: v for k, v in node.attrib.items() if not v.startswith("data:") and k != "alt"}
    yield " ".join([" " * depth + str(node.tag), *(f"{k}={v}" for k, v in said.items())])
    for child in node.iterchildren(etree.Element):
        yield from _markup(child, depth + 1)


def _data(address: str) -> str:
    head, _, body = address.partition(",")
    raw = unquote_to_bytes(body)
    return (base64.b64decode(raw) if head.endswith("base64") else raw).decode("utf-8-sig")


def _text(part: Any) -> str:
    """A line for each block, cells apart, an image by its alternative."""
    for node in part.iter(*LINES):
        node.text, node.tail = f"\n{node.text or ''}", f"\n{node.tail or ''}"
    for node in part.iter("td", "th"):
        node.tail = " | "
    for node in part.iter("img"):
        node.tail = f"\n[{node.get('alt')}]\n{node.tail or ''}"
    lines = (
        re.sub(r"[ \t]+", " ", line).strip(" ") for line in "".join(part.itertext()).split("\n")
    )
    return "\n".join(line for line in lines if line)


def read_pdf(path: Path) -> Fragments:
    """The text of each page, the tags with their alternatives, and what the file says of itself."""
    reader = pypdf.PdfReader(path)
    found = {
        f"pdf/side-{number:02}": page.extract_text() for number, page in enumerate(reader.pages, 1)
    }
    with pikepdf.open(path) as file:
        info = [f"{key}: {file.docinfo.get(key)}" for key in ("/Title", "/Author", "/Subject")]
        info += [f"{key}: {file.Root.get(key)}" for key in ("/Lang",)] + list(file.attachments)
        with file.open_outline() as outline:
            info += _outline(outline.root, 0)
        tags = file.Root.get("/StructTreeRoot")
        found["pdf-tags/tags"] = "\n".join(_tags(tags, 0)) if tags is not None else "none"
    return {**found, "pdf-info/info": "\n".join(info)}


def _outline(items: Iterable[Any], depth: int) -> Iterator[str]:
    for item in items:
        yield f"{'  ' * depth}- {item.title}"
        yield from _outline(item.children, depth + 1)


def _tags(node: Any, depth: int) -> Iterator[str]:
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from _tags(child, depth)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            alt = f" [{node['/Alt']}]" if "/Alt" in node else ""
            yield f"{' ' * depth}{node['/S']}{alt}"
        if "/K" in node:
            yield from _tags(node["/K"], depth + 1)


def read_xlsx(path: Path) -> Fragments:
    """The cells of each sheet, with the format that shows them."""
    book = openpyxl.load_workbook(path)
    found = {}
    for sheet in book.worksheets:
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        told = (f"{one.coordinate} [{one.number_format}] {one.value!r}" for one in cells)
        found[f"xlsx/{sheet.title}"] = "\n".join(told).replace(" [General]", "")
    properties = book.properties
    about = (properties.title, properties.subject, properties.description, properties.creator)
    return {**found, "xlsx/egenskaber": "\n".join(map(str, about))}


def read_ipynb(path: Path) -> Fragments:
    """The blocks of the page, without the drawings: those are read where they are shown."""
    found = {}
    cells = json.loads(path.read_bytes())["cells"]
    # Without the cell that says it is a copy.
    shown = [one for one in cells if "kopi" not in one["metadata"].get("tags", ())]
    for number, cell in enumerate(shown):
        for out in cell.get("outputs", ()):
            block = dict(out.get("data", {}).get(BLOCK) or {"kind": out["output_type"]})
            block.pop("svg", None), block.pop("svg_narrow", None)
            found[f"block/{number:02}-{block['kind']}-{block.get('id', '')}"] = _json(block)
    return found


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)


def read_json(path: Path) -> Fragments:
    """A whole file, or `tal.json` block by block, or of a manifest what is not a hash."""
    values = json.loads(path.read_bytes())
    if path.name == "tal.json":
        tables = {f"tal/{one['id']}": _json(one) for one in values.pop("tables")}
        return {**tables, "tal/resten": _json(values)}
    if path.name == "manifest.json":
        kept = {key: values[key] for key in values if key not in {"made_from", "versions"}}
        return {"manifest/manifest": _json({**kept, "commit": "", "files": sorted(kept["files"])})}
    return {f"json/{path.name}": _json(values)}


def read_docx(path: Path) -> Fragments:
    """The paragraphs of a Word file, with their styles."""
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    with zipfile.ZipFile(path) as archive:
        body = etree.fromstring(archive.read("word/document.xml"))
    styles = (
        ("".join(one.xpath(".//*[local-name()='pStyle']/@*")), one) for one in body.iter(f"{w}p")
    )
    return {"docx/tekst": "\n".join(f"[{style}] {''.join(p.itertext())}" for style, p in styles)}


UNTOLD = {"Date", "Message-ID", "Content-Type"}


def read_eml(path: Path) -> Fragments:
    """A mail's heads and texts, and the names of what is attached."""
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    heads = [f"{key}: {value}" for key, value in mail.items() if key not in UNTOLD]
    texts = [
        part.get_filename() or part.get_content() for part in mail.walk() if not part.is_multipart()
    ]
    return {"eml/mail": "\n".join([*heads, *map(str, texts)])}


def read_text(path: Path) -> Fragments:
    """A file that is text as it stands."""
    return {f"{path.suffix[1:]}/{path.stem}": path.read_text(encoding="utf-8-sig")}


READERS: dict[str, Callable[[Path], Fragments]] = {
    ".html": read_html,
    ".pdf": read_pdf,
    ".xlsx": read_xlsx,
    ".ipynb": read_ipynb,
    ".json": read_json,
    ".sarif": read_json,
    ".docx": read_docx,
    ".eml": read_eml,
    **dict.fromkeys((".csv", ".atom"), read_text),
}
