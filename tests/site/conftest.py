"""What the tests of the site start from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.errors import DocumentError
from pipeline.report import page
from pipeline.site import build
from tests.support.reports import Reports

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Reports:
    """Real reports."""
    return Reports.measured_in(tmp_path_factory.mktemp("scene"))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that hold no more than which document they show, for tests of what happens to files."""
    monkeypatch.setattr(page, "render_document", lambda document: f"page of {document['timestamp']}\n")
    monkeypatch.setattr(build, "read_report", _read)


def _read(path: Path) -> Any:
    found = json.loads(path.read_text(encoding="utf-8"))
    if "schema_version" not in found:
        raise DocumentError(f"{path}: is not ours")
    return found
