"""Readers who have followed a document to its end."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.docs.examples import Reader

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="session")
def reader_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Reader]:
    """The reader of a document, who has run each of its examples once. They share their folder; it is not to change."""

    @cache
    def of(document: str) -> Reader:
        return Reader.who_follows(document, tmp_path_factory.mktemp("home") / "parts")

    return of
