"""Rows to the number of images that are copies of others."""

from __future__ import annotations

import polars as pl

from pipeline.store.scan import collect


def duplicate_count(rows: pl.LazyFrame) -> int:
    """The readable images without which each content would be there once.

    Args:
        rows: Of a store.

    Raises:
        StoreError: A file of the store is damaged.
        FileNotFoundError: A file is gone since its folder was listed.
    """
    # NOTE: no part of the profile, which could not be merged then: two days may show the same image.
    known = rows.filter((pl.col("status") != "unreadable") & pl.col("content_hash").is_not_null())
    counts = collect(known.select(rows=pl.len(), contents=pl.col("content_hash").n_unique()))
    return int(counts["rows"][0]) - int(counts["contents"][0])
