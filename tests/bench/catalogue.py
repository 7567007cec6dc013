"""Measure the catalogue: 98 municipalities, three years, four Bilag; building it, and its search.

    python tests/bench/catalogue.py [FOLDER]

Reports are made up; a folder that is named is kept, and used again.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))

from beskplan.params.jobs import Workplace
from beskplan.publish.publishing import write_catalogue
from beskplan.publish.trail import Event, Trail
from tests.conftest import CHROMIUM_ARGS, chromium_path
from tests.publish import synthetic

ASKED = ("rud", "aaben", "Ærø 2021", "målgrupper", "a", "findes ikke", "køb 2019 ref")
TYPE = """async word => {
  const field = document.getElementById("ord");
  const start = performance.now();
  field.value = word;
  field.dispatchEvent(new Event("input", {bubbles: true}));
  document.body.offsetHeight;
  const filtered = performance.now() - start;
  await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  return [filtered, performance.now() - start];
}"""


def main(root: Path) -> None:
    """Build and search; print what it took."""
    place = Workplace(root)
    if not place.reports.is_dir():
        jobs = synthetic.many(place)
        with Trail(place.reports).writing() as trail:
            for number in range(0, len(jobs), 20):
                job, by = jobs[number].id, "Mette Holm"
                trail.add(Event(what="godkendt", job=job, content="0" * 16, by=by))
    for _ in range(3):
        start = time.perf_counter()
        folder, site = write_catalogue(place)
        took = time.perf_counter() - start
        count = len(site.files) + len(site.pages)
        print(f"{len(site.entries)} reports, {len(site.pages)} pages, {count} files: {took:.2f} s")
    front = folder / "index.html"
    print(f"front page {front.stat().st_size / 1000:.0f} kB")
    search(front)


def search(front: Path) -> None:
    """Time from a change of the field until the answer is laid out, and until it is painted."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=list(CHROMIUM_ARGS)
        )
        page = browser.new_page()
        page.goto(front.as_uri())
        for word in ASKED:
            times = [page.evaluate(TYPE, word) for _ in range(7)]
            laid_out, painted = (statistics.median(one) for one in zip(*times, strict=True))
            worst = max(one[1] for one in times)
            answer = page.inner_text("#antal")
            print(f"{word!r}: {laid_out:.1f} ms, painted {painted:.1f} ms ({worst:.1f}): {answer}")
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            main(Path(folder))
