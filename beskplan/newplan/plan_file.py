"""A plan's params file, or a year's shared one, written on for a later year."""

from __future__ import annotations

from typing import Any

import yaml

from beskplan.newplan.bilag_part import BilagPart
from beskplan.newplan.decisions import Decisions
from beskplan.newplan.marks import choice, note
from beskplan.newplan.moving import Roll
from beskplan.newplan.yaml_text import YamlText, listed
from beskplan.params import PlanParams

NO_MINISTERS_GOALS_FROM = 2025
"""First plan year without ministers' goals: the law has abolished them (see params/2027.yaml)."""
_WITH_PERIODS = (("maalgrupper",), ("overblik",), ("varighed",), ("refusion",))
"""Where the Bilag stand whose numbers are of periods; those of one's own stand under `egne`."""


class PlanFile:
    """One file of the old plan on its way to the new year."""

    def __init__(self, text: str, old: PlanParams, roll: Roll, decisions: Decisions) -> None:
        self._text, self._old, self._roll, self._decisions = YamlText(text), old, roll, decisions
        self._values: dict[str, Any] = yaml.safe_load(text) or {}

    def rolled(self) -> str:
        """The file for the new year."""
        self._text.rewrite_header(lambda header: self._roll.years(header, self._roll.old))
        if self._text.has("aar"):
            self._text.set(("aar",), str(self._roll.new))
        self._adopted()
        self._ministers_goals()
        if self._text.has("rar_oversigt"):
            self._regional()
            self._targets_of_others()
        part = BilagPart(self._text, self._values, self._old, self._roll, self._decisions)
        for path in (*_WITH_PERIODS, *(("egne", name) for name in self._old.egne)):
            if self._text.has(*path):
                part.carry_over(path)
        return self._text.result()

    def _adopted(self) -> None:
        """What is said of last year's plan alone: its adoption, its data, its case in the committee."""
        if self._text.has("vedtaget"):
            self._text.remove(
                ("vedtaget",), choice("Skriv `vedtaget: <dato>`, når planen er vedtaget.")
            )
        if self._text.has("datagrundlag"):
            if self._decisions.data == "nyeste":
                self._text.remove(("datagrundlag",))
            else:
                kept = choice(
                    "De nyeste data har ikke tal for kommunen. Bilagene bygger derfor stadig på "
                    f"tallene i planen for {self._roll.old}. Slet linjen, når tallene er hentet."
                )
                data = f"datagrundlag: {self._decisions.data}"
                self._text.remove(("datagrundlag",), [*kept, data])
        if self._text.has("maal"):
            told = f"Målene er dem fra {self._roll.old}. Flyt dem til {self._roll.new}.maal.yaml, og ret dem."
            self._text.above(("maal",), choice(told))
        if self._text.has("udvalgssag"):
            self._text.above(
                ("udvalgssag",),
                choice(f"Sagen er den fra {self._roll.old}. Ret den til årets møde, og fjern #."),
            )
            self._text.comment_out(("udvalgssag",))

    def _ministers_goals(self) -> None:
        if not self._text.has("ministermaal"):
            return
        if self._roll.new >= NO_MINISTERS_GOALS_FROM:
            told = (
                f"Ministermålene er ophævet ved lov fra {NO_MINISTERS_GOALS_FROM}; her står ingen."
            )
            self._text.remove(("ministermaal",), note(told))
            return
        self._text.above(
            ("ministermaal",),
            choice(
                f"Ministermålene er dem for {self._roll.old}. Ret dem til dem, som ministeren har "
                f"udmeldt for {self._roll.new}."
            ),
        )

    def _regional(self) -> None:
        """A regional overview tells of the year's plans: none of last year's is known to hold."""
        self._text.set(
            ("rar_oversigt", "kilde"), f"Kommunernes beskæftigelsesplaner for {self._roll.new}"
        )
        self._text.above(
            ("rar_oversigt", "kilde"),
            choice(f"Skriv, hvor planerne for {self._roll.new} er læst."),
        )
        old = f"filen for {self._roll.old} viser formen"
        for key, told in (
            ("kilde_reference", ()),
            ("opgjort", ()),
            ("jobcentre", choice(f"Skriv jobcentrenes planer for {self._roll.new} her; {old}.")),
            ("temaer", choice(f"Skriv strategiens temaer for {self._roll.new} her; {old}.")),
            ("forbehold", ()),
        ):
            if self._text.has("rar_oversigt", key):
                self._text.remove(("rar_oversigt", key), told)

    def _targets_of_others(self) -> None:
        """The targets of a region's plan are those of its municipalities' plans for that year."""
        if "resultatmaal" not in self._old.bilag or not self._text.has("bilag"):
            return
        kept = [one for one in self._old.bilag if one != "resultatmaal"]
        self._text.set(("bilag",), listed(kept))
        self._text.above(
            ("bilag",),
            choice(
                f"Målene i {self._roll.old}.maal.yaml er fra kommunernes planer for "
                f"{self._roll.old}. Skriv dem for {self._roll.new} i {self._roll.new}.maal.yaml, "
                "og føj resultatmaal til."
            ),
        )
