"""The nightly run and its watch, with the maintainer told of what they should know of either."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from beskplan.core.errors import LockedError
from beskplan.nightly.news import last_told, look, news, remember
from beskplan.nightly.nightly import STEPS, Step, overdue, run_night
from beskplan.params.mail import read_mail_settings
from beskplan.publish.mail.notice import tell_maintainer

Tell = Callable[[str], object]


def night(root: Path, tell: Tell, steps: Sequence[Step] = STEPS) -> bool:
    """Run the night, and tell the maintainer how it went where anything failed or is new.

    Returns:
        Whether all of it went well, the telling too.

    Raises:
        LockedError: another run is at work; it will tell.
        ParamsError: nobody can be told, as params/mail.yaml is wrong or missing.
    """
    try:
        result = run_night(root, steps, tell)
    except LockedError:
        raise
    except Exception as error:
        _told(root, tell, "natkørsel: afbrudt", [f"{type(error).__name__}: {error}"])
        raise
    seen = look(root, ok=result.ok)
    new = news(last_told(root), seen)
    if result.ok and not new:
        tell("Nothing new: the maintainer gets no mail.")
        return True
    told = _told(root, tell, result.title, [*new, "", *result.lines()] if new else result.lines())
    if told:
        remember(root, seen)
    return told and result.ok


def watch_over(root: Path, hours: float, tell: Tell) -> bool:
    """Tell the maintainer where no run has ended in the last `hours`.

    Returns:
        Whether one has.
    """
    reason = overdue(root, hours)
    if reason:
        tell(reason)
        _told(root, tell, reason, [f"Arbejdskopi: {root}"])
    return not reason


def _told(root: Path, tell: Tell, title: str, lines: Sequence[str]) -> bool:
    told = tell_maintainer(root, read_mail_settings(root), title, lines)
    if not told.sent:
        tell(f"The maintainer could not be told: {told.why}\n{told.kept}")
    return told.sent
