"""From YAML files to `PlanParams`, or to the list of everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from beskplan.core.errors import ParamsError, Problem
from beskplan.params.documents import Document, validated
from beskplan.params.models import PlanParams
from beskplan.params.subjects import subject
from beskplan.registers.areas import area

TARGETS_SUFFIX = ".maal.yaml"
"""Ending of the file with a plan's targets, beside the plan's own file."""


def params_path(root: Path, kommune: str, aar: int) -> Path:
    """Where a municipality's params of a year lie; `kommune` may be a name, code or slug."""
    return root / "params" / subject(kommune).slug / f"{aar}.yaml"


def plan_files(root: Path, kommune: str, aar: int) -> tuple[Path, ...]:
    """The files that a plan's parameters are read from and that exist, the strongest first.

    Its own file, its targets (`<aar>.maal.yaml`, the key `maal`), and the year's shared facts.
    """
    own = params_path(root, kommune, aar)
    files = (own, own.with_name(f"{aar}{TARGETS_SUFFIX}"), root / "params" / own.name)
    return tuple(path for path in files if path.is_file())


def params_files(root: Path, kommune: str, aar: int) -> tuple[Path, ...]:
    """Every params file that a report may be made from: of a region, also its municipalities' plans."""
    region = subject(kommune)
    slugs = [area(kode).slug for kode in region.parts]
    others = (path for slug in slugs for path in plan_files(root, slug, aar))
    return tuple(dict.fromkeys((*plan_files(root, kommune, aar), *others)))


def available(root: Path) -> tuple[tuple[str, int], ...]:
    """(slug, year) of every params file below `root/params`, sorted by year and slug."""
    files = (path for path in (root / "params").glob("*/*.yaml") if path.stem.isdigit())
    return tuple(
        sorted(((path.parent.name, int(path.stem)) for path in files), key=lambda item: item[::-1])
    )


def read(kommune: str, aar: int, root: Path) -> PlanParams:
    """The complete parameters of one municipality and year.

    Args:
        kommune: Name, code or slug.
        aar: Plan year.
        root: The folder that holds `params/`.

    Raises:
        UnknownNameError: no such municipality.
        ParamsError: a file is missing, or says something wrong; all problems of its files at once.
    """
    own_path = params_path(root, kommune, aar)
    if not own_path.is_file():
        raise ParamsError(_missing(root, own_path, kommune, aar))
    documents = [_load(path, root) for path in plan_files(root, kommune, aar)]
    if problems := [problem for one in reversed(documents) for problem in one.problems]:
        raise ParamsError(problems)
    merged: dict[str, Any] = {}
    for document in reversed(documents):
        merged = _merge(merged, document.values)
    params = validated(PlanParams, merged, *documents)
    if wrong := list(_misplaced(params, own_path, documents[0])):
        raise ParamsError(wrong)
    return params


def _load(path: Path, root: Path) -> Document:
    document = Document.load(path, root)
    return document.below("maal") if path.name.endswith(TARGETS_SUFFIX) else document


def _missing(root: Path, path: Path, kommune: str, aar: int) -> Problem:
    years = sorted(year for slug, year in available(root) if slug == path.parent.name)
    return Problem(
        where=path.relative_to(root).as_posix(),
        what="no parameters for this municipality and year",
        found=f"kommune {kommune!r}, aar {aar}",
        expected=f"one of the years {', '.join(map(str, years))}"
        if years
        else "a file of this name",
        fix="write the file, or choose a year that has one (see `beskplan list`)",
    )


def _misplaced(params: PlanParams, path: Path, own: Document) -> Iterator[Problem]:
    for key, expected in (("aar", int(path.stem)), ("kommune", subject(path.parent.name).navn)):
        found = getattr(params, key)
        if found != expected:
            yield Problem(
                where=own.where((key,)),
                what="does not fit the file's place",
                found=repr(found),
                expected=repr(expected),
                fix=f"correct `{key}`, or move the file",
            )


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` on `base`: mappings are merged key by key, everything else is replaced."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = (
            _merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
        )
    return merged
