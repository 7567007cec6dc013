"""Who sends, through which server, and to whom: `params/mail.yaml`, `params/<kommune>/modtagere.yaml`.

The password of the server is in neither: see `beskplan.publish.mail.password`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from beskplan.core.errors import ParamsError
from beskplan.params.values import BilagId, Line, problem, subject
from beskplan.registers.document import Document
from beskplan.registers.reading import Closed, Model, checked, explained

MAIL_FILE = "mail.yaml"
RECIPIENTS_FILE = "modtagere.yaml"
LARGEST_LIST = 500
"""A list longer than this is no committee: nothing in the params can allow it."""

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]{{0,61}}[A-Za-z0-9]")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
"""RFC 5321 dot-atoms: no quotes, blanks, commas or brackets, so that one address stays one address."""


def _domain(text: str) -> str:
    if not _DOMAIN.fullmatch(text) or len(text) > 253:
        raise explained("et domæne som rudersdal.dk", _ascii_fix(text))
    return text.lower()


def _address(text: str) -> str:
    local, _, domain = text.rpartition("@")
    if not _LOCAL.fullmatch(local) or len(local) > 64 or not _DOMAIN.fullmatch(domain):
        raise explained("én adresse som anne.jensen@rudersdal.dk", _ascii_fix(text))
    if len(text) > 254:
        raise explained("en adresse på højst 254 tegn")
    return f"{local}@{domain.lower()}"


def _ascii_fix(text: str) -> str:
    local, at, domain = text.rpartition("@")
    try:
        written = f"{local}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        return "ret den"
    return f"skriv den som {written}" if written != text and written.isascii() else "ret den"


Address = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_address)]
Domain = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_domain)]


Host = Annotated[str, StringConstraints(pattern=rf"^{_LABEL}(?:\.{_LABEL})*$", max_length=253)]
"""Name of a machine, also one without a domain inside the house."""


class Server(Closed):
    """The mail server that takes our messages; a connection that is not encrypted is not offered."""

    vaert: Host
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    sikkerhed: Literal["starttls", "tls"] = "starttls"
    """`starttls`: encrypted from the first command on (port 587). `tls`: from the start (port 465)."""
    bruger: Line | None = None
    """Name to log in with; without one there is no login."""


class Sender(Closed):
    """Whom the mails are from."""

    navn: Line
    adresse: Address


class MailSettings(Closed):
    """`params/mail.yaml`."""

    server: Server
    afsender: Sender
    svar_til: Address | None = None
    """Where answers go; to the sender where left out."""
    vedligeholder: Annotated[tuple[Address, ...], Field(min_length=1, max_length=10)]
    """Who hears of every failure and of every night; also where bounces come back to."""
    hoejst_vedhaeftet_mb: Annotated[float, Field(gt=0, le=50)] = 8.0
    """Attachments of one mail together; above this they are linked to."""
    adresse: Annotated[str, StringConstraints(pattern=r"^https://[^\s\"'<>?#]+/$")] | None = None
    """Where the catalogue is published, e.g. `https://rapporter.rudersdal.dk/`; needed for links."""
    ved_tvivl: Literal["vent", "send_igen"] = "vent"
    """What to do when nobody knows whether the server took a message (docs/drift.md)."""


class Recipient(Closed):
    """One person on a list."""

    navn: Line
    adresse: Address


class RecipientList(Closed):
    """The recipients of one committee."""

    navn: Line
    """Name of the committee, as the mail addresses it."""
    hoejst: Annotated[int, Field(ge=1, le=LARGEST_LIST)]
    """No more recipients than this are ever sent to; raised by a person when the committee grows."""
    domaener: tuple[Domain, ...] = ()
    """Only addresses of these domains are allowed; all where left out."""
    send_om_natten: tuple[BilagId, ...] = ()
    """Bilag whose approved and published editions the night sends; where left out, only a person does."""
    modtagere: Annotated[tuple[Recipient, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _is_the_list_it_was_meant_to_be(self) -> RecipientList:
        if len(self.modtagere) > self.hoejst:
            raise explained(
                f"højst {self.hoejst} modtagere (`hoejst`), ikke {len(self.modtagere)}",
                "fjern dem, der er kommet med ved en fejl, eller sæt `hoejst` op",
            )
        addresses = [one.adresse.casefold() for one in self.modtagere]
        if twice := sorted({one for one in addresses if addresses.count(one) > 1}):
            raise explained("hver adresse én gang", f"fjern en af {', '.join(twice)}")
        outside = [
            one
            for one in addresses
            if self.domaener and one.rpartition("@")[2] not in self.domaener
        ]
        if outside:
            raise explained(
                f"adresser hos {', '.join(self.domaener)}",
                f"ret {', '.join(outside)}, eller føj domænet til `domaener`",
            )
        return self


class Recipients(Closed):
    """`params/<kommune>/modtagere.yaml`."""

    lister: Annotated[dict[BilagId, RecipientList], Field(min_length=1)]
    """The lists by a short name, e.g. `udvalget`."""


def read_mail_settings(root: Path) -> MailSettings:
    """How this working copy sends mail.

    Raises:
        ParamsError: the file is missing or says something wrong; all problems at once.
    """
    return _read(MailSettings, root / "params" / MAIL_FILE, root)


def read_recipients(kommune: str, root: Path) -> Recipients:
    """The lists of a municipality, by name, code or slug.

    Raises:
        UnknownNameError: no such municipality.
        ParamsError: the file is missing or says something wrong; all problems at once.
    """
    return _read(Recipients, root / "params" / subject(kommune).slug / RECIPIENTS_FILE, root)


def _read(model: type[Model], path: Path, root: Path) -> Model:
    if not path.is_file():
        raise ParamsError(problem("no-mail-file", path.relative_to(root).as_posix()))
    return checked(Document.load(path, root), model, ParamsError)
