"""Files for measuring and testing that are no part of the project, where they lie beside it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_CHECKOUT = Path(__file__).resolve().parents[2]


def shared_folder() -> Path:
    """The folder that `FRAMEWATCH_SHARED` names, else the one called `shared` beside the checkout; perhaps missing."""
    return Path(os.environ.get("FRAMEWATCH_SHARED") or _CHECKOUT.parent / "shared")


def shared(part: str) -> Path:
    """A file or folder in it; the test is skipped where there is none."""
    path = shared_folder() / part
    if not path.exists():
        pytest.skip(f"{path} is missing: set FRAMEWATCH_SHARED")
    return path
