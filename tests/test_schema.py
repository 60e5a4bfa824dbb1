"""Schemas, and documents from outside held against them."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from pipeline.compare.drift import detect_drift
from pipeline.document_files import read_baseline, read_report, to_json
from pipeline.errors import DocumentError
from pipeline.features import FEATURES
from pipeline.schema import DOCUMENTS, document_schema, features_schema, require_document, write_schemas
from tests.support.rows import CLASSIFYING, DETECTING, PIXELS_ONLY, document_of, shots, table

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEMAS = Path(__file__).parent.parent / "schemas"

SAMPLE: Any = document_of([*shots(1, 12), *shots(2, 2, "unreadable")])


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_schema_files_are_those_of_the_code(name: str) -> None:
    """Where this fails: python -m pipeline.schema schemas."""
    assert json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8")) == document_schema(name)


def test_the_data_dictionary_is_that_of_the_code() -> None:
    assert json.loads((SCHEMAS / "features.schema.json").read_text(encoding="utf-8")) == features_schema()


def test_the_module_writes_the_files(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "pipeline.schema", str(tmp_path)], check=True)
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert written == {path.name: path.read_bytes() for path in SCHEMAS.iterdir()}
    assert sorted(write_schemas(tmp_path)) == sorted(tmp_path.iterdir())


@pytest.mark.parametrize("schema", [*map(document_schema, DOCUMENTS), features_schema()])
def test_a_schema_is_one(schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)


def test_the_data_dictionary_says_what_each_feature_is() -> None:
    properties = features_schema()["properties"]
    assert list(properties) == [one.name for one in FEATURES]
    for one in FEATURES:
        own = properties[one.name]
        assert (own["description"], own["x-unit"], own["x-group"]) == (one.meaning, one.unit, one.group)
        assert ("x-bins" in own) == (one.bins is not None)
        if one.bins is not None:
            assert own["x-bins"] == {"low": one.bins.low, "high": one.bins.high, "count": one.bins.count}


def test_rows_keep_to_the_data_dictionary() -> None:
    made = [*shots(1, 3), *shots(2, 3, "detected"), *shots(3, 2, "unreadable"), *shots(4, 2, "invalid")]
    validator = jsonschema.Draft202012Validator(features_schema())
    for row in table(made).to_pylist():
        validator.validate(json.loads(json.dumps(row, default=str)))


@pytest.mark.parametrize(
    ("kind", "settings"), [("classified", CLASSIFYING), ("detected", DETECTING), ("pixels", PIXELS_ONLY)]
)
def test_baselines_survive_a_file(tmp_path: Path, kind: Any, settings: Any) -> None:
    """Also those without a model, whose predictions are absent."""
    document = document_of(shots(1, 8, kind), settings)
    path = tmp_path / "baseline.json"
    path.write_text(to_json(document), encoding="utf-8")
    assert read_baseline(path) == document
    report = detect_drift(read_baseline(path), document_of(shots(2, 8, kind), settings))
    path.write_text(to_json(report), encoding="utf-8")
    assert read_report(path) == report


def test_documents_may_hold_more_than_we_know() -> None:
    require_document(SAMPLE | {"weather": "fair"}, "baseline", "here")


def at(path: str) -> tuple[list[str | int], str]:
    *above, last = path.split(".")
    return [int(key) if key.isdecimal() else key for key in above], last


def spoilt(path: str, value: object) -> Any:
    """The sample with one value replaced, or removed where the value is `...`."""
    document = copy.deepcopy(SAMPLE)
    above, last = at(path)
    inside = document
    for key in above:
        inside = inside[key]
    if value is ...:
        del inside[last]
    else:
        inside[last] = value
    return document


COUNTS = SAMPLE["input_distribution"]["histograms"]["red"]

DAMAGES: list[tuple[str, object]] = [
    *((name, ...) for name in SAMPLE if name not in {"predictions", "schema_version"}),
    ("schema_version", ...),
    ("schema_version", "2"),
    ("schema_version", 1),
    ("predictions", None),
    ("dataset_info.image_count", "12"),
    ("dataset_info.image_count", 0),
    ("dataset_info.image_count", 12.5),
    ("dataset_info.image_count", True),
    ("dataset_info.unreadable", 3),
    ("dataset_info.unreadable.by_reason", {"truncated": -1}),
    ("input_distribution.pixel_statistics.per_channel.mean", [0.1, 0.2]),
    ("input_distribution.pixel_statistics.per_channel.std", [0.1, 0.2, 0.3, 0.4]),
    ("input_distribution.histograms.red", COUNTS[:255]),
    ("input_distribution.histograms.red", [*COUNTS, 0]),
    ("input_distribution.histograms.red", [0] * 256),
    ("input_distribution.histograms.red", [-1, *COUNTS[1:]]),
    ("input_distribution.histograms.red", [0.5, *COUNTS[1:]]),
    ("input_distribution.histograms.red", [float("nan"), *COUNTS[1:]]),
    ("input_distribution.histograms.red", [10**30, *COUNTS[1:]]),
    ("input_distribution.histograms.green", ...),
    ("input_distribution.histograms.blue", None),
    ("input_distribution.features.pixel_mean", ...),
    ("input_distribution.features.pixel_square", ...),
    ("input_distribution.features.pixel_mean.std", float("nan")),
    ("input_distribution.features.pixel_mean.std", -0.1),
    ("input_distribution.features.pixel_mean.std", 1e200),
    ("input_distribution.features.pixel_mean.mean", float("inf")),
    ("input_distribution.features.pixel_mean.mean", "0.5"),
    ("input_distribution.features.pixel_mean.count", 0),
    ("input_distribution.features.pixel_mean.histogram", []),
    ("input_distribution.features.pixel_mean.histogram", [0, 0]),
    ("input_distribution.joint_moments", ...),
    ("input_distribution.joint_moments.count", 0),
    ("input_distribution.joint_moments.covariance", [[float("nan")]]),
    ("input_distribution.joint_moments.names", [1]),
    ("input_distribution.categories.format.missing", -1),
    ("input_distribution.categories.format.counts", {"PNG": 0}),
    ("input_distribution.pixel_statistics.overall.mean", float("-inf")),
    ("input_distribution.pixel_statistics.overall", []),
    ("predictions.features.confidence", ...),
    ("predictions.class_distribution", {"bolt": 3}),
    ("predictions.class_distribution", {"0": -3}),
    ("predictions.class_distribution", {"0": 0}),
    ("predictions.class_distribution", {"9" * 30: 1}),
    ("predictions.class_distribution", [1, 2]),
    ("predictions.class_names", {"zero": "bolt"}),
    ("predictions.accuracy", 1.5),
    ("predictions.accuracy", float("nan")),
    ("settings", []),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value"), DAMAGES, ids=lambda part: str(part)[:30])
def test_a_damaged_baseline_is_refused_by_the_field(tmp_path: Path, path: str, value: object) -> None:
    document = spoilt(path, value)
    field = path.rpartition(".")[2]
    with pytest.raises(DocumentError, match=field) as caught:
        require_document(document, "baseline", "val.json")
    assert str(caught.value).startswith("val.json: ")
    file = tmp_path / "val.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(DocumentError, match=field) as caught:
        read_baseline(file)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500 + len(str(file))


@pytest.mark.parametrize("text", ["[]", "null", "3", '"baseline"', "{}", "[{}]"])
def test_what_is_no_baseline_at_all_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "val.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DocumentError, match=r"val\.json: is not a baseline of framewatch's: at the top level"):
        read_baseline(path)


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.99])
def test_a_truncated_file_is_refused(tmp_path: Path, share: float) -> None:
    text = to_json(SAMPLE)
    path = tmp_path / "val.json"
    path.write_text(text[: int(len(text) * share)], encoding="utf-8")
    with pytest.raises(DocumentError, match=r"val\.json: is no JSON, or was cut off"):
        read_baseline(path)


@pytest.mark.parametrize(
    "spoil",
    [lambda _: None, lambda path: path.mkdir(), lambda path: path.write_bytes(b"\xff\xfe{}")],
    ids=["missing", "a folder", "no UTF-8"],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    path = tmp_path / "val.json"
    spoil(path)
    with pytest.raises(DocumentError, match=r"val\.json"):
        read_baseline(path)


def test_a_baseline_inside_a_report_is_held_to_the_same() -> None:
    report: Any = copy.deepcopy(detect_drift(SAMPLE, SAMPLE))
    report["current"]["input_distribution"]["histograms"]["red"].pop()
    with pytest.raises(DocumentError, match=r"current\.input_distribution\.histograms\.red"):
        require_document(report, "drift_report", "report.json")
