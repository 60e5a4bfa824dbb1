"""framewatch baseline."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.documents import read, timeless, valid
from tests.support.program import framewatch, framewatch_here
from tests.support.scene import IMAGES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.scene import Scene


def test_the_document_holds_what_plain_numpy_finds(scene: Scene, tmp_path: Path) -> None:
    """Pixels, predictions and accuracy, from the command line in a process of its own, elsewhere."""
    output = tmp_path / "deep" / "baseline_metrics.json"
    outcome = framewatch(
        *("baseline", "--data-dir", scene.val, "--model", scene.model, "--metadata", scene.labels, "--output", output)
    )
    assert outcome.status == 0, outcome.stderr
    document = valid(read(output), "baseline")
    mean, std = scene.pixels("val")
    overall = document["input_distribution"]["pixel_statistics"]["overall"]
    assert (overall["mean"], overall["std"]) == pytest.approx((mean, std), abs=1e-9)
    probabilities, predictions = scene.probabilities("val"), document["predictions"]
    assert predictions["prediction_count"] == document["dataset_info"]["image_count"] == IMAGES
    assert predictions["confidence_statistics"]["mean"] == pytest.approx(probabilities.max(axis=1).mean(), abs=1e-5)
    assert predictions["class_distribution"] == {"0": 20, "1": 20, "2": 20}
    assert (predictions["accuracy"], predictions["labelled_count"]) == (0.9, IMAGES)
    pixels = f"pixel mean {mean:.4f}, standard deviation {std:.4f}"
    predicted = f"mean confidence {probabilities.max(axis=1).mean():.4f}, accuracy 0.9000 on 60 labelled"
    assert outcome.stdout.splitlines() == [
        f"baseline: 60 images, {pixels}, {predicted} ({scene.val})",
        f"written: {output}",
    ]
    assert all(line.startswith("note: ") for line in outcome.stderr.splitlines())


def test_rows_of_a_store_give_the_same_document(scene: Scene, store: Path, reference: Path, tmp_path: Path) -> None:
    output = tmp_path / "baseline.json"
    assert framewatch_here("baseline", "--store", store, "--select", "val", "--output", output).status == 0
    from_rows, from_images = read(output), read(reference)
    assert from_rows["dataset_info"]["dates"] == ["2026-11-01"]
    from_rows["notes"] = from_images["notes"]  # what was assumed is said where images are read
    assert timeless(from_rows) == timeless(from_images)


def test_json_is_the_document_and_quiet_is_nothing(scene: Scene, tmp_path: Path) -> None:
    arguments = ("baseline", "--data-dir", scene.val, "--model", scene.model, "--output", tmp_path / "baseline.json")
    shown = framewatch_here(*arguments, "--json")
    assert valid(shown.document, "baseline") == read(tmp_path / "baseline.json")
    quiet = framewatch_here(*arguments, "--quiet")
    assert (quiet.status, quiet.stdout, quiet.stderr) == (0, "", "")


def test_labels_that_were_awaited_and_did_not_come_are_missed_aloud(scene: Scene, tmp_path: Path) -> None:
    """Metadata without a column label, or no folders of classes: a note says why there is no accuracy."""
    metadata = tmp_path / "cameras.csv"
    paths = [path.name for path in sorted(scene.val.iterdir())]
    metadata.write_text("\n".join(["path,camera", *(f"{path},left" for path in paths), ""]), encoding="utf-8")
    arguments = ("baseline", "--data-dir", scene.val, "--model", scene.model, "--output", tmp_path / "baseline.json")
    for option, why in (
        (("--metadata", metadata), f"no column label in {metadata}"),
        (("--label-from", "parent"), "no folder below the source"),
    ):
        outcome = framewatch_here(*arguments, *option)
        assert outcome.status == 0
        assert f"note: no image has a label ({why}), so there is no accuracy\n" in outcome.stderr
    for enough in ((), ("--metadata", scene.labels)):
        assert "has a label" not in framewatch_here(*arguments, *enough).stderr


def test_a_selection_that_is_missing_is_helped_with_the_names_of_datasets(store: Path, tmp_path: Path) -> None:
    outcome = framewatch_here("baseline", "--store", store, "--output", tmp_path / "baseline.json")
    assert (outcome.status, f"({store} has production, val)" in outcome.error) == (2, True)


def test_a_small_baseline_is_written_with_a_word_on_it(scene: Scene, tmp_path: Path) -> None:
    """Of 20 images; one of 60 needs no word."""
    few = tmp_path / "few"
    few.mkdir()
    for path in sorted(scene.val.iterdir())[:20]:
        shutil.copy(path, few)
    arguments = ("baseline", "--output", tmp_path / "baseline.json", "--data-dir")
    outcome = framewatch_here(*arguments, few)
    assert (outcome.status, outcome.stderr.count("a baseline of 20 images shows large changes only")) == (0, 1)
    assert framewatch_here(*arguments, few, "--quiet").stderr == ""
    assert "large changes only" not in framewatch_here(*arguments, scene.val).stderr


def test_labels_that_the_model_hardly_ever_meets_are_doubted(scene: Scene, tmp_path: Path) -> None:
    """All moved on by one class; as they are, they need no word; and few of them estimate nothing later."""
    header, *lines = scene.labels.read_text(encoding="utf-8").splitlines()
    wrong, few = tmp_path / "wrong.csv", tmp_path / "few.csv"
    moved = [f"{path},{(int(label) + 1) % 3},{camera}" for path, label, camera in (line.split(",") for line in lines)]
    wrong.write_text("\n".join([header, *moved]), encoding="utf-8")
    few.write_text("\n".join([header, *lines[:20]]), encoding="utf-8")
    arguments = ("baseline", "--data-dir", scene.val, "--model", scene.model, "--output", tmp_path / "baseline.json")
    for labels, doubted in ((wrong, True), (scene.labels, False)):
        outcome = framewatch_here(*arguments, "--metadata", labels)
        assert (outcome.status, "far below the mean confidence" in outcome.stderr) == (0, doubted)
    assert "images of the baseline have labels, not only 20" in framewatch_here(*arguments, "--metadata", few).stderr
