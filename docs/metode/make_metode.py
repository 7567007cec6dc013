"""docs/metode.md, made of the registers and of docs/metode/beregninger.yaml, so that it cannot drift.

The Danish words about a calculation stand in the YAML beside this script, everything else in the
registers of the package. A test compares the file with what is made here, runs every example, and
holds each text against the docstring of its function. Run by `make metode`.

    python docs/metode/make_metode.py           writes docs/metode.md
    python docs/metode/make_metode.py --maerker  prints the mark of every function's docstring
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from types import FunctionType
from typing import Any

import yaml

from beskplan import indicators
from beskplan.blocks.tables import STATE_NOTES
from beskplan.core.danish import format_number
from beskplan.core.periods import date_text
from beskplan.indicators.forecast import COVERAGE, LEAST_MONTHS, LONGEST_MONTHS
from beskplan.indicators.refusion import staircases
from beskplan.indicators.targets import FRESH_MONTHS
from beskplan.observations.suppression import OWN_THRESHOLD, threshold
from beskplan.registers.benefits import benefits
from beskplan.registers.breaks import breaks_file
from beskplan.registers.indicators import INDICATORS
from beskplan.report.followed_target import REASONS
from beskplan.sources.plan import default_plan

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "metode.md"
TEXTS = HERE / "beregninger.yaml"
GLOSSARY = HERE.parents[1] / "GLOSSARY.md"

_INTRO = """# Metode: sådan bliver tallene til

Siden viser hvert tal, som beskplan henter eller regner: hvad det er, hvordan det regnes, i hvilken enhed,
hvor det kommer fra, og hvad man skal vide, før man bruger det. Den er lavet af programmets egne registre med
`make metode` og rettes ikke i hånden. Eksemplerne bliver regnet efter af en test, hver gang koden ændres.
"""
_FRESH_WORDS = {"M": "måneder", "Q": "kvartaler", "QMAT": "rullende år", "Y": "år"}
_NUMBERED = "## {number}. {title}"

Texts = dict[str, Any]


def functions() -> dict[str, FunctionType]:
    """Every public function of `beskplan.indicators`, as `module.function`."""
    found = {}
    for info in pkgutil.iter_modules(indicators.__path__):
        module = importlib.import_module(f"{indicators.__name__}.{info.name}")
        for name, value in inspect.getmembers(module, inspect.isfunction):
            if value.__module__ == module.__name__ and not name.startswith("_"):
                found[f"{info.name}.{name}"] = value
    return found


def mark(function: FunctionType) -> str:
    """Eight hex digits that change with the docstring."""
    return sha256(inspect.cleandoc(function.__doc__ or "").encode()).hexdigest()[:8]


def read_texts() -> Texts:
    """The Danish words about the calculations, with the constants of the code filled in."""
    constants = {
        "LEAST_MONTHS": LEAST_MONTHS,
        "LONGEST_MONTHS": LONGEST_MONTHS,
        "COVERAGE": f"{COVERAGE * 100:.0f} pct. af tallene",
        "antal_grunde": len([reason for reason in REASONS if reason]),
        "FRISK": _fresh(),
    }
    texts = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    for calculation in calculations(texts):
        for key in ("formel", "enhed", "mangler", "kilde", "forbehold"):
            calculation[key] = re.sub(
                r"\{(\w+)\}", lambda hit: str(constants[hit[1]]), calculation[key]
            )
    return dict(texts)


def calculations(texts: Texts) -> Iterator[dict[str, Any]]:
    """Every calculation in the order of the page."""
    return (one for section in texts["afsnit"] for one in section["beregninger"])


def _fresh() -> str:
    by_months: dict[int, list[str]] = {}
    for kind, months in FRESH_MONTHS.items():
        by_months.setdefault(months, []).append(_FRESH_WORDS[kind])
    return ", ".join(
        f"{months} måneder ({' og '.join(kinds)})" for months, kinds in by_months.items()
    )


def page() -> str:
    """The whole of docs/metode.md."""
    texts = read_texts()
    parts = [
        ("Tal, der hentes", _measures()),
        ("Ydelser og deres tabeller", _benefits()),
        ("Regler for alle tal", _rules()),
        *((section["titel"], _section(section)) for section in texts["afsnit"]),
        ("Grunde til, at et mål ikke kan vurderes", _bullets(REASONS.values())),
        ("Refusionstrappen", _staircases()),
        ("Brud i serierne", _breaks()),
    ]
    numbered = [
        "\n\n".join((_NUMBERED.format(number=number, title=title), body.rstrip()))
        for number, (title, body) in enumerate(parts, start=1)
    ]
    return "\n\n".join((_INTRO.rstrip(), *numbered)) + "\n"


def _section(section: Mapping[str, Any]) -> str:
    return "\n\n".join(_calculation(one) for one in section["beregninger"])


def _calculation(one: Mapping[str, Any]) -> str:
    rows = [
        ("Formel", one["formel"]),
        ("Enhed", one["enhed"]),
        ("Når tal mangler", one["mangler"]),
        ("Kilde", one["kilde"]),
        ("Forbehold", one["forbehold"]),
    ]
    facts = "\n".join(f"- **{head}:** {_sentence(text)}" for head, text in rows)
    examples = "\n".join(f"- *Eksempel:* {_sentence(each['tekst'])}" for each in one["eksempler"])
    code = ", ".join(f"`{name}`" for name in one["funktioner"])
    return (
        f"### {one['titel']}\n\n{facts}\n{examples}\n- *I koden* (`beskplan/indicators/`): {code}"
    )


def _sentence(text: str) -> str:
    """With a capital letter and a full stop."""
    joined = " ".join(str(text).split())
    return f"{joined[0].upper()}{joined[1:]}{'' if joined[-1] in '.:' else '.'}"


def _measures() -> str:
    definitions = _definitions()
    rows = [
        (
            one.name,
            f"`{one.id}`",
            one.unit,
            str(one.decimals),
            _adds(one.adds_over_areas, one.adds_over_ydelser),
            _delivered(one.id),
            definitions[one.id],
        )
        for one in INDICATORS.values()
    ]
    heads = ("Tal", "I koden", "Enhed", "Decimaler", "Må lægges sammen", "Hentes fra", "Betydning")
    return _table(heads, rows)


def _adds(over_areas: bool, over_benefits: bool) -> str:
    said = {"over områder": over_areas, "over ydelser": over_benefits}
    return " og ".join(name for name, yes in said.items() if yes) or "nej"


def _definitions() -> dict[str, str]:
    """The glossary's sentence by the name in the code."""
    rows = re.findall(
        r"^\| [^|]+ \| `([^`|]+)` \| ([^|]+?) \|$",
        GLOSSARY.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    return dict(rows)


def _delivered(indicator: str) -> str:
    plan = default_plan()
    tables = [
        table.id
        for table in plan.jobindsats
        if any(measure.indicator == indicator for measure in table.measures)
    ]
    bank = [table.id for table in plan.statbank if table.indicator == indicator]
    found = [f"Jobindsats.dk ({len(tables)} tabeller)"] if len(tables) > 1 else []
    found += [f"Jobindsats.dk ({tables[0]})"] if len(tables) == 1 else []
    found += [f"Danmarks Statistik ({', '.join(bank)})"] if bank else []
    return "; ".join(found) or "planernes egne tal eller kommunens egen opgørelse"


def _benefits() -> str:
    rows = [
        (
            " / ".join(dict.fromkeys(form.name for form in one.forms)),
            f"`{one.id}`",
            ", ".join(table.id for table in one.tables) or "-",
            date_text(one.valid_from) if one.valid_from else "-",
            date_text(one.valid_to) if one.valid_to else "-",
            ", ".join(f"`{heir}`" for heir in one.successors) or "-",
        )
        for one in benefits()
        if not one.is_composite
    ]
    return _table(("Ydelse", "I koden", "Tabel", "Fra", "Til", "Afløst af"), rows)


def _rules() -> str:
    return _bullets(
        [
            "Der rundes væk fra nul, når det ligger lige imellem: 2,5 bliver til 3, og -2,5 bliver til -3.",
            *STATE_NOTES.values(),
            "Et tal, der er regnet af et fortroligt tal, er selv fortroligt.",
            "Findes både total og dele, bliver så mange tal holdt tilbage, at ingen kan regnes ud.",
            "Hvilke tal det er, afgøres én gang for alle Bilag, alle områder og alle perioder.",
            f"Jobindsats offentliggør ikke antal under {threshold('jobindsats')}.",
            f"For kommunens egne tal er grænsen {OWN_THRESHOLD}, medmindre kommunen har sin egen regel.",
            "Personer lægges aldrig sammen over måneder, ydelser eller områder. Andele lægges aldrig sammen.",
            "Hele landet er kildens egen total, aldrig summen af kommunerne.",
            "Ændring i pct. regnes af kildens tal, forskelle regnes af de trykte.",
        ]
    )


def _staircases() -> str:
    parts = []
    for one in staircases():
        days = f"Fra {date_text(one.valid_from)}" if one.valid_from else "Altid"
        days += f" til {date_text(one.valid_to)}" if one.valid_to else ""
        rows = [
            (f"uge {step.fra_uge}", f"{format_number(step.sats_pct, 0)} %") for step in one.trin
        ]
        parts.append(
            f"{days}. Kilde: {one.source}.\n\n{_table(('Fra', 'Sats'), rows)}\n\n{one.note}"
        )
    return "\n\n".join(parts)


def _breaks() -> str:
    found = breaks_file()
    kinds = {"mark": "vises med en note", "refuse": "sammenlignes ikke"}
    rows = [
        *((date_text(one.day), kinds[one.kind], one.note) for one in found.breaks),
        *(
            (f"{date_text(one.first)} til {date_text(one.last)}", kinds[one.kind], one.note)
            for one in found.unfinished
        ),
    ]
    also = (
        "Ydelser, der begynder, ophører eller får nyt navn, står i ydelsernes eget register, og områder, der "
        "ophører, i områdernes. Også de bliver til noter, eller sammenligningen bliver afvist."
    )
    return f"{_table(('Dag', 'Sammenligning', 'Note'), rows)}\n\n{also}"


def _bullets(texts: Iterable[str]) -> str:
    return "\n".join(f"- {text}" for text in texts)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Write the page, or print the marks."""
    reader = argparse.ArgumentParser(description="Makes docs/metode.md")
    reader.add_argument("--maerker", action="store_true", help="print the mark of every docstring")
    if reader.parse_args().maerker:
        for name, function in functions().items():
            print(f"{name}: {mark(function)}")  # noqa: T201  # what was asked for
        return
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
