"""The table of bad input in the specification, row by row, as a user meets it."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from tests.support.colour_model import write_colour_model, write_odd_model
from tests.support.documents import read, valid
from tests.support.folders import draw_broken, draw_hostile, draw_noisy, draw_plain
from tests.support.program import CHECKOUT, framewatch, framewatch_here, without_privileges

if TYPE_CHECKING:
    from pathlib import Path

TFLITE = CHECKOUT / "tests" / "data" / "parts.tflite"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of pictures that nothing is wrong with."""
    return draw_noisy(tmp_path_factory.mktemp("good") / "images", 12)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A classifier of 32 x 32 pictures."""
    return write_colour_model(tmp_path_factory.mktemp("model") / "colours.onnx")


@pytest.fixture(scope="module")
def baseline(good: Path, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A baseline of those pictures and that model."""
    path = tmp_path_factory.mktemp("baseline") / "baseline.json"
    assert framewatch_here("baseline", "--data-dir", good, "--model", model, "--output", path).status == 0
    return path


# A truncated, corrupt, zero-byte or non-image file; a bomb; a directory named x.jpg; a dead link.


def test_a_run_over_broken_images_goes_on_and_counts_by_reason(model: Path, tmp_path: Path) -> None:
    """Good ones give right numbers; bad ones are in the summary and the document, by reason."""
    folder, output = draw_plain(tmp_path / "images", {f"{n}.png": (51, 102, 204) for n in range(5)}), tmp_path / "b"
    reasons = draw_broken(folder)
    outcome = framewatch("baseline", "--data-dir", folder, "--model", model, "--output", output)
    assert outcome.status == 0, outcome.stderr
    document = valid(read(output), "baseline")
    info = document["dataset_info"]
    assert info["image_count"] == document["predictions"]["prediction_count"] == 5
    assert info["unreadable"] == {"count": sum(reasons.values()), "by_reason": reasons}
    overall = document["input_distribution"]["pixel_statistics"]["overall"]
    assert overall["mean"] == pytest.approx((0.2 + 0.4 + 0.8) / 3, abs=1e-9)
    in_words = ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items()))
    assert f"baseline: {sum(reasons.values())} unreadable ({in_words})" in outcome.stdout.splitlines()


def test_each_broken_image_has_its_row_with_the_reason(tmp_path: Path) -> None:
    folder, store = draw_plain(tmp_path / "images", {"good.png": (1, 2, 3)}), tmp_path / "store"
    reasons = draw_broken(folder)
    summary = framewatch_here("extract", "--data-dir", folder, "--store", store, "--dataset", "n", "--json")
    assert summary.document["unreadable"]["by_reason"] == reasons
    sql = "SELECT path, reason, detail FROM features WHERE status = 'unreadable'"
    rows = framewatch_here("query", sql, "--store", store, "--json").document
    found = {row["path"]: row["reason"] for row in rows}
    assert found == {
        "bomb.png": "too many pixels",
        "corrupt.png": "corrupt or truncated",
        "dead.jpg": "dead link",
        "directory.jpg": "not a file",
        "text.jpg": "not an image",
        "truncated.jpg": "corrupt or truncated",
        "zero-bytes.jpg": "empty file",
    }
    assert all(row["detail"] for row in rows)


def test_a_rise_of_unreadable_images_is_a_finding(tmp_path: Path) -> None:
    good, folder = draw_noisy(tmp_path / "good", 60), draw_noisy(tmp_path / "images", 12)
    count = sum(draw_broken(folder).values())
    arguments = ("compare", "--data-dir-1", good, "--data-dir-2", folder, "--output", tmp_path / "r.json", "--json")
    outcome = framewatch_here(*arguments, "--max-unreadable", "0.1")
    assert outcome.status == 4
    findings = {one["kind"]: one["text"] for one in outcome.document["findings"]}
    assert f"{count} of {12 + count} images cannot be read" in findings["unreadable"]


def test_nothing_but_unreadable_images_is_said(tmp_path: Path) -> None:
    reasons = draw_broken(tmp_path / "images")
    outcome = framewatch_here("baseline", "--data-dir", tmp_path / "images", "--output", tmp_path / "b.json")
    assert outcome.status == 4
    for word in (str(tmp_path / "images"), "not one", *reasons):
        assert word in outcome.error
    assert not (tmp_path / "b.json").exists()


@pytest.mark.parametrize(
    ("name", "draw", "mean"),
    [
        ("grey.png", lambda: Image.new("L", (9, 9), 51), 0.2),
        ("palette.gif", lambda: Image.new("RGB", (9, 9), (255, 0, 0)).quantize(4), 1 / 3),
        ("cmyk.tif", lambda: Image.new("CMYK", (9, 9), (0, 255, 255, 0)), 1 / 3),
        ("clear.png", lambda: Image.new("RGBA", (9, 9), (0, 0, 0, 0)), 1.0),
        ("sixteen.png", lambda: Image.fromarray(np.full((9, 9), 13107, np.uint16)), 0.2),
        ("dot.png", lambda: Image.new("RGB", (1, 1), (51, 51, 51)), 0.2),
        ("long.png", lambda: Image.new("RGB", (20_000, 10), (51, 51, 51)), 0.2),
    ],
)
def test_odd_images_give_right_numbers(name: str, draw: Any, mean: float, tmp_path: Path) -> None:
    """Grey, palette, CMYK, alpha over white, 16 bits, 1 x 1, 20,000 x 10."""
    (tmp_path / "images").mkdir()
    draw().save(tmp_path / "images" / name)
    outcome = framewatch_here("baseline", "--data-dir", tmp_path / "images", "--output", tmp_path / "b", "--json")
    overall = outcome.document["input_distribution"]["pixel_statistics"]["overall"]
    assert overall["mean"] == pytest.approx(mean, abs=1e-9)


# No images at all; a folder that is missing or unreadable, or is a file.


@pytest.mark.parametrize("command", ["baseline", "extract", "compare"])
@pytest.mark.parametrize(
    ("kind", "words"),
    [("missing", "does not exist"), ("empty", "no images"), ("text.txt", "it is a file"), ("*.tiff", "no file")],
)
def test_a_folder_without_images_is_named(command: str, kind: str, words: str, good: Path, tmp_path: Path) -> None:
    """Status 2; the line has the folder's name and what it is instead."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.txt").touch()
    where = tmp_path / kind
    rest = {
        "baseline": ("--data-dir", where, "--output", tmp_path / "o.json"),
        "extract": ("--data-dir", where, "--store", tmp_path / "store", "--dataset", "n"),
        "compare": ("--data-dir-1", good, "--data-dir-2", where, "--output", tmp_path / "o.json"),
    }[command]
    outcome = framewatch_here(command, *rest)
    assert outcome.status == 2
    assert str(where) in outcome.error
    assert words in outcome.error
    assert not (tmp_path / "o.json").exists()
    assert not (tmp_path / "store").exists()


def test_a_folder_that_may_not_be_read_is_not_passed_over(tmp_path: Path) -> None:
    """Also below one that may: a report on half of the images would be wrong."""
    folder = draw_plain(tmp_path / "images", {"a.png": (1, 2, 3), "locked/b.png": (1, 2, 3)})
    locked = folder / "locked"
    locked.chmod(0)
    try:
        outcome = framewatch("baseline", "--data-dir", folder, "--output", tmp_path / "b", before=without_privileges())
    finally:
        locked.chmod(0o755)
    assert outcome.status == 2
    assert str(locked) in outcome.error
    assert "Permission denied" in outcome.error


def test_an_image_that_may_not_be_read_is_a_row(tmp_path: Path) -> None:
    folder = draw_plain(tmp_path / "images", {"a.png": (1, 2, 3), "b.png": (1, 2, 3)})
    (folder / "b.png").chmod(0)
    arguments = ("baseline", "--data-dir", folder, "--output", tmp_path / "b", "--json")
    outcome = framewatch(*arguments, before=without_privileges())
    assert outcome.document["dataset_info"]["unreadable"] == {"count": 1, "by_reason": {"cannot be opened": 1}}


# A model that is missing, corrupt, of another kind, or whose output fits no known task.


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("missing.onnx", None, ["No such file"]),
        ("empty.onnx", b"", ["0 bytes"]),
        ("text.onnx", b"no model at all", ["15 bytes", "b'no model'", "ONNX and TFLite"]),
        ("cut.tflite", TFLITE.read_bytes()[:2000], ["2000 bytes", "TFLite"]),
        ("picture.png", b"\x89PNG\r\n\x1a\n", ["PNG", "ONNX and TFLite"]),
    ],
)
def test_a_model_that_is_none_is_named_with_what_was_found(
    name: str, content: bytes | None, words: list[str], good: Path, tmp_path: Path
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    # In a process of its own where a runtime has content to complain of on its own account.
    run = framewatch if name in {"text.onnx", "cut.tflite"} else framewatch_here
    outcome = run("baseline", "--data-dir", good, "--model", path, "--output", tmp_path / "b.json")
    assert outcome.status == 2
    for word in [str(path), *words]:
        assert word in outcome.error
    assert not (tmp_path / "b.json").exists()


def test_a_directory_is_no_model(good: Path, tmp_path: Path) -> None:
    outcome = framewatch_here("baseline", "--data-dir", good, "--model", tmp_path, "--output", tmp_path / "b.json")
    assert outcome.status == 2
    assert "directory" in outcome.error


def test_unknown_outputs_are_listed_with_what_would_do(good: Path, tmp_path: Path) -> None:
    """Names, shapes and types found; and the three forms that are accepted."""
    odd = write_odd_model(tmp_path / "odd.onnx")
    outcome = framewatch_here("baseline", "--data-dir", good, "--model", odd, "--output", tmp_path / "b.json")
    assert outcome.status == 2
    for word in (str(odd), "scores (1 x 3 x 16 x 16, float32)", "classification", "YOLO", "SSD"):
        assert word in outcome.error


# A baseline that is not ours, is truncated, or was made with other settings.


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda text: text[: len(text) // 2], ["cut off"]),
        (lambda _: "", ["cut off"]),
        (lambda _: "\x89PNG\r\n", ["no JSON"]),
        (lambda _: "[" * 100_000, ["no JSON"]),
        (lambda _: "[]", ["baseline", "the top level"]),
        (lambda _: "{}", ["baseline", "required"]),
        (lambda _: '{"mean": 0.5}', ["baseline", "required"]),
        (lambda text: text.replace('"schema_version": "1"', '"schema_version": "99"'), ["'99'", "'1'"]),
        (lambda text: text.replace('"image_count": 12', '"image_count": "12"'), ["image_count"]),
        (lambda text: text.replace('"resize": "stretch"', '"how": "stretch"'), ["settings"]),
    ],
)
def test_a_damaged_baseline_is_said_in_one_line(
    damage: Any, words: list[str], good: Path, baseline: Path, tmp_path: Path
) -> None:
    path = tmp_path / "damaged.json"
    path.write_text(damage(baseline.read_text(encoding="utf-8")), encoding="utf-8")
    outcome = framewatch_here("monitor", "--data-dir", good, "--baseline", path, "--output", tmp_path / "r.json")
    assert outcome.status == 2
    for word in [str(path), *words]:
        assert word in outcome.error
    assert len(outcome.error) < 500
    assert not (tmp_path / "r.json").exists()


def test_a_missing_baseline_is_named(good: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for path, reason in (
        (tmp_path / "missing.json", "No such file or directory"),
        (folder, "it is a folder, where a file is expected"),
    ):
        outcome = framewatch_here("monitor", "--data-dir", good, "--baseline", path, "--output", tmp_path / "r.json")
        assert outcome.status == 2
        assert f"{path}: cannot be read ({reason})" in outcome.error


def test_a_report_is_no_baseline_and_the_other_way_round(good: Path, baseline: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    monitored = ("monitor", "--data-dir", good, "--output", report, "--baseline")
    assert framewatch_here(*monitored, baseline).status == 0
    assert "baseline" in framewatch_here(*monitored, report).error
    assert "drift report" in framewatch_here("report", baseline, "--output", tmp_path / "p.html").error


def test_another_model_is_said_with_both_names_and_what_to_do(good: Path, baseline: Path, tmp_path: Path) -> None:
    other = write_colour_model(tmp_path / "other.onnx", gain=3.0)
    outcome = framewatch_here(
        *("monitor", "--data-dir", good, "--model", other, "--baseline", baseline, "--output", tmp_path / "r.json")
    )
    assert outcome.status == 2
    recorded = read(baseline)["settings"]["model"]["sha256"][:12]
    now = hashlib.sha256(other.read_bytes()).hexdigest()[:12]
    assert outcome.error == (
        f"the baseline was made with another model: colours.onnx (sha256 {recorded}) there and other.onnx "
        f"(sha256 {now}) here; give the model that the baseline was made with, or make the baseline again with this one"
    )


# An output that cannot be written. (A full disk and signals are in cli/test_endings.py.)


@pytest.mark.parametrize("kind", ["directory", "below a file", "device"])
def test_an_output_that_cannot_be_is_refused_before_the_work_is_done(kind: str, tmp_path: Path) -> None:
    """The folder of images holds none that can be read: whoever looked at it would leave with status 4."""
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "x.jpg").touch()
    (tmp_path / "file").touch()
    output, reason = {
        "directory": (tmp_path, "it is a folder; name a file in it"),
        "below a file": (tmp_path / "file" / "b.json", f"{tmp_path / 'file'} is no folder"),
        "device": (os.devnull, "it is no ordinary file"),
    }[kind]
    outcome = framewatch_here("baseline", "--data-dir", tmp_path / "images", "--output", output)
    assert outcome.status == 2
    assert f"{output}: cannot be written ({reason})" in outcome.error
    assert not os.path.isfile(os.devnull)


@pytest.mark.parametrize("command", ["baseline", "extract", "demo"])
def test_a_read_only_place_is_named(command: str, good: Path, tmp_path: Path) -> None:
    place = tmp_path / "read-only"
    place.mkdir()
    place.chmod(0o555)
    arguments = {
        "baseline": ("--data-dir", good, "--output", place / "b.json"),
        "extract": ("--data-dir", good, "--store", place / "store", "--dataset", "n"),
        "demo": ("--output", place / "demo"),
    }[command]
    outcome = framewatch(command, *arguments, before=without_privileges())
    assert outcome.status == 2
    assert str(place) in outcome.error
    assert not list(place.iterdir())


# Names and labels holding markup, quotes, newlines, right-to-left marks and undecodable bytes.


def test_file_names_are_kept_and_shown_as_text(tmp_path: Path) -> None:
    r"""Valid UTF-8 in JSON with every name whole; escapes on the terminal; undecodable bytes as `\xNN`."""
    names = draw_hostile(tmp_path / "images")
    kept = {name.decode("utf-8", "backslashreplace") for name in names}
    store = tmp_path / "store"
    extracted = framewatch("extract", "--data-dir", tmp_path / "images", "--store", store, "--dataset", "n")
    assert extracted.status == 0, extracted.stderr
    as_json = framewatch_here("query", "SELECT path FROM features", "--store", store, "--json")
    assert {row["path"] for row in as_json.document} == kept
    as_text = framewatch_here("query", "SELECT path FROM features", "--store", store).stdout
    assert all(line.isprintable() for line in as_text.splitlines())
    assert "<script>alert(1)<.png" in as_text
    assert "right\\u202eto left.png" in as_text


def test_a_folder_with_such_a_name_is_a_source(tmp_path: Path) -> None:
    r"""The document that names it is UTF-8 with `\xff` spelt out, and is read again; so is a line that refuses."""
    folder = os.fsencode(tmp_path) + b"/<b>\xff\n\xe2\x80\xae"
    draw_plain(tmp_path / "plain", {"a.png": (1, 2, 3)})
    os.rename(tmp_path / "plain", folder)
    location, output = os.fsdecode(folder), tmp_path / "baseline.json"
    made = framewatch("baseline", "--data-dir", location, "--output", output)
    assert made.status == 0, made.stderr
    assert read(output)["dataset_info"]["source"].endswith("/<b>\\xff\n\u202e")
    assert "\\n\\u202e" in made.stdout
    again = framewatch_here("monitor", "--data-dir", location, "--baseline", output, "--output", tmp_path / "r")
    assert again.status == 0, again.stderr
    os.rename(folder, tmp_path / "plain")
    assert "\\xff" in framewatch_here("baseline", "--data-dir", location, "--output", output).error


def test_labels_and_class_names_that_are_markup_reach_the_page_as_text(model: Path, tmp_path: Path) -> None:
    """Labels that are markup: matched, counted, kept in the JSON, and inert in the HTML."""
    names = ["<script>alert('x')</script>", "quote \"' &amp;", "right\u202eto left"]
    (tmp_path / "names.json").write_text(json.dumps(names), encoding="utf-8")
    colours = [(200, 60, 60), (60, 200, 60), (60, 60, 200)]
    draw_plain(tmp_path / "all", {f"{n}.png": colours[n % 3] for n in range(30)})
    draw_plain(tmp_path / "first", {f"{n}.png": colours[0] for n in range(30)})
    quoted = [name.replace('"', '""') for name in names]
    lines = [f'{n}.png,"{quoted[n % 3]}"' for n in range(30)]
    (tmp_path / "labels.csv").write_text("\n".join(["path,label", *lines]), encoding="utf-8")
    common = ("--model", model, "--class-names", tmp_path / "names.json")
    baseline, output = tmp_path / "baseline.json", tmp_path / "report.json"
    made = framewatch_here(
        *("baseline", "--data-dir", tmp_path / "all", *common, "--metadata", tmp_path / "labels.csv"),
        *("--output", baseline),
    )
    assert made.status == 0, made.stderr
    predictions = read(baseline)["predictions"]
    assert predictions["class_names"] == dict(zip("012", names, strict=True))
    assert (predictions["accuracy"], predictions["labelled_count"]) == (1.0, 30)
    report = framewatch_here(
        *(
            "monitor",
            "--data-dir",
            tmp_path / "first",
            *common,
            "--baseline",
            baseline,
            "--output",
            output,
            "--html",
        )
    )
    assert report.status == 0, report.stderr
    changes = read(output)["class_distribution_drift"]["largest_changes"]
    assert {one["name"] for one in changes} == set(names)
    assert all(line.isprintable() for line in report.stdout.splitlines())
    page = (tmp_path / "report.html").read_bytes().decode("utf-8")
    assert "<script>alert('x')" not in page


# NaN or infinite scores.


def test_nan_scores_are_a_status_and_no_aggregate_turns_nan(tmp_path: Path) -> None:
    """A model that gives NaN for dark pictures: three rows say so, and the other two give the numbers."""
    model = write_colour_model(tmp_path / "nan.onnx", gain=10.0, nan_below=0.2)
    colours = {"a.png": (255, 102, 102), "b.png": (255, 102, 102)} | {f"dark{n}.png": (9, 9, 9) for n in range(3)}
    folder, store = draw_plain(tmp_path / "images", colours), tmp_path / "store"
    extracted = framewatch_here(
        *("extract", "--data-dir", folder, "--model", model, "--store", store, "--dataset", "n", "--json")
    )
    assert extracted.document["invalid_scores"] == 3
    made = framewatch_here("baseline", "--store", store, "--select", "n", "--output", tmp_path / "b.json")
    assert "baseline: 3 with NaN or infinite scores" in made.stdout.splitlines()
    document = valid(read(tmp_path / "b.json"), "baseline")
    assert document["dataset_info"]["invalid_scores"] == 3
    assert document["predictions"]["prediction_count"] == 2
    logits = np.exp(10 * np.array([1, 0.4, 0.4]))
    assert document["predictions"]["confidence_statistics"]["mean"] == pytest.approx(logits[0] / logits.sum())
    sql = "SELECT path, reason FROM features WHERE status = 'invalid_scores'"
    rows = framewatch_here("query", sql, "--store", store, "--json").document
    assert {row["path"] for row in rows} == {"dark0.png", "dark1.png", "dark2.png"}
    assert {row["reason"] for row in rows} == {"NaN or infinite scores"}


def test_nothing_but_nan_leaves_the_pixels(good: Path, tmp_path: Path) -> None:
    """No predictions at all is no failure of the pixels: `predictions` is absent, and the report says why."""
    model = write_colour_model(tmp_path / "nan.onnx", nan_below=2.0)
    output = tmp_path / "b.json"
    made = framewatch_here("baseline", "--data-dir", good, "--model", model, "--output", output)
    assert made.status == 0
    assert "NaN or infinite scores for every image, so nothing is known of its predictions" in made.stderr
    assert "predictions" not in valid(read(output), "baseline")
