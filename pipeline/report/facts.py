"""Where the numbers come from: the two sets side by side, their unreadable images, their settings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.report.words import clipped, count, counted, date_range, moment, shortened
from pipeline.settings import SCALINGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.documents import BaselineDocument, DatasetInfo

_ITEMS_SHOWN = 8
_HASH_SHOWN = 8
_BYTE = 1 / 255
_MOST_SETTINGS = 200
_MOST_REASONS = 30
_ABSENT = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One quantity in words, beside itself."""

    name: str
    baseline: str
    current: str


def compared(baseline: BaselineDocument, current: BaselineDocument) -> list[Comparison]:
    """The facts of both sets; those that neither has are left out."""
    before, now = dict(_facts(baseline)), dict(_facts(current))
    return _beside(before, now)


def made(baseline: BaselineDocument, current: BaselineDocument) -> list[Comparison]:
    """How images became numbers, as far as people ask: the model and how it is fed."""
    return _beside(dict(_made(baseline)), dict(_made(current)))


def unreadable(baseline: DatasetInfo, current: DatasetInfo) -> list[Comparison]:
    """Unreadable images by reason, and those with scores that are no numbers; only what happened."""
    before, now = dict(_failures(baseline)), dict(_failures(current))
    reasons = list(dict.fromkeys([*now, *before]))
    return [Comparison(one, count(before.get(one, 0)), count(now.get(one, 0))) for one in reasons[:_MOST_REASONS]]


def days(info: DatasetInfo) -> str:
    """The dates of a set, where its source does not name them itself."""
    dates = info.get("dates", [])
    return date_range(dates) if dates and min(dates) not in info["source"] else ""


def copies(baseline: DatasetInfo, current: DatasetInfo) -> list[Comparison]:
    """Exact copies of other images, where either set's were counted."""
    found = [str(one["duplicates"]) if "duplicates" in one else "not counted" for one in (baseline, current)]
    counted_at_all = any("duplicates" in one for one in (baseline, current))
    return [Comparison("Exact copies of other images", *found)] if counted_at_all else []


def settings(baseline: Mapping[str, Any], current: Mapping[str, Any]) -> list[Comparison]:
    """Nested settings as flat names and short values."""
    before, now = dict(_flat(baseline)), dict(_flat(current))
    return _beside(before, now)[:_MOST_SETTINGS]


def model(settings: Mapping[str, Any]) -> str:
    """The model in a few words, as far as the settings know it: its file's name, then the start of its hash; "" where
    there was none."""
    own = settings.get("model")
    if not isinstance(own, dict):
        return ""
    name = own.get("name") or f"{own.get('runtime', '')} {own.get('task', 'model')}".strip()
    digest = str(own.get("sha256", ""))[:_HASH_SHOWN]
    return f"{shortened(str(name))} ({digest})" if digest else shortened(str(name))


def _beside(before: Mapping[str, str], now: Mapping[str, str]) -> list[Comparison]:
    names = list(dict.fromkeys([*before, *now]))
    return [Comparison(name, before.get(name, _ABSENT), now.get(name, _ABSENT)) for name in names]


def _made(document: BaselineDocument) -> Iterator[tuple[str, str]]:
    settings = document["settings"]
    own = settings.get("model") or {}
    yield "Model", model(settings) or "none"
    if "task" in own:
        yield "Task", _short(own["task"])
    yield "Input size", _size(document["dataset_info"]["input_size"])
    if "resize" in settings:
        yield "Resize", _short(settings["resize"])
    if "mean" in own and "std" in own:
        yield "Scaling", _scaling(own["mean"], own["std"])
    if "decode" in settings:
        yield "Decode", _short(settings["decode"])
    yield "Made by", f"{document['generator']['name']} {document['generator']['version']}"


def _size(sides: Sequence[int]) -> str:
    return " \N{MULTIPLICATION SIGN} ".join(str(side) for side in sides)


def _scaling(mean: Sequence[float], std: Sequence[float]) -> str:
    """A scaling by its name, where it is, to the byte, one that has a name."""
    for name, (centre, width) in SCALINGS.items():
        if np.allclose(mean, centre, rtol=0, atol=_BYTE) and np.allclose(std, width, rtol=0.01, atol=0):
            return name
    return clipped(f"mean {_triple(mean)}, standard deviation {_triple(std)}")


def _triple(values: Sequence[float]) -> str:
    """One number where all are the same."""
    told = [f"{one:.4g}" for one in values]
    return told[0] if len(set(told)) == 1 else ", ".join(told)


def _facts(document: BaselineDocument) -> Iterator[tuple[str, str]]:
    info = document["dataset_info"]
    yield "Source", info["source"]
    if info.get("dates"):
        yield "Dates", date_range(info["dates"])
    yield "Images", count(info["image_count"])
    yield "Unreadable", count(info["unreadable"]["count"])
    if predictions := document.get("predictions"):
        yield "Predictions", count(predictions["prediction_count"])
        yield "Classes seen", count(predictions["unique_classes"])
    if predictions and "accuracy" in predictions:
        labelled = counted(predictions.get("labelled_count", 0), "labelled image")
        yield "Accuracy", f"{predictions['accuracy']:.1%} of {labelled}"
    yield "Measured", moment(document["timestamp"])


def _failures(info: DatasetInfo) -> Iterator[tuple[str, int]]:
    yield from sorted(info["unreadable"]["by_reason"].items(), key=lambda one: (-one[1], one[0]))
    if info["invalid_scores"]:
        yield "scores that are NaN or infinite", info["invalid_scores"]


def _flat(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in settings.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", _short(value)


def _short(value: object) -> str:
    if isinstance(value, str):
        return clipped(value)
    if isinstance(value, list) and len(value) > _ITEMS_SHOWN:
        return clipped(f"{counted(len(value), 'item')}: {_short(value[:_ITEMS_SHOWN])[1:-1]}, …")
    return clipped(json.dumps(value, ensure_ascii=False))
