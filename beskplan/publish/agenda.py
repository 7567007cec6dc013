"""The agenda item as a page: its fields in the order of a Danish committee's agenda.

It is the same kind of page as a report, so that the same code makes its web page and its PDF.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from beskplan.blocks.model import Cell, Column, KeyFigures, Prose, Row, Table
from beskplan.blocks.text.language import list_danish
from beskplan.core.periods import date_text
from beskplan.params.bilag import Udvalgssag
from beskplan.params.values import paragraphs
from beskplan.publish.bilag import Bilag, key_figures, summary
from beskplan.render.page import Item, Numbered, Page, Section
from beskplan.render.slugs import heading_id
from beskplan.render.standing import DRAFT, Standing

NAME = "dagsordenspunkt"
NONE = "-"
"""Stands in a field without content, as in the committees' own agendas."""
AFTER_THE_MEETING = "Udfyldes efter mødet."


def agenda_page(case: Udvalgssag, bilag: Sequence[Bilag]) -> Page:
    """The agenda item.

    Args:
        case: What a person has written.
        bilag: The plan's reports, at least one, all of one municipality and year.

    Returns:
        A page with one section a field. Key figures are tables, numbered from 1, with the
        numbers as they stand in the Bilag. A draft where a Bilag is one.
    """
    headers = [one.page.header for one in bilag]
    texts = dict.fromkeys(header.data_text for header in headers)
    ids = dict.fromkeys(header.data_id for header in headers)
    header = headers[0].model_copy(
        update={
            "bilag": NAME,
            "data_text": "; ".join(texts),
            "data_id": ", ".join(ids),
            "demo": any(one.demo for one in headers),
        }
    )
    number = f"{case.punkt}. " if case.punkt else ""
    meeting = _prose("moede", f"{case.udvalg}, møde den {date_text(case.moede)}.")
    title = f"{number}{case.titel}"
    return Page(header, title, (meeting,), _sections(case, bilag), standing=_standing(bilag))


def _standing(bilag: Sequence[Bilag]) -> Standing:
    if any(one.approval is None for one in bilag):
        return DRAFT
    names = list(dict.fromkeys(one.approval.by for one in bilag if one.approval))
    what = "Bilaget" if len(bilag) == 1 else "Bilagene"
    return Standing("godkendt", "", f"{what} er godkendt af {list_danish(names)}.")


def _sections(case: Udvalgssag, bilag: Sequence[Bilag]) -> tuple[Section, ...]:
    taken: set[str] = set()

    def section(
        title: str, items: Sequence[Item], subsections: tuple[Section, ...] = ()
    ) -> Section:
        return Section(heading_id(title, taken), title, tuple(items), subsections)

    def field(title: str, text: str | None, otherwise: str = NONE) -> Section:
        name = heading_id(title, set())
        return section(title, [_prose(name, *(paragraphs(text) if text else (otherwise,)))])

    decided = f"{case.udvalg} den {case.moede:%d-%m-%Y}"
    found = tuple(section(f"{one.title}: det vigtigste", items) for one, items in _news(bilag))
    return (
        field("Sagsnr.", case.sagsnr),
        field("Punkttype", case.punkttype),
        field("Tema", case.tema),
        section(
            "Sagsbeskrivelse", [_prose("sagsbeskrivelse", *paragraphs(case.sagsbeskrivelse))], found
        ),
        field("Administrationens forslag", case.administrationens_forslag),
        field("Afledte konsekvenser", case.afledte_konsekvenser),
        field("Økonomi og finansiering", case.oekonomi_og_finansiering),
        field("Dialog/høring", case.dialog_hoering),
        section("Bilag", [_bilag_list(bilag)]),
        field(f"Beslutning {decided}", case.beslutning, AFTER_THE_MEETING),
        field("Fraværende", case.fravaerende, AFTER_THE_MEETING),
    )


def _news(bilag: Sequence[Bilag]) -> Iterator[tuple[Bilag, list[Item]]]:
    """What each Bilag has to say: its summary, and its key figures as tables."""
    count = 0
    for one in bilag:
        name = one.job.bilag.replace("_", "-")
        items: list[Item] = []
        if texts := summary(one.page):
            bullets = len(texts) > 1
            items.append(Prose(id=f"{name}-det-vigtigste", paragraphs=texts, bullets=bullets))
        for block in key_figures(one.page):
            count += 1
            items.append(Numbered(count, _key_figure_table(one, block, count)))
        if items:
            yield one, items


def _key_figure_table(bilag: Bilag, block: KeyFigures, count: int) -> Table:
    labels = ("Nøgletal", "Tal", "Udvikling", "Sammenligning")
    ids = ("noegletal", "tal", "udvikling", "sammenligning")
    return Table(
        id=f"noegletal-{count}",
        title=f"Nøgletal fra Bilag {bilag.number}",
        unit="tal som i bilaget",
        period="perioden står i hver række",
        columns=tuple(
            Column(id=key, label=label, kind="text") for key, label in zip(ids, labels, strict=True)
        ),
        rows=tuple(
            Row(
                label=item.label,
                cells=tuple(
                    Cell(text=text or NONE) for text in (item.value, item.change, item.comparison)
                ),
            )
            for item in block.items
        ),
        sources=block.sources,
        demo=bilag.page.header.demo,
    )


def _bilag_list(bilag: Sequence[Bilag]) -> Prose:
    lines = tuple(f"{one.title} ({one.file_name})" for one in bilag)
    return Prose(id="bilagsliste", paragraphs=lines, bullets=len(lines) > 1)


def _prose(name: str, *texts: str) -> Prose:
    return Prose(id=name, paragraphs=texts)
