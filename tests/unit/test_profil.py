"""A municipality's profile: what it may say, and everything that is refused in it."""

import re
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beskplan.core.colours import contrast, lowest_contrast
from beskplan.core.errors import ParamsError, Problem
from beskplan.params.profil import (
    DARK_GROUNDS,
    LIGHT_GROUNDS,
    MAX_BYTES,
    MAX_PIXELS,
    DarkColours,
    LightColours,
    read_presentation,
)
from tests.conftest import cases

CASES = cases("profil")

STYLE = Path(__file__).parents[2] / "beskplan" / "data" / "templates" / "beskplan.css"
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
WHOLE = CASES["whole"]


def png(width: int = 4, height: int = 4) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc)

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = chunk(b"IDAT", zlib.compress(b"\0" * (width + 1) * min(height, 4)))
    return b"\x89PNG\r\n\x1a\n" + head + rows + chunk(b"IEND", b"")


def write(root: Path, text: str, logo: bytes | str = LOGO, name: str = "logo.svg") -> None:
    folder = root / "params" / "rudersdal"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "profil.yaml").write_text(text, encoding="utf-8")
    (folder / name).write_bytes(logo.encode() if isinstance(logo, str) else logo)


def refused(
    root: Path, text: str, logo: bytes | str = LOGO, name: str = "logo.svg"
) -> tuple[Problem, ...]:
    write(root, text, logo, name)
    with pytest.raises(ParamsError) as refusal:
        read_presentation("Rudersdal", root)
    return refusal.value.problems


def test_without_a_file_everything_is_the_default(tmp_path: Path) -> None:
    presentation = read_presentation("Rudersdal", tmp_path)
    assert presentation.logo is None
    assert set(presentation.profil.model_dump().values()) == {None}


def test_a_whole_profile_is_read_with_its_logo(tmp_path: Path) -> None:
    write(tmp_path, WHOLE)
    presentation = read_presentation("230", tmp_path)
    assert presentation.profil.farver is not None
    assert presentation.profil.farver.moerk.grafik == "#D0678A"
    assert presentation.logo is not None
    assert presentation.logo.data == LOGO.encode()
    assert presentation.logo.uri.startswith("data:image/svg+xml;base64,")
    assert [path.name for path in presentation.files] == ["profil.yaml", "logo.svg"]


def test_a_png_is_a_logo_too(tmp_path: Path) -> None:
    write(tmp_path, "logo: {fil: logo.png, alt: Byvåben}", png(), "logo.png")
    presentation = read_presentation("Rudersdal", tmp_path)
    assert presentation.logo is not None
    assert presentation.logo.uri.startswith("data:image/png;base64,")


@pytest.mark.parametrize(("text", "where", "fix"), CASES["what_is_wrong_is_told_with_its_line"])
def test_what_is_wrong_is_told_with_its_line(
    tmp_path: Path, text: str, where: str, fix: str
) -> None:
    (problem,) = refused(tmp_path, text)
    assert problem.where.startswith(where)
    assert problem.fix.startswith(fix)


def test_every_colour_that_cannot_be_read_is_told_at_once(tmp_path: Path) -> None:
    text = """
farver:
  lys: {tekst: "#F46A25", grafik: "#D8D8D8"}
  moerk: {tekst: "#12436D", grafik: "#12436D"}
"""
    problems = refused(tmp_path, text)
    assert [problem.where.rpartition(" ")[2] for problem in problems] == [
        "farver.lys.tekst",
        "farver.lys.grafik",
        "farver.moerk.tekst",
        "farver.moerk.grafik",
    ]
    assert "mindst 4.5:1" in problems[0].expected
    assert "mindst 3.0:1" in problems[1].expected
    assert [problem.fix for problem in problems] == [
        *["vælg en mørkere tone"] * 2,
        *["vælg en lysere tone"] * 2,
    ]


@given(st.from_regex(r"\A#[0-9A-F]{6}\Z"))
def test_a_colour_is_taken_exactly_where_it_can_be_read(colour: str) -> None:
    for model, grounds in ((LightColours, LIGHT_GROUNDS), (DarkColours, DARK_GROUNDS)):
        contrasts = [contrast(colour, ground) for ground in grounds]
        readable = min(contrasts) >= 4.5
        try:
            model(tekst=colour, grafik=colour)
        except ValueError:
            assert not readable
        else:
            assert readable


def test_a_colour_that_ties_is_judged_on_the_worse_ground() -> None:
    assert contrast("#767676", "#FFFFFF") >= 4.5
    assert lowest_contrast("#767676", LIGHT_GROUNDS) < 4.5


def test_the_grounds_are_those_of_the_style_sheet() -> None:
    text = STYLE.read_text(encoding="utf-8").upper()
    light, dark = text.split("@MEDIA SCREEN AND (PREFERS-COLOR-SCHEME:DARK)", 1)
    for part, grounds in ((light, LIGHT_GROUNDS), (dark, DARK_GROUNDS)):
        found = [re.search(rf"--{name}:(#\w+)", part) for name in ("GRUND", "LYS")]
        colours = [hit[1] for hit in found if hit]
        assert tuple(c if len(c) == 7 else f"#{c[1:3] * 3}" for c in colours) == grounds


def _svg(inside: str) -> str:
    return LOGO.replace("</svg>", f"{inside}</svg>")


@pytest.mark.parametrize(
    ("logo", "found"),
    [
        (_svg("<script>alert(1)</script>"), "<script>"),
        (_svg("<foreignObject/>"), "<foreignObject>"),
        (_svg("<text>Rudersdal</text>"), "<text>"),
        (_svg("<image href='data:image/png;base64,AA'/>"), "<image>"),
        (_svg("<g onload='x()'/>"), "onload= på <g>"),
        (_svg("<use href='https://x.dk/a.svg#b'/>"), "href til 'https://x.dk/a.svg#b'"),
        (
            _svg("<use xmlns:l='http://www.w3.org/1999/xlink' l:href='https://x.dk/a'/>"),
            "href til 'https://x.dk/a'",
        ),
        (_svg("<style>@import 'x.css'</style>"), "en adresse i <style>"),
        (_svg("<style>.a{fill:url(https://x.dk)}</style>"), "en adresse i <style>"),
        (_svg("<path fill='url(https://x.dk/b)'/>"), "en adresse i fill= på <path>"),
        (_svg("<style>.a{fill:u\\72l(https://x.dk)}</style>"), "en adresse i <style>"),
        (_svg("<g style='background:image-set(\"a\")'/>"), "en adresse i style= på <g>"),
        (_svg("<animate attributeName='x'/>"), "<animate>"),
        (_svg("<g filter='none'/>"), "filter= på <g>"),
        (_svg("<e xmlns='https://x.dk'/>"), "<{https://x.dk}e>"),
        (
            "<?xml-stylesheet href='https://x.dk/a.css'?>" + LOGO,
            "<?xml-stylesheet href='https://x.dk/a.cs",
        ),
        (_svg("<?php x?>"), "<?php x?>"),
        (
            _svg("<g xml:base='https://x.dk/'/>"),
            "{http://www.w3.org/XML/1998/namespace}base= på <g>",
        ),
    ],
)
def test_a_drawing_that_does_more_than_draw_is_refused(
    tmp_path: Path, logo: str, found: str
) -> None:
    problems = refused(tmp_path, "logo: {fil: logo.svg, alt: X}", logo)
    assert found in [problem.found for problem in problems]


def test_a_drawing_may_refer_to_itself(tmp_path: Path) -> None:
    inside = "<defs><linearGradient id='a'/></defs><path fill='url(#a)'/><use href='#a'/>"
    write(tmp_path, "logo: {fil: logo.svg, alt: X}", _svg(inside))
    assert read_presentation("Rudersdal", tmp_path).logo is not None


@pytest.mark.parametrize(
    ("logo", "what"),
    [
        ("<!DOCTYPE svg [<!ENTITY a 'b'>]>" + LOGO, "billedet erklærer en dokumenttype"),
        (
            f"<?xml version='1.0' encoding='utf-16'?><!DOCTYPE svg>{LOGO}".encode("utf-16"),
            "billedet erklærer en dokumenttype",
        ),
        ("nej", "er ikke et billede, som en side kan vise"),
        ("<html/>", "er ikke et billede, som en side kan vise"),
        (LOGO.replace('viewBox="0 0 9 9"', ""), "billedet har ingen størrelse"),
        (_svg(f"<desc>{'x' * MAX_BYTES}</desc>"), "billedet fylder for meget"),
        (png()[:-4], "billedfilen er beskadiget"),
        (png(MAX_PIXELS + 1, 1), "billedet er for stort"),
    ],
)
def test_a_file_that_is_no_good_logo_is_refused(
    tmp_path: Path, logo: str | bytes, what: str
) -> None:
    (problem,) = refused(tmp_path, "logo: {fil: logo.svg, alt: X}", logo)
    assert problem.what == what
