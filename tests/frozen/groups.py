"""What is built and said in a working copy that is thrown away: by the command line alone."""

import os
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tests.conftest import cases
from tests.frozen.reading import READERS, Fragments

CASES = cases("groups")

MONTHS = (
    *("januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september"),
    *("oktober", "november", "december"),
)
VARYING = [
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)?"), "<tid>"),
    (re.compile(r"\b(beskplan[ /]v?)\d+\.\d+[\w.+]*"), r"\1<udgave>"),
    (re.compile(r"\b\d+(,\d+)? kB\b"), "<stoerrelse>"),
    (re.compile(r"\d\d\d\d\d\d\d\dT\d\d\d\d\d\d\w*"), "<tid>"),
    # With the blanks that fill up a column of them.
    (re.compile(r"\d{1,2}\. [a-z]+ \d{4} kl\. \d{1,2}\.\d\d(?: +(?=  ))?"), "<tid>"),
    (re.compile(r"\b[0-9a-f]{16,64}\b"), "<hash>"),
]


def plain(text: str, places: dict[str, str]) -> str:
    """A text without paths, days, times, versions and hashes; a snapshot's id, 12 hex, stays."""
    text = text.replace("\r\n", "\n")
    for path, name in places.items():
        text = text.replace(path, name)
    for pattern, name in VARYING:
        text = pattern.sub(name, text)
    for days in (-1, 0, 1):  # a midnight may pass, and not everywhere at once
        day = date.today() + timedelta(days)  # noqa: DTZ011
        told = rf"\b{day.day}\.\s+{MONTHS[day.month - 1]}\s+{day.year}|{day.isoformat()}"
        text = re.sub(told, "<i dag>", text)
    return text


@dataclass(frozen=True)
class Copy:
    """A working copy that is thrown away, with the notebooks and params of a checkout.

    Attributes:
        beskplan: The command.
        root: The checkout.
        place: The copy; nothing in it yet but notebooks and params.
        shared: The documents and real data beside the checkout.
    """

    beskplan: list[str]
    root: Path
    place: Path
    shared: Path

    def plain(self, text: str) -> str:
        """A text without what differs from run to run."""
        return plain(text, {str(self.place): "<sted>", str(self.shared): "<shared>"})

    def run(self, *words: str) -> str:
        """What a command says, and the code that it ends with; lines of a build have no order."""
        done = subprocess.run(
            [*self.beskplan, *words],
            cwd=self.place,
            env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        out = "\n".join(sorted(done.stdout.splitlines())) if words[0] == "build" else done.stdout
        return f"$ beskplan {' '.join(words)}\n{out}\n{done.stderr}\nexit {done.returncode}\n"

    def read(self, folder: Path, kinds: set[str] | None = None) -> Fragments:
        """Every file below a folder, by its path in it, and the list of them."""
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        paths = [
            one for one in paths if not any(p[0] == "." for p in one.relative_to(folder).parts)
        ]
        found = {"filer/filer": "\n".join(one.relative_to(folder).as_posix() for one in paths)}
        for path in paths:
            about = path.relative_to(folder).with_suffix("")
            # A report's own files share the key of its job; its CSV stand in a folder below.
            job = about.parent if path.suffix != ".csv" else about.parent.parent
            for key, text in READERS.get(path.suffix, lambda _: {})(path).items():
                if kinds is None or key.split("/")[0] in kinds:
                    owner = job if folder.name == "reports" else about
                    found[f"{owner}/{key}".removeprefix("./")] = text
        return found


def shipped(copy: Copy) -> Fragments:
    """All reports that params/ ask for."""
    said = copy.run("build")
    return {"kommandoer/build": said, **copy.read(copy.place / "reports")}


EXPORTS = CASES["exports"]
AREAS = CASES["areas"]
ALL_BILAG = ("laesoe", "taarnby")
"""These have every Bilag; the others the two that every plan has."""
OWN_TARGETS = ("taarnby", "rudersdal", "bornholm", "aarhus")
"""These have targets of other kinds than the file with the real data's."""
MORE_BILAG = CASES["more_bilag"]
KTH = "maaling: {indikator: fuldtidspersoner, ydelser: [kontanthjaelp_2025]}"
TARGETS = f"""
kilde: NAVN Kommunes Beskæftigelsesplan 2027
sammenlign_med: [hele-landet, rar]
overordnede:
  - titel: Færre på kontanthjælp
    resultatmaal:
      - {{id: fald, slags: relativ, hvad: Kontanthjælp, tekst: Fem pct. færre, aendring_pct: -5,
         enhed: fuldtidspersoner, frist: 2025M12, udgangspunkt: {{periode: 2024M12}}, {KTH}}}
      - {{id: hoejst, slags: niveau_hoejst, hvad: Kontanthjælp højst, tekst: Højst 1.500, niveau: 1500,
         enhed: fuldtidspersoner, frist: 2026M12, udgangspunkt: {{periode: 2024M12}}, {KTH}}}
      - {{id: mindst, slags: niveau_mindst, hvad: Kontanthjælp mindst, tekst: Mindst 90, niveau: 90,
         enhed: fuldtidspersoner, frist: 2027M12, udgangspunkt: {{periode: 2025M12}}, {KTH}}}
      - {{id: landet, slags: landsgennemsnit, hvad: Andel, tekst: Som hele landet, frist: 2027M12,
         udgangspunkt: {{periode: 2025M12}},
         maaling: {{indikator: pct_af_arbejdsstyrken, ydelser: [kontanthjaelp_2025]}}}}
      - {{id: ord, slags: kun_retning, hvad: Unge, tekst: Flere unge i job, retning: op, frist: 2027M12}}
"""


def write_plans(place: Path, shared: Path, areas: dict[str, str]) -> None:
    """Params of 2027 with targets, for municipalities by their slug and name."""
    theirs = (shared / "cases" / "disclosure" / "targets.yaml").read_text(encoding="utf-8")
    for slug, name in areas.items():
        folder = place / "params" / slug
        folder.mkdir(exist_ok=True)
        every = ", overblik, varighed, refusion" if slug in ALL_BILAG else ""
        plan = f"kommune: {name}\naar: 2027\nbilag: [maalgrupper, resultatmaal{every}]\n"
        plan += MORE_BILAG if slug in ALL_BILAG else ""
        targets = (TARGETS if slug in OWN_TARGETS else theirs).replace("NAVN", name)
        (folder / "2027.yaml").write_text(plan, encoding="utf-8")
        (folder / "2027.maal.yaml").write_text(targets, encoding="utf-8")


def areas2027(copy: Copy) -> Fragments:
    """Twelve municipalities on the real data, and what the imports say."""
    shared = copy.shared
    said = [
        copy.run("import", f"{shared}/data/{one}.csv", "--retrieved", "2026-08-15")
        for one in EXPORTS
    ]
    said += [copy.run("snapshots", "list")]
    write_plans(copy.place, shared, AREAS)
    built = copy.run("build", "--aar", "2027")
    reports = copy.read(copy.place / "reports")
    return {"kommandoer/import": "\n".join(said), "kommandoer/build": built, **reports}


PLANS = (".txt", ".md", ".html", ".docx", ".pdf")


def audit(copy: Copy) -> Fragments:
    """The plan check of the adopted plans and of the made-up ones."""
    cases = copy.shared / "cases" / "audit"
    paths = [
        path for path in sorted(cases.rglob("*")) if path.suffix in PLANS and path.parent != cases
    ]
    seeds = sorted((copy.shared / "seeds").glob("*.txt"))

    def check(path: Path) -> Fragments:
        name = path.name[:3] if path in seeds else f"{path.parent.name}/{path.stem}"
        out = copy.place / "tjek" / name
        found = {"tale/tale": copy.run("audit", str(path), "--out", str(out))}
        for made in sorted(out.glob("*")):
            # The same findings in five forms: of a made-up plan one is enough.
            if path in seeds or made.suffix == ".json":
                found |= READERS[made.suffix](made)
        return {f"{name}/{key}": text for key, text in found.items()}

    with ThreadPoolExecutor(2) as pool:
        every = pool.map(check, [*seeds, *paths])
        return {key: text for found in every for key, text in found.items()}


CASE = CASES["case"]
MAIL = """
server: {vaert: smtp.rudersdal.dk, port: 587, sikkerhed: starttls, bruger: beskplan@rudersdal.dk}
afsender: {navn: Rudersdal Kommune, adresse: beskplan@rudersdal.dk}
vedligeholder: [drift@rudersdal.dk]
adresse: https://rapporter.rudersdal.dk/
"""
LIST = CASES["list"]
JOB = "2021/rudersdal/maalgrupper"
PLAN = ("--kommune", "Rudersdal", "--aar", "2021")
WAY: tuple[tuple[str, ...], ...] = (
    ("build", *PLAN),
    ("packet", *PLAN),  # refused: nobody has approved it
    ("approve", JOB, "2021/rudersdal/resultatmaal", "--by", "Mette Holm"),
    ("approvals",),
    ("publish", "--to", "web", "--url", "https://rapporter.rudersdal.dk/"),
    ("packet", *PLAN),
    ("mail", *PLAN, "--liste", "udvalget"),
    ("mail-log",),
    ("catalogue",),
    ("build", "--kommune", "Rudersdal", "--aar", "2021"),  # fresh
    ("withdraw", JOB, "--by", "Ole Lund", "--reason", "Forkert tal"),
    ("publish", "--to", "trukket"),
    ("approvals",),
    ("prune", "--dry-run"),
    ("list",),
    *(("list", one) for one in ("kommuner", "ydelser", "bilag")),
    ("check",),
    ("plan",),
    ("plan", "--kommune", "Ruderdal"),  # misspelt
    ("new", "Rudersdal", "2022", "--dry-run"),
)


def publish(copy: Copy) -> Fragments:
    """One plan all the way to the committee, and what the commands say of themselves."""
    params = copy.place / "params"
    with (params / "rudersdal" / "2021.yaml").open("a", encoding="utf-8") as file:
        file.write(CASE)
    (params / "mail.yaml").write_text(MAIL, encoding="utf-8")
    (params / "rudersdal" / "modtagere.yaml").write_text(LIST, encoding="utf-8")
    found = {f"tale/{n:02}-{one[0]}": copy.run(*one) for n, one in enumerate(WAY)}
    # The reports themselves are told elsewhere; here is what these steps add to them.
    kinds = {"html", "pdf", "docx", "eml", "manifest", "atom"}
    folders = ("web", "trukket", "reports/pakker", "reports/site", "data/post")
    for name in folders:
        whole: dict[str, list[str]] = defaultdict(list)
        for key, text in copy.read(copy.place / name, kinds).items():
            about, block = key.rsplit("/", 1)
            # The day of the approval may be longer or shorter than today's: lines break elsewhere.
            told = " ".join(text.split()) if about.endswith("/pdf") else text
            whole[f"{name}/{about}/hele"].append(f"## {block}\n{told}")
        found |= {key: "\n".join(texts) for key, texts in whole.items()}
    commands = re.findall(r"^  ([a-z][a-z-]+)  ", copy.run("--help"), re.MULTILINE)
    helped = [("--help",), *((one, "--help") for one in commands)]
    with ThreadPoolExecutor(2) as pool:
        for words, text in zip(helped, pool.map(lambda one: copy.run(*one), helped), strict=True):
            found[f"hjaelp/{words[0]}"] = text
    return found


GROUPS: dict[str, Callable[[Copy], Fragments]] = {
    "shipped": shipped,
    "publish": publish,
    "areas2027": areas2027,
    "audit": audit,
}
NEEDS_SHARED = ("areas2027", "audit")


def collect(
    group: str, beskplan: list[str], work: Path, *, root: Path, shared: Path | None = None
) -> Fragments:
    """All fragments of a group, by keys that are safe as paths.

    Args:
        group: One of `GROUPS`.
        beskplan: The command.
        work: An empty folder.
        root: The checkout whose notebooks and params are built.
        shared: The documents and real data; beside the checkout by default.
    """
    place = work.resolve() / group
    for name in ("notebooks", "params"):
        shutil.copytree(root / name, place / name)
    copy = Copy(beskplan, root, place, (shared or root.parent / "shared").resolve())
    found = GROUPS[group](copy)
    return {
        re.sub(r"[^\w/.<> -]", "_", copy.plain(key)): copy.plain(text).rstrip() + "\n"
        for key, text in sorted(found.items())
    }
