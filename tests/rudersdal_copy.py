"""The params of one adopted plan, with one Bilag, for tests that need no more."""

from pathlib import Path

PLAN = Path("params") / "rudersdal" / "2021.yaml"
ALL_BILAG = "bilag: [maalgrupper, resultatmaal]"


def copy_one_bilag(root: Path, place: Path) -> None:
    """Rudersdal's plan of 2021 from the checkout at `root` to `place`, without its targets."""
    (place / PLAN).parent.mkdir(parents=True)
    shared = PLAN.parents[1] / PLAN.name
    (place / shared).write_text((root / shared).read_text(encoding="utf-8"), encoding="utf-8")
    text = (root / PLAN).read_text(encoding="utf-8")
    assert ALL_BILAG in text
    (place / PLAN).write_text(text.replace(ALL_BILAG, "bilag: [maalgrupper]"), encoding="utf-8")
