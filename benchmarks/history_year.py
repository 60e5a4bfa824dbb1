"""How much processor time a history of a year of stored profiles takes, imports left out, beside a bare loop.

On a machine that others use too, any pass may take half as long again; the least of some is nearest to the work itself.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from shared import show

DAYS = 365
IMAGES_A_DAY = 2000
CLASSES = 1000
FIRST = date(2026, 1, 1)
ADDITIONS = 10_000_000
"""Of the bare loop, which tells how fast this machine is today."""


def main() -> None:
    """Make a store of a year, and work out its history against a baseline."""
    from pipeline.analysis import analyze_selection
    from pipeline.compare.thresholds import Rules
    from pipeline.over_time.history import analyze_history

    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder)
        _fill(store, options.days, options.images)
        baseline = analyze_selection(store, "val")
        analyze_history(store, f"production@{FIRST}", baseline, Rules())  # imports whatever is imported late
        loops, passes = list[float](), list[float]()
        for _ in range(options.passes):
            loops.append(_bare_loop())
            started = time.process_time()
            history, _ = analyze_history(store, "production", baseline, Rules())
            passes.append(time.process_time() - started)
        show({
            "days": options.days,
            "images_a_day": options.images,
            "classes": CLASSES,
            "processor_seconds": round(min(passes), 3),
            "of_each_pass": [round(one, 3) for one in passes],
            "bare_loop_seconds": round(min(loops), 3),
            "to_bare_loop": round(min(passes) / min(loops), 2),
            "days_that_drifted": sum(day["overall_drift_detected"] for day in history["days"]),
        })  # fmt: skip


def _bare_loop() -> float:
    started, total = time.process_time(), 0
    for number in range(ADDITIONS):
        total += number
    assert total == ADDITIONS * (ADDITIONS - 1) // 2
    return time.process_time() - started


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--images", type=int, default=IMAGES_A_DAY, help="images a day")
    parser.add_argument("--passes", type=int, default=5, help="of which the least counts: others only add to it")
    return parser.parse_known_args()[0]


def _fill(store: Path, days: int, images: int) -> None:
    from synthetic import write_store

    from pipeline.store.layout import Partition

    write_store(store, Partition("val", FIRST), 10 * images, classes=CLASSES)
    for at in range(days):
        day = Partition("production", FIRST + timedelta(days=at))
        # No two days of as many images are alike: their number is the seed.
        write_store(store, day, images + at, 0.05 if at > days // 2 else 0.0, classes=CLASSES)


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the program does
    sys.path.insert(0, str(Path(__file__).parents[1]))
    main()
