"""The command line: thin commands over the library (`beskplan.cli`).

Exit codes: 0 all well · 1 some reports failed, the others are there; or nothing can be written ·
2 wrong input ·
3 a source failed · 4 another build is at work · 130 interrupted · 143 ended by SIGTERM.
"""

import errno
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from pathlib import Path
from typing import Any, NoReturn

from beskplan.core.errors import BeskplanError, Problem
from beskplan.report.place import find_root

_CANNOT_WRITE = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR}
)
"""A full disk, a folder without rights, a file where a folder should be: no fault of ours."""


def main() -> None:
    """Run the command line; what a person can mend is printed without traceback."""
    # jsonschema compiles the grammars of internet addresses as nbformat imports it, which takes over
    # a second; without this library it leaves them out.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    try:
        # What reads options imports pydantic, for longer than these take without any.
        match sys.argv[1:]:
            case ["build"] if answer := _nothing_to_do():
                sys.stdout.write(f"{answer}\n")
            case ["list"]:
                from beskplan.cli.build import list_

                list_()
            case ["plan"]:
                from beskplan.cli.build import plan

                plan(root=working_copy(None))
            case _:
                from beskplan.cli.app import app

                app()
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads, as `head`, has what it wanted; Python would flush to it once more as it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except BeskplanError as error:
        for problem in error.problems:
            sys.stderr.write(f"{problem}\n")
        sys.exit(error.exit_code)
    except ImportError as error:
        fix = "installér beskplan igen, som README viser"
        sys.stderr.write(
            f"{Problem('Python', 'en pakke mangler', error.name or error.msg, fix=fix)}\n"
        )
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 (whatever it is, an analyst reads of it in Danish)
        _tell_of(error)


def _tell_of(error: Exception) -> NoReturn:
    """Say that a file cannot be written, or that the program is at fault: its traceback goes to a file."""
    if isinstance(error, OSError) and error.errno in _CANNOT_WRITE:
        from beskplan.runner.records import cannot_be_written

        sys.stderr.write(f"{cannot_be_written(Path.cwd(), error)}\n")
        sys.exit(1)
    import tempfile
    import traceback

    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", prefix="beskplan-fejl-", suffix=".txt", delete=False
        ) as file:
            file.write("".join(traceback.format_exception(error)))
    except OSError:
        raise error from None
    fix = f"prøv igen; sker det igen, så send {file.name} til dem, der passer beskplan"
    sys.stderr.write(f"{Problem('beskplan', 'en fejl i selve programmet', fix=fix)}\n")
    sys.exit(1)


def _nothing_to_do() -> str:
    """What the nightly build says when every report is fresh; empty where there is work.

    The library of the command line alone takes longer to import than this takes to find out.
    """
    from beskplan.runner.collecting import stale_collections
    from beskplan.runner.plan import make_plan, waiting_lines
    from beskplan.runner.records import status_is_old

    root = find_root()
    plan = make_plan(root)
    if plan.stale or stale_collections(root) or status_is_old(root / "reports"):
        return ""
    return "\n".join([plan.all_fresh, *waiting_lines(plan.waiting)])


def working_copy(root: Path | None) -> Path:
    """The working copy that a command is about.

    Raises:
        InputError: none was named, and there is none here or above.
    """
    return (root or find_root()).resolve()


def say(lines: Iterable[object], *, err: bool = False) -> None:
    """Print each line on standard output, or on standard error."""
    import typer  # Takes longer than a build with nothing to do.

    for line in lines:
        typer.echo(line, err=err)


class _WhenUsed:
    """Finds our modules and leaves them unread until something of them is asked for."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """As `PathFinder.find_spec`."""
        spec = PathFinder.find_spec(name, path, target)
        # A package that is not read when one of its modules is imported would import that one too: twice.
        is_package = spec and spec.submodule_search_locations is not None
        if spec and spec.loader and not is_package and name.startswith("beskplan."):
            spec.loader = LazyLoader(spec.loader)
        return spec


@contextmanager
def imported_when_used() -> Iterator[None]:
    """Let the modules that the block imports be read when they are first used: `--help` answers at once.

    Modules alone: `from ... import` of a name in one uses it.
    """
    sys.meta_path.insert(0, _WhenUsed)
    try:
        yield
    finally:
        sys.meta_path.remove(_WhenUsed)
