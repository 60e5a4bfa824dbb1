"""Where a partition is made ready: a folder beside the store, which no reader of the store looks into."""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.atomic import replace_folder, restore_folder

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.store.layout import Partition


@dataclass(frozen=True, slots=True)
class Workplace:
    """The workplace of one partition. Whoever holds the partition's lock owns it.

    Attributes:
        folder: All of it.
        live: The partition's own folder in the store.
    """

    folder: Path
    live: Path

    @property
    def staged(self) -> Path:
        """Files of rows that are computed and not yet in the partition. They outlive a killed run, and the next one
        takes what is still true of them."""
        return self.folder / "staged"

    @property
    def ready(self) -> Path:
        """The partition's folder as it shall be."""
        return self.folder / "ready"

    @property
    def holder(self) -> Path:
        """Says who holds the lock."""
        return self.folder / "holder"

    @property
    def _aside(self) -> Path:
        return self.folder / "aside"

    def prepare(self) -> None:
        """Mend what a killed run has left: the partition is there, and only whole files are staged."""
        self.staged.mkdir(parents=True, exist_ok=True)
        restore_folder(self.live, self._aside)
        for folder in (self.ready, self._aside):
            shutil.rmtree(folder, ignore_errors=True)
        for unfinished in self.staged.glob(".*.tmp"):
            unfinished.unlink()

    def publish(self) -> None:
        """Put `ready` in the partition's place, in one step.

        Raises:
            OSError: It cannot be done; the partition is then as it was.
        """
        replace_folder(self.ready, self.live, self._aside)
        shutil.rmtree(self.ready, ignore_errors=True)

    def forget_staged(self) -> None:
        """Remove what was staged, because the partition has all that is true of it."""
        shutil.rmtree(self.staged, ignore_errors=True)

    def leave(self) -> None:
        """Remove what is no longer needed; what is staged stays."""
        shutil.rmtree(self.ready, ignore_errors=True)
        with contextlib.suppress(OSError):
            self.holder.unlink()
        for folder in (self.staged, self.folder):
            with contextlib.suppress(OSError):  # not empty: it holds staged files
                folder.rmdir()


def workplace(store: Path, partition: Partition) -> Workplace:
    """The workplace of a partition: beside the store, because Polars reads no folder in which a file of another kind
    lies; in it where folders cannot be moved from there (the store is a mount point, or its parent is read-only)."""
    root = store.resolve()
    beside = not os.path.ismount(root) and os.access(root.parent, os.W_OK | os.X_OK)
    name = f".{root.name}.{partition}"
    return Workplace((root.parent if beside else root) / name, partition.folder(root))
