"""New and changed reports as an Atom feed (RFC 4287)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

from beskplan.publish.catalogue.entries import Entry
from beskplan.publish.catalogue.words import standing
from beskplan.publish.change_words import summary

FEED = "feed.atom"
NEWEST = 100
"""As many as a reader of feeds wants; the others stand in the catalogue."""
_ATOM = "http://www.w3.org/2005/Atom"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def feed(entries: Sequence[Entry], address: str = "") -> bytes:
    """The feed.

    Args:
        entries: The newest first.
        address: Where the site is found, with a slash at its end. Without it links are relative to
            the feed, which not every reader understands.
    """
    ET.register_namespace("", _ATOM)
    root = ET.Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "da"})
    _add(root, "title", "Rapporter til beskæftigelsesplaner")
    _add(root, "id", _uuid(address or "beskplan"))
    _add(root, "updated", _moment(entries[0].issue.at if entries else _NEVER))
    _link(root, "self", f"{address}{FEED}")
    _link(root, "alternate", f"{address}index.html")
    author = ET.SubElement(root, f"{{{_ATOM}}}author")
    _add(author, "name", "beskplan")
    for entry in entries[:NEWEST]:
        one = ET.SubElement(root, f"{{{_ATOM}}}entry")
        _add(one, "title", f"{entry.title}: {entry.place}, {entry.aar}")
        _add(one, "id", _uuid(f"{entry.job}/{entry.issue.name}"))
        _add(one, "updated", _moment(entry.issue.at))
        _link(one, "alternate", f"{address}{entry.job}/index.html")
        changed = summary(entry.changes) if entry.changes else "Det er den første udgave."
        _add(one, "summary", f"{standing(entry.issue)} {changed}")
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _add(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}{tag}").text = text


def _link(parent: ET.Element, rel: str, href: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}link", {"rel": rel, "href": href})


def _uuid(name: str) -> str:
    return uuid5(NAMESPACE_URL, name).urn


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
