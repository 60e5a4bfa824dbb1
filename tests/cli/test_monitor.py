"""framewatch monitor."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.support.colour_model import write_colour_model
from tests.support.documents import read, valid
from tests.support.folders import draw_plain
from tests.support.program import CHECKOUT, framewatch_here

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.scene import Scene


def test_a_dark_day_is_found_with_the_numbers_of_plain_numpy(scene: Scene, reference: Path, tmp_path: Path) -> None:
    """The report's three blocks follow from the pictures by hand; the page lies beside it."""
    output = tmp_path / "report.json"
    outcome = framewatch_here(
        *("monitor", "--data-dir", scene.dark, "--baseline", reference, "--model", scene.model),
        *("--output", output, "--html", "--fail-on", "high", "--json"),
    )
    assert outcome.status == 3, outcome.stderr
    assert all(line.startswith("note: ") for line in outcome.stderr.splitlines())
    report = valid(outcome.document, "drift_report")
    assert report == read(output)
    (old_mean, old_std), (new_mean, new_std) = scene.pixels("val"), scene.pixels("dark_20261105")
    pixels = report["pixel_distribution_drift"]
    assert pixels["overall_mean_shift"] == pytest.approx(abs(new_mean - old_mean), abs=1e-9)
    assert pixels["overall_std_shift"] == pytest.approx(abs(new_std - old_std), abs=1e-9)
    old, new = (scene.probabilities(name).max(axis=1).mean() for name in ("val", "dark_20261105"))
    assert report["confidence_drift"]["confidence_shift"] == pytest.approx(abs(new - old), abs=1e-5)
    distance = np.abs(scene.shares("val") - scene.shares("dark_20261105")).sum() / 2
    assert report["class_distribution_drift"]["wasserstein_distance"] == pytest.approx(distance, abs=1e-12)
    assert report["overall_severity"] == "high"
    assert "darker" in " ".join(one["text"] for one in report["findings"])
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!")


def test_a_day_like_the_baseline_is_no_drift(scene: Scene, reference: Path, tmp_path: Path) -> None:
    outcome = framewatch_here(
        *("monitor", "--data-dir", scene.today, "--baseline", reference, "--model", scene.model),
        *("--output", tmp_path / "report.json", "--fail-on", "low"),
    )
    assert (outcome.status, outcome.stderr) == (0, "")  # nothing was assumed: all comes from the baseline
    few = (
        "  too few images to judge classes closely: the shares of 3 predicted classes may differ by up to 0.25 of 1 by "
        "chance, so the rule fires above that instead of 0.15"
    )
    summary = f"  {read(tmp_path / 'report.json')['summary']}"
    assert outcome.stdout.splitlines()[2:] == ["no drift", summary, few, f"written: {tmp_path / 'report.json'}"]


@pytest.mark.parametrize(
    ("light", "severity", "failing"),
    [
        (1.0, "none", set()),
        (0.93, "low", {"low", "drift"}),
        (0.85, "medium", {"low", "medium", "drift"}),
        (0.7, "high", {"low", "medium", "high", "drift"}),
    ],
)
def test_fail_on_goes_by_the_severity(
    light: float, severity: str, failing: set[str], scene: Scene, pixels_only: Path, tmp_path: Path
) -> None:
    """Status 3 at the level or above, else 0, for every level and every severity."""
    shift = (1 - light) * scene.pixels("val")[0]
    bands = {"none": (0, 0.02), "low": (0.02, 0.05), "medium": (0.05, 0.1), "high": (0.1, 1)}[severity]
    assert bands[0] <= shift < bands[1]
    dimmed = {
        name: (round(red * light), round(green * light), round(blue * light))
        for name, (red, green, blue) in scene.pictures["val"].items()
    }
    folder, rules = draw_plain(tmp_path / "images", dimmed), tmp_path / "rules.toml"
    rules.write_text("[pixel]\nmean = 0.02\n")
    for level in ("low", "medium", "high", "drift"):
        output = tmp_path / f"{level}.json"
        outcome = framewatch_here(
            *("monitor", "--data-dir", folder, "--baseline", pixels_only, "--thresholds", rules, "--no-noise-guard"),
            *("--output", output, "--fail-on", level, "--quiet"),
        )
        assert outcome.status == (3 if level in failing else 0), level
        assert read(output)["overall_severity"] == severity


def test_without_the_model_the_pixels_are_judged_alone(scene: Scene, reference: Path, tmp_path: Path) -> None:
    """What cannot be judged is listed with the reason, in the document and on the terminal."""
    output = tmp_path / "report.json"
    outcome = framewatch_here("monitor", "--data-dir", scene.red, "--baseline", reference, "--output", output)
    report = valid(read(output), "drift_report")
    assert "pixel_distribution_drift" in report
    assert "confidence_drift" not in report
    assert report["not_judged"] == {
        "confidence_drift": "the current set has no predictions",
        "class_distribution_drift": "the current set has no predictions",
    }
    both = "confidence drift and class distribution drift"
    assert f"not judged: {both} (the current set has no predictions)" in outcome.stdout
    assert "with --model they are judged too" in outcome.stderr


def test_a_forgotten_model_is_said_even_where_it_should_be_quiet(
    scene: Scene, reference: Path, pixels_only: Path, tmp_path: Path
) -> None:
    """Cron sends what is printed; a baseline without predictions needs no model."""
    judged = ("monitor", "--data-dir", scene.today, "--output", tmp_path / "report.json", "--quiet", "--baseline")
    outcome = framewatch_here(*judged, reference)
    assert (outcome.status, outcome.stdout) == (0, "")
    [line] = outcome.stderr.splitlines()
    assert line.startswith("warning: the baseline has predictions and the current set has none; with --model")
    assert framewatch_here(*judged, pixels_only).stderr == ""


def test_a_drift_without_a_page_says_how_to_see_it(
    scene: Scene, pixels_only: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line, as it is printed, makes the page; with --html or without drift there is no such line."""
    monkeypatch.chdir(tmp_path)
    monitored = ("monitor", "--baseline", pixels_only, "--output", "a day.json", "--data-dir")
    seen = framewatch_here(*monitored, scene.dark).stdout.splitlines()[-1]
    assert seen.startswith("see it: ")
    assert not (tmp_path / "a day.html").exists()
    assert framewatch_here(*shlex.split(seen)[3:]).status == 0
    assert (tmp_path / "a day.html").exists()
    assert "see it" not in framewatch_here(*monitored, scene.dark, "--html").stdout
    assert "see it" not in framewatch_here(*monitored, scene.today).stdout


def test_an_estimate_of_the_accuracy_is_printed(scene: Scene, tmp_path: Path) -> None:
    """Where the baseline has labels: the estimate, its interval and what it was, of the document."""
    baseline, output = tmp_path / "baseline.json", tmp_path / "report.json"
    framewatch_here(
        *("baseline", "--data-dir", scene.val, "--model", scene.model, "--metadata", scene.labels),
        *("--output", baseline),
    )
    outcome = framewatch_here(
        *("monitor", "--data-dir", scene.today, "--baseline", baseline, "--model", scene.model, "--output", output)
    )
    found = read(output)["accuracy_estimate"]
    interval = f"{found['estimated_accuracy']:.2f} ({found['low']:.2f} to {found['high']:.2f})"
    assert f"current: accuracy {interval} is estimated without labels, was 0.90" in outcome.stdout.splitlines()


def test_another_document_of_ours_is_called_what_it_is(scene: Scene, pixels_only: Path, tmp_path: Path) -> None:
    """A report for a baseline, and a baseline for a report, with what writes the right one."""
    output = tmp_path / "report.json"
    monitored = ("monitor", "--data-dir", scene.today, "--output")
    assert framewatch_here(*monitored, output, "--baseline", pixels_only).status == 0
    swapped = framewatch_here(*monitored, tmp_path / "other.json", "--baseline", output)
    assert (swapped.status, swapped.error) == (
        2,
        f"{output}: is a drift report, and a baseline is needed; give what `framewatch baseline` wrote",
    )
    page = framewatch_here("report", pixels_only, "--output", tmp_path / "page.html")
    assert (page.status, "is a baseline, and a drift report is needed" in page.error) == (2, True)
    missing = framewatch_here(*monitored, output, "--baseline", tmp_path / "none.json")
    assert "make one with `framewatch baseline`" in missing.error


def test_a_baseline_without_predictions_is_enough_for_pixels(scene: Scene, pixels_only: Path, tmp_path: Path) -> None:
    output = tmp_path / "report.json"
    outcome = framewatch_here(
        *("monitor", "--data-dir", scene.dark, "--baseline", pixels_only, "--model", scene.model, "--output", output)
    )
    assert outcome.status == 0
    report = valid(read(output), "drift_report")
    assert report["drift_summary"]["pixel_drift"]
    assert set(report["not_judged"].values()) == {"the baseline has no predictions"}
    assert "predictions" in report["current"]


def test_options_left_open_come_from_the_baseline(scene: Scene, tmp_path: Path) -> None:
    """Whoever makes the baseline says it once."""
    model = write_colour_model(tmp_path / "any_size.onnx", side=None)
    baseline, output = tmp_path / "baseline.json", tmp_path / "report.json"
    said = [*("--input-size", "40x24", "--resize", "crop", "--scaling", "minus-one-one")]
    said += [*("--channel-order", "bgr", "--scores", "logits", "--decode", "exact")]
    made = framewatch_here("baseline", "--data-dir", scene.val, "--model", model, *said, "--output", baseline)
    assert made.status == 0, made.stderr
    outcome = framewatch_here(
        *("monitor", "--data-dir", scene.today, "--model", model, "--baseline", baseline, "--output", output)
    )
    assert outcome.status == 0, outcome.stderr
    report = read(output)
    assert report["current"]["settings"] == report["baseline"]["settings"]
    assert report["current"]["settings"]["input_size"] == [40, 24]


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (("--resize", "crop"), ["resize", '"stretch"', '"crop"']),
        (("--scaling", "imagenet"), ["model.mean", "[0.0, 0.0, 0.0]", "0.485"]),
        (("--channel-order", "bgr"), ["model.channel_order", '"rgb"', '"bgr"']),
        (("--decode", "exact"), ["decode", '"fast"', '"exact"']),
        (("--scores", "probabilities"), ["model.scores", '"logits"', '"probabilities"']),
    ],
)
def test_options_that_contradict_the_baseline_are_refused(
    option: tuple[str, str], words: list[str], scene: Scene, reference: Path, tmp_path: Path
) -> None:
    """Status 2, the field and both values, before hours are spent on images."""
    unreadable = tmp_path / "images"
    unreadable.mkdir()
    (unreadable / "only.jpg").touch()  # looking at it would end in status 4
    outcome = framewatch_here(
        *("monitor", "--data-dir", unreadable, "--model", scene.model, "--baseline", reference, *option),
        *("--output", tmp_path / "report.json"),
    )
    assert outcome.status == 2
    for word in ["the baseline", *words]:
        assert word in outcome.error
    assert not (tmp_path / "report.json").exists()


def test_quiet_prints_nothing_even_about_drift(scene: Scene, reference: Path, tmp_path: Path) -> None:
    outcome = framewatch_here(
        *("monitor", "--data-dir", scene.red, "--baseline", reference, "--model", scene.model),
        *("--output", tmp_path / "report.json", "--html", "--quiet", "--fail-on", "drift"),
    )
    assert (outcome.status, outcome.stdout, outcome.stderr) == (3, "", "")


def test_the_page_never_takes_the_place_of_its_report(reference: Path, store: Path, tmp_path: Path) -> None:
    """--output report.html --html would write one over the other."""
    outcome = framewatch_here(
        *("monitor", "--store", store, "--select", "val", "--baseline", reference),
        *("--output", tmp_path / "report.html", "--html"),
    )
    assert outcome.status == 2
    assert "--html" in outcome.error
    assert not list(tmp_path.iterdir())


def test_another_model_than_the_baselines_is_said_to_be_that(tmp_path: Path) -> None:
    """Not what follows from it, such as class names that do not fit: nobody gave any."""
    folder = draw_plain(tmp_path / "images", {"a.png": (9, 90, 200), "b.png": (99, 9, 20)})
    first = write_colour_model(tmp_path / "3.onnx", metadata={"names": '["red", "green", "blue"]'})
    second = CHECKOUT / "pipeline" / "demo" / "parts.onnx"  # six classes, and another input size
    made = framewatch_here("baseline", "--data-dir", folder, "--model", first, "--output", tmp_path / "b.json")
    assert made.status == 0
    today = ("monitor", "--data-dir", folder, "--baseline", tmp_path / "b.json", "--output", tmp_path / "r.json")
    outcome = framewatch_here(*today, "--model", second)
    assert outcome.status == 2
    assert "the baseline was made with another model: 3.onnx (sha256" in outcome.error
