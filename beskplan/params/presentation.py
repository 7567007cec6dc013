"""How a municipality presents itself, read from `params/<kommune>/profil.yaml` and its logo."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from beskplan.core.errors import ParamsError, Problem
from beskplan.params.logo import Logo, read_logo
from beskplan.params.profil import Profil
from beskplan.params.subjects import subject
from beskplan.registers.document import Document
from beskplan.registers.reading import checked


@dataclass(frozen=True)
class Presentation:
    """A municipality's profile with its logo read in; the defaults where it has no file."""

    profil: Profil
    logo: Logo | None = None
    files: tuple[Path, ...] = ()
    """What it was read from."""


def profil_path(root: Path, kommune: str) -> Path:
    """Where a municipality's profile lies; `kommune` may be a name, code or slug."""
    return root / "params" / subject(kommune).slug / "profil.yaml"


def read_presentation(kommune: str, root: Path) -> Presentation:
    """How `kommune` presents itself; everything is a default where it has no `profil.yaml`.

    Args:
        kommune: Name, code or slug.
        root: The folder that holds `params/`.

    Raises:
        UnknownNameError: no such municipality.
        ParamsError: the file or the logo is not what it should be; all problems at once.
    """
    path = profil_path(root, kommune)
    if not path.is_file():
        return Presentation(Profil())
    document = Document.load(path, root)
    profil = checked(document, Profil, ParamsError)
    if profil.logo is None:
        return Presentation(profil, files=(path,))
    logo_path = path.parent / profil.logo.fil
    problems: list[Problem]
    logo, problems = read_logo(logo_path, profil.logo.alt, document.where(("logo", "fil")))
    if problems:
        raise ParamsError(problems)
    return Presentation(profil, logo, (path, logo_path))
