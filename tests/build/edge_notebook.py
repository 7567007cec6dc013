"""Builds `notebooks/edge.ipynb`: what cells can do besides showing a table.

    python -m tests.build.edge_notebook

One cell for each way in which an engine could differ from papermill's own. What the standard engine
itself does differently from run to run, the order of two descriptors say, is given time to settle.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

PATH = Path(__file__).parent / "notebooks" / "edge.ipynb"
KERNELSPEC = {"name": "python3", "display_name": "Python 3", "language": "python"}
RAISES = "raises-exception"

CELLS: Final = {
    "streams": "import sys\nprint('ud'); print('fejl', file=sys.stderr); print('mere')",
    "carriage-return": "print('10 %\\r20 %', end=''); sys.stdout.write('!')",
    "stream-questions": "sys.stdout.isatty(), sys.stdout.encoding, sys.stdout.name",
    "warning": "import warnings\nwarnings.warn('pas på')",
    "warning-again": "for _ in range(2):\n    warnings.warn('en gang')",
    "display-id": "from IPython.display import HTML, JSON, Markdown, clear_output, display, update_display\n"
    "handle = display(HTML('<b>a</b>'), display_id='x')\nhandle.update(HTML('<b>c</b>'))",
    "display-id-other-cell": "update_display(HTML('<b>d</b>'), display_id='x')",
    "clear": "print('væk'); clear_output(); print('tilbage')",
    "clear-wait": "print('a'); clear_output(wait=True); display(Markdown('**b**'))",
    "figure": "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3]);",
    "figure-twice": "fig, ax = plt.subplots()\nax.plot([3, 2, 1])\nfig",
    "figure-show": "plt.bar([1, 2], [3, 4])\nplt.show()\nprint('bagefter')",
    "frame": "import pandas as pd\npd.DataFrame({'a': range(100), 'b': ['æøå'] * 100})",
    "frame-wide": "pd.DataFrame([range(40)])",
    "frame-printed": "print(pd.DataFrame([range(40)]))",
    "styler": "pd.DataFrame({'a': [1, 2]}).style.set_uuid('u').format('{:.1f}')",
    "pandas-options": "pd.options.display.max_columns, pd.options.display.width, plt.get_backend()",
    "several-values": "1 + 1; 2 + 2\n3 + 3",
    "none": "None",
    "last-value": "_",
    "semicolon": "4 + 4;",
    "json": "JSON({'a': (1, 2), 'b': {'c': None}})",
    "mutated-after-display": "values = {'a': [1]}\ndisplay({'application/json': values}, raw=True)\nvalues['a'].append(2)",
    "bundle": "class Both:\n"
    "    def _repr_mimebundle_(self, **_):\n"
    "        return {'text/html': '<i>x</i>', 'application/vnd.x+json': {'a': [1, 2.5]}}, {'text/html': {'isolated': True}}\n"
    "Both()",
    "repr-raises": "class Broken:\n    def _repr_html_(self):\n        raise ValueError('ingen html')\nBroken()",
    "shell-command": "!echo hej",
    "shell-output": "svar = !printf 'a\\nb\\n'\nsvar",
    "capture": "%%capture taget\nprint('skjult'); display(HTML('<b>skjult</b>'))",
    "captured": "taget.stdout, len(taget.outputs)",
    "html-magic": "%%html\n<b>x</b>",
    "bash-magic": "%%bash\necho fra bash",
    "who": "%who_ls",
    "await": "import asyncio\nawait asyncio.sleep(0)\n'ventet'",
    "running-loop": "asyncio.get_running_loop().is_running()",
    "nested-run": "hej = asyncio.sleep(0)\ntry:\n    asyncio.run(hej)\nexcept RuntimeError as error:\n    hej.close()\n    print(error)",
    "background-task": "async def senere():\n    await asyncio.sleep(0.05)\n    print('fra den gamle celle')\n    return 7\nopgave = asyncio.create_task(senere())",
    "background-task-awaited": "print('ny celle')\nawait opgave",
    "async-generator": "async def tal():\n    for n in range(3):\n        yield n\n[n async for n in tal()]",
    "subprocess": "import subprocess, time\nkode = subprocess.run(['echo', 'fra et barn']).returncode\ntime.sleep(0.5)\nkode",
    "descriptor": "import os\nos.write(1, b'raa linje\\n')\ntime.sleep(0.5)",
    "descriptor-err": "os.system('echo til fejl 1>&2')\ntime.sleep(0.5)",
    "thread": "import threading\nt = threading.Thread(target=print, args=('traad',))\nt.start(); t.join()",
    "thread-display": "t = threading.Thread(target=display, args=(HTML('<b>traad</b>'),))\nt.start(); t.join()",
    "late-thread": "def sen():\n    time.sleep(0.5)\n    print('i naeste celle')\nthreading.Thread(target=sen).start()",
    "late-thread-heard": "time.sleep(1)",
    "thread-pool": "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(2) as pool:\n    svar = list(pool.map(abs, [-1, -2]))\nsvar",
    "process-pool": "import multiprocessing\nwith multiprocessing.get_context('fork').Pool(2) as pool:\n    svar = pool.map(abs, [-1, -2])\nsvar",
    "logging": "import logging\nlogging.warning('log %s', 1)",
    "names": "__name__, 'In' in globals(), len(In), Out[18], 'get_ipython' in globals()",
    "import-path": "'' in sys.path",
    "pickle": "import pickle\nclass Egen:\n    pass\ntype(pickle.loads(pickle.dumps(Egen()))).__name__",
    "big-text": "print('x' * 200_000)",
    "tqdm": "from tqdm.auto import tqdm\ntqdm.__module__",
    "numpy": "import numpy as np\nnp.arange(1000).reshape(100, 10)",
    "line-magic": "%precision 2\n3.14159",
    "inline-svg": "%config InlineBackend.figure_formats = ['svg']\nplt.rcParams['svg.hashsalt'] = 'fast'\nplt.rcParams['svg.fonttype'] = 'none'",
    "no-input": "try:\n    input('?')\nexcept Exception as error:\n    print(type(error).__name__)",
    "no-password": "import getpass\ntry:\n    getpass.getpass()\nexcept Exception as error:\n    print(type(error).__name__)",
    "allowed-error": "print('foer'); {}['mangler']",
    "after-allowed-error": "print('efter')",
    "syntax-error": "x = (",
    "unknown-magic": "%findes_ikke",
    "keyboard-interrupt": "raise KeyboardInterrupt",
    "system-exit": "raise SystemExit(3)",
    "chained": "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise ValueError('derfor') from error",
    "own-exception": "class EgenFejl(Exception):\n    def __str__(self):\n        return 'æøå\\nlinje 2'\nraise EgenFejl",
    "error": "def f(x):\n    return 1 / x\nf(0)",
    "never-reached": "print('nås ikke')",
}
"""Source of each cell by its id."""
ALLOWED: Final = (
    "allowed-error",
    "syntax-error",
    "unknown-magic",
    "keyboard-interrupt",
    "system-exit",
    "chained",
    "own-exception",
)
"""Cells that may raise without ending the notebook."""


def edge_notebook() -> NotebookNode:
    """The notebook, without outputs."""
    cells = [new_markdown_cell("# Kanttilfælde", id="title")]
    cells.append(
        new_code_cell("navn = 'standard'", id="parameters", metadata={"tags": ["parameters"]})
    )
    for name, source in CELLS.items():
        tags = {"tags": [RAISES]} if name in ALLOWED else {}
        cells.append(new_code_cell(source, id=name, metadata=tags))
    metadata = {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    return new_notebook(cells=cells, metadata=metadata)


if __name__ == "__main__":
    nbformat.write(edge_notebook(), PATH)
