"""The ordinary hive readers of others, with nothing of ours: each gives the paths of the rows in a store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as ds

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def with_duckdb(store: Path, columns: str, rest: str = "") -> list[tuple[Any, ...]]:
    """The rows of a query over a store."""
    rows = f"read_parquet('{store}/**/*.parquet', hive_partitioning=true)"
    return duckdb.connect().execute(f"select {columns} from {rows} {rest}").fetchall()  # noqa: S608


READERS: dict[str, Callable[[Path], list[Any]]] = {
    "polars folder": lambda store: pl.scan_parquet(store, hive_partitioning=True).collect()["path"].to_list(),
    "polars glob": lambda store: (
        pl.scan_parquet(store / "**/*.parquet", hive_partitioning=True).collect()["path"].to_list()
    ),
    "duckdb": lambda store: [path for (path,) in with_duckdb(store, "path")],
    "pandas": lambda store: pd.read_parquet(store)["path"].to_list(),
    "pyarrow": lambda store: ds.dataset(store, partitioning="hive").to_table()["path"].to_pylist(),
}
