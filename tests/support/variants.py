"""Settings that differ in one field each."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from pipeline.settings import ExtractionSettings, ModelSettings
from tests.support.rows import DETECTOR, PIXELS_ONLY

OTHER: dict[str, Any] = {
    "input_size": (5, 4), "resize": "crop", "decode": "exact", "feature_version": "0",
    "sha256": "0ther", "runtime": "other", "task": "classification", "mean": (0.1, 0.5, 0.5), "std": (0.5, 0.5, 0.1),
    "channel_order": "rgb", "class_count": 7, "class_names": ("bolt",), "label_offset": 2, "scores": "logits",
    "output_order": (0, 1, 2, 3), "box_layout": "yolov8", "boxes_in_pixels": True, "score_threshold": 0.3,
    "overlap_threshold": 0.6,
}  # fmt: skip

DETECTING = replace(PIXELS_ONLY, model=DETECTOR)

VARIANTS = {
    **{
        one.name: replace(DETECTING, **{one.name: OTHER[one.name]})
        for one in fields(ExtractionSettings)
        if one.compare and one.name != "model"
    },
    **{
        f"model.{one.name}": replace(DETECTING, model=replace(DETECTOR, **{one.name: OTHER[one.name]}))
        for one in fields(ModelSettings)
        if one.compare
    },
}
"""Settings that differ from `DETECTING` in one field each, by that field."""
