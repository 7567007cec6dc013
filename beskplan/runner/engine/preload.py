"""What the process that forks children imports and reads, once for all of them.

The standard library's fork server imports this module at its start and nothing else does. It must
end with one thread: a fork copies that thread alone, and what others held would be held for ever.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
import warnings
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from beskplan.runner.engine.processes import SNAPSHOT_VARIABLE, adopt_orphans

MODULES = (
    "matplotlib.backends.backend_svg",
    "IPython.core.completerlib",
    "encodings.utf_16_be",
    "pandas",
    "psutil",
    "pyarrow",
    "seaborn",
    "beskplan.runner.make_report",
    "beskplan.report.bilag",
    "beskplan.runner.checking",
    "beskplan.runner.engine.papermill_engine",
)
FOR_MANY = ("statsmodels.tsa.exponential_smoothing.ets",)
"""What only pages with a forecast import: it pays from a few reports on, while their data are read."""


def import_modules(root: str) -> None:
    """Import what every report needs; hold the newest snapshot of `root`, if it is given."""
    # jsonschema's checkers of addresses compile their grammars for close to a second, that of durations
    # brings a calendar, and seaborn imports scipy for curves that no report draws: all do without.
    blocked = dict.fromkeys(("isoduration", "rfc3986_validator", "rfc3987_syntax", "scipy"))
    sys.modules.update(blocked)  # type: ignore[arg-type]
    # What matplotlib writes into the help of each kind of artist is a third of its import.
    from matplotlib import artist

    told, artist.kwdoc = artist.kwdoc, lambda artist: ""  # noqa: ARG005
    for name in MODULES:
        importlib.import_module(name)
    artist.kwdoc = told
    for name in blocked:
        del sys.modules[name]
    import pandas as pd

    # pandas looks at import whether it prints to a notebook.
    pd.set_option("display.max_columns", 20)
    from beskplan.observations.snapshot_store import embedded

    embedded()
    _fill_caches()
    if root:
        # No text is drawn or measured here: a font that is open at the fork is one file position for all
        # children, and each would read the letters of another.
        _hold_newest(Path(root))


def _fill_caches() -> None:
    """Have compiled what every report compiles at its first use: schema, template, patterns of the check."""
    import nbformat
    from nbformat.v4 import new_notebook

    from beskplan.blocks.model import Cell, Column, Header, Row, Source, Table
    from beskplan.render.audit_pages import page_result
    from beskplan.render.page import Markdown, Numbered, Page
    from beskplan.render.page_html import page_html
    from beskplan.runner.engine.papermill_engine import prepared_shell
    from beskplan.runner.make_report import code_hashes
    from beskplan.runner.notebook_rules import code_problems

    table = Table(
        id="tal",
        title="Fuldtidspersoner",
        unit="Fuldtidspersoner",
        period="juni 2020",
        columns=(Column(id="ydelse", label="Ydelse", kind="text"), Column(id="tal", label="Tal")),
        rows=(Row(label="A-dagpenge", cells=(Cell(text="1", value=1),)),),
        sources=(Source(text="Jobindsats.dk"),),
    )
    header = Header(
        bilag="tal",
        kommune="Rudersdal",
        kommune_kode="230",
        afsender="Rudersdal Kommune",
        aar=2021,
        data_id="0",
        data_text="Tal fra juni 2020",
    )
    text = Markdown("Antallet steg med 1 fuldtidsperson fra juni 2019 til juni 2020.")
    page = Page(header, "Tal", (Numbered(1, table), text), ())
    nbformat.validate(new_notebook())
    list(code_problems("tal", "sentence", "celle 1"))
    prepared_shell()
    code_hashes()
    page_html(page)
    page_result(page)


def _hold_newest(root: Path) -> None:
    """Have a child read the newest snapshot, because reading Parquet starts native threads."""
    from beskplan.observations.snapshot_store import embedded, hold, snapshots_folder
    from beskplan.registers.areas import areas

    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_send_newest, args=(root, sender))
    child.start()
    sender.close()
    if any(snapshots_folder(root).glob("*")):
        # Published figures are too few for a forecast.
        for name in FOR_MANY:
            importlib.import_module(name)
    try:
        snapshots = receiver.recv()
    except EOFError:
        return  # A damaged one: every report's own process says so.
    finally:
        child.join()
    hold(snapshots)
    for snapshot in (embedded(), *snapshots.values()):
        # The sums that most reports compare with cost the most.
        for kind in ("region", "rar", "oestvest"):
            for whole in areas(kind):
                snapshot.rows_by_area.get(whole.kode)


def _send_newest(root: Path, sender: Connection) -> None:
    from beskplan.core.errors import BeskplanError
    from beskplan.observations.snapshot_store import loaded, newest

    try:
        newest(root)
    except BeskplanError:
        return
    found = loaded()
    for snapshot in found.values():
        snapshot.origins  # noqa: B018  # worked out once for all reports, and sent along
    sender.send(found)


signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for its owner, who then ends it.
adopt_orphans()
# What a child that was killed has left is waited for here, which the fork server finds odd.
warnings.filterwarnings("ignore", "forkserver: waitpid returned unexpected pid")
gc.disable()  # Nearly all that is made here stays: looking through it again and again costs a tenth.
import_modules(os.environ.pop(SNAPSHOT_VARIABLE, ""))
gc.freeze()
gc.enable()
gc.set_threshold(
    100_000
)  # A child lives for a second, and leaves little behind that is in a circle.
if (_threads := len(os.listdir("/proc/self/task"))) > 1:  # noqa: PTH208
    raise SystemExit(f"den varme proces har {_threads} tråde og må ikke deles")
