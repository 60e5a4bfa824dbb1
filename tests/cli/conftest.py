"""What the tests of the commands start from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.program import framewatch_here
from tests.support.scene import Scene, build_scene

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Folders of pictures and a model. Nobody may change it."""
    return build_scene(tmp_path_factory.mktemp("scene"))


@pytest.fixture(scope="session")
def reference(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The baseline document of `scene.val` with the model."""
    path = tmp_path_factory.mktemp("reference") / "baseline_metrics.json"
    outcome = framewatch_here("baseline", "--data-dir", scene.val, "--model", scene.model, "--output", path)
    assert outcome.status == 0, outcome.stderr
    return path


@pytest.fixture(scope="session")
def pixels_only(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The baseline document of `scene.val` without a model, at the model's input size."""
    path = tmp_path_factory.mktemp("pixels") / "baseline_metrics.json"
    outcome = framewatch_here("baseline", "--data-dir", scene.val, "--input-size", "32x32", "--output", path)
    assert outcome.status == 0, outcome.stderr
    assert "predictions" not in json.loads(path.read_text())
    return path


@pytest.fixture(scope="session")
def store(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a day of `val` and three of `production`, the second of which is dark. Nobody may change it."""
    path = tmp_path_factory.mktemp("store")
    days = [
        ("val", "2026-11-01", scene.val),
        ("production", "2026-11-04", scene.today),
        ("production", "2026-11-05", scene.dark),
        ("production", "2026-11-06", scene.today),
    ]
    for dataset, date, folder in days:
        outcome = framewatch_here(
            *("extract", "--data-dir", folder, "--store", path, "--dataset", dataset, "--date", date),
            *("--model", scene.model),
        )
        assert outcome.status == 0, outcome.stderr
    return path
