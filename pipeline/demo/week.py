"""One week on a sorting line, told as data: what the camera took before and after things went wrong."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from pipeline.demo.scene import KINDS, UNSEEN_KIND, Conditions, draw_part

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VALIDATION_PICTURES = 420
PICTURES_A_DAY = 180

_JPEG_QUALITY = 90


@dataclass(frozen=True)
class Day:
    """One production day.

    Attributes:
        date: The day.
        story: What happened, in a few words.
        conditions: The state of the line on that day.
    """

    date: dt.date
    story: str
    conditions: Conditions = field(default_factory=Conditions)


WEEK: tuple[Day, ...] = (
    Day(dt.date(2026, 11, 16), "an ordinary day"),
    Day(dt.date(2026, 11, 17), "an ordinary day"),
    Day(dt.date(2026, 11, 18), "an ordinary day"),
    Day(dt.date(2026, 11, 19), "the lamp dims", Conditions(lamp=0.55)),
    Day(dt.date(2026, 11, 20), "the lens is out of focus", Conditions(blur=3.5)),
    Day(dt.date(2026, 11, 21), "parts nobody trained for", Conditions(unseen_share=0.4)),
    Day(dt.date(2026, 11, 22), "an ordinary day again"),
)


def write_week(folder: Path, *, seed: int = 1, progress: Callable[[int, int], None] | None = None) -> None:
    """Writes the validation set and the week's production pictures.

    The layout is `val/*.jpg`, `val_labels.csv` (columns path and label; the path is relative to `val/`) and
    one folder for each day, such as `production/2026-11-16/*.jpg`, in the order of capture.

    Args:
        folder: Where to write; made if it is missing.
        seed: The same seed gives the same pictures.
        progress: Called after every picture with the number done and the number in all.
    """
    total = VALIDATION_PICTURES + PICTURES_A_DAY * len(WEEK)
    labels = [KINDS[index % len(KINDS)] for index in range(VALIDATION_PICTURES)]
    rows = []
    for index, label in enumerate(labels):
        path = folder / "val" / f"val-{index + 1:04}.jpg"
        _write_picture(path, label, Conditions(), np.random.default_rng([seed, 0, index]))
        rows.append((path.name, label))
        _report(progress, index + 1, total)
    _write_labels(folder / "val_labels.csv", rows)

    for number, day in enumerate(WEEK, start=1):
        for index in range(PICTURES_A_DAY):
            rng = np.random.default_rng([seed, number, index])
            path = folder / "production" / day.date.isoformat() / f"part-{index + 1:04}.jpg"
            _write_picture(path, _next_kind(rng, day.conditions), day.conditions, rng)
            _report(progress, VALIDATION_PICTURES + (number - 1) * PICTURES_A_DAY + index + 1, total)


def _next_kind(rng: np.random.Generator, conditions: Conditions) -> str:
    if rng.random() < conditions.unseen_share:
        return UNSEEN_KIND
    return KINDS[int(rng.integers(len(KINDS)))]


def _write_picture(path: Path, kind: str, conditions: Conditions, rng: np.random.Generator) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draw_part(kind, rng, conditions).save(path, quality=_JPEG_QUALITY)


def _write_labels(path: Path, rows: list[tuple[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("path", "label"))
        writer.writerows(rows)


def _report(progress: Callable[[int, int], None] | None, done: int, total: int) -> None:
    if progress is not None:
        progress(done, total)
