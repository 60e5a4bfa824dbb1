"""Tables that people write: CSV as text editors, programs and Excel save it, or Parquet."""

from __future__ import annotations

import codecs
import csv

import polars as pl

from pipeline.extract.sources.files import is_named_as_image

PATH_COLUMNS = ("path", "uri", "url", "filename", "file_name", "image_path")
"""What a table may call the column that names its images: the first of these that it has."""

_AS_WRITTEN = (*PATH_COLUMNS, "label")
_SEPARATORS = (",", ";", "\t")
"""Excel writes the second where numbers have decimal commas."""


def read_table(content: bytes, suffix: str, header: tuple[str, ...] = ()) -> pl.DataFrame:
    """The table in a Parquet file, or in one of CSV where the suffix is another.

    Args:
        content: Of the file.
        suffix: Of its name.
        header: The names of the columns of a CSV file that has no row of them.

    Raises:
        ValueError: It is damaged, or of another kind; in one line.
    """
    # NOTE: Polars takes no name that is not UTF-8, and takes [1] in one for a pattern; so it is given the content.
    try:
        return pl.read_parquet(content) if suffix.lower() == ".parquet" else _read_csv(content, header)
    except pl.exceptions.PolarsError as error:
        raise ValueError((str(error).splitlines() or [type(error).__name__])[0]) from error


def missing_header(table: pl.DataFrame) -> str | None:
    """The first line of a table whose first line is no row of names but an image's; None of all others."""
    names = table.columns
    return ",".join(names) if any(map(is_named_as_image, names)) and not {*names} & {*PATH_COLUMNS} else None


def _read_csv(content: bytes, header: tuple[str, ...]) -> pl.DataFrame:
    text = _as_text(content)
    separator = _separator(text)
    try:
        # NOTE: a label 007 is that text, not the number 7.
        table = pl.read_csv(
            text.encode(),
            separator=separator,
            has_header=not header,
            new_columns=header or None,
            infer_schema_length=None,
            schema_overrides=dict.fromkeys(_AS_WRITTEN, pl.String),
        )
    except pl.exceptions.ComputeError:
        _require_even(text, separator)
        raise
    return table.rename(str.strip)


def _as_text(content: bytes) -> str:
    # Excel's "Unicode text" is UTF-16, and says so in its first two bytes.
    encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueError(
            f"line {line} is not UTF-8 text: it holds the byte 0x{content[error.start]:02x}; save it as UTF-8"
        ) from error


def _separator(text: str) -> str:
    """By which the first line is one of names, or of an image; the comma where none tells."""
    first, _, _ = text.lstrip("\r\n").partition("\n")
    for separator in _SEPARATORS:
        names = [name.strip() for name in next(csv.reader([first], delimiter=separator), [])]
        if any(name in PATH_COLUMNS or is_named_as_image(name) for name in names):
            return separator
    return _SEPARATORS[0]


def _require_even(text: str, separator: str) -> None:
    """Refuse a line of more fields than the first, of which Polars says neither which nor how many.

    Raises:
        ValueError: There is one.
    """
    lines = csv.reader(text.splitlines(keepends=True), delimiter=separator)
    first = next((line for line in lines if line), [])
    for line in lines:
        if len(line) > len(first):
            raise ValueError(
                f"line {lines.line_num} has {len(line)} fields, and the first line {len(first)}; quote text that holds "
                f"{separator!r}"
            )
