"""What a plan's own text adds to the numbers of a Bilag: corrections, facts, explanations, lost figures.

Written by a person in the municipality's params under `plantekst`, by the name of the Bilag; `linje` is
the line of the plan's text.
"""

from __future__ import annotations

from datetime import date

from pydantic import Field

from beskplan.params.values import BilagId, Text
from beskplan.registers.reading import Closed


class Rettelse(Closed):
    """A misprint of the plan that no calculation finds."""

    hvor: Text
    """Which number or word: `Tabel 11, kolonnen med udviklingen`."""
    trykt: Text
    rettet: Text
    hvorfor: Text
    linje: int | None = None


class Oplysning(Closed):
    """A fact that the plan prints, in our own words."""

    tekst: Text
    linje: int | None = None


class Forklaring(Closed):
    """The administration's own explanation of a section's numbers."""

    tekst: Text
    navn: Text
    """Who answers for it."""
    dato: date


class Afsnitstekst(Closed):
    """What is told of one section besides its numbers."""

    planen: tuple[Oplysning, ...] = ()
    """How the plan itself explains the numbers."""
    forklaring: Forklaring | None = None
    """None: a draft shows an empty place for it, a published page nothing."""


class TabtFigur(Closed):
    """A figure of the plan that is not preserved."""

    navn: Text
    """As the page calls it: `Figur 2 »Andel af …«`."""
    viste: Text
    """What the printed figure showed."""
    saadan: Text
    """What fills its place."""
    linje: int | None = None


class Plantekst(Closed):
    """What the plan's own text adds to one Bilag."""

    rettelser: tuple[Rettelse, ...] = ()
    oplysninger: tuple[Oplysning, ...] = ()
    """Numbers of the plan's text that no table of the Bilag has."""
    figurer: tuple[TabtFigur, ...] = ()
    afsnit: dict[BilagId, Afsnitstekst] = Field(default_factory=dict)
    """By the name of the section in the notebook."""
