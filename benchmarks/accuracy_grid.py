"""Accuracy without labels beside the true one, over every corruption: python benchmarks/accuracy_grid.py FOLDER.

The folder holds the rows that drift_rows.py makes. The baseline is the 400 clean photographs with their labels; each
current set is the same photographs with one corruption, whose labels only the comparison knows.
"""

from __future__ import annotations

import sys

import numpy as np
import polars as pl
from corruptions import CORRUPTIONS, SEVERITIES
from drift_rows import CLEAN, name_of, named_folder, rows_of_all
from shared import show

from pipeline.compare.judges.accuracy import accuracy_estimate
from pipeline.compare.sides.side import Side
from pipeline.profile.measure import profile_table


def main() -> None:
    folder = named_folder(__doc__)
    rows_of_all(folder)
    clean = profile_table(pl.read_parquet(folder / f"{CLEAN}.parquet").to_arrow())
    errors: dict[str, list[float]] = {"ours": [], "confidence": [], "prediction_entropy": [], "mean_confidence": []}
    inside = list[bool]()
    for name in (name_of(one, severity) for one in CORRUPTIONS for severity in SEVERITIES):
        current = profile_table(pl.read_parquet(folder / f"{name}.parquet").to_arrow())
        found = accuracy_estimate(Side.of(clean), Side.of(current))
        if found is None:
            sys.exit("the clean rows have no labels")
        true, shift = found["true_accuracy"], current.features["confidence"].mean - clean.features["confidence"].mean
        errors["ours"].append(found["estimated_accuracy"] - true)
        errors["mean_confidence"].append(found["baseline_accuracy"] + shift - true)
        for score, value in found["by_score"].items():
            errors[score].append(value - true)
        inside.append(found["low"] <= true <= found["high"])
    for method, own in errors.items():
        absolute = np.abs(own)
        show({"method": method, "mean_error": round(absolute.mean(), 4), "largest": round(absolute.max(), 4)})
    show({"sets": len(inside), "true_accuracy_in_interval": round(float(np.mean(inside)), 4)})


if __name__ == "__main__":
    main()
