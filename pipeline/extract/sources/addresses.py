"""URLs as users give them, and as they may be stored and shown: without what opens doors."""

from __future__ import annotations

import os
import re

from pipeline.extract.sources.files import as_text

_URL = re.compile(r"(?:[A-Za-z][\w+.-]*::)*[A-Za-z][\w+.-]*://")
_IN_TEXT = re.compile(r"[A-Za-z][\w+.-]*://[^\s'\"<>]+")
_LOCAL = re.compile(r"(?:file|local)://(?=/)")
_WEB = re.compile(r"(?:https?|webhdfs|webdav|davs?)://", re.IGNORECASE)
_NO_PASSWORD = ("github://", "gitlab://")
_LEAST_SECRET = 4
"""Shorter passwords are not searched for in messages: they would be found in ordinary words."""


def is_url(location: str) -> bool:
    """Whether a location is fsspec's business: `s3://...`, `zip://*.jpg::/a/b.zip`, `simplecache::https://...`."""
    return _URL.match(location) is not None


def is_web(location: str) -> bool:
    """Whether a URL is an address of the web, where `?` begins a query."""
    return _WEB.match(location) is not None


def without_file_protocol(location: str) -> str:
    """`file:///a/b` as `/a/b`; anything else as it is."""
    return _LOCAL.sub("", location, count=1) if _LOCAL.match(location) and "::" not in location else location


def shown(location: str) -> str:
    """A location as it may be stored and shown: text, and a URL without its secrets.

    Passwords go, and of web addresses the user and the query, which is where signatures and tokens are.
    """
    if not is_url(location):
        return as_text(location)
    return as_text("::".join(_link_shown(link) for link in location.split("::")))


def absolute(location: str) -> str:
    """What is shown of a location, wherever the program was started: the path at the end of a chain made absolute."""
    *outer, last = location.split("::") if is_url(location) else [location]
    if not is_url(last) and last:
        last = os.path.abspath(last)
    return shown("::".join([*outer, last]))


def scrubbed(message: str, location: str) -> str:
    """What a library says of a location, without the secrets in it."""
    message = _IN_TEXT.sub(lambda found: shown(found[0]), message)
    for secret in sorted(_secrets(location), key=len, reverse=True):
        message = message.replace(secret, "...")
    return as_text(message)


def beside(location: str, path: str) -> str:
    """The location of a path that is relative to the folder of a file."""
    if not is_url(location):
        return os.path.join(os.path.dirname(location), path)
    first, *rest = location.split("::")
    head = _without_query(first)
    folder = head[: max(head.rfind("/"), head.find("://") + 2) + 1]
    return "::".join([folder + path, *rest])


def last_name(location: str) -> str:
    """The name of the file that a location means: the last component of its path, without a query."""
    return _without_query(location.partition("::")[0] if is_url(location) else location).rpartition("/")[2]


def inside_out(location: str) -> str:
    """A location with the archive before what is in it, as a path would have it."""
    return "/".join(reversed(shown(location).split("::"))) if is_url(location) else location


def _link_shown(link: str) -> str:
    protocol, mark, _ = link.partition("://")
    if not mark or link.startswith(_NO_PASSWORD):
        return link
    authority, slash, path = _without_query(link).removeprefix(protocol + mark).partition("/")
    user, at, host = authority.rpartition("@")
    if is_web(link):
        user, at = "", ""
    return f"{protocol}{mark}{user.partition(':')[0]}{at}{host}{slash}{path}"


def _without_query(link: str) -> str:
    return re.split(r"[?#]", link, maxsplit=1)[0] if is_web(link) else link


def _secrets(location: str) -> set[str]:
    found: set[str] = set()
    for link in location.split("::") if is_url(location) else ():
        user, at, _ = link.partition("://")[2].partition("/")[0].rpartition("@")
        if at and not link.startswith(_NO_PASSWORD):
            found |= {user, user.partition(":")[2]}
        if is_web(link):
            query = link[len(_without_query(link)) :]
            found |= {query[1:], *(part.partition("=")[2] for part in query[1:].split("&"))}
    return {secret for secret in found if len(secret) >= _LEAST_SECRET}
