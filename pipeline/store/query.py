"""SQL over the rows of a store."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
from polars import selectors

from pipeline.errors import StoreError
from pipeline.store.layout import partitions
from pipeline.store.stored import ask

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.store.stored import Stored

TABLE = "features"

_LONGEST_CELL = 80


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to a query, in the forms in which it can be printed. Bytes are base64 in JSON and CSV."""

    frame: pl.DataFrame

    def as_json(self) -> str:
        """A JSON list of objects."""
        return json.dumps(json.loads(self._printable.write_json()), indent=2, ensure_ascii=False)

    def as_csv(self) -> str:
        """CSV with a header; lists are written as JSON."""
        nested = [name for name, dtype in self.frame.schema.items() if dtype.is_nested()]
        flat = self._printable.with_columns(
            pl.Series(name, [_as_json(value) for value in self.frame[name].to_list()], pl.String) for name in nested
        )
        return flat.write_csv()

    def as_text(self) -> list[str]:
        """Lines of a table in columns; long cells are cut."""
        header = [self.frame.columns]
        cells = header + [[_cell(value) for value in row] for row in self.frame.iter_rows()]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
        ]
        return [
            lines[0],
            "  ".join("-" * width for width in widths),
            *lines[1:],
            f"({len(self.frame)} row{'' if len(self.frame) == 1 else 's'})",
        ]

    @property
    def _printable(self) -> pl.DataFrame:
        return self.frame.with_columns(selectors.binary().bin.encode("base64"))


def query_store(store: Path, sql: str, limit: int | None = None) -> Result:
    """Run SQL over all rows of a store, as the table `features`.

    Args:
        store: The folder of the store.
        sql: One SELECT.
        limit: Rows to give at most.

    Raises:
        StoreError: There are no rows, or the SQL cannot be understood.
    """
    present = partitions(store)
    if not present:
        raise StoreError(f"{store}: holds no rows; `framewatch extract --store {store}` adds some")
    if not sql.lstrip(" \t\r\n(").lower().startswith(("select", "with")):
        raise StoreError(f"{sql!r} is no query; write one SELECT: the table is called {TABLE}")
    return ask(store, present, lambda files: Result(_answer(files, sql, limit)))


def _answer(files: Stored, sql: str, limit: int | None) -> pl.DataFrame:
    context = pl.SQLContext({TABLE: files.rows})
    try:
        found = context.execute(sql, eager=False)
        return (found if limit is None else found.head(limit)).collect(engine="streaming")
    except FileNotFoundError:
        raise
    except pl.exceptions.PolarsError as error:
        raise StoreError(
            f"the query cannot be run ({_reason(error, files.rows)}); the table is called {TABLE}"
        ) from error


def _reason(error: pl.exceptions.PolarsError, rows: pl.LazyFrame) -> str:
    """Polars's first line without its list of eighty columns, and the column that was probably meant."""
    import difflib

    reason = (str(error).splitlines() or ["no reason given"])[0].partition("; valid columns")[0]
    if not isinstance(error, pl.exceptions.ColumnNotFoundError):
        return reason
    columns = rows.collect_schema().names()
    alike = [one for name in re.findall(r'"([^"]+)"', reason) for one in difflib.get_close_matches(name, columns, 1)]
    return f"{reason}; did you mean {alike[0]}?" if alike else f"{reason}; SELECT * with --limit 1 shows all columns"


def _as_json(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, default=str)


def _cell(value: object) -> str:
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    text = "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
    text = " ".join(text.splitlines())
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 3] + "..."
