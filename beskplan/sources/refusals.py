"""What a source's refusal is called: each with its own remedy.

A class says how a fetch goes on: `UnreachableError` ends it, `TooBigError` asks for less, any other
`SourceError` is one table's own.
"""

from __future__ import annotations

from typing import Final

from beskplan.core.errors import Problem, SourceError

EXCERPT: Final = 200
"""Characters of an answer that an error shows."""


class UnreachableError(SourceError):
    """The source as a whole does not answer or lets nobody in: the next table would fare no better."""


class TooBigError(SourceError):
    """The source could not answer in time, or says that the question is too big: ask for less."""


def moved(where: str, problem: Problem) -> Problem:
    """A problem, at another place."""
    return Problem(where, problem.what, problem.found, problem.expected, problem.fix)


def timed_out(where: str, seconds: float) -> SourceError:
    """No sign of life, or an answer without end."""
    fix = "try again later; what has been fetched is kept and not fetched again"
    return TooBigError(Problem(where, "no answer in time", f"{seconds:g} s", fix=fix))


def cut_off(where: str) -> SourceError:
    """The connection ended before the answer did."""
    fix = "try again; if it stays so, ask for fewer periods"
    return TooBigError(
        Problem(where, "the connection broke off in the middle of an answer", fix=fix)
    )


def unreachable(where: str, base_url: str, found: str) -> SourceError:
    """No connection at all."""
    fix = f"check that this machine can reach {base_url} (network, proxy, firewall)"
    return UnreachableError(Problem(where, "cannot be reached", found, fix=fix))


def token_echoed(where: str) -> Problem:
    """A good answer that holds the token."""
    return Problem(where, "the answer repeats the token; it is not kept", fix="tell the source")


def asked_to_wait(where: str, wait: float) -> Problem:
    """A `Retry-After` that is too long to wait for."""
    fix = "start the fetch again after that; what has been fetched is kept"
    return Problem(where, "the source asks to wait", f"{wait:.0f} s", fix=fix)


def busy(where: str, status: int, excerpt: str) -> SourceError:
    """429 or 5xx, to the last attempt."""
    what = "too many questions in a short time" if status == 429 else "the source has a fault"
    found = f"HTTP {status} {excerpt}".strip()
    problem = Problem(where, what, found, fix="try again later; what has been fetched is kept")
    return (TooBigError if status == 504 else UnreachableError)(problem)


def not_let_in(where: str, status: int, excerpt: str) -> Problem:
    """401 or 403."""
    found = f"HTTP {status} {excerpt}".strip()
    return Problem(where, "the source does not let us in", found, fix="check the token")


def redirected(where: str, status: int) -> Problem:
    """3xx."""
    fix = "check the address; a login page of the network may stand in between"
    return Problem(where, "sends us elsewhere, which is not followed", f"HTTP {status}", fix=fix)


def refused(where: str, status: int, excerpt: str) -> Problem:
    """Any other status."""
    what = "is not there" if status in (404, 410) else "refuses the question"
    fix = "check the address and the id" if status in (404, 410) else ""
    return Problem(where, what, f"HTTP {status} {excerpt}".strip(), fix=fix)
