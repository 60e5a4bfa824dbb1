"""Many small files of a partition to few of a sensible size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.store.layout import require_text
from pipeline.store.lock import locked
from pipeline.store.publish import Part, publish
from pipeline.store.stored import stored
from pipeline.store.write import ROWS_IN_A_FILE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pipeline.store.footer import Footer
    from pipeline.store.layout import Partition


@dataclass(frozen=True, slots=True)
class Compaction:
    """What compacting did.

    Attributes:
        before: Files that there were.
        after: Files that there are.
        rebuilt: Files whose profile was missing, or not of their rows, and was worked out again.
    """

    before: int
    after: int
    rebuilt: int


def compact_partition(
    store: Path, partition: Partition, wait: float = 0.0, tell: Callable[[str], None] | None = None
) -> Compaction:
    """Put the small files of a partition together, and give each file that lacks it the profile of its rows.

    Args:
        store: The folder of the store.
        partition: Which one.
        wait: Seconds to wait for another writer to end.
        tell: Told for whom it waits.

    Raises:
        StoreError: Another writer holds it, or a file is none of ours, or damaged.
        OutputError: It cannot be written; the partition is then as it was.
    """
    require_text(store)
    with locked(store, partition, wait, tell) as place:
        own = stored(store, [partition])
        files = own.files[partition]
        distrusted = [file for file in files if file.profile is None]
        small = [file for file in files if file.rows < ROWS_IN_A_FILE // 2]
        again = _paths(distrusted) | (_paths(small) if len(small) > 1 else set())
        if again:
            publish(place, [Part(file, rewritten=file.path in again) for file in files], own.settings)
        return Compaction(len(files), len(stored(store, [partition]).files[partition]), len(distrusted))


def _paths(files: list[Footer]) -> set[Path]:
    return {file.path for file in files}
