"""The committee's case: what a person writes for the agenda, in `params/<kommune>/<aar>.yaml`.

udvalgssag:
  udvalg: Arbejdsmarkedsudvalget
  moede: 2020-11-18
  punkt: 3
  sagsnr: 20/12345
  titel: Beskæftigelsesplan 2021
  punkttype: Beslutning
  tema: Udvalget skal tage stilling til kommunens beskæftigelsesplan for 2021.
  sagsbeskrivelse: >-
    Kommunen skal hvert år vedtage en plan for beskæftigelsesindsatsen i det kommende år.
  administrationens_forslag: Forvaltningen anbefaler, at planen godkendes.

The summary, the key figures and the list of Bilag are made from the reports.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from beskplan.params.plain_text import Line, Prosa
from beskplan.registers.reading import Closed


class Udvalgssag(Closed):
    """One item of a committee's agenda; a field that is left out is shown as `-`, as agendas do."""

    udvalg: Line
    """Name of the committee."""
    moede: date
    """The day of the meeting."""
    punkt: Annotated[int, Field(ge=1, le=999)] | None = None
    """Number on the agenda, once it is known."""
    sagsnr: Line | None = None
    """Number of the case in the municipality's journal, e.g. `13/4229`."""
    titel: Line
    punkttype: Literal["Beslutning", "Drøftelse", "Orientering"]
    tema: Prosa
    """What the committee is asked about, in a few lines."""
    sagsbeskrivelse: Prosa
    """Background; stands before what is generated."""
    administrationens_forslag: Prosa
    afledte_konsekvenser: Prosa | None = None
    oekonomi_og_finansiering: Prosa | None = None
    dialog_hoering: Prosa | None = None
    beslutning: Prosa | None = None
    """What the committee decided; left out until the meeting has been held."""
    fravaerende: Prosa | None = None
    """Who was absent; `Ingen` where nobody was."""
