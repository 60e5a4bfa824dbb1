"""Units of work on this machine's cores, as threads."""

from __future__ import annotations

import os
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from pipeline.extract.unit import Worker, WorkerSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from concurrent.futures import Future

    import pyarrow as pa

    from pipeline.extract.sources.interface import ImageRef

_UNITS_AHEAD = 2
"""Units that wait for each thread: enough to keep it busy, few enough to keep memory flat."""


def default_workers() -> int:
    """Threads to use where nobody says: one for each core this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_locally(
    units: Iterable[Sequence[ImageRef]], spec: WorkerSpec, workers: int | None = None
) -> Iterator[pa.Table]:
    """Process units in threads, and give their tables in the order of the units.

    Pillow, onnxruntime and LiteRT let go of Python's lock while they work, so threads are enough.

    Args:
        units: Taken only as fast as they are worked off.
        spec: What each thread opens its worker from.
        workers: Threads; None for one a core.

    Raises:
        ModelError: The model cannot be opened or run.
    """
    own = threading.local()

    def process(refs: Sequence[ImageRef]) -> pa.Table:
        if not hasattr(own, "worker"):
            own.worker = Worker(spec)
        table: pa.Table = own.worker.process(refs)
        return table

    count = workers or default_workers()
    pending: deque[Future[pa.Table]] = deque()
    with ThreadPoolExecutor(count, thread_name_prefix="framewatch") as pool:
        try:
            for unit in units:
                pending.append(pool.submit(process, unit))
                if len(pending) >= count * _UNITS_AHEAD:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            for future in pending:
                future.cancel()
