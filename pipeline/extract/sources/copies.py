"""Temporary copies of files that cannot be read from any position where they are."""

from __future__ import annotations

import contextlib
from typing import IO, TYPE_CHECKING, cast

if TYPE_CHECKING:
    from typing import BinaryIO

_HELD_IN_MEMORY = 1 << 26
"""Bytes of a copy that are kept in memory; a larger one goes to a temporary file."""


def temporary_copy(file: IO[bytes], *, up_to: tuple[type[Exception], ...] = ()) -> BinaryIO:
    """A copy that goes away when it is closed.

    Args:
        file: Read from where it stands to its end.
        up_to: What may end it before: the copy then holds what came before.
    """
    import shutil
    import tempfile

    copy = tempfile.SpooledTemporaryFile(_HELD_IN_MEMORY)  # noqa: SIM115 - the caller closes it
    try:
        with contextlib.suppress(*up_to):
            shutil.copyfileobj(file, copy)
    except BaseException:
        copy.close()
        raise
    copy.seek(0)
    return cast("BinaryIO", copy)
