"""A message to whoever wants to be told: the sole import of Apprise."""

from __future__ import annotations

import contextlib
import logging
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.errors import SettingsError
from pipeline.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent, in plain text, and how bad it is: services colour and sort by that."""

    title: str
    text: str
    severity: str = Severity.NONE


class Receivers:
    """Where messages go. The URLs may hold secrets: nothing here shows more of one than its beginning up to `://`."""

    def __init__(self, urls: Sequence[str]) -> None:
        """Look at the URLs; nothing is sent yet.

        Args:
            urls: As Apprise reads them: `mailto://...`, `slack://...`, `json://host/path`.

        Raises:
            SettingsError: One is of no service that Apprise knows, or Apprise is not installed.
        """
        self._receivers = [
            (f"alert {at} of {len(urls)}{_kind(url)}", _opened(url, at)) for at, url in enumerate(urls, start=1)
        ]

    def send(self, message: Message) -> list[str]:
        """Send a message to all, and give the names of those that it did not reach."""
        with _hushed():
            return [name for name, receiver in self._receivers if not _sent(receiver, message)]


def _opened(url: str, at: int) -> Any:
    try:
        import apprise
    except ImportError as error:
        raise SettingsError("--alert needs Apprise, which is not installed; pip install apprise") from error
    receiver = apprise.Apprise(asset=apprise.AppriseAsset(app_id="framewatch", app_desc="framewatch", app_url=""))
    with _hushed():
        known = _quietly(lambda: receiver.add(url))
    if not known:
        # NOTE: the URL itself is not named: it may hold a password.
        raise SettingsError(f"--alert: URL {at}{_kind(url)} is none that Apprise can use; {_instead(url)}")
    return receiver


def _instead(url: str) -> str:
    """What to write for a URL that is of no service; a webhook's is often given as the web has it."""
    webhook = _WEBHOOKS.get(url.partition("://")[0].lower())
    return f"for a webhook, write {webhook}://host/path" if webhook else "write it as Apprise's list of services shows"


_WEBHOOKS = {"http": "json", "https": "jsons"}
"""How Apprise calls what takes JSON by each protocol of the web."""


def _sent(receiver: Any, message: Message) -> bool:
    kind = _TYPES[Severity(message.severity)]
    words = {"title": message.title, "body": message.text, "body_format": "text"}
    return _quietly(lambda: receiver.notify(**words, notify_type=kind))


_TYPES = {Severity.NONE: "info", Severity.LOW: "warning", Severity.MEDIUM: "warning", Severity.HIGH: "failure"}
"""Apprise's words for severities."""


def _quietly(action: Callable[[], Any]) -> bool:
    """Whether an action of Apprise's succeeded."""
    try:
        return bool(action())
    except Exception:  # noqa: BLE001 - of whatever service's code; its words, and its traceback, may hold the URL
        return False


def _kind(url: str) -> str:
    kind, separator, _ = url.partition("://")
    return f" ({kind}://)" if separator and kind.isalnum() else ""


@contextlib.contextmanager
def _hushed() -> Iterator[None]:
    """Keep the logs and warnings of Apprise, and of what it sends with, from saying URLs."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
