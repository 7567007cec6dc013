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
WHOLE = CASES["whole"]


def png(width: int = 4, height: int = 4) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc)

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = chunk(b"IDAT", zlib.compress(b"\0" * (width + 1) * min(height, 4)))
    return b"\x89PNG\r\n\x1a\n" + head + rows + chunk(b"IEND", b"")


LOGO = png()


def write(root: Path, text: str, logo: bytes = LOGO) -> None:
    folder = root / "params" / "rudersdal"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "profil.yaml").write_text(text, encoding="utf-8")
    (folder / "logo.png").write_bytes(logo)


def refused(root: Path, text: str, logo: bytes = LOGO) -> tuple[Problem, ...]:
    write(root, text, logo)
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
    assert presentation.logo.data == LOGO
    assert presentation.logo.uri.startswith("data:image/png;base64,")
    assert [path.name for path in presentation.files] == ["profil.yaml", "logo.png"]


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


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'


@pytest.mark.parametrize(
    ("logo", "what"),
    [
        (SVG, "er ikke et billede, som en side kan vise"),
        (b"GIF89a", "er ikke et billede, som en side kan vise"),
        (png()[:-8], "billedfilen er beskadiget"),
        (png(0), "billedfilen er beskadiget"),
        (png(MAX_PIXELS + 1), "billedet er for stort"),
        (png()[:-12] + b"x" * MAX_BYTES + png()[-12:], "billedet fylder for meget"),
    ],
)
def test_a_file_that_is_no_good_logo_is_refused(tmp_path: Path, logo: bytes, what: str) -> None:
    (problem,) = refused(tmp_path, "logo: {fil: logo.png, alt: X}", logo)
    assert (problem.what, problem.where.endswith(": logo.fil")) == (what, True)
