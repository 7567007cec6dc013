"""A made-up executed report with every kind of block, for the tests of page, HTML and PDF.

The municipality is real and some counts are those published for it; the long series is invented.
Nothing is read from anywhere, so that a test that fails here fails for its own reason.
"""

import base64
from collections.abc import Sequence

from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from beskplan.blocks.model import (
    MIME,
    Block,
    Cell,
    Column,
    Figure,
    Header,
    KeyFigure,
    KeyFigures,
    Omitted,
    Prose,
    Row,
    Source,
    SourceList,
    State,
    Table,
)

NBSP = "\u00a0"
JOBINDSATS = Source(
    text="Jobindsats.dk, a-dagpenge (y01a02), hentet 18. november 2020",
    reference="004_rudersdal_2021, tabel 004_T01, linje 311-313",
)
OWN_NUMBERS = Source(text="Opdigtede tal til afprøvning", reference="prøve")
AREA_COLUMNS = (
    Column(id="omraade", label="Område", kind="text"),
    Column(id="juni-2019", label="Juni 2019", unit="fuldtidspersoner"),
    Column(id="juni-2020", label="Juni 2020", unit="fuldtidspersoner"),
    Column(id="udvikling", label="Udvikling", unit="pct."),
    Column(id="andel", label="Andel juni 2020", unit="pct. af arbejdsstyrken"),
)
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAACgAAAAoAQMAAAC2MCouAAAABlBMVEWoSA////9gdg+AAAAADElEQVR4nGNgGFkA"
    "AADwAAEGlIn9AAAAAElFTkSuQmCC"
)
"""A picture in one colour."""
SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="504pt" height="252pt" viewBox="0 0 504 252">
<g fill="none" stroke="#cccccc"><path d="M48 40H380M48 90H380M48 140H380M48 190H380"/></g>
<g fill="none" stroke-width="2.2"><path d="M48 150 200 146 380 98" stroke="#12436D"/>
<path d="M48 138 200 136 380 62" stroke="#28A197"/>
<path d="M48 166 200 164 380 128" stroke="#801650"/></g>
<g font-family="Open Sans, sans-serif" font-size="11" fill="#1a1a1a">
<text x="388" y="66">Østdanmark</text><text x="388" y="102">RAR Hovedstaden</text>
<text x="388" y="132">Rudersdal</text><text x="40" y="210">Juni 2018</text>
<text x="180" y="210">Juni 2019</text><text x="340" y="210">Juni 2020</text>
<text x="20" y="44">6,0</text><text x="20" y="94">4,0</text><text x="20" y="144">2,0</text>
<text x="20" y="194">0,0</text></g></svg>"""


def sample_header(*, demo: bool = False) -> Header:
    """The header of the sample: Rudersdal, 2021."""
    return Header(
        bilag="maalgrupper",
        kommune="Rudersdal",
        kommune_kode="230",
        afsender="Rudersdal Kommune",
        aar=2021,
        data_id="a1b2c3d4e5f60718",
        data_text="Offentliggjorte tal fra Jobindsats, hentet 18. november 2020",
        demo=demo,
    )


def sample_key_figures() -> KeyFigures:
    """Four key figures: up, down, unchanged and without direction."""
    return KeyFigures(
        title="Nøgletal",
        items=(
            KeyFigure(
                label="Fuldtidspersoner på a-dagpenge, juni 2020",
                value="703",
                direction="up",
                change=f"54{NBSP}pct. flere end i juni 2019",
                comparison=f"RAR Hovedstaden: 46{NBSP}pct. flere",
            ),
            KeyFigure(
                label="Fuldtidspersoner på kontanthjælp, juni 2020",
                value="388",
                direction="down",
                change=f"11{NBSP}pct. færre end i juni 2019",
                comparison=f"RAR Hovedstaden: 3{NBSP}pct. færre",
            ),
            KeyFigure(
                label="Fuldtidspersoner i ressourceforløb, juni 2020",
                value="81",
                direction="same",
                change="næsten uændret fra juni 2019",
            ),
            KeyFigure(label="Andel af arbejdsstyrken på a-dagpenge", value=f"2,7{NBSP}pct."),
        ),
        sources=(JOBINDSATS,),
    )


def sample_table() -> Table:
    """Three areas, four columns of numbers; the municipality's own row is emphasised."""
    rows = (
        ("Østdanmark", "", ("37.818", 37818), ("56.208", 56208), ("49", 49), ("4,2", 4.2)),
        ("RAR Hovedstaden", "", ("28.219", 28219), ("41.215", 41215), ("46", 46), ("4,4", 4.4)),
        ("Rudersdal", "230", ("456", 456), ("703", 703), ("54", 54), ("2,7", 2.7)),
    )
    return Table(
        id="a-dagpenge",
        title="Fuldtidspersoner på a-dagpenge",
        unit="Fuldtidspersoner og pct. af arbejdsstyrken",
        period="juni 2019 og juni 2020",
        columns=AREA_COLUMNS,
        rows=tuple(_area_row(label, area, cells) for label, area, *cells in rows),
        sources=(JOBINDSATS,),
    )


def sample_table_with_gaps() -> Table:
    """Withheld, absent and calculated cells, each with its note, and falls written with a sign."""
    return Table(
        id="ledighedsydelse",
        title="Fuldtidspersoner på ledighedsydelse",
        unit="Fuldtidspersoner og pct. af arbejdsstyrken",
        period="juni 2019 og juni 2020",
        columns=AREA_COLUMNS,
        rows=(
            _area_row(
                "Østdanmark", "", (("5.560", 5560), ("6.470", 6470), ("16", 16), ("0,5", 0.5))
            ),
            Row(
                label="Ballerup og Herlev",
                cells=(
                    Cell(text="240 [note 1]", value=240, state="calculated"),
                    _number("228", 228),
                    _number(f"-5{NBSP}%", -5),
                    _gap("ikke opgjort [note 2]", "absent"),
                ),
            ),
            Row(
                label="Rudersdal",
                area="230",
                emphasis=True,
                cells=(
                    _gap("fortroligt [note 3]", "withheld"),
                    _number("12", 12),
                    _gap("fortroligt [note 3]", "withheld"),
                    _number(f"0,0{NBSP}%", 0.0),
                ),
            ),
        ),
        notes=(
            "Beregnet som summen af de to kommuners afrundede tal.",
            "Andelen er ikke opgjort for de to kommuner under ét.",
            "Tallet er for lille til at blive offentliggjort.",
        ),
        sources=(JOBINDSATS, OWN_NUMBERS),
    )


def sample_long_table(rows: int = 70) -> Table:
    """`rows` months from September 2014, long enough to run over several printed pages."""
    names = "januar februar marts april maj juni juli august september oktober november december"
    months = [(2014 + (8 + n) // 12, names.split()[(8 + n) % 12]) for n in range(rows)]
    return Table(
        id="maaned-for-maaned",
        title="A-dagpenge måned for måned",
        unit="Fuldtidspersoner",
        period="fra september 2014 til juni 2020",
        columns=(
            Column(id="maaned", label="Måned", kind="text"),
            Column(id="oestdanmark", label="Østdanmark", unit="Fuldtidspersoner"),
            Column(id="rar", label="RAR Hovedstaden", unit="Fuldtidspersoner"),
            Column(id="rudersdal", label="Rudersdal", unit="Fuldtidspersoner"),
        ),
        rows=tuple(
            Row(
                label=f"{month.capitalize()} {year}",
                cells=tuple(
                    _number(f"{value:,}".replace(",", "."), value)
                    for value in (40000 - 31 * n, 30000 - 17 * n, 500 + (n * 37) % 90)
                ),
            )
            for n, (year, month) in enumerate(months)
        ),
        sources=(OWN_NUMBERS,),
    )


def sample_figure(block_id: str = "figur-a-dagpenge") -> Figure:
    """A line figure of three areas with the numbers that it draws."""
    points = (
        ("Juni 2018", ("2,2", 2.2), ("2,0", 2.0), ("1,4", 1.4)),
        ("Juni 2019", ("2,3", 2.3), ("2,1", 2.1), ("1,5", 1.5)),
        ("Juni 2020", ("4,2", 4.2), ("4,4", 4.4), ("2,7", 2.7)),
    )
    data = Table(
        id=f"{block_id}-data",
        title="Andel af arbejdsstyrken på a-dagpenge",
        unit="Pct. af arbejdsstyrken",
        period="juni 2018 til juni 2020",
        columns=(
            Column(id="maaned", label="Måned", kind="text"),
            Column(id="oestdanmark", label="Østdanmark", unit="Pct. af arbejdsstyrken"),
            Column(id="rar", label="RAR Hovedstaden", unit="Pct. af arbejdsstyrken"),
            Column(id="rudersdal", label="Rudersdal", unit="Pct. af arbejdsstyrken"),
        ),
        rows=tuple(
            Row(label=label, cells=tuple(_number(text, value) for text, value in cells))
            for label, *cells in points
        ),
        sources=(JOBINDSATS,),
    )
    return Figure(
        id=block_id,
        title="Andelen på a-dagpenge steg mindre i Rudersdal end i Østdanmark",
        subtitle="Fuldtidspersoner i pct. af arbejdsstyrken, juni 2018 til juni 2020",
        alt=(
            "Linjediagram over fuldtidspersoner på a-dagpenge i pct. af arbejdsstyrken. Rudersdal "
            "går fra 1,4 i juni 2018 til 2,7 i juni 2020. Østdanmark går fra 2,2 til 4,2 og "
            "RAR Hovedstaden fra 2,0 til 4,4."
        ),
        svg=SVG,
        data=data,
        sources=(JOBINDSATS,),
    )


def sample_sources() -> SourceList:
    """What the sample says it was made from, with one reservation."""
    return SourceList(
        entries=(JOBINDSATS, OWN_NUMBERS),
        reservations=("Tallene er foreløbige og kan blive ændret af Jobindsats.",),
    )


def block_cell(*blocks: Block) -> NotebookNode:
    """A code cell that showed these blocks."""
    outputs = [
        new_output(
            "display_data",
            data=from_dict({MIME: block.model_dump(mode="json"), "text/plain": block.kind}),
        )
        for block in blocks
    ]
    cell: NotebookNode = new_code_cell("...", outputs=outputs)
    return cell


def notebook_of(cells: Sequence[NotebookNode]) -> NotebookNode:
    """A notebook of these cells, with ids that depend on their order only."""
    for number, cell in enumerate(cells):
        cell["id"] = f"celle-{number}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook: NotebookNode = new_notebook(cells=list(cells), metadata={"kernelspec": kernel})
    return notebook


def sample_notebook(*, demo: bool = False) -> NotebookNode:
    """An executed notebook with every kind of block, an omitted section and a long table."""
    md = new_markdown_cell
    return notebook_of(
        [
            md(
                "# Målgrupper på offentlig forsørgelse\n\nBilaget viser, hvordan antallet af "
                "**fuldtidspersoner** har udviklet sig. Begreberne er forklaret hos "
                "[Jobindsats](https://www.jobindsats.dk/)."
            ),
            block_cell(sample_header(demo=demo)),
            block_cell(sample_key_figures()),
            md(
                "## A-dagpenge\n\nA-dagpenge gives til forsikrede ledige:\n\n- nyledige\n"
                "- ledige, der har været ledige længe\n"
            ),
            block_cell(sample_table()),
            block_cell(_prose("a-dagpenge-udvikling")),
            block_cell(sample_figure()),
            md("### Måned for måned\n\nTabellen viser hele perioden."),
            block_cell(sample_long_table()),
            md("## Kontantydelse\n\nYdelsen findes ikke længere."),
            block_cell(
                Omitted(id="kontantydelse", reason="Kontantydelse ophørte med udgangen af 2016.")
            ),
            md("## Ledighedsydelse"),
            block_cell(sample_table_with_gaps()),
            block_cell(_note(), _bullets()),
            block_cell(sample_figure("figur-ledighedsydelse")),
            md("## Kilder og forbehold"),
            block_cell(sample_sources()),
        ]
    )


def _area_row(label: str, area: str, cells: Sequence[tuple[str, float]]) -> Row:
    before, now, change, share = cells
    return Row(
        label=label,
        area=area,
        emphasis=bool(area),
        cells=(
            _number(*before),
            _number(*now),
            _number(f"{change[0]}{NBSP}%", change[1]),
            _number(f"{share[0]}{NBSP}%", share[1]),
        ),
    )


def _number(text: str, value: float) -> Cell:
    return Cell(text=text, value=value)


def _gap(text: str, state: State) -> Cell:
    return Cell(text=text, state=state)


def _prose(block_id: str) -> Prose:
    first = (
        "I juni 2020 var der 703 fuldtidspersoner på a-dagpenge i Rudersdal Kommune. Det er "
        f"247 flere end i juni 2019, svarende til en stigning på 54{NBSP}pct."
    )
    second = (
        f"Stigningen er større end i RAR Hovedstaden (46{NBSP}pct.) og Østdanmark (49{NBSP}pct.)."
    )
    return Prose(id=block_id, paragraphs=(first, second))


def _note() -> Prose:
    return Prose(
        id="ledighedsydelse-note",
        role="note",
        paragraphs=("Små tal svinger meget fra måned til måned & skal læses med forbehold.",),
    )


def _bullets() -> Prose:
    return Prose(
        id="ledighedsydelse-punkter",
        bullets=True,
        paragraphs=("Østdanmark: 910 flere fuldtidspersoner.", "Rudersdal: 12 fuldtidspersoner."),
    )
