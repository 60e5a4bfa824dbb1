"""The Python interface, as the README shows it: plain documents out, nothing printed, from any thread."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pipeline
from pipeline import (
    DatasetAnalyzer,
    DriftDetector,
    ExtractionOptions,
    FramewatchError,
    Images,
    InputDistributionMonitor,
    ModelPredictionMonitor,
    Rules,
    Severity,
    generate_html_report,
    read_baseline,
)
from pipeline.analysis import extract
from pipeline.compare.sides.between_days import FEWEST_IMAGES
from pipeline.compare.thresholds import PixelRule
from pipeline.document_files import to_json, write_document
from pipeline.errors import MetadataError, ModelError, OutputError, SettingsError
from pipeline.measured import measured_selection
from tests.support.colour_model import write_colour_model
from tests.support.documents import read, timeless, valid
from tests.support.folders import draw_plain
from tests.support.program import environment
from tests.support.scene import Scene, build_scene

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.documents import BaselineDocument


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Folders of pictures and a model."""
    return build_scene(tmp_path_factory.mktemp("scene"))


@pytest.fixture(scope="module")
def baseline(scene: Scene) -> BaselineDocument:
    """The baseline document of `scene.val`."""
    return DatasetAnalyzer(scene.val, model_path=scene.model).analyze()


def test_the_story_of_the_readme_works(scene: Scene, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Strings for paths, documents that index like JSON, a page; and not a byte on either stream."""
    baseline = DatasetAnalyzer(str(scene.val), model_path=str(scene.model)).analyze()
    report = DatasetAnalyzer(str(scene.dark), model_path=str(scene.model)).detect_drift(baseline)
    assert report["overall_drift_detected"]
    assert report["pixel_distribution_drift"]["severity"] == "high"
    generate_html_report(report, str(tmp_path / "report.html"))
    assert (tmp_path / "report.html").read_text(encoding="utf-8").rstrip().endswith("</html>")
    valid(json.loads(to_json(baseline)), "baseline")
    valid(json.loads(to_json(report)), "drift_report")
    assert capfd.readouterr() == ("", "")


def test_the_numbers_are_those_of_plain_numpy(scene: Scene, baseline: BaselineDocument) -> None:
    overall = baseline["input_distribution"]["pixel_statistics"]["overall"]
    assert (overall["mean"], overall["std"]) == pytest.approx(scene.pixels("val"), abs=1e-9)
    confidence = baseline["predictions"]["confidence_statistics"]
    expected = scene.probabilities("val").max(axis=1)
    assert (confidence["mean"], confidence["std"]) == pytest.approx((expected.mean(), expected.std()), abs=1e-5)


def test_the_parts_are_the_same_work(scene: Scene, baseline: BaselineDocument) -> None:
    """Pixels alone, predictions alone, and two documents to a report."""
    at_that_size = ExtractionOptions(input_size=(32, 32))
    inputs = InputDistributionMonitor(scene.val, options=at_that_size).analyze()
    assert_same_numbers(inputs, baseline["input_distribution"])
    assert ModelPredictionMonitor(scene.val, scene.model).analyze() == baseline["predictions"]
    current = DatasetAnalyzer(scene.dark, scene.model).analyze()
    apart = DriftDetector().detect(baseline, current)
    together = DatasetAnalyzer(scene.dark, scene.model).detect_drift(baseline)
    assert together.pop("examples")  # two documents have no images to show
    for one in (apart, together):
        one["current"]["notes"] = []  # what is taken from the baseline is not assumed
    assert timeless(apart) == timeless(together)


def test_rules_and_options_can_be_given(scene: Scene, baseline: BaselineDocument) -> None:
    lenient = Rules(pixel=PixelRule(mean=0.9, std=0.9))
    report = DatasetAnalyzer(scene.dark, scene.model, rules=lenient).detect_drift(baseline)
    assert not report["drift_summary"]["pixel_drift"]
    with pytest.raises(SettingsError, match=r"resize.*stretch.*crop"):
        DatasetAnalyzer(scene.dark, scene.model, options=ExtractionOptions(resize="crop")).detect_drift(baseline)


def test_severities_of_documents_can_be_compared(scene: Scene, baseline: BaselineDocument) -> None:
    """They are ordered by badness, and still the strings that JSON holds."""
    quiet = DatasetAnalyzer(scene.today, scene.model).detect_drift(baseline)
    loud = DatasetAnalyzer(scene.dark, scene.model).detect_drift(baseline)
    assert Severity(quiet["overall_severity"]) < "low" <= Severity(loud["overall_severity"])
    assert json.loads(to_json(loud))["overall_severity"] == "high"
    assert sorted(["medium", "none", "high", "low"], key=Severity) == ["none", "low", "medium", "high"]


def test_it_can_be_called_from_several_threads_at_once(scene: Scene, baseline: BaselineDocument) -> None:
    """As a web handler does: each gets what it would get alone."""
    folders = [scene.today, scene.dark, scene.red, scene.today]
    alone = [timeless(DatasetAnalyzer(folder, scene.model).detect_drift(baseline)) for folder in folders]
    with ThreadPoolExecutor(4) as pool:
        at_once = pool.map(lambda folder: DatasetAnalyzer(folder, scene.model).detect_drift(baseline), folders)
        assert list(map(timeless, at_once)) == alone


def test_progress_is_reported_where_it_is_asked_for(scene: Scene) -> None:
    calls = list[tuple[int, int]]()
    DatasetAnalyzer(scene.val, progress=lambda done, total: calls.append((done, total))).analyze()
    assert calls[-1] == (60, 60)
    assert [done for done, _ in calls] == sorted({done for done, _ in calls})


def test_the_order_of_the_files_does_not_matter(scene: Scene, baseline: BaselineDocument, tmp_path: Path) -> None:
    """The same pictures under names that sort the other way round give the same document."""
    names = list(scene.pictures["val"])
    for name, other in zip(names, reversed(names), strict=True):
        (tmp_path / "images").mkdir(exist_ok=True)
        shutil.copy(scene.val / name, tmp_path / "images" / other)
    shuffled = json.loads(to_json(DatasetAnalyzer(tmp_path / "images", scene.model).analyze()))
    assert_same_numbers(timeless(shuffled), timeless(baseline))


@settings(max_examples=8, deadline=None)
@given(cuts=st.sets(st.integers(1, 59), max_size=4))
def test_splitting_in_partitions_does_not_matter(
    cuts: set[int], scene: Scene, baseline: BaselineDocument, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The rows of several days, selected together, give the document of all images at once. Only pairs of images that
    follow each other across midnight are not there."""
    root = tmp_path_factory.mktemp("split")
    colours = list(scene.pictures["val"].items())
    edges = [0, *sorted(cuts), len(colours)]
    for number, (first, last) in enumerate(pairwise(edges), start=1):
        day = f"2026-11-{number:02}"
        folder = draw_plain(root / day, dict(colours[first:last]))
        extract(Images(str(folder), scene.model, workers=1), root / "store", "val")
    with measured_selection(root / "store", "val") as measured:
        joined = json.loads(to_json(measured.document))
    joined["notes"] = baseline["notes"]
    days_to_compare = [last - first >= FEWEST_IMAGES for first, last in pairwise(edges)]
    assert ("between_days" in joined) == (sum(days_to_compare) >= 2)
    joined.pop("between_days", None)  # what all at once cannot tell
    assert_same_numbers(orderless(timeless(joined)), orderless(timeless(baseline)))


def orderless(found: Any) -> Any:
    """A document without what is known of the order of its images."""
    if isinstance(found, list):
        return [orderless(one) for one in found]
    if not isinstance(found, dict):
        return found
    of_order = {"pairs", "jumps", "class_pairs", "class_repeats"}
    return {name: orderless(one) for name, one in found.items() if name not in of_order}


def assert_same_numbers(found: object, expected: object, at: str = "") -> None:
    """Two documents that differ by no more than the rounding of a sum in another order."""
    if isinstance(expected, dict):
        assert isinstance(found, dict)
        assert found.keys() == expected.keys(), at
        for key, value in expected.items():
            assert_same_numbers(found[key], value, f"{at}.{key}")
    elif isinstance(expected, list):
        assert isinstance(found, list)
        assert len(found) == len(expected), at
        for index, value in enumerate(expected):
            assert_same_numbers(found[index], value, f"{at}.{index}")
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12), at
    else:
        assert found == expected, at


def test_a_document_survives_the_disk(baseline: BaselineDocument, tmp_path: Path) -> None:
    write_document(tmp_path / "baseline.json", baseline)
    assert read_baseline(tmp_path / "baseline.json") == baseline == read(tmp_path / "baseline.json")


def test_labels_come_by_keyword(scene: Scene) -> None:
    document = DatasetAnalyzer(scene.val, scene.model, metadata_path=scene.labels).analyze()
    with scene.labels.open(newline="", encoding="utf-8") as file:
        truth = [int(row["label"]) for row in csv.DictReader(file)]
    right = scene.probabilities("val").argmax(axis=1) == truth
    assert document["predictions"]["accuracy"] == pytest.approx(right.mean())


def test_errors_have_one_root(scene: Scene, baseline: BaselineDocument, tmp_path: Path) -> None:
    """Whoever embeds this catches FramewatchError; nothing exits."""
    with pytest.raises(FramewatchError, match="missing"):
        DatasetAnalyzer(tmp_path / "missing").analyze()
    report = DatasetAnalyzer(scene.today, scene.model).detect_drift(baseline)
    with pytest.raises(OutputError, match="directory"):
        generate_html_report(report, tmp_path)


def test_predictions_of_nothing_but_nan_are_an_error(scene: Scene, tmp_path: Path) -> None:
    model = write_colour_model(tmp_path / "nan.onnx", nan_below=2.0)
    with pytest.raises(ModelError, match="NaN"):
        ModelPredictionMonitor(scene.val, model).analyze()


def test_all_public_names_are_there() -> None:
    assert all(getattr(pipeline, name) is not None for name in pipeline.__all__)
    assert set(pipeline.__all__) <= set(dir(pipeline))
    with pytest.raises(AttributeError, match="nothing"):
        _ = pipeline.nothing


def test_importing_the_package_is_cheap() -> None:
    script = "import sys, pipeline; print(any(name in sys.modules for name in ('numpy', 'polars', 'PIL', 'typer')))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment())
    assert done.stdout == "False\n"


def test_metadata_that_names_no_image_is_refused(scene: Scene, tmp_path: Path) -> None:
    """It would silently leave every label out; the message shows how both write a path."""
    labels = tmp_path / "labels.csv"
    labels.write_text("path,label\nval/elsewhere.png,red\n")
    with pytest.raises(MetadataError, match=r"names none of the \d+ images \(its first path is val/elsewhere.png"):
        DatasetAnalyzer(scene.val, scene.model, metadata_path=labels).analyze()
