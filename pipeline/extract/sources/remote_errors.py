"""How fsspec and what is behind it fail, in our words and without secrets."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from pipeline.errors import SourceError
from pipeline.extract.sources.addresses import scrubbed, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

_PACKAGES = (
    {"s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "abfs": "adlfs", "abfss": "adlfs", "az": "adlfs"}
    | dict.fromkeys(("http", "https"), "aiohttp requests")
    | dict.fromkeys(("sftp", "ssh"), "paramiko")
    | {"smb": "smbprotocol"}
)


@contextlib.contextmanager
def reachable(location: str) -> Iterator[None]:
    """Raise a `SourceError` without secrets for whatever fsspec and what is behind it raise.

    The cause is cut off: it holds the URL as it was given, and a traceback would show it.
    """
    try:
        yield
    except SourceError:
        raise
    except ImportError as error:
        raise SourceError(f"{shown(location)}: {_missing(location, error)}") from None
    except FileNotFoundError:
        raise SourceError(f"{shown(location)}: it does not exist; check the spelling of the URL") from None
    except Exception as error:  # noqa: BLE001 - each protocol has exceptions of its own, which cannot be listed
        words = scrubbed(_first_line(error), location)
        raise SourceError(
            f"{shown(location)}: cannot be reached ({words}); check the URL, the network and the credentials"
        ) from None


@contextlib.contextmanager
def readable(location: str) -> Iterator[None]:
    """Raise an `OSError` without secrets for whatever fsspec and what is behind it raise."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - as above
        words = _missing(location, error) if isinstance(error, ImportError) else _first_line(error)
        raise OSError(scrubbed(words, location)) from None


def _missing(location: str, error: Exception) -> str:
    protocol = location.partition("://")[0].rpartition("::")[2]
    package = _PACKAGES.get(protocol)
    advice = f"; pip install {package}" if package else ""
    return f"{protocol}:// needs a package that is not installed ({_first_line(error)}){advice}"


def _first_line(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file"
    words = getattr(error, "strerror", None) or str(error)
    return (str(words).splitlines() or [type(error).__name__])[0]
