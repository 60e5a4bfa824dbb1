"""Random halves of real images, 1000 classes: nothing has changed, so how often does each rule say that it has?"""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from shared import shared_folder, show

from pipeline import DriftDetector, ExtractionOptions, Images, Rules
from pipeline.analysis import extract
from pipeline.compare.sides.baseline import to_document
from pipeline.profile.measure import profile_rows
from pipeline.store.stored import stored

SPLITS = 100


def main() -> None:
    folder = shared_folder()
    options = ExtractionOptions(resize="crop", scaling="minus-one-one")
    images = Images(str(folder / "images"), folder / "models" / "efficientnet_lite0.onnx", options)
    with tempfile.TemporaryDirectory() as store:
        extracted = extract(images, Path(store), "val", date(2026, 11, 23))
        rows = stored(Path(store), [extracted.partition]).rows.collect()
    settings = extracted.settings
    generator = np.random.default_rng(20261123)
    alarms = {"overall": 0, "pixel_drift": 0, "confidence_drift": 0, "class_distribution_drift": 0}
    bare = dict(alarms)
    for _ in range(SPLITS):
        first = pl.Series(generator.permutation(len(rows)) < len(rows) // 2)
        halves = [to_document(profile_rows(rows.filter(mask).lazy()), settings, "half") for mask in (first, ~first)]
        for counts, rules in ((alarms, Rules()), (bare, Rules(noise_guard=False))):
            report = DriftDetector(rules).detect(halves[0], halves[1])
            counts["overall"] += report["overall_drift_detected"]
            for rule in ("pixel_drift", "confidence_drift", "class_distribution_drift"):
                counts[rule] += report["drift_summary"][rule]
    show({"splits": SPLITS, "images_a_half": len(rows) // 2, "alarms": alarms, "alarms_without_noise_guard": bare})


if __name__ == "__main__":
    main()
