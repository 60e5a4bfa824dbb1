"""Readers who have followed a document to its end."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.docs.examples import Reader
from tests.support.markdown import read

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="session")
def reader_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Reader]:
    """Who has followed a document, or several after each other, and run each example once.

    They share their folder; it is not to change.
    """

    @cache
    def of(*documents: str) -> Reader:
        return Reader.who_follows(read(*documents), tmp_path_factory.mktemp("home") / "parts")

    return of
