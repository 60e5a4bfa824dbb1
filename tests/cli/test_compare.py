"""framewatch compare."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.support.documents import read, timeless, valid
from tests.support.folders import draw_broken, draw_noisy
from tests.support.program import CHECKOUT, framewatch_here

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.scene import Scene


def test_two_folders_and_two_selections_of_their_rows_agree(scene: Scene, store: Path, tmp_path: Path) -> None:
    """Stage two on stored rows says what both stages say, and reads no image."""
    from_images, from_rows = tmp_path / "images.json", tmp_path / "rows.json"
    first = framewatch_here(
        *("compare", "--data-dir-1", scene.val, "--data-dir-2", scene.dark, "--model", scene.model),
        *("--output", from_images, "--html"),
    )
    second = framewatch_here(
        *("compare", "--store", store, "--baseline-select", "val", "--current-select", "production@2026-11-05"),
        *("--output", from_rows),
    )
    assert (first.status, second.status) == (0, 0), first.stderr
    report = valid(read(from_images), "drift_report")
    assert report["overall_drift_detected"]
    assert report["pixel_distribution_drift"]["baseline_mean"] == pytest.approx(scene.pixels("val")[0], abs=1e-9)
    stored = read(from_rows)
    assert stored["current"]["dataset_info"]["dates"] == ["2026-11-05"]
    for one in (report, stored):
        one["baseline"]["notes"] = one["current"]["notes"] = []
    assert timeless(report) == timeless(stored)
    assert (tmp_path / "images.html").exists()
    assert not (tmp_path / "rows.html").exists()


def test_a_range_of_days_is_their_rows_together(scene: Scene, store: Path, tmp_path: Path) -> None:
    output = tmp_path / "report.json"
    outcome = framewatch_here(
        *("compare", "--store", store, "--baseline-select", "val"),
        *("--current-select", "production@2026-11-04..2026-11-05", "--output", output),
    )
    assert outcome.status == 0
    pooled = (scene.pixels("today")[0] + scene.pixels("dark_20261105")[0]) / 2
    assert read(output)["pixel_distribution_drift"]["current_mean"] == pytest.approx(pooled, abs=1e-9)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--data-dir-1", "{val}"], ["--data-dir-2", "--current-select"]),
        (["--data-dir-2", "{val}"], ["--data-dir-1", "--baseline-select"]),
        (["--store", "{store}", "--baseline-select", "val"], ["--store", "--current-select"]),
        (["--data-dir-1", "{val}", "--data-dir-2", "{val}", "--store", "{store}"], ["--data-dir-1", "--store"]),
        (["--baseline-select", "val", "--data-dir-2", "{val}"], ["--baseline-select val", "--store"]),
        (
            ["--store", "{store}", "--baseline-select", "val", "--current-select", "val", "--model", "m.onnx"],
            ["--store", "framewatch extract"],
        ),
        (
            ["--store", "{store}", "--baseline-select", "val", "--current-select", "val", "--workers", "2"],
            ["--store", "framewatch extract"],
        ),
        (["--store", "{store}", "--baseline-select", "val", "--current-select", "vall"], ["vall", "production, val"]),
        (
            ["--store", "{store}", "--baseline-select", "val", "--current-select", "production@2026-12-01"],
            ["production@2026-12-01", "2026-11-04 to 2026-11-06"],
        ),
    ],
)
def test_options_that_do_not_say_which_images_are_refused(
    arguments: list[str], words: list[str], scene: Scene, store: Path, tmp_path: Path
) -> None:
    """Nothing is guessed, and no option is passed over in silence."""
    filled = [one.format(val=scene.val, store=store) for one in arguments]
    outcome = framewatch_here("compare", *filled, "--output", tmp_path / "report.json")
    assert outcome.status == 2
    for word in words:
        assert word in outcome.error


def test_what_was_assumed_is_said_of_the_first_set(tmp_path: Path) -> None:
    """The second takes its settings from the first, so the first is where something is assumed."""
    folder = draw_noisy(tmp_path / "images", 4)
    model = CHECKOUT / "pipeline" / "demo" / "parts.onnx"
    sets = ("--data-dir-1", folder, "--data-dir-2", folder, "--model", model)
    outcome = framewatch_here("compare", *sets, "--output", tmp_path / "r.json")
    assert [line for line in outcome.stderr.splitlines() if "scores are logits" in line]


@pytest.mark.parametrize("broken", [1, 2])
def test_unreadable_images_count_in_either_set(broken: int, tmp_path: Path) -> None:
    """--max-unreadable: status 4 and the share, whichever of the two sets has too many of them."""
    good, bad = draw_noisy(tmp_path / "good", 9), draw_noisy(tmp_path / "bad", 9)
    count = sum(draw_broken(bad).values())
    folders = (
        ("--data-dir-1", bad, "--data-dir-2", good) if broken == 1 else ("--data-dir-1", good, "--data-dir-2", bad)
    )
    share = count / (count + 9)
    outcomes = [
        framewatch_here("compare", *folders, "--output", tmp_path / "r.json", "--quiet", "--max-unreadable", most)
        for most in (share - 0.01, share + 0.01)
    ]
    assert [one.status for one in outcomes] == [4, 0]
    for word in (str(bad), f"{count} of {count + 9}", "--max-unreadable"):
        assert word in outcomes[0].error


def test_segments_by_metadata_from_baseline_to_monitor_and_compare(scene: Scene, tmp_path: Path) -> None:
    """The baseline document keeps each camera's profile; comparing two folders gives the same segments."""
    baseline, monitored, compared = (tmp_path / name for name in ("baseline.json", "monitored.json", "compared.json"))
    by_camera = ("--metadata", scene.labels, "--segment-by", "camera", "--segment-by", "format")
    made = framewatch_here("baseline", "--data-dir", scene.val, *by_camera, "--output", baseline)
    assert made.status == 0, made.stderr
    assert {name: set(own) for name, own in read(baseline)["segments"].items()} == {
        "camera": {"left", "right"}, "format": {"PNG"}
    }  # fmt: skip
    dark = ("--data-dir", scene.dark, *by_camera)
    outcome = framewatch_here("monitor", *dark, "--baseline", baseline, "--output", monitored)
    assert outcome.status == 0, outcome.stderr
    folders = ("--data-dir-1", scene.val, "--data-dir-2", scene.dark)
    assert framewatch_here("compare", *folders, *by_camera, "--output", compared).status == 0
    segments = valid(read(monitored), "drift_report")["segments"]
    assert segments == read(compared)["segments"]
    assert {(one["column"], one["value"]) for one in segments} == {
        ("camera", "left"), ("camera", "right"), ("format", "PNG")
    }  # fmt: skip
    assert all(one["drifted"] and one["severity"] == "high" for one in segments)
    misspelt = framewatch_here(
        "monitor", *dark, "--segment-by", "kamera", "--baseline", baseline, "--output", monitored
    )
    assert misspelt.error == (
        "--segment-by kamera: the baseline holds no segments by it; it holds camera, format; name one of these, or "
        "make the baseline again with the same option"
    )


@pytest.mark.parametrize("selection", ["production@2026-11-05", "val"])
def test_segments_of_stored_rows(selection: str, store: Path, tmp_path: Path) -> None:
    output = tmp_path / "report.json"
    outcome = framewatch_here(
        *("compare", "--store", store, "--baseline-select", "val", "--current-select", selection),
        *("--segment-by", "predicted_name", "--output", output),
    )
    assert outcome.status == 0, outcome.stderr
    segments = read(output)["segments"]
    assert sum(one["current_count"] for one in segments) == 60
    assert any(one["drifted"] for one in segments) == (selection != "val")


def test_a_baseline_without_the_segments_is_refused(scene: Scene, pixels_only: Path, tmp_path: Path) -> None:
    outcome = framewatch_here(
        *("monitor", "--data-dir", scene.today, "--input-size", "32x32", "--baseline", pixels_only),
        *("--segment-by", "format", "--output", tmp_path / "report.json"),
    )
    assert outcome.status == 2
    assert outcome.error == (
        "--segment-by format: the baseline holds no segments by it; make it again with the same option"
    )


@pytest.mark.parametrize("command", ["compare", "monitor"])
def test_examples_show_images_of_both_sets(command: str, scene: Scene, reference: Path, tmp_path: Path) -> None:
    """The darkest of the dark folder beside ordinary ones, each a real JPEG; a baseline document has some too."""
    output = tmp_path / "report.json"
    sets = {
        "compare": ("--data-dir-1", scene.val, "--data-dir-2", scene.dark),
        "monitor": ("--data-dir", scene.dark, "--baseline", reference),
    }
    outcome = framewatch_here(command, *sets[command], "--model", scene.model, "--output", output, "--html")
    assert outcome.status == 0, outcome.stderr
    report = valid(read(output), "drift_report")
    by_feature = {one["feature"]: one for one in report["examples"]}
    assert 0 < len(by_feature) <= 5
    example = by_feature["brightness"]
    assert 0 < len(example["images"]) <= 6
    assert all(str(scene.dark) in one["uri"] for one in example["images"])
    assert 0 < len(example["typical"]) <= 6
    assert all(str(scene.val) in one["uri"] for one in example["typical"])
    for one in (*example["images"], *example["typical"]):
        assert Image.open(io.BytesIO(base64.b64decode(one["thumbnail"]))).format == "JPEG"
    assert min(one["value"] for one in example["typical"]) > max(one["value"] for one in example["images"])
    assert not any("sample" in report[whose] for whose in ("baseline", "current"))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert f'src="data:image/jpeg;base64,{example["images"][0]["thumbnail"]}"' in page.replace("&#43;", "+")


def test_a_quiet_report_has_no_examples(scene: Scene, store: Path, tmp_path: Path) -> None:
    output = tmp_path / "report.json"
    outcome = framewatch_here(
        *("compare", "--store", store, "--baseline-select", "val", "--current-select", "val", "--output", output)
    )
    assert outcome.status == 0, outcome.stderr
    assert "examples" not in read(output)
