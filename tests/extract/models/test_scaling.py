from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.errors import SettingsError
from pipeline.extract.models.resolve import resolve
from pipeline.settings import SCALINGS, ExtractionOptions
from tests.support import toy_onnx
from tests.support.normalisation import with_normalisation

if TYPE_CHECKING:
    from collections.abc import Mapping

DATA = Path(__file__).resolve().parents[2] / "data"
QUANTISED = DATA / "toy_uint8.tflite"


def scaling_notes(path: Path, **options: Any) -> list[str]:
    return [note for note in resolve(ExtractionOptions(**options), path).notes if "reach the model" in note]


def saying(path: Path, metadata: Mapping[str, str]) -> Path:
    return toy_onnx.save(toy_onnx.scorer(metadata=metadata), path)


@pytest.mark.parametrize(
    ("metadata", "options", "words"),
    [
        (
            {"scaling": "zero-one"},
            {"scaling": "minus-one-one"},
            "as -1 to 1, as was asked for, but its metadata (scaling zero-one) says 0 to 1; if",
        ),
        (
            {"scaling": "raw"},
            {"scaling": "zero-one"},
            "as 0 to 1, as was asked for, but its metadata (scaling raw) says",
        ),
        ({"stride": "32"}, {"scaling": "raw"}, "but its metadata (a YOLO export) says 0 to 1"),
        (
            {"scaling": "minus-one-one"},
            {"mean": (0.5, 0.5, 0.4), "std": (0.5, 0.5, 0.5)},
            "as -1 to 1.2, as was asked for, but its metadata (scaling minus-one-one) says -1 to 1",
        ),
    ],
)
def test_a_scaling_that_contradicts_the_model_is_said(
    metadata: dict[str, str], options: dict[str, Any], words: str, tmp_path: Path
) -> None:
    """With both ranges; it is done as asked, because models do say wrong things of themselves."""
    (note,) = scaling_notes(saying(tmp_path / "m.onnx", metadata), **options)
    assert words in note


@pytest.mark.parametrize(
    ("metadata", "options"),
    [
        ({"scaling": "imagenet"}, {"scaling": "imagenet"}),
        ({"scaling": "minus-one-one"}, {"mean": (127.5 / 255,) * 3, "std": (127.5 / 255,) * 3}),
        ({"scaling": "minus-one-one"}, {}),
        ({}, {"scaling": "imagenet"}),
    ],
)
def test_a_scaling_that_contradicts_nothing_is_not_spoken_of(
    metadata: dict[str, str], options: dict[str, Any], tmp_path: Path
) -> None:
    assert scaling_notes(saying(tmp_path / "m.onnx", metadata), **options) == []


def test_a_quantised_input_says_its_scaling_and_rounding_contradicts_nothing() -> None:
    """The toy's bytes stand for pixels from 0 to 1; a hundredth beside that is rounding."""
    (note,) = scaling_notes(QUANTISED, mean=(0.5, 0.5, 0.5), std=(0.7, 0.7, 0.7))
    assert "its quantisation says 0 to" in note
    assert scaling_notes(QUANTISED, mean=(0.0, 0.0, 0.0), std=(1.01, 1.01, 1.01)) == []


@pytest.mark.parametrize(
    ("mean", "std", "scaled"),
    [
        ([127.5], [127.5], SCALINGS["minus-one-one"]),
        ([0.0], [1.0], SCALINGS["raw"]),
        ([51.0, 102.0, 153.0], [255.0, 51.0, 25.5], ((0.2, 0.4, 0.6), (1.0, 0.2, 0.1))),
    ],
)
def test_tflites_own_metadata_scales_a_float_input(
    mean: list[float], std: list[float], scaled: Any, tmp_path: Path
) -> None:
    """NormalizationOptions are of bytes, one for all channels or one each."""
    path = with_normalisation(DATA / "toy_float.tflite", tmp_path / "m.tflite", mean, std)
    settings = resolve(ExtractionOptions(), path)
    assert settings.model is not None
    assert settings.model.mean == pytest.approx(scaled[0])
    assert settings.model.std == pytest.approx(scaled[1])
    assert not [note for note in settings.notes if "how its input is scaled" in note]
    (note,) = scaling_notes(path, mean=(0.5, 0.5, 0.5), std=(9.0, 9.0, 9.0))
    assert "its metadata (NormalizationOptions) says" in note


@pytest.mark.parametrize(("mean", "std"), [([1.0, 2.0], [1.0, 2.0]), ([0.0], [0.0]), ([float("nan")], [1.0]), ([], [])])
def test_metadata_that_is_no_scaling_is_passed_over(mean: list[float], std: list[float], tmp_path: Path) -> None:
    path = with_normalisation(DATA / "toy_float.tflite", tmp_path / "m.tflite", mean, std)
    assert [note for note in resolve(ExtractionOptions(), path).notes if "zero-one is assumed" in note]


def test_a_model_that_scales_pixels_itself_is_noticed(tmp_path: Path) -> None:
    """Pixels that were divided by 255 already are all but black to it; fed as bytes, it sees a difference."""
    path = toy_onnx.save(toy_onnx.scorer(divided_by=255), tmp_path / "m.onnx")
    blind = [note for note in resolve(ExtractionOptions(), path).notes if "hardly tells black, white and noise" in note]
    assert len(blind) == 1
    assert "as 0 to 1; it may scale them itself (--scaling raw)" in blind[0]
    for head in ("logits", "softmax"):
        toy_onnx.save(toy_onnx.scorer(divided_by=255, head=head), path)
        assert not [note for note in resolve(ExtractionOptions(scaling="raw"), path).notes if "hardly" in note]


@pytest.mark.parametrize("dtype", ["uint8", "int8"])
def test_a_byte_input_without_scale_is_filled_and_that_is_said(tmp_path: Path, dtype: str) -> None:
    path = toy_onnx.save(toy_onnx.scorer(input_type=dtype), tmp_path / "bytes.onnx")
    settings = resolve(ExtractionOptions(), path)
    assert [note for note in settings.notes if "bytes are assumed to fill its range" in note]
    assert settings.model is not None
    # (byte / 255 - mean) / std must be the byte, or the byte less 128.
    assert settings.model.mean[0] == pytest.approx(128 / 255 if dtype == "int8" else 0)
    assert settings.model.std[0] == pytest.approx(1 / 255)


def test_a_scaling_that_an_input_of_bytes_cannot_hold_is_refused(tmp_path: Path) -> None:
    """Zero to one, stored as whole numbers, is black and white."""
    path = toy_onnx.save(toy_onnx.scorer(input_type="uint8"), tmp_path / "bytes.onnx")
    with pytest.raises(SettingsError, match=r"leaves 2 of the 256 byte values .* picture \(\? x 3 x 32 x 32, uint8\)"):
        resolve(ExtractionOptions(scaling="zero-one"), path)
    assert resolve(ExtractionOptions(scaling="raw"), path).model is not None
