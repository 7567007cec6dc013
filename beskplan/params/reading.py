"""From YAML files to `PlanParams`, or to the list of everything that is wrong with them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from beskplan.core.errors import ParamsError, Problem, UnknownNameError
from beskplan.params.models import PlanParams
from beskplan.params.values import problem, subject
from beskplan.registers.areas import area
from beskplan.registers.document import Document
from beskplan.registers.indicators import OWN, declare_own
from beskplan.registers.reading import validated

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
    return tuple(path for path in files if os.path.lexists(path))


def params_files(root: Path, kommune: str, aar: int) -> tuple[Path, ...]:
    """Every params file that a report may be made from: of a region, also its municipalities' plans."""
    region = subject(kommune)
    slugs = [area(kode).slug for kode in region.parts]
    others = (path for slug in slugs for path in plan_files(root, slug, aar))
    own = [path for path in (root / OWN,) if os.path.lexists(path)]
    return tuple(dict.fromkeys((*plan_files(root, kommune, aar), *others, *own)))


def available(root: Path) -> tuple[tuple[str, int], ...]:
    """(slug, year) of every params file below `root/params`, sorted by year and slug.

    The name of a folder is taken as it stands: `misnamed` tells those that are no slug.
    """
    files = (path for path in (root / "params").glob("*/*.yaml") if _is_year(path.stem))
    return tuple(
        sorted(((path.parent.name, int(path.stem)) for path in files), key=lambda item: item[::-1])
    )


def misnamed(root: Path) -> dict[str, tuple[str, Problem]]:
    """Folders of params that are not named by their municipality's slug.

    Two folders of one municipality would be two plans of one year; every other file of a plan is
    looked for under the slug.

    Returns:
        By the folder's name: the slug that it should have, and what is wrong.
    """
    found = {}
    for name in sorted({folder for folder, _ in available(root)}):
        try:
            one = subject(name)
        except UnknownNameError as error:
            found[name] = (name, replace(error.problems[0], where=f"params/{name}/"))
            continue
        if name != one.slug:
            fix = f"omdøb mappen til {one.slug}"
            if os.path.lexists(root / "params" / one.slug):
                fix = f"{one.navn} har også params/{one.slug}/: saml filerne dér, og slet denne"
            where, is_named = f"params/{name}/", repr(name)
            told = problem("folder-name", where, is_named, expected=one.slug, fix=fix)
            found[name] = (one.slug, told)
    return found


def refuse_misnamed(root: Path, folder: str) -> None:
    """Refuse a folder of params that is not named by its municipality's slug.

    Raises:
        UnknownNameError: with the name that it should have.
    """
    if wrong := misnamed(root).get(folder):
        raise UnknownNameError(wrong[1])


def _is_year(name: str) -> bool:
    return len(name) == 4 and name.isascii() and name.isdigit()


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
    declare_own(root)
    own_path = params_path(root, kommune, aar)
    if not os.path.lexists(own_path):
        raise ParamsError(_missing(root, own_path, kommune, aar))
    documents = [_load(path, root) for path in plan_files(root, kommune, aar)]
    if problems := [fault for one in reversed(documents) for fault in one.problems]:
        raise ParamsError(problems)
    merged: dict[str, Any] = {}
    for document in reversed(documents):
        merged = _merge(merged, document.values)
    params = validated(PlanParams, merged, *documents, error=ParamsError)
    if wrong := list(_misplaced(params, own_path, documents[0])):
        raise ParamsError(wrong)
    return params


def _load(path: Path, root: Path) -> Document:
    document = Document.load(path, root)
    return document.below("maal") if path.name.endswith(TARGETS_SUFFIX) else document


def _missing(root: Path, path: Path, kommune: str, aar: int) -> Problem:
    years = sorted(year for slug, year in available(root) if slug == path.parent.name)
    where, found = path.relative_to(root).as_posix(), f"kommune {kommune}, aar {aar}"
    expected = f"et af årene {', '.join(map(str, years))}" if years else "en fil med det navn"
    return problem("no-params", where, found, expected=expected)


def _misplaced(params: PlanParams, path: Path, own: Document) -> Iterator[Problem]:
    for key, expected in (("aar", int(path.stem)), ("kommune", subject(path.parent.name).navn)):
        found = getattr(params, key)
        if found != expected:
            where = own.where((key,))
            yield problem("misplaced", where, repr(found), expected=repr(expected), key=key)


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` on `base`: mappings are merged key by key, everything else is replaced."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = (
            _merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
        )
    return merged
