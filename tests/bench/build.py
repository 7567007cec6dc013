"""How long `beskplan build` takes: the whole command as a person runs it, measured, never judged.

    make bench ARGS="--rounds 5 -- --kommune rudersdal"

What follows `--` goes to `beskplan build`. Prints a line a round, then the median.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

COMMAND = Path(sys.executable).with_name("beskplan")


def seconds_of_build(options: list[str]) -> float:
    """Wall-clock seconds of one build with these options; it has to succeed."""
    start = time.perf_counter()
    subprocess.run([str(COMMAND), "build", *options], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Measures the rounds and prints them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("options", nargs="*", help="options of `beskplan build`, after --")
    arguments = parser.parse_args()
    rounds = []
    for number in range(1, arguments.rounds + 1):
        rounds.append(seconds_of_build(arguments.options))
        print(f"round {number}: {rounds[-1]:.2f} s")
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"median: {statistics.median(rounds):.2f} s, largest process: {peak_mb:.0f} MB")


if __name__ == "__main__":
    main()
