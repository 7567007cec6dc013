"""Builds `notebooks/edge.ipynb`: what cells can do besides showing a table.

    python -m tests.runner.edge_notebook

One cell for each way in which an engine could differ from papermill's own. What the standard engine
itself does differently from run to run, the order of two descriptors say, is given time to settle.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

PATH = Path(__file__).parent / "notebooks" / "edge.ipynb"
KERNELSPEC = {"name": "python3", "display_name": "Python 3", "language": "python"}
MARKER = re.compile(r"^# %% (?P<name>[a-z-]+)(?: (?P<tag>[a-z-]+))?\n", re.MULTILINE)
CELLS: Final = r"""
# %% streams
import sys
print('ud'); print('fejl', file=sys.stderr); print('mere')
# %% carriage-return
print('10 %\r20 %', end=''); sys.stdout.write('!')
# %% stream-questions
sys.stdout.isatty(), sys.stdout.encoding, sys.stdout.name
# %% warning
import warnings
warnings.warn('pas på')
# %% warning-again
for _ in range(2):
    warnings.warn('en gang')
# %% display-id
from IPython.display import HTML, JSON, Markdown, clear_output, display, update_display
handle = display(HTML('<b>a</b>'), display_id='x')
handle.update(HTML('<b>c</b>'))
# %% display-id-other-cell
update_display(HTML('<b>d</b>'), display_id='x')
# %% clear
print('væk'); clear_output(); print('tilbage')
# %% clear-wait
print('a'); clear_output(wait=True); display(Markdown('**b**'))
# %% figure
import matplotlib.pyplot as plt
plt.plot([1, 2, 3]);
# %% figure-twice
fig, ax = plt.subplots()
ax.plot([3, 2, 1])
fig
# %% figure-show
plt.bar([1, 2], [3, 4])
plt.show()
print('bagefter')
# %% frame
import pandas as pd
pd.DataFrame({'a': range(100), 'b': ['æøå'] * 100})
# %% frame-wide
pd.DataFrame([range(40)])
# %% frame-printed
print(pd.DataFrame([range(40)]))
# %% styler
pd.DataFrame({'a': [1, 2]}).style.set_uuid('u').format('{:.1f}')
# %% pandas-options
pd.options.display.max_columns, pd.options.display.width, plt.get_backend()
# %% several-values
1 + 1; 2 + 2
3 + 3
# %% none
None
# %% last-value
_
# %% semicolon
4 + 4;
# %% json
JSON({'a': (1, 2), 'b': {'c': None}})
# %% mutated-after-display
values = {'a': [1]}
display({'application/json': values}, raw=True)
values['a'].append(2)
# %% bundle
class Both:
    def _repr_mimebundle_(self, **_):
        data = {'text/html': '<i>x</i>', 'application/vnd.x+json': {'a': [1, 2.5]}}
        return data, {'text/html': {'isolated': True}}
Both()
# %% repr-raises
class Broken:
    def _repr_html_(self):
        raise ValueError('ingen html')
Broken()
# %% shell-command
!echo hej
# %% shell-output
svar = !printf 'a\nb\n'
svar
# %% capture
%%capture taget
print('skjult'); display(HTML('<b>skjult</b>'))
# %% captured
taget.stdout, len(taget.outputs)
# %% html-magic
%%html
<b>x</b>
# %% bash-magic
%%bash
echo fra bash
# %% who
%who_ls
# %% await
import asyncio
await asyncio.sleep(0)
'ventet'
# %% running-loop
asyncio.get_running_loop().is_running()
# %% nested-run
hej = asyncio.sleep(0)
try:
    asyncio.run(hej)
except RuntimeError as error:
    hej.close()
    print(error)
# %% background-task
async def senere():
    await asyncio.sleep(0.05)
    print('fra den gamle celle')
    return 7
opgave = asyncio.create_task(senere())
# %% background-task-awaited
print('ny celle')
await opgave
# %% async-generator
async def tal():
    for n in range(3):
        yield n
[n async for n in tal()]
# %% subprocess
import subprocess, time
kode = subprocess.run(['echo', 'fra et barn']).returncode
time.sleep(0.5)
kode
# %% descriptor
import os
os.write(1, b'raa linje\n')
time.sleep(0.5)
# %% descriptor-err
os.system('echo til fejl 1>&2')
time.sleep(0.5)
# %% thread
import threading
t = threading.Thread(target=print, args=('traad',))
t.start(); t.join()
# %% thread-display
t = threading.Thread(target=display, args=(HTML('<b>traad</b>'),))
t.start(); t.join()
# %% late-thread
def sen():
    time.sleep(0.5)
    print('i naeste celle')
threading.Thread(target=sen).start()
# %% late-thread-heard
time.sleep(1)
# %% thread-pool
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(2) as pool:
    svar = list(pool.map(abs, [-1, -2]))
svar
# %% process-pool
import multiprocessing
with multiprocessing.get_context('fork').Pool(2) as pool:
    svar = pool.map(abs, [-1, -2])
svar
# %% logging
import logging
logging.warning('log %s', 1)
# %% names
__name__, 'In' in globals(), len(In), Out[18], 'get_ipython' in globals()
# %% import-path
'' in sys.path
# %% pickle
import pickle
class Egen:
    pass
type(pickle.loads(pickle.dumps(Egen()))).__name__
# %% big-text
print('x' * 200_000)
# %% tqdm
from tqdm.auto import tqdm
tqdm.__module__
# %% numpy
import numpy as np
np.arange(1000).reshape(100, 10)
# %% line-magic
%precision 2
3.14159
# %% inline-svg
%config InlineBackend.figure_formats = ['svg']
plt.rcParams['svg.hashsalt'] = 'fast'
plt.rcParams['svg.fonttype'] = 'none'
# %% no-input
try:
    input('?')
except Exception as error:
    print(type(error).__name__)
# %% no-password
import getpass
try:
    getpass.getpass()
except Exception as error:
    print(type(error).__name__)
# %% allowed-error raises-exception
print('foer'); {}['mangler']
# %% after-allowed-error
print('efter')
# %% syntax-error raises-exception
x = (
# %% unknown-magic raises-exception
%findes_ikke
# %% keyboard-interrupt raises-exception
raise KeyboardInterrupt
# %% system-exit raises-exception
raise SystemExit(3)
# %% chained raises-exception
try:
    1 / 0
except ZeroDivisionError as error:
    raise ValueError('derfor') from error
# %% own-exception raises-exception
class EgenFejl(Exception):
    def __str__(self):
        return 'æøå\nlinje 2'
raise EgenFejl
# %% error
def f(x):
    return 1 / x
f(0)
# %% never-reached
print('nås ikke')
"""
"""The cells, each after a line with its id and its tag."""


def cell_ids() -> list[str]:
    """Ids of the cells, in order."""
    return [found["name"] for found in MARKER.finditer(CELLS)]


def edge_notebook() -> NotebookNode:
    """The notebook, without outputs."""
    starts = list(MARKER.finditer(CELLS))
    ends = [found.start() for found in starts[1:]] + [len(CELLS)]
    tags = {"tags": ["parameters"]}
    cells = [
        new_markdown_cell("# Kanttilfælde", id="title"),
        new_code_cell("navn = 'standard'", id="parameters", metadata=tags),
    ]
    for found, end in zip(starts, ends, strict=True):
        source = CELLS[found.end() : end].rstrip("\n")
        of_cell = {"tags": [found["tag"]]} if found["tag"] else {}
        cells.append(new_code_cell(source, id=found["name"], metadata=of_cell))
    metadata = {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    notebook: NotebookNode = new_notebook(cells=cells, metadata=metadata)
    return notebook


if __name__ == "__main__":
    nbformat.write(edge_notebook(), PATH)
