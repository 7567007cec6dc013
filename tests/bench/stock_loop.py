"""Reports as a user would make them: papermill and nbconvert in a loop, with pandas, Styler and seaborn.

python -m tests.bench.stock_loop ROOT N OUT PROCESSES
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from beskplan.registers.areas import kommuner


def stock_loop(root: Path, kommune_codes: list[str], out: Path) -> None:
    """A notebook and an HTML page of each municipality."""
    import papermill
    from nbconvert import HTMLExporter

    data = next((root / "data" / "snapshots").glob("*/observations.parquet"))
    for kode in kommune_codes:
        name = out / f"{kode}.ipynb"
        parameters = {"kode": kode, "data_path": str(data)}
        papermill.execute_notebook(
            str(root / "plain.ipynb"), str(name), parameters, progress_bar=False
        )
        html, _ = HTMLExporter().from_filename(str(name))
        name.with_suffix(".html").write_text(html, encoding="utf-8")


def main() -> None:
    """Make the first N municipalities' reports, in so many processes."""
    root, count, out, processes = (
        Path(sys.argv[1]),
        int(sys.argv[2]),
        Path(sys.argv[3]),
        sys.argv[4],
    )
    codes = [one.kode for one in kommuner()[:count]]
    if int(processes) == 1:
        stock_loop(root, codes, out)
        return
    with ProcessPoolExecutor(int(processes), mp_context=get_context("spawn")) as pool:
        shares = [codes[start :: int(processes)] for start in range(int(processes))]
        for done in [pool.submit(stock_loop, root, share, out) for share in shares]:
            done.result()


if __name__ == "__main__":
    main()
