"""How long a save takes to the new page, in a real browser, with the warm process that a preview keeps.

python -m tests.bench.saves ROOT SAVES tekst    # prints the seconds of each save of other text
python -m tests.bench.saves ROOT SAVES kode     # of other code, too, so that all cells run again
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import nbformat
from playwright.sync_api import sync_playwright

from tests.conftest import CHROMIUM_ARGS, chromium_path

BILAG = "maalgrupper"
PATIENCE = 120_000.0
"""Longest wait for a page, ms."""


def main() -> None:
    """Open the preview, save the notebook again and again, wait each time until the page shows it."""
    root, saves, kind = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    path = root / "notebooks" / f"{BILAG}.ipynb"
    before = path.read_bytes()
    code = (
        f"import sys; sys.argv = ['beskplan', 'preview', '{BILAG}', '--no-browser'];"
        "from beskplan.cli import main; main()"
    )
    server = subprocess.Popen(
        [sys.executable, "-u", "-c", code],
        cwd=root,
        env={**os.environ, "JUPYTER_TOKEN": "bench"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout is not None
        address = server.stdout.readline().split()[0]
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium_path(), args=list(CHROMIUM_ARGS)
            )
            page = browser.new_page()
            for _ in range(100):  # until the server answers
                try:
                    page.goto(address)
                    break
                except Exception:  # noqa: BLE001
                    time.sleep(0.3)
            shown = page.frame_locator("#page").locator("h1")
            shown.wait_for(timeout=PATIENCE)
            for number in range(saves + 1):
                notebook = nbformat.reads(before.decode(), as_version=4)
                head, _, rest = notebook.cells[0].source.partition("\n")
                notebook.cells[0].source = f"{head} gemt {number}\n{rest}"
                if kind == "kode":
                    code = next(c for c in notebook.cells[::-1] if c.cell_type == "code")
                    code.source = f"# gemt {number}\n{code.source}"
                start = time.perf_counter()
                nbformat.write(notebook, path)
                shown.filter(has_text=f"gemt {number}").wait_for(timeout=PATIENCE)
                if number:  # The first warms the process up.
                    print(f"{time.perf_counter() - start:.3f}", flush=True)
            browser.close()
    finally:
        path.write_bytes(before)
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
