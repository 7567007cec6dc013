"""Blocks as HTML fragments: of the page, and as the view of a block in JupyterLab.

Plain marks without script, inline style or random id. Ids: `tabel-<id>`, `figur-<id>`,
`data-<id>` (the numbers behind a figure) and `noegletal`.
"""

import base64
import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, ParamSpec
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from beskplan.blocks import captions
from beskplan.blocks.csv import table_csv
from beskplan.blocks.model import MIME, Accent, Block, Figure, Header, Table
from beskplan.core.colours import OWN, of_charts

ID_PREFIXES = ("tabel-", "figur-", "data-", "noegletal")
"""No heading of a page may take an id that begins so."""

_TEMPLATES = Path(__file__).parents[1] / "data" / "templates"
_MEDIA = re.compile(r"@media(?! screen\{)[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}\n?")
_SIGNS = {"up": "M5 1 10 9H0z", "down": "M5 9 0 1H10z", "same": "M0 2H10V4H0zM0 6H10V8H0z"}
"""A key figure's direction, drawn: not every font has arrows."""
_PHONE = "screen and (max-width:40rem)"
"""As in the style sheet; on paper every drawing is the wide one."""
WIDER_THAN_ANY_PAGE = 10
"""A table of more columns scrolls sideways on every screen, and says so."""
_WHOLE = re.compile(r"\b[^\W\d]-[^\W\d]+|\[note \d+\]")
_UNSIZED_SVG = re.compile(r'<svg (?![^>]*\bwidth=)(?=[^>]*viewBox="0 0 (\d+) (\d+)")')
"""A sign or a line whose size on the page is the style sheet's."""
_SVG_TAG = re.compile(r"<svg\b[^>]*>")
_SVG_SIZE = re.compile(r"\b(width|height)\s*=\s*[\"']([\d.]+)(pt|px)?[\"']")
_PX_PER_PT = 4 / 3
_QUOTED = re.compile(r"[^\w.~/:=,;()'-]", re.ASCII)
"""What an address must not hold as it is; a drawing is full of the rest."""


def block_html(block: Block, *, number: int | None = None, level: int = 2) -> str:
    """One block as an HTML fragment.

    Args:
        block: the block.
        number: its number on the page; only tables and figures have one.
        level: level of the first heading inside the block (key figures, sources, subsections).
    """
    macro = getattr(_template().module, block.kind.replace("-", "_"))
    return "\n".join(filter(None, macro(block, number, level).split("\n")))


@functools.cache
def _template() -> Template:
    environment = Environment(  # noqa: S701 - every text goes through `t` or `e`
        loader=FileSystemLoader(_TEMPLATES),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters.update(
        t=_text,
        e=escape,
        uri=_uri,
        size=_image_size,
        wide=_wide,
        csv=table_csv,
        base64=lambda data: base64.b64encode(data).decode(),
        kilobytes=lambda data: max(1, round(len(data) / 1024)),
    )
    environment.globals.update(captions=captions, SIGNS=_SIGNS, PHONE=_PHONE, block_html=block_html)
    return environment.get_template("blocks.html.j2")


def coloured(figure: Figure, accent: Accent | None) -> Figure:
    """The figure in the publisher's colour, where that can be told from the others."""
    drawn = {"svg": figure.svg, "svg_narrow": figure.svg_narrow}
    own, colour = OWN.lower(), of_charts(accent.graphics if accent else None).lower()
    shown = {name: svg.replace(own, colour) for name, svg in drawn.items() if svg}
    return figure.model_copy(update=shown)


def preview_html(block: Block, accent: Accent | None = None) -> str:
    """The block as it is shown in a notebook: the page's fragment, its signs with a size of their own.

    The header, which every notebook shows first, brings the page's style sheet for all of them.

    Args:
        block: What is shown.
        accent: The publisher's colours; a header has its own.
    """
    if isinstance(block, Figure):
        # A notebook is read on a wide screen: one drawing is enough there.
        block = coloured(block.model_copy(update={"svg_narrow": ""}), accent)
    style = f"<style>{_notebook_style()}</style>\n" if isinstance(block, Header) else ""
    if style and (own := block.light if isinstance(block, Header) else None):
        names = {"accent": own.text, "link": own.text, "stor": own.large, "streg": own.graphics}
        told = "".join(f"--{name}:{colour};" for name, colour in names.items())
        style = style.replace("</style>", f".beskplan.beskplan{{{told}}}</style>")
    html = _UNSIZED_SVG.sub(r'\g<0>width="\1" height="\2" ', block_html(block))
    return f'{style}<div class="beskplan" lang="da">\n{html}\n</div>'


@functools.cache
def _notebook_style() -> str:
    """The page's style sheet for blocks among those of a notebook: light, for a screen, theirs alone."""
    rules = _MEDIA.sub("", (_TEMPLATES / "beskplan.css").read_text(encoding="utf-8"))
    own = re.sub(r"^(?::root|html)(?=\{)", "&", rules, flags=re.MULTILINE)
    own = own.replace(".krop", "&").replace("font:100%", "font:1rem")
    # Twice the class: a notebook's own rules for tables and lists have one. A drawing that may shrink gets
    # no room in its cell.
    around = "&{padding:.25rem}svg{max-width:none}table{table-layout:auto;margin:0}"
    around += "dt,dd{float:none;width:auto;font-weight:400}"
    return f".beskplan.beskplan{{{around}{own}}}".replace("\n", "")


def _wide(table: Table) -> str:
    """Class of a table too wide for some screens; one of numbers is seen from its newest column."""
    count = len(table.columns)
    wide = (
        " bred" * (count > 3) + " bredest" * (count > 6) + " ruller" * (count > WIDER_THAN_ANY_PAGE)
    )
    newest = count > 4 and all(column.kind == "number" for column in table.columns[1:])
    return f"{wide}{' nyest' if newest else ''}"


def _uri(svg: str) -> str:
    """A drawing as an address; shorter than in base64, and an attribute or `srcset` may hold it."""
    quoted = svg if "'" in svg else svg.replace('"', "'")
    # quote() alone goes through all of it character by character.
    for sign in sorted(set(_QUOTED.findall(quoted)), key=lambda sign: sign != "%"):
        quoted = quoted.replace(sign, quote(sign))
    return f"data:image/svg+xml,{quoted}"


def _image_size(svg: str) -> str:
    """Width and height in CSS pixels, so that the page does not jump while it loads."""
    tag = _SVG_TAG.search(svg)
    sizes = {
        name: round(float(size) * (_PX_PER_PT if unit == "pt" else 1))
        for name, size, unit in _SVG_SIZE.findall(tag.group() if tag else "")
    }
    return "".join(f' {name}="{sizes[name]}"' for name in ("width", "height") if name in sizes)


def _text(text: str) -> str:
    """A text for readers, escaped; a line never breaks inside `a-dagpenge` or `[note 1]`."""
    return _WHOLE.sub(r'<span class="hel">\g<0></span>', escape(text))


Args = ParamSpec("Args")


@dataclass(frozen=True)
class Shown:
    """A block as the value of a notebook cell."""

    block: Block
    accent: Accent | None = None
    """The publisher's colours."""

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {
            MIME: self.block.model_dump(mode="json"),
            "text/html": preview_html(self.block, self.accent),
            "text/plain": f"<{self.block.kind} {getattr(self.block, 'id', '')}>",
        }


def shown(make: Callable[Args, Block]) -> Callable[Args, Shown]:
    """Let a function that makes a block give it as the value of a notebook cell."""

    @functools.wraps(make)
    def show(*args: Args.args, **kwargs: Args.kwargs) -> Shown:
        context = getattr(args[0], "context", None) if args else None
        return Shown(make(*args, **kwargs), context.header().light if context else None)

    return show
