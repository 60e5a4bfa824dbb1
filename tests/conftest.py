"""What holds for all tests."""

from __future__ import annotations

import json
import os
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.program import framewatch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.program import Outcome

# NOTE: NumPy's threads wait for each other by spinning. Where each processor has a worker of pytest-xdist already, that
# makes the test of all features together fifteen times slower. NumPy reads this when it is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

_LONG = (
    "tests/demo/",
    "tests/docs/test_notebook.py",  # it looks at the demo
    "tests/docs/",
    "tests/test_wheel.py",
    "tests/test_tflite_runtime.py",
    "tests/store/test_kill.py",
    "tests/store/test_any_sequence.py",
    "tests/cli/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests go first: workers of pytest-xdist share out what is left, which ends evenly where that is short.

    And those that share the demo, or the store of the commands' tests, are with one worker.
    """
    items.sort(key=lambda item: next((at for at, one in enumerate(_LONG) if item.nodeid.startswith(one)), len(_LONG)))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, Path]:
    """One whole run from the command line, and where it wrote to. Nobody may change it."""
    folder = tmp_path_factory.mktemp("demo") / "out"
    return framewatch("demo", "--output", folder), folder


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
