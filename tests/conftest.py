"""What holds for all tests."""

from __future__ import annotations

import json
import os
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

# NOTE: NumPy's threads wait for each other by spinning. Where each processor has a worker of pytest-xdist already, that
# makes the test of all features together fifteen times slower. NumPy reads this when it is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@pytest.fixture(scope="session", autouse=True)
def drawn_once() -> Iterator[None]:
    """Each chart is drawn once in a process: hundreds of pages have most of theirs in common.

    `tests/report/test_drawing.py` proves that drawing again would give the same.
    """
    import vl_convert

    draw = vl_convert.vegalite_to_svg

    @lru_cache(maxsize=1000)
    def drawn(specification: str) -> str:
        text: str = draw(json.loads(specification))
        return text

    @wraps(draw)
    def remembered(specification: dict[str, Any]) -> str:
        return drawn(json.dumps(specification))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(vl_convert, "vegalite_to_svg", remembered)
        yield
