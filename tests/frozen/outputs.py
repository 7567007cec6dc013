"""What a user sees, as text: by the command line and the files that it writes, and nothing else.

    python tests/frozen/outputs.py write FOLDER     # every fragment as a text file, for `diff -r`
    python tests/frozen/outputs.py compare OLD NEW  # what differs between two such folders
    python tests/frozen/outputs.py digest           # accept: writes digests.json beside this file

A fragment's key ends in `<kind>/<block>`; before that stands the job, the plan or the command.
"""

import argparse
import difflib
import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DIGESTS = Path(__file__).with_name("digests.json")
Digests = dict[str, dict[str, str]]


def digests(fragments: dict[str, str]) -> Digests:
    """Of each `<job>/<kind>` the blocks, each with the first twelve hex of its SHA-256."""
    found: Digests = defaultdict(dict)
    for key, text in fragments.items():
        about, block = key.rsplit("/", 1)
        found[about][block] = hashlib.sha256(text.encode()).hexdigest()[:12]
    return dict(found)


def read_digests() -> dict[str, Digests]:
    """What was accepted, by group."""
    found: dict[str, Digests] = {}
    if DIGESTS.is_file():
        found = json.loads(DIGESTS.read_text("utf-8"))
    return found


def write_digests(accepted: dict[str, Digests]) -> None:
    """A line for each `<job>/<kind>`, so that a change of one page is a change of few lines."""
    groups = []
    for group, found in sorted(accepted.items()):
        lines = [
            f"{json.dumps(key)}: {json.dumps(found[key], sort_keys=True)}" for key in sorted(found)
        ]
        groups.append(f"{json.dumps(group)}: {{\n" + ",\n".join(lines) + "\n}")
    DIGESTS.write_text("{\n" + ",\n".join(groups) + "\n}\n", "utf-8")


def changed(old: Digests, new: Digests) -> list[str]:
    """The keys that are not as they were, with what happened to them."""
    before, after = (
        {f"{about}/{block}": one for about, blocks in side.items() for block, one in blocks.items()}
        for side in (old, new)
    )
    told = []
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            word = "removed" if key not in after else "added" if key not in before else "changed"
            told.append(f"{word}: {key}")
    return told


def compare(old: Path, new: Path) -> Iterator[str]:
    """What differs between two written folders: by group and kind, then line by line."""
    groups = {one.name for one in old.iterdir()} & {one.name for one in new.iterdir()}
    yield f"compared: {', '.join(sorted(groups))}"
    texts = [
        {
            path.relative_to(side).as_posix().removesuffix(".txt"): path
            for group in groups
            for path in (side / group).rglob("*.txt")
        }
        for side in (old, new)
    ]
    before, after = texts
    kinds: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key in sorted(before.keys() | after.keys()):
        a, b = (side[key].read_text("utf-8") if key in side else "" for side in texts)
        if key in before and key in after and a == b:
            continue
        word = "removed" if key not in after else "added" if key not in before else "changed"
        group, *_, kind, _ = key.split("/")
        lines = difflib.unified_diff(a.splitlines(), b.splitlines(), lineterm="", n=1)
        shown = [] if word != "changed" else [f"    {line}" for line in list(lines)[2:]]
        kinds[group, kind].append("\n".join([f"  {word}: {key}", *shown]))
    for (group, kind), found in sorted(kinds.items()):
        yield f"{group} {kind}: {len(found)}"
    for (group, kind), found in sorted(kinds.items()):
        yield f"\n== {group} {kind}"
        yield from found


def main() -> None:
    """Write, compare or accept; see the head of this file."""
    from tests.frozen.groups import GROUPS, collect

    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    steps = parser.add_subparsers(dest="step", required=True)
    step = steps.add_parser("compare", help="what differs between two folders that `write` made")
    step.add_argument("old", type=Path)
    step.add_argument("new", type=Path)
    for name, text in (("write", "write the texts"), ("digest", "accept what is there now")):
        step = steps.add_parser(name, help=text)
        if name == "write":
            step.add_argument("folder", type=Path)
        step.add_argument("--group", action="append", choices=GROUPS, help="all by default")
        step.add_argument("--root", type=Path, default=ROOT, help="the checkout")
        step.add_argument("--shared", type=Path, default=os.environ.get("BESKPLAN_SHARED"))
    args = parser.parse_args()
    if args.step == "compare":
        print("\n".join(compare(args.old, args.new)))  # noqa: T201
        return
    root = args.root.resolve()
    command = root / ".venv" / "bin" / "beskplan"
    accepted = read_digests()
    for group in args.group or GROUPS:
        began = datetime.now(UTC)
        with tempfile.TemporaryDirectory() as work:
            texts = collect(group, [str(command)], Path(work), root=root, shared=args.shared)
        print(f"{group}: {len(texts)} fragments, {(datetime.now(UTC) - began).seconds} s")  # noqa: T201
        if args.step == "digest":
            accepted[group] = digests(texts)
            write_digests(accepted)
            continue
        shutil.rmtree(args.folder / group, ignore_errors=True)
        for key, text in texts.items():
            path = args.folder / group / f"{key}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))  # for `tests`, where this is run as a file
    main()
