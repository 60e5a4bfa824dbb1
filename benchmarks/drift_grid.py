"""How often an unchanged day alarms, and a changed one is found: python benchmarks/drift_grid.py FOLDER.

The folder holds the rows that drift_rows.py makes; what is missing is made. The 400 photographs, clean, stand for the
world: baseline and current set are drawn from them at random, independently, with replacement. When nothing has
changed, both are then samples of one distribution, at any size; when something has, the current set is drawn from the
same photographs, corrupted. What is known of the files is left out, because they were written here.

Where ordinary days wander, a baseline of several days knows by how much.

Ours is beside the three bare rules, and beside a Kolmogorov-Smirnov test of every feature with Benjamini-Hochberg.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from corruptions import CORRUPTIONS, SEVERITIES
from drift_rows import CLEAN, SETTINGS, name_of, named_folder, rows_of_all
from shared import show

from pipeline import Rules
from pipeline.compare.drift import detect_drift, judge
from pipeline.compare.sides.baseline import to_document
from pipeline.compare.sides.between_days import between_days
from pipeline.compare.sides.side import Side
from pipeline.features import FEATURES, numeric_features
from pipeline.profile.measure import profile_table
from pipeline.profile.merge import merge
from pipeline.settings import ExtractionSettings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from pipeline.documents import BaselineDocument

ALPHA = 0.01
BASELINE = 200
"""Images of the baseline; as many as the day has, where that is more."""

CLASSES = 1000
QUIET_SIZES, QUIET_CLASSES, QUIET_DAYS = (50, 100, 200, 500, 1000, 10_000), (10, 100, 1000), 300
CHANGED_SIZES, CHANGED_DAYS = (50, 100, 500), 10
WANDERING = tuple((days, apart) for days in (2, 3, 5, 7, 28) for apart in (0.3, 1.0))
"""Days of the baseline, and how far the means of ordinary days lie apart, in deviations of single images."""

WANDERING_SIZE, WANDERING_DAYS = 200, 200
FAR = (3, 6)
"""Deviations of ordinary days by which a changed one lies away."""

CORRELATION = 0.7
"""The probability with which an image of a correlated day is the one before it once more."""

LARGE = 1000
"""Days of more images are drawn a tenth as often: they take long, and differ less."""


class Population:
    """The rows of 400 photographs, with what is asked of many samples at hand."""

    def __init__(self, path: Path) -> None:
        """Read the rows, without what is known of the files."""
        rows = pl.read_parquet(path).sort("path")
        of_files = [one.name for one in FEATURES if one.group == "file" and one.name in rows.columns]
        self.rows = rows.with_columns(pl.lit(None).cast(rows.schema[name]).alias(name) for name in of_files)
        self.names = [one.name for one in numeric_features() if rows[one.name].null_count() < len(rows)]
        self.names = [name for name in self.names if name not in of_files]

    def sample(self, which: NDArray[np.int64], classes: int) -> pl.DataFrame:
        """Rows of some of the photographs, one a second, their classes thrown together to so many."""
        start = datetime(2026, 11, 23, tzinfo=UTC)
        times = pl.Series([start + timedelta(seconds=at) for at in range(len(which))], dtype=pl.Datetime("us", "UTC"))
        merged = (pl.col("predicted_class") // (CLASSES // classes)).cast(pl.Int32)
        return self.rows[which].with_columns(merged, timestamp=times)


class Wandering:
    """Days whose photographs are all moved by as much as weather might."""

    def __init__(self, population: Population, generator: np.random.Generator) -> None:
        """Look at how images differ: what is moved are features with many values, by the axes of their correlations."""
        self._population, self._generator = population, generator
        numbers = {one.name for one in numeric_features()} & set(population.names)
        self._names = [name for name in population.names if name in numbers and self._moves(name)]
        values = population.rows.select(self._names).to_numpy()
        self._deviations = values.std(axis=0)
        strengths, axes = np.linalg.eigh(np.corrcoef(values.T))
        self._axes = axes * np.sqrt(np.maximum(0, strengths))

    def _moves(self, name: str) -> bool:
        """Whether a feature has no value that many images share: such a heap would be moved as one."""
        values = self._population.rows[name]
        return values.dtype.is_float() and values.n_unique() > len(values) * 0.9

    def day(self, size: int, apart: float, far: float = 0.0) -> Side:
        """A day of so many images, moved by chance, and perhaps away along the strongest axis."""
        moved = self._axes @ self._generator.normal(size=len(self._names)) + far * self._axes[:, -1]
        rows = self._population.sample(self._generator.integers(0, len(self._population.rows), size), CLASSES)
        by = dict(zip(self._names, (apart * moved * self._deviations).tolist(), strict=True))
        return Side.of(profile_table(rows.with_columns(pl.col(name) + own for name, own in by.items()).to_arrow()))


def main() -> None:
    folder = named_folder(__doc__)
    rows_of_all(folder)
    grid = Grid(folder)
    for size in QUIET_SIZES:
        for classes in QUIET_CLASSES:
            days = QUIET_DAYS if size <= LARGE else QUIET_DAYS // 10
            show({"quiet": size, "classes": classes, **grid.quiet(size, classes, days, 0.0)})
    for size in QUIET_SIZES[:-1]:
        show({"quiet": size, "correlation": CORRELATION, **grid.quiet(size, CLASSES, QUIET_DAYS, CORRELATION)})
    grid = Grid(folder)  # each part is drawn anew, so that what comes before does not matter
    for days, apart in WANDERING:
        show({"wandering": WANDERING_SIZE, "baseline_days": days, "apart": apart, **grid.wandering(days, apart)})
    grid = Grid(folder)
    for size in CHANGED_SIZES:
        found = {severity: grid.changed(size, severity) for severity in SEVERITIES}
        for severity, shares in found.items():
            show({"changed": size, "severity": severity, **shares})
        means = {name: round(float(np.mean([one[name] for one in found.values()])), 4) for name in found[1]}
        show({"changed": size, "severity": "all", **means})


class Grid:
    """Draws days and judges them."""

    def __init__(self, folder: Path) -> None:
        """Read the clean photographs' rows, and how they were made."""
        self._folder = folder
        recorded = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        self._settings = ExtractionSettings.from_dict(recorded)
        self._clean = Population(folder / f"{CLEAN}.parquet")
        self._generator = np.random.default_rng(20261123)

    def quiet(self, size: int, classes: int, days: int, correlation: float) -> dict[str, float]:
        """The shares of days without a change on which each judge alarms."""
        return _shares(self._day(self._clean, size, classes, correlation) for _ in range(days))

    def wandering(self, days: int, apart: float) -> dict[str, float]:
        """The shares of days that alarm where ordinary days differ as images do, only less: of ordinary ones, with and
        without what is known of days; and of days that lie far away in the direction in which images differ most."""
        found, settled = list[dict[str, bool]](), Wandering(self._clean, self._generator)
        for _ in range(WANDERING_DAYS):
            own = [settled.day(WANDERING_SIZE, apart) for _ in range(days)]
            known = between_days(own)
            baseline = Side.of(merge(one.profile for one in own))
            ordinary = settled.day(WANDERING_SIZE, apart)
            drifts = {"plain": judge(baseline, ordinary, Rules(alpha=ALPHA))}
            baseline = replace(baseline, days=known)
            drifts["ordinary"] = judge(baseline, ordinary, Rules(alpha=ALPHA))
            for far in FAR:
                drifts[f"away_{far}"] = judge(baseline, settled.day(WANDERING_SIZE, apart, far), Rules(alpha=ALPHA))
            found.append({name: one["overall_drift_detected"] for name, one in drifts.items()})
        return _shares(found)

    def changed(self, size: int, severity: int) -> dict[str, float]:
        """The shares of changed days that each judge finds, over all corruptions."""
        found = list[dict[str, bool]]()
        for name in CORRUPTIONS:
            corrupted = Population(self._folder / f"{name_of(name, severity)}.parquet")
            found += [self._day(corrupted, size, CLASSES, 0.0) for _ in range(CHANGED_DAYS)]
        return _shares(found)

    def _day(self, population: Population, size: int, classes: int, correlation: float) -> dict[str, bool]:
        old = self._clean.sample(self._drawn(max(BASELINE, size), correlation), classes)
        new = population.sample(self._drawn(size, correlation), classes)
        before, now = self._document(old), self._document(new)
        ours, bare = detect_drift(before, now, Rules(alpha=ALPHA)), Rules(noise_guard=False)
        summary = detect_drift(before, now, bare)["drift_summary"]
        return {
            "ours": ours["overall_drift_detected"],
            "features": any(one["drifted"] for one in ours["feature_drift"]),
            "jointly": ours["joint_drift"]["drift_detected"],
            "rules": any(ours["drift_summary"].values()),
            "bare_rules": any(summary.values()),
            "plain_ks": _kolmogorov_smirnov(old, new, self._clean.names),
        }

    def _drawn(self, size: int, correlation: float) -> NDArray[np.int64]:
        """Photographs at random, each with a probability the one before it once more."""
        drawn = self._generator.integers(0, len(self._clean.rows), size)
        stays = self._generator.random(size) < correlation
        stays[0] = False
        return np.asarray(drawn[np.maximum.accumulate(np.where(stays, 0, np.arange(size)))])

    def _document(self, rows: pl.DataFrame) -> BaselineDocument:
        return to_document(profile_table(rows.to_arrow()), self._settings, "drawn")


def _shares(days: Iterator[dict[str, bool]] | list[dict[str, bool]]) -> dict[str, float]:
    found = list(days)
    return {name: round(float(np.mean([one[name] for one in found])), 4) for name in found[0]}


def _kolmogorov_smirnov(old: pl.DataFrame, new: pl.DataFrame, names: list[str]) -> bool:
    p_values = np.sort([_p_value(old[name].to_numpy(), new[name].to_numpy()) for name in names])
    return bool((p_values * len(names) / np.arange(1, len(names) + 1)).min() <= ALPHA)


def _p_value(old: NDArray[np.float64], new: NDArray[np.float64]) -> float:
    """Kolmogorov's limit with Stephens's correction, "EDF Statistics for Goodness of Fit", JASA 69, 1974."""
    places = np.concatenate([old, new])
    shares = [np.searchsorted(np.sort(one), places, side="right") / len(one) for one in (old, new)]
    root = (len(old) * len(new) / len(places)) ** 0.5
    height = (root + 0.12 + 0.11 / root) * np.abs(shares[0] - shares[1]).max()
    terms = np.arange(1, 101)
    return float(min(1.0, 2 * ((-1.0) ** (terms - 1) * np.exp(-2 * (terms * max(height, 0.2)) ** 2)).sum()))


if __name__ == "__main__":
    main()
