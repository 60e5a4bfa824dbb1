"""A few images of a baseline, kept in its document: they show what is usual when its rows are no longer at hand."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import polars as pl

from pipeline.features import categorical_features, numeric_features
from pipeline.store.scan import collect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.documents import ExampleImage, SampledImage
    from pipeline.profile.profile import Profile

IMAGES = 12
"""Images of a sample: with a thumbnail of 2.5 KB each, some 50 KB of a document."""

MOST_SHOWN = 6
"""Of them, those that are shown for one feature."""

_NAME = "content_hash"


def sample_images(rows: pl.LazyFrame) -> list[SampledImage]:
    """Some images with a thumbnail, each as likely as any other, and always the same ones of the same images.

    Args:
        rows: Of a store.

    Raises:
        StoreError: A file of the store is damaged.
        FileNotFoundError: A file is gone since its folder was listed.
    """
    if "thumbnail" not in rows.collect_schema():
        return []
    usable = rows.filter(pl.col("status") == "ok")
    # NOTE: a hash of the content is as good as a random number, and needs none. What is large is read of few rows only.
    first = collect(usable.select(_NAME).unique().sort(_NAME).head(IMAGES))[_NAME]
    copies = collect(usable.filter(pl.col(_NAME).is_in(first.implode())).select("uri", _NAME))
    uris = copies.group_by(_NAME).agg(pl.min("uri"))["uri"]
    found = collect(usable.filter(pl.col("uri").is_in(uris.implode())).select("uri", "thumbnail", _NAME, *_shown(rows)))
    chosen = found.drop_nulls("thumbnail").unique(_NAME).sort(_NAME).drop(_NAME)
    return [_sampled(row) for row in chosen.iter_rows(named=True)]


def typical_of(sample: Sequence[SampledImage], name: str, baseline: Profile) -> list[ExampleImage]:
    """Of a sample the images that are nearest to the baseline's mean; of a category those of its most frequent value.

    Args:
        sample: See `sample_images`.
        name: The feature.
        baseline: The baseline's profile.
    """
    with_it = [one for one in sample if name in one["values"]]
    if name in baseline.features:
        mean = baseline.features[name].mean
        with_it.sort(key=lambda one: abs(float(one["values"][name]) - mean))
    else:
        counts: dict[Any, int] = dict(baseline.categories.get(name, baseline.classes))
        usual = str(max(counts, key=counts.__getitem__)) if counts else None
        with_it = [one for one in with_it if one["values"][name] == usual]
    return [
        {"uri": one["uri"], "value": one["values"][name], "thumbnail": one["thumbnail"]} for one in with_it[:MOST_SHOWN]
    ]


def _shown(rows: pl.LazyFrame) -> list[str]:
    names = ["predicted_class", *(one.name for one in (*numeric_features(), *categorical_features()))]
    there = rows.collect_schema()
    return [name for name in names if name in there]


def _sampled(row: dict[str, Any]) -> SampledImage:
    numbers = {one.name for one in numeric_features()}
    uri, thumbnail = row.pop("uri"), row.pop("thumbnail")
    values = {name: float(value) if name in numbers else str(value) for name, value in row.items() if value is not None}
    return {"uri": uri, "thumbnail": base64.b64encode(thumbnail).decode("ascii"), "values": values}
