"""The overview: all target groups of a municipality in two periods, and how they have moved.

Used by `notebooks/overblik.ipynb`; what it shows stands in the plan's params under `overblik`.
`overblik_tal` reads its numbers.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cached_property

from beskplan.blocks.charts.canvas import drawing
from beskplan.blocks.charts.rows import ranking
from beskplan.blocks.html import shown
from beskplan.blocks.model import Block, Cell, Omitted, Table
from beskplan.blocks.tables import Note, cell, figure
from beskplan.blocks.text.all_benefits import movers
from beskplan.blocks.text.language import as_sentence, capital, counted
from beskplan.blocks.text.one_benefit import Facts, has_small_base, key_figure, sentence_direction
from beskplan.core.danish import NBSP, format_number, list_danish
from beskplan.core.errors import Problem
from beskplan.params.bilag import Overblik as OverblikParams
from beskplan.params.bilag import Rettelse
from beskplan.registers.benefits import benefit
from beskplan.registers.indicators import INDICATORS
from beskplan.report import overblik_tal
from beskplan.report import shared_blocks as shared
from beskplan.report.base import GET_NUMBERS, Report

BENEFIT = ("ydelse", "Ydelse")


class Overblik(Report[OverblikParams]):
    """The blocks of the Bilag."""

    bilag = "overblik"

    @cached_property
    def _overview(self) -> overblik_tal.Overview:
        return overblik_tal.read_overview(self.context, self.params)

    @cached_property
    def _distribution(self) -> overblik_tal.Distribution:
        return overblik_tal.read_distribution(self.context, self._overview)

    def missing_data(self) -> Iterator[Problem]:
        """No number at all in the later period."""
        moves = [row.movement for row in self._overview.all_rows]
        if all(one.now.state == "absent" and one.change.state == "absent" for one in moves):
            found = f"{self.context.kommune.navn}, {self.params.maal}, {self.params.nu.text}"
            fix = f"{GET_NUMBERS}, eller ret `nu` og `maal`"
            yield self.no_data(self.where, "kommunen i perioden", found, fix)

    def reservations(self) -> Iterable[str]:
        """What the params say."""
        return self.params.forbehold

    @shown
    def key_figures(self) -> Block:
        """The total, then the benefits with known levels that have moved most in persons."""
        overview = self._overview
        moved = sorted(
            (row for row in overview.rows if row.has_levels),
            key=lambda row: -abs(row.movement.change.printed),
        )
        total = [overview.total] if overview.total and overview.total.has_levels else []
        chosen = [*total, *moved[: shared.MOST_KEY_FIGURES - len(total)]]
        if not chosen:
            withheld = any(row.is_counted for row in overview.all_rows)
            why = "er fortrolige" if withheld else "ikke er opgjort for begge perioder"
            reason = f"Der er ingen nøgletal, fordi antallene {why}."
            return Omitted(id="noegletal", reason=reason, missed=withheld)
        return shared.key_figure_strip(
            [key_figure(self._facts(row)) for row in chosen], overview.sources, ""
        )

    def _facts(self, row: overblik_tal.OverviewRow) -> Facts:
        return Facts(row.benefit, self.params.foer, self.params.nu, row.movement)

    @shown
    def summary(self) -> Block:
        """The total, where the number rose and fell most, and where the plan contradicts itself."""
        overview, total = self._overview, self._overview.total
        said = sentence_direction(self._facts(total)) if total and total.has_levels else ""
        moves = [(row.benefit.paa(row.now.last_day), row.shown_change) for row in overview.rows]
        moved = movers(moves, "" if said else overview.span)
        known = (row for row in overview.rows if row.movement.change.is_number)
        doubted = list_danish([row.name for row in known if not row.shown_change.is_number])
        if moved and doubted:
            moved = f"{as_sentence(moved)} Planens tal om {doubted} modsiger hinanden og er ikke regnet med"
        if text := f"{said} {as_sentence(moved) if moved else ''}".strip():
            return shared.prose("udvikling-kort", text)
        return Omitted(id="udvikling-kort", reason="Der er ingen ændringer at beskrive.")

    @shown
    def table(self) -> Block:
        """Every benefit in both periods; its change alone where no row has both levels."""
        overview, params = self._overview, self.params
        before, now = overview.name(params.foer), overview.name(params.nu)
        if not any(row.is_counted for row in overview.rows):
            if overview.sources:
                return self._changes_table()
            levels = f"Antallene for {before} og {now}"
            return Omitted(id="udvikling", reason=f"{levels} er ikke opgjort.", missed=False)
        level = INDICATORS[params.maal]
        return shared.levels_table(
            overview.all_rows,
            BENEFIT,
            moved=lambda row: row.movement,
            id="udvikling",
            title=f"Udviklingen i {self._everybody} {overview.area.stedsform}",
            period=f"{before} og {now}",
            levels=(overview.head(params.foer), overview.head(params.nu)),
            unit=level.unit,
            counted=level.name,
            share=(params.andel, now),
            signed=params.fortegn,
            sources=overview.sources,
            notes=(*self._notes("udvikling", "andel"), *self._sum_of_rows()),
        )

    def _notes(self, *columns: str) -> list[Note]:
        """The misprints that stand in these columns, and changes of a base too small to say anything."""
        found = [one.note(columns) for one in overblik_tal.misprints(self._overview)]
        at = self._overview.at(self.params.foer)
        found += [
            Note(
                f"Beregnet af kun {counted(row.movement.before)} {at}.", {(row.label, "udvikling")}
            )
            for row in self._overview.rows
            if row.has_levels and has_small_base(row.movement)
        ]
        return [note for note in found if note is not None]

    def found_corrections(self) -> Iterable[Rettelse]:
        """What the plan's own numbers contradict."""
        return (one.correction for one in overblik_tal.misprints(self._overview))

    def _sum_of_rows(self) -> tuple[str, ...]:
        """Where the rows, added as printed, do not give the source's own total."""
        overview, found = self._overview, []
        if overview.total is None or not INDICATORS[self.params.maal].adds_over_ydelser:
            return ()
        moves = [row.movement for row in (*overview.rows, overview.total)]
        for period, levels in (
            (self.params.foer, [move.before for move in moves]),
            (self.params.nu, [move.now for move in moves]),
        ):
            *terms, whole = levels
            if whole.state != "known" or not all(term.is_number for term in terms):
                continue
            added = sum((term.printed for term in terms), start=Decimal(0))
            if added != whole.printed:
                found.append(f"{format_number(added)} for {overview.name(period)}")
        if not found:
            return ()
        return (f"»I alt«: kildens egen total. Rækkerne giver tilsammen {list_danish(found)}.",)

    @shown
    def change_figure(self) -> Block:
        """All benefits from the largest rise to the largest fall, in persons.

        In persons, not in per cent: two persons that become 36 would dwarf all other bars.
        """
        overview = self._overview
        drawn = [row for row in overview.rows if row.shown_change.is_number]
        if len(drawn) < 2:
            reason = "Der er for få tal til en figur over udviklingen i ydelserne."
            return Omitted(id="aendringer", reason=reason)
        drawn.sort(key=lambda row: -row.shown_change.printed)
        unit = INDICATORS[self.params.maal].unit
        bars = [
            shared.bar(
                row.label, row.shown_change, emphasis=row.is_total, missing=self._no_bar(row)
            )
            for row in overview.all_rows
        ]
        return figure(
            title=_ranking_title(drawn[0], drawn[-1]),
            subtitle=f"Ændring i antal {unit} {overview.span}",
            alt=self._ranking_alt(drawn, unit),
            svg=drawing(ranking, bars, unit="", signed=True),
            data=self._changes_table(),
        )

    def _no_bar(self, row: overblik_tal.OverviewRow) -> str:
        """Why there is no bar; empty where the number itself says so."""
        begun = row.benefit.valid_from
        new = "ny ydelse" if begun and begun >= self.params.foer.first_day else ""
        doubted = row.contradicts_itself or (row.is_doubted and row.movement.change.is_number)
        return "modstridende tal" if doubted else new

    def _ranking_alt(self, drawn: Sequence[overblik_tal.OverviewRow], unit: str) -> str:
        """Kind of figure, content and span; the extremes; how many went which way; what has no bar."""
        overview = self._overview
        total = overview.total.shown_change if overview.total else None
        without = list_danish([row.name for row in overview.rows if row not in drawn])
        first, last = (
            f"{row.name} med {row.shown_change.text(signed=True)}" for row in (drawn[0], drawn[-1])
        )
        what = f"ændringen i antallet af {unit} {overview.span}"
        return shared.ranking_alt(
            f"{what} for {len(drawn)} ydelser {overview.area.stedsform}",
            [row.shown_change for row in drawn],
            first,
            last,
            (
                f"I alt er ændringen {total.text(signed=True)}"
                if total and total.is_number
                else "",
                f"{without} har ingen søjle" if without else "",
            ),
        )

    @property
    def _everybody(self) -> str:
        """`jobcentrets målgrupper`; the law says `kommunens` from 1 February 2026."""
        return benefit("jobcentrets_maalgrupper").name(self.params.nu.last_day)

    def _changes_table(self) -> Table:
        """The numbers behind the figure of changes: what is known of each benefit's movement."""
        overview, level, signed = self._overview, INDICATORS[self.params.maal], self.params.fortegn

        def change(row: overblik_tal.OverviewRow) -> Cell:
            return cell(row.movement.change, signed=signed)

        def pct(row: overblik_tal.OverviewRow) -> Cell:
            return cell(row.movement.change_pct, signed=signed, unit="%")

        columns: list[shared.ColumnOf] = [
            ("nu", overview.head(self.params.nu), level.unit, lambda row: row.movement.now),
            ("aendring", "Ændring i antal", level.unit, change),
            ("udvikling", "Ændring i pct.", "pct.", pct),
        ]
        return shared.listing(
            overview.all_rows,
            BENEFIT,
            columns,
            id="aendringer",
            title=f"Ændringen i {self._everybody} {overview.area.stedsform}",
            unit=f"{level.name} og ændring i pct.",
            period=overview.span.removeprefix("fra "),
            sources=overview.sources,
            notes=self._notes("nu", "aendring", "udvikling"),
        )

    @shown
    def share_figure(self) -> Block:
        """The groups' shares as bars, the collected ones last."""
        found, overview = self._distribution, self._overview
        known = [group for group in found.groups if group.share.is_number]
        if len(known) < 2:
            return self._no_shares()
        unit, rest, first, last = found.unit, found.rest, known[0], known[-1]
        where = f"{overview.area.stedsform} {overview.at(self.params.nu)}"
        of = unit.removeprefix("pct. ")
        measure = f"andel {of}" if unit != of else f"antal {unit}"
        under = ""
        if rest and rest.share.is_number:
            collected = f"{list_danish(rest.members)} tilsammen med {rest.share.text()}"
            under = f"under dem står {collected}{NBSP}pct."
        size = f"{NBSP}{unit.removesuffix(of) or unit}".rstrip()
        return figure(
            title=f"{first.label} er den største gruppe med {first.share.text()}{NBSP}{unit}",
            subtitle=f"{capital(unit)}, {found.period}",
            alt=shared.sentences(
                f"liggende søjler med {len(known)} ydelsesgruppers {measure} {where}, ordnet efter "
                "størrelse",
                f"størst er {first.name} med {first.share.text()}{size}",
                f"mindst er {last.name} med {last.share.text()}{size}",
                under,
            ),
            svg=drawing(
                ranking,
                [shared.bar(group.label, group.share) for group in found.groups],
                rest=shared.bar(rest.label, rest.share) if rest else None,
                unit="" if unit == of else "pct.",
                decimals=first.share.decimals,
            ),
            data=self._shares_table(),
        )

    def _shares_table(self) -> Table:
        found, overview, rest = self._distribution, self._overview, self._distribution.rest
        members = f"»{rest.label}«: {list_danish(rest.members)}." if rest and rest.members else ""
        return shared.listing(
            found.all_groups,
            ("gruppe", "Ydelse"),
            [("andel", overview.head(self.params.nu), found.unit, lambda one: one.share)],
            id="fordeling",
            title=f"Ydelsesgruppernes størrelse {overview.area.stedsform}",
            unit=found.unit,
            period=found.period,
            notes=[
                *(self._notes("andel") if found.unit.startswith("pct.") else ()),
                *([members] if members else []),
            ],
            sources=found.sources,
        )

    def _no_shares(self) -> Omitted:
        found = self._distribution
        withheld = any(group.share.state == "withheld" for group in found.groups)
        why = "fortrolige" if withheld else "ikke opgjort"
        reason = f"Ydelsernes andele er {why} for {found.period}."
        return Omitted(id="fordeling", reason=reason)

    @shown
    def notes(self) -> Block:
        """New laws between the periods, and what the params say."""
        texts = (*overblik_tal.findings(self._overview), *self.params.forbehold)
        return shared.notes("noter", texts, "Der er ingen særlige forbehold.", missed=True)


def _ranking_title(top: overblik_tal.OverviewRow, bottom: overblik_tal.OverviewRow) -> str:
    risen, fallen = top.shown_change.printed > 0, bottom.shown_change.printed < 0
    names = [row.benefit.antal(row.now.last_day) for row in (top, bottom)]
    clauses = [f"{names[0]} steg mest"] * risen + [f"{names[1]} faldt mest"] * fallen
    return capital(", og ".join(clauses) or "antallene er uændrede")


load = Overblik.load
