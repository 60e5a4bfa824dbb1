"""Every option that commands share does what it says: with another value, other numbers or settings come out."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipeline.cli.options import parse_size
from pipeline.errors import SettingsError
from tests.support.colour_model import write_box_model, write_colour_model
from tests.support.documents import read, timeless
from tests.support.folders import draw_noisy, draw_plain
from tests.support.program import framewatch_here
from tests.support.scene import GAIN, write_names

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from tests.support.scene import Scene


def measured(folder: Path, tmp_path: Path, *options: object) -> Any:
    """The baseline document of a folder."""
    output = tmp_path / "measured.json"
    outcome = framewatch_here("baseline", "--data-dir", folder, *options, "--output", output)
    assert outcome.status == 0, outcome.stderr
    return read(output)


def mean_confidence(logits: NDArray[np.float64]) -> float:
    """The mean top-1 probability of a softmax, by hand."""
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return float((exponentials.max(axis=1) / exponentials.sum(axis=1)).mean())


@pytest.mark.parametrize(
    ("options", "mean", "std"),
    [
        ((), (0, 0, 0), (1, 1, 1)),
        (("--scaling", "zero-one"), (0, 0, 0), (1, 1, 1)),
        (("--scaling", "minus-one-one"), (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
        (("--scaling", "imagenet"), (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        (("--scaling", "raw"), (0, 0, 0), (1 / 255, 1 / 255, 1 / 255)),
        (("--mean", 0.1, 0.2, 0.3, "--std", 0.5, 0.6, 0.7), (0.1, 0.2, 0.3), (0.5, 0.6, 0.7)),
    ],
)
def test_the_model_is_given_scaled_pixels(
    options: tuple[object, ...], mean: tuple[float, ...], std: tuple[float, ...], scene: Scene, tmp_path: Path
) -> None:
    """--scaling, --mean and --std: (pixel - mean) / std, seen in the model's confidence."""
    document = measured(scene.val, tmp_path, "--model", scene.model, *options)
    colours = np.array(list(scene.pictures["val"].values())) / 255
    found = document["predictions"]["confidence_statistics"]["mean"]
    assert found == pytest.approx(mean_confidence(GAIN * (colours - mean) / std), abs=1e-4)


def test_channel_order_turns_red_into_blue(scene: Scene, tmp_path: Path) -> None:
    rgb, bgr = (
        measured(scene.red, tmp_path, "--model", scene.model, "--channel-order", order)["predictions"]
        for order in ("rgb", "bgr")
    )
    assert rgb["class_distribution"] == {"0": 50, "1": 10}
    assert bgr["class_distribution"] == {"1": 10, "2": 50}


def test_scores_say_whether_a_softmax_is_still_to_do(scene: Scene, tmp_path: Path) -> None:
    """A model that gives probabilities: told apart by itself, and overridden."""
    model = write_colour_model(tmp_path / "softmax.onnx", gain=GAIN, softmax=True)
    own = scene.probabilities("val")
    for options, expected in (
        ((), own.max(axis=1).mean()),
        (("--scores", "probabilities"), own.max(axis=1).mean()),
        (("--scores", "logits"), mean_confidence(own)),
    ):
        found = measured(scene.val, tmp_path, "--model", model, *options)["predictions"]["confidence_statistics"][
            "mean"
        ]
        assert found == pytest.approx(expected, abs=1e-5)


def test_input_size_is_that_of_the_pictures_that_are_measured(scene: Scene, tmp_path: Path) -> None:
    """Width first; a model of a fixed size says so where it is contradicted."""
    model = write_colour_model(tmp_path / "any_size.onnx", side=None)
    document = measured(scene.val, tmp_path, "--model", model, "--input-size", "48x16")
    assert document["dataset_info"]["input_size"] == [48, 16]
    pixels = sum(document["input_distribution"]["histograms"]["red"])
    assert pixels == 48 * 16 * len(scene.pictures["val"])
    refused = framewatch_here(
        *("baseline", "--data-dir", scene.val, "--model", scene.model, "--input-size", "48x16"),
        *("--output", tmp_path / "b.json"),
    )
    assert refused.status == 2
    assert "48x16" in refused.error
    assert "32x32" in refused.error


@pytest.mark.parametrize(("how", "white"), [("stretch", (56 / 64) ** 2), ("crop", 1.0), ("letterbox", (56 / 64) ** 2)])
def test_resize_decides_what_of_a_picture_is_seen(how: str, white: float, tmp_path: Path) -> None:
    """White with a black frame of 1/16: a centre crop of 0.875 takes it away, but for a blurred edge."""
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[4:60, 4:60] = 255
    (tmp_path / "images").mkdir()
    Image.fromarray(picture).save(tmp_path / "images" / "framed.png")
    document = measured(tmp_path / "images", tmp_path, "--resize", how, "--input-size", "64x64")
    assert document["settings"]["resize"] == how
    mean = document["input_distribution"]["pixel_statistics"]["overall"]["mean"]
    assert mean == pytest.approx(white, abs=0.02 if how == "crop" else 1e-9)


def test_decode_exact_looks_at_every_pixel(tmp_path: Path) -> None:
    """A large JPEG of single-pixel stripes: decoded at full scale it is resized from other pixels."""
    stripes = np.tile(np.array([[0, 255], [255, 0]], np.uint8), (400, 400))
    (tmp_path / "images").mkdir()
    Image.fromarray(np.stack([stripes] * 3, axis=-1)).save(tmp_path / "images" / "large.jpg", quality=95)
    fast, exact = (
        measured(tmp_path / "images", tmp_path, "--input-size", "32x32", "--decode", how) for how in ("fast", "exact")
    )
    assert (fast["settings"]["decode"], exact["settings"]["decode"]) == ("fast", "exact")
    assert fast["fingerprint"] != exact["fingerprint"]
    means = [one["input_distribution"]["pixel_statistics"]["overall"]["mean"] for one in (fast, exact)]
    assert means == pytest.approx([0.5, 0.5], abs=0.01)


def test_class_names_stand_beside_the_classes(scene: Scene, tmp_path: Path) -> None:
    names = write_names(tmp_path / "names.txt")
    document = measured(scene.red, tmp_path, "--model", scene.model, "--class-names", names)
    assert document["predictions"]["class_names"] == {"0": "red", "1": "green"}
    names.write_text("red\ngreen\n", encoding="utf-8")
    refused = framewatch_here(
        *("baseline", "--data-dir", scene.red, "--model", scene.model, "--class-names", names),
        *("--output", tmp_path / "b.json"),
    )
    assert refused.status == 2
    assert "2 class names" in refused.error
    assert "3 classes" in refused.error


@pytest.mark.parametrize(
    ("options", "kept"), [((), 3), (("--score-threshold", "0.5"), 2), (("--score-threshold", "0.95"), 0)]
)
def test_boxes_below_the_score_threshold_are_dropped(options: tuple[str, ...], kept: int, tmp_path: Path) -> None:
    """A detector that gives boxes of 0.9, 0.6, 0.3 and 0.2 for every picture; 0.25 is the default."""
    model = write_box_model(tmp_path / "boxes.onnx", [0.9, 0.6, 0.3, 0.2])
    folder = draw_noisy(tmp_path / "images", 4)
    predictions = measured(folder, tmp_path, "--model", model, *options)["predictions"]
    assert predictions["class_distribution"] == ({"1": 4 * kept} if kept else {})
    assert predictions["box_count"] == 4 * kept


@pytest.mark.parametrize("task", ["classification", "detection"])
def test_a_task_that_the_model_does_not_do_is_refused(task: str, scene: Scene, tmp_path: Path) -> None:
    boxes = write_box_model(tmp_path / "boxes.onnx", [0.9])
    fitting, other = (scene.model, boxes) if task == "classification" else (boxes, scene.model)
    assert framewatch_here("inspect-model", fitting, "--task", task).status == 0
    refused = framewatch_here("inspect-model", other, "--task", task)
    assert refused.status == 2
    for word in (str(other), "scores (1 x", f"not {task}", "accepted are"):
        assert word in refused.error


def test_labels_from_a_file_or_the_folders_give_the_accuracy(scene: Scene, tmp_path: Path) -> None:
    """--metadata, --label-from parent, --label-offset and --class-names together; 54 of 60 labels are right."""
    model = ("--model", scene.model)
    from_file = measured(scene.val, tmp_path, *model, "--metadata", scene.labels)["predictions"]
    assert (from_file["accuracy"], from_file["labelled_count"]) == (0.9, 60)
    one_more = tmp_path / "from_one.csv"
    lines = scene.labels.read_text().splitlines()
    rows = [line.split(",") for line in lines[1:31]]
    one_more.write_text("path,label\n" + "".join(f"{path},{int(label) + 1}\n" for path, label, _ in rows))
    shifted = measured(scene.val, tmp_path, *model, "--metadata", one_more, "--label-offset", "-1")
    assert (shifted["predictions"]["accuracy"], shifted["predictions"]["labelled_count"]) == (0.9, 30)
    assert any("names 30 of the 60 images" in note for note in shifted["notes"])
    colours = list(scene.pictures["val"].values())[:6]
    sorted_by_colour = {f"{('red', 'green', 'blue')[n % 3]}/{n}.png": colour for n, colour in enumerate(colours)}
    sorted_by_colour["red/wrong.png"] = (0, 0, 255)
    folder = draw_plain(tmp_path / "sorted", sorted_by_colour)
    names = ("--class-names", write_names(tmp_path / "names.txt"))
    by_folder = measured(folder, tmp_path, *model, *names, "--label-from", "parent")["predictions"]
    assert by_folder["accuracy"] == pytest.approx(6 / 7)
    assert "accuracy" not in measured(folder, tmp_path, *model, *names)["predictions"]


def test_metadata_columns_stay_on_the_rows(scene: Scene, tmp_path: Path) -> None:
    """Any other column is kept under its name, to be asked for."""
    store = tmp_path / "store"
    extracted = framewatch_here(
        *("extract", "--data-dir", scene.val, "--store", store, "--dataset", "val", "--metadata", scene.labels)
    )
    assert extracted.status == 0, extracted.stderr
    sql = "SELECT camera, count(*) AS n FROM features GROUP BY camera ORDER BY camera"
    found = framewatch_here("query", sql, "--store", store, "--json").document
    assert found == [{"camera": "left", "n": 30}, {"camera": "right", "n": 30}]


def test_the_number_of_workers_changes_nothing_but_the_time(scene: Scene, tmp_path: Path) -> None:
    """One thread or three: the same document; the only executor that there is can be named."""
    one, three = (
        measured(scene.val, tmp_path, "--model", scene.model, "--workers", count, "--executor", "local")
        for count in (1, 3)
    )
    assert timeless(one) == timeless(three)
    refused = framewatch_here("baseline", "--data-dir", scene.val, "--executor", "ray", "--output", "b.json")
    assert refused.status == 2
    assert "'local'" in refused.error


def judged(store: Path, baseline: Path, tmp_path: Path, *options: object) -> Any:
    """The report of the dark day."""
    output = tmp_path / "judged.json"
    outcome = framewatch_here(
        *("monitor", "--store", store, "--select", "production@2026-11-05", "--baseline", baseline),
        *("--output", output, *options),
    )
    assert outcome.status == 0, outcome.stderr
    return read(output)


def test_alpha_raises_and_lowers_the_noise_floor(store: Path, reference: Path, tmp_path: Path) -> None:
    """The rarer a false alarm may be, the more a value must be."""
    reports = [judged(store, reference, tmp_path, "--alpha", alpha) for alpha in (0.5, 0.01, 0.001)]
    assert [one["rules"]["alpha"] for one in reports] == [0.5, 0.01, 0.001]
    for block in ("pixel_distribution_drift", "confidence_drift", "class_distribution_drift"):
        floors = [one[block]["noise_floor"] for one in reports]
        assert all(lower < higher for lower, higher in pairwise(floors)), block


@pytest.mark.parametrize("alpha", ["0", "1", "-1", "2", "nan"])
def test_an_alpha_that_is_no_probability_is_refused(alpha: str, store: Path, reference: Path, tmp_path: Path) -> None:
    outcome = framewatch_here(
        *("monitor", "--store", store, "--select", "val", "--baseline", reference, "--alpha", alpha),
        *("--output", tmp_path / "r.json"),
    )
    assert outcome.status == 2
    assert "alpha" in outcome.error


def test_the_noise_guard_keeps_small_samples_quiet(scene: Scene, tmp_path: Path) -> None:
    """Three pictures against three others: one class more is a distance of 1/3, and means nothing."""
    folders = [
        draw_plain(tmp_path / name, {f"{at}.png": colour for at, colour in enumerate(colours)})
        for name, colours in {
            "two red": [(200, 90, 90), (200, 90, 90), (90, 200, 90)],
            "one red": [(200, 90, 90), (90, 200, 90), (90, 200, 90)],
        }.items()
    ]
    arguments = ("compare", "--data-dir-1", folders[0], "--data-dir-2", folders[1], "--model", scene.model)
    reports = []
    for options in ((), ("--no-noise-guard",)):
        assert framewatch_here(*arguments, *options, "--output", tmp_path / "r.json").status == 0
        reports.append(read(tmp_path / "r.json"))
    assert [one["rules"]["noise_guard"] for one in reports] == [True, False]
    assert all(one["class_distribution_drift"]["value"] == pytest.approx(1 / 3) for one in reports)
    assert [one["drift_summary"]["class_distribution_drift"] for one in reports] == [False, True]


def test_thresholds_come_from_a_file(store: Path, reference: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text("alpha = 0.05\n[pixel]\nmean = 0.9\nstd = 0.9\n[pixel.bands]\nhigh = 0.95\n")
    usual, lenient = judged(store, reference, tmp_path), judged(store, reference, tmp_path, "--thresholds", rules)
    assert [one["drift_summary"]["pixel_drift"] for one in (usual, lenient)] == [True, False]
    assert lenient["pixel_distribution_drift"]["severity"] == "medium"
    assert lenient["rules"]["alpha"] == 0.05
    on_top = judged(store, reference, tmp_path, "--thresholds", rules, "--alpha", "0.02")
    assert on_top["rules"]["alpha"] == 0.02
    rules.write_text("[pixels]\nmean = 0.9\n")
    refused = framewatch_here(
        *("monitor", "--store", store, "--select", "val", "--baseline", reference, "--thresholds", rules),
        *("--output", tmp_path / "r.json"),
    )
    assert refused.status == 2
    for word in (str(rules), "pixels", "pixel, confidence, classes"):
        assert word in refused.error


@pytest.mark.parametrize(
    "option",
    [
        ("--task", "detection"),
        ("--scaling", "raw"),
        ("--mean", "0", "0", "0"),
        ("--std", "1", "1", "1"),
        ("--channel-order", "bgr"),
        ("--scores", "logits"),
        ("--score-threshold", "0.3"),
        ("--class-names", "names.txt"),
        ("--label-offset", "1"),
    ],
)
def test_options_about_a_model_need_one(option: tuple[str, ...], scene: Scene, tmp_path: Path) -> None:
    """An option that could have no effect is refused, not passed over."""
    outcome = framewatch_here("baseline", "--data-dir", scene.val, *option, "--output", tmp_path / "b.json")
    assert outcome.status == 2
    assert option[0] in outcome.error
    assert "--model" in outcome.error


@given(width=st.integers(1, 9999), height=st.integers(1, 9999), cross=st.sampled_from("xX"))
def test_any_size_is_read_as_it_is_written(width: int, height: int, cross: str) -> None:
    assert parse_size(f"{width}{cross}{height}") == (width, height)
    assert parse_size(f"{width}") == (width, width)


@pytest.mark.parametrize("text", ["", "224x", "x224", "2.5x3", "-1x3", "224x224x3", "²x3", "a x b"])
def test_anything_else_is_no_size(text: str) -> None:
    with pytest.raises(SettingsError, match="WIDTHxHEIGHT"):
        parse_size(text)
