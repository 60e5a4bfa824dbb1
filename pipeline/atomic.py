"""Files and folders that are there whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
from typing import TYPE_CHECKING

from pipeline.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_RENAME_EXCHANGE = 2
_HERE = -100  # AT_FDCWD
_CANNOT_EXCHANGE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EXDEV}


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Write a file under a temporary name, and give it its final one when that has succeeded.

    The folder is made where it is missing.

    Args:
        path: The final name. What stood there before stays until it is replaced.

    Yields:
        The temporary name to write to, in the same folder. It starts with a dot, so that no reader takes it for data.

    Raises:
        OutputError: The file cannot be written there.
    """
    temporary = path.with_name(f".{path.name}.{os.urandom(4).hex()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():  # as root, replacing /dev/null would succeed
            raise OSError(None, "it is a directory" if path.is_dir() else "it is no regular file")  # noqa: TRY301
        yield temporary
        _to_disk(temporary)
        os.replace(temporary, path)
        _name_to_disk(path)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error}); give another place") from error
    finally:
        with contextlib.suppress(OSError):  # where nothing could be written, there is nothing to remove
            temporary.unlink()


def replace_folder(new: Path, final: Path, aside: Path) -> None:
    """Put a folder in the place of another, so that whoever looks sees the old one or the new one.

    Args:
        new: The folder that is ready. It holds what was there before, or is gone, when this returns.
        final: The place, on the same file system; a folder with files, an empty one, or nothing.
        aside: A name that is free. Where the file system cannot exchange two folders in one step, the old one lies
            there for a moment, in which `final` is missing: `restore_folder` mends what a crash leaves then.

    Raises:
        OSError: It cannot be done; `final` is then as it was.
    """
    _to_disk(new)
    final.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.rename(new, final)
    except OSError as error:
        if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
            raise
        if not _exchanged(new, final):
            os.rename(final, aside)
            os.rename(new, final)
            os.rename(aside, new)
    _name_to_disk(final)


def restore_folder(final: Path, aside: Path) -> None:
    """Bring back what an interrupted `replace_folder` has put aside."""
    if aside.is_dir() and not final.exists():
        os.rename(aside, final)


def write_text(path: Path, text: str) -> None:
    """Write a text file, in UTF-8, whole or not at all.

    Raises:
        OutputError: It cannot be written there.
    """
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two names in one step; False where the system or the file system has no such step."""
    import ctypes

    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2  # Python has no name for it
    except AttributeError:
        return False
    if rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _CANNOT_EXCHANGE:
        return False
    raise OSError(number, os.strerror(number), str(other))


def _name_to_disk(path: Path) -> None:
    with contextlib.suppress(OSError):  # some network file systems cannot; the name is in its place all the same
        _to_disk(path.parent)


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
