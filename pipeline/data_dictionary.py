"""The table of features to the page of the data dictionary.

`python -m pipeline.data_dictionary docs/DATA_DICTIONARY.md` writes it.
"""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

from pipeline.atomic import write_text
from pipeline.features import FEATURES, Feature

_HEAD = """# Data dictionary

Every column of a row, in the order of the table. `make schemas` writes this page, and
`schemas/features.schema.json` for programs, from `pipeline/features.py`.

A row stands for one image. A value is null where it does not apply: an unreadable image has no pixels, a classifier no
boxes. Pixels, luma and what follows from them lie in [0, 1] (byte / 255) unless a unit is given, and are of the picture
at the input size. Columns of the metadata follow behind these, under names of their own.

**bins** are those of the histogram that a profile keeps of the column: equal ones, and what lies outside is counted in
the first or the last. **counted** columns are profiled by their values. Others are not profiled.
"""

_GROUPS = {
    "image": "The image, and what is known of it",
    "file": "The file",
    "pixels": "Pixels",
    "quality": "Quality",
    "prediction": "The model's prediction",
}

_TYPES = {
    "int32s": "list of int32",
    "float32s": "list of float32",
    "boxes": "list of 4 x float32",
    "histogram": "256 x uint32",
}
"""The Arrow types that have other names in the table."""


def data_dictionary() -> str:
    """The page, as Markdown: a table for each group of features."""
    parts = [_HEAD]
    for group, features in groupby(FEATURES, key=lambda one: one.group):
        rows = "\n".join(_row(one) for one in features)
        parts.append(
            f"## {_GROUPS[group]}\n\n"
            f"| column | type | unit | profile | meaning | formula |\n|---|---|---|---|---|---|\n{rows}\n"
        )
    return "\n".join(parts)


def _row(one: Feature) -> str:
    cells = (f"`{one.name}`", _TYPES.get(one.dtype, one.dtype), one.unit, _profile(one), one.meaning, one.source)
    return "".join(f"| {cell} " if cell else "| " for cell in cells) + "|"


def _profile(one: Feature) -> str:
    if one.bins is not None:
        return f"{one.bins.count} bins, {one.bins.low:g} to {one.bins.high:g}"
    return "counted" if one.categorical else ""


if __name__ == "__main__":
    write_text(Path(sys.argv[1]), data_dictionary())
