"""Where the numbers come from: the two sets side by side, their unreadable images, their settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pipeline.report.cards import Comparison
from pipeline.report.words import count, counted, date_range, moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipeline.documents import BaselineDocument, DatasetInfo

_ITEMS_SHOWN = 8
_ABSENT = "\N{EN DASH}"


def compared(baseline: BaselineDocument, current: BaselineDocument) -> list[Comparison]:
    """The facts of both sets; those that neither has are left out."""
    before, now = dict(_facts(baseline)), dict(_facts(current))
    names = list(dict.fromkeys([*before, *now]))
    return [Comparison(name, before.get(name, _ABSENT), now.get(name, _ABSENT), outside=True) for name in names]


def unreadable(baseline: DatasetInfo, current: DatasetInfo) -> list[Comparison]:
    """Unreadable images by reason, and those with scores that are no numbers; only what happened."""
    before, now = dict(_failures(baseline)), dict(_failures(current))
    reasons = list(dict.fromkeys([*now, *before]))
    return [Comparison(one, count(before.get(one, 0)), count(now.get(one, 0)), outside=True) for one in reasons]


def settings(baseline: Mapping[str, Any], current: Mapping[str, Any]) -> list[Comparison]:
    """Nested settings as flat names and short values."""
    before, now = dict(_flat(baseline)), dict(_flat(current))
    names = list(dict.fromkeys([*before, *now]))
    return [Comparison(name, before.get(name, _ABSENT), now.get(name, _ABSENT), outside=True) for name in names]


def _facts(document: BaselineDocument) -> Iterator[tuple[str, str]]:
    info = document["dataset_info"]
    yield "Source", info["source"]
    if info.get("dates"):
        yield "Dates", date_range(info["dates"])
    yield "Images", count(info["image_count"])
    yield "Unreadable", count(info["unreadable"]["count"])
    yield "Input size", " \N{MULTIPLICATION SIGN} ".join(str(side) for side in info["input_size"])
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
        return value
    if isinstance(value, list) and len(value) > _ITEMS_SHOWN:
        return f"{counted(len(value), 'item')}: {_short(value[:_ITEMS_SHOWN])[1:-1]}, …"
    return json.dumps(value, ensure_ascii=False)
