"""A notebook of one's own from the template, and the params that build it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from beskplan.core.errors import InputError, Problem
from beskplan.core.periods import Period, month
from beskplan.newplan.files import NewFile
from beskplan.newplan.moving import written
from beskplan.newplan.schema_line import with_schema
from beskplan.newplan.yaml_text import YamlText
from beskplan.observations import choose
from beskplan.params import params_path, read, subject
from beskplan.params.egne import MOST_PERIODS
from beskplan.params.models import PlanParams
from beskplan.registers.areas import danish_key
from beskplan.registers.indicators import ALL, INDICATORS

TEMPLATE = "data/skabeloner/nyt_bilag.ipynb"
"""The notebook that every one of one's own begins as; `beskplan lab` offers it too."""
TEMPLATE_NAME = "nyt_bilag"
SECTION = "tal"
"""The template's only section."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TITLE = "# Nyt Bilag"


@dataclass(frozen=True)
class OwnBilag:
    """What a new notebook is to be about.

    Attributes:
        name: Of the notebook: a-z, 0-9 and underscores.
        titel: Its heading; made from the name where left out.
        maal: Indicator of its numbers; the one with the notebook's name where there is one.
    """

    name: str
    titel: str = ""
    maal: str = ""

    @property
    def heading(self) -> str:
        """The notebook's title."""
        return self.titel or self.name.replace("_", " ").capitalize()

    @property
    def indicator(self) -> str:
        """What its numbers count."""
        return self.maal or (self.name if self.name in INDICATORS else "personer")

    def check(self) -> None:
        """Refuse a name that cannot be a notebook's, or that is a Bilag's of the library.

        Raises:
            InputError: with all that is wrong.
        """
        problems = []
        if not _NAME.fullmatch(self.name):
            fix = "begin with a letter, e.g. virksomhedsbesoeg"
            expected = "a-z, 0-9 and underscores: æ is ae, ø is oe, å is aa"
            problems.append(
                Problem("bilag", "cannot be a notebook's name", repr(self.name), expected, fix)
            )
        if self.name in PlanParams.model_fields or self.name == TEMPLATE_NAME:
            problems.append(
                Problem("bilag", "is taken", repr(self.name), "a name that params do not use")
            )
        if self.indicator not in INDICATORS:
            expected = f"one of {', '.join(sorted(INDICATORS, key=danish_key))}"
            problems.append(Problem("maal", "no such indicator", repr(self.indicator), expected))
        if problems:
            raise InputError(problems)


def notebook(own: OwnBilag, kommune: str = "", aar: int | None = None) -> NewFile:
    """The notebook, from the template; with a municipality and year to run it by hand.

    Raises:
        InputError: the name will not do.
    """
    own.check()
    cells = json.loads(files("beskplan").joinpath(TEMPLATE).read_text(encoding="utf-8"))
    for cell in cells["cells"]:
        text = "".join(cell["source"])
        text = text.replace(_TITLE, f"# {own.heading}").replace(TEMPLATE_NAME, own.name)
        if "parameters" in cell["metadata"].get("tags", ()) and kommune and aar:
            text = f'kommune = "{subject(kommune).slug}"\naar = {aar}'
        cell["source"] = text.splitlines(keepends=True)
    content = json.dumps(cells, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return NewFile(Path("notebooks") / f"{own.name}.ipynb", content)


def params_file(own: OwnBilag, root: Path, kommune: str, aar: int) -> NewFile:
    """The plan's params with the new Bilag; a plan that has none yet gets a file.

    Raises:
        InputError: the params are wrong, or the plan has the Bilag already.
    """
    own.check()
    path = params_path(root, kommune, aar)
    section = _section(own, *_periods(own, root, kommune, aar), aar)
    if not path.is_file():
        text = _first(own, kommune, aar) + _block(section, own)
        relative = path.relative_to(root)
        return NewFile(relative, with_schema(text, relative))
    params = read(kommune, aar, root)
    if own.name in params.bilag or own.name in params.egne:
        where = path.relative_to(root).as_posix()
        raise InputError(Problem(where, "the plan has this Bilag already", own.name))
    old = YamlText(path.read_text(encoding="utf-8"))
    old.append(("bilag",), own.name)
    if old.has("egne"):
        old.add(("egne",), own.name, f"\n{section}".rstrip("\n"))
    else:
        old.at_end(_block(section, own))
    relative = path.relative_to(root)
    return NewFile(relative, old.result(), origin=relative, changes=True)


def _first(own: OwnBilag, kommune: str, aar: int) -> str:
    who = subject(kommune)
    return (
        f"# {who.lang_navn}, Beskæftigelsesplan {aar}\n"
        f"kommune: {who.navn}\naar: {aar}\nbilag: [{own.name}]\n"
    )


def _block(section: str, own: OwnBilag) -> str:
    return f"\n# Bilag af egne tal; docs/eget-bilag.md forklarer hver linje.\negne:\n  {own.name}:\n{section}"


def _section(own: OwnBilag, first: Period, last: Period, aar: int) -> str:
    """The Bilag's parameters, each with what it means."""
    emne = own.heading[0].lower() + own.heading[1:]
    return f"""\
    afsnit:
      {SECTION}:
        # Det, der tælles, i flertal og som midt i en sætning.
        emne: {json.dumps(emne, ensure_ascii=False) if ":" in emne else emne}
        # Tallenes art: det samme navn som `indikator` i importens mapping.
        maal: {own.indicator}
        fra: {written(first)}
        til: {written(last)}
        # true, hvis perioderne må lægges sammen: det må besøg, men ikke personer.
        laegges_sammen: false
        # Id på det mål i {aar}.maal.yaml, som tallene hører til.
        resultatmaal: []
"""


def _periods(own: OwnBilag, root: Path, kommune: str, aar: int) -> tuple[Period, Period]:
    """The newest year and month of the numbers in the data; the year before the plan without any."""
    rows = choose("nyeste", root).rows_by_area.get(subject(kommune).kode, {})
    periods = [Period.parse(key[4]) for key in rows if key[:3] == (own.indicator, ALL, ALL)]
    # Months tell most, years least; a table seldom has more than one kind.
    for kind in ("M", "Q", "Y"):
        found = sorted(period for period in periods if period.kind == kind)
        if len(found) > 1:
            last = found[-1]
            first = max(found[0], last.year_before(), last.shift(1 - MOST_PERIODS))
            return first if kind != "Y" else found[-min(len(found), 5)], last
    return month(aar - 1, 1), month(aar - 1, 12)
