"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from pipeline.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def replacing(path: Path, temporary: Path | None = None) -> Iterator[Path]:
    """Write a file under a temporary name, and give it its final one when that has succeeded.

    The folder is made where it is missing.

    Args:
        path: The final name. What stood there before stays until it is replaced.
        temporary: A name on the same file system. None for one in the same folder that starts with a dot, so that no
            reader takes it for data.

    Yields:
        The temporary name to write to.

    Raises:
        OutputError: The file cannot be written there.
    """
    temporary = temporary or path.with_name(f".{path.name}.{os.urandom(4).hex()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():  # as root, replacing /dev/null would succeed
            raise OSError(None, "it is a directory" if path.is_dir() else "it is no regular file")  # noqa: TRY301
        yield temporary
        _to_disk(temporary)
        os.replace(temporary, path)
        with contextlib.suppress(OSError):  # some network file systems cannot; the file is in its place all the same
            _to_disk(path.parent)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error}); give another place") from error
    finally:
        with contextlib.suppress(OSError):  # where nothing could be written, there is nothing to remove
            temporary.unlink()


def write_text(path: Path, text: str) -> None:
    """Write a text file, in UTF-8, whole or not at all.

    Raises:
        OutputError: It cannot be written there.
    """
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
