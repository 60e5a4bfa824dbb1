"""The table of features: what one row says about one image.

The Arrow schema of the rows, the bins of the profiles, the axes of the charts and the data dictionary all derive
from it. A new feature is one line here and one function that computes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pyarrow as pa

FEATURE_VERSION = "2"
"""Changes whenever the same image would get other numbers: rows of two versions are never compared."""

PREDICTED_CLASS = "predicted_class"
"""The one category that stands among the predictions."""

CHANNELS = ("red", "green", "blue")
"""The order of the channels in every array, histogram and document."""

Group = Literal["image", "file", "pixels", "quality", "prediction"]


@dataclass(frozen=True, slots=True)
class Bins:
    """Equal bins over [low, high] for the fixed-bin histogram of a numeric feature; what lies outside is counted
    in the first or last one."""

    low: float
    high: float
    count: int = 256


@dataclass(frozen=True, slots=True)
class Feature:
    """One column of the rows.

    Attributes:
        name: The column's name.
        group: What it describes.
        dtype: The name of its Arrow type, see `arrow_schema`.
        unit: The unit of its numbers, or "" where they have none.
        meaning: One sentence for the data dictionary.
        bins: The histogram that a profile keeps of it; None where it is not profiled as a number.
        words: How a rise and a fall are called, ("brighter", "darker"); None where nobody would name it.
        categorical: Whether a profile counts its values.
        always: Whether every image that could be read has it, so that a profile can hold its products with the others.
        source: Where its formula comes from, where it has one.
    """

    name: str
    group: Group
    dtype: str
    unit: str
    meaning: str
    bins: Bins | None = None
    words: tuple[str, str] | None = None
    categorical: bool = False
    always: bool = False
    source: str = ""


_SHARE = Bins(0.0, 1.0)


def _text(name: str, group: Group, meaning: str, *, categorical: bool = False) -> Feature:
    return Feature(name, group, "string", "", meaning, categorical=categorical)


def _number(
    name: str,
    group: Group,
    meaning: str,
    bins: Bins = _SHARE,
    words: tuple[str, str] | None = None,
    unit: str = "",
    source: str = "",
) -> Feature:
    """A numeric feature of the picture, which every image that could be read has."""
    return Feature(name, group, "float64", unit, meaning, bins, words, always=True, source=source)


def _spread(prefix: str, whose: str, words: tuple[str, str] | None = None) -> tuple[Feature, ...]:
    """Moments, extremes and quartiles of some pixels."""
    return (
        _number(f"{prefix}_mean", "pixels", f"Mean of {whose}", words=words),
        _number(f"{prefix}_std", "pixels", f"Population standard deviation of {whose}"),
        _number(f"{prefix}_min", "pixels", f"Smallest of {whose}"),
        _number(f"{prefix}_q25", "pixels", f"Lower quartile of {whose}"),
        _number(f"{prefix}_median", "pixels", f"Median of {whose}"),
        _number(f"{prefix}_q75", "pixels", f"Upper quartile of {whose}"),
        _number(f"{prefix}_max", "pixels", f"Largest of {whose}"),
    )


_IMAGE = (
    _text("uri", "image", "Where the image is; with its version (size, modified, etag), its identity"),
    _text("path", "image", "Its path relative to the source, which metadata refers to"),
    Feature("size", "image", "int64", "bytes", "Size of the file"),
    Feature("modified", "image", "timestamp", "UTC", "When the file was last changed"),
    _text("etag", "image", "The version that a remote store or an archive gives it, where there is one"),
    _text("status", "image", "ok, unreadable, or invalid_scores (NaN or infinite)"),
    _text("reason", "image", "Why the status is not ok, one of a few fixed words"),
    _text("detail", "image", "What the decoder or the model said"),
    _text("label", "image", "The label that came with the image, as it was given"),
    Feature("label_index", "image", "int32", "", "The label as a class of the model"),
    Feature("timestamp", "image", "timestamp", "UTC", "When the image was taken, where metadata says so"),
    Feature("thumbnail", "image", "binary", "JPEG", "A small JPEG of the upright image, longest side 96 pixels"),
)

_FILE = (
    _text("format", "file", "The file format: JPEG, PNG, ...", categorical=True),
    _text("mode", "file", "Pillow's name for the kind of pixels in the file: RGB, L, CMYK, ...", categorical=True),
    Feature("width", "file", "int32", "pixels", "Width of the upright image", Bins(0, 8192), always=True),
    Feature("height", "file", "int32", "pixels", "Height of the upright image", Bins(0, 8192), always=True),
    _number("aspect_ratio", "file", "Width divided by height", Bins(0.0, 4.0), ("wider", "narrower")),
    _number(
        "bits_per_pixel",
        "file",
        "Bits of the file for each pixel of the image",
        Bins(0.0, 32.0),
        ("less compressed", "more compressed"),
        "bits",
    ),
    Feature(
        "jpeg_quality",
        "file",
        "float64",
        "",
        "The quality setting that a JPEG's quantisation tables imply",
        Bins(0.0, 100.0, 100),
        ("less compressed", "more compressed"),
        source="inverse of jpeg_quality_scaling in jcparam.c, Independent JPEG Group, 1991-1998",
    ),
    Feature("orientation", "file", "int32", "", "EXIF orientation, 1 to 8", categorical=True),
    _text("camera_make", "file", "Maker of the camera, from EXIF", categorical=True),
    _text("camera_model", "file", "Model of the camera, from EXIF", categorical=True),
    Feature("captured", "file", "timestamp", "UTC", "EXIF capture time; UTC is assumed where no offset is given"),
    _text("content_hash", "file", "SHA-256 of the file's bytes: equal for exact duplicates"),
    Feature(
        "perceptual_hash",
        "file",
        "uint64",
        "",
        "64-bit hash of the picture: near duplicates differ in a few bits",
        source="Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions, 2010 (DCT hash)",
    ),
)

_PIXELS = (
    *_spread("pixel", "all pixels of all channels"),
    _number("pixel_square", "pixels", "Mean of their squares; with the mean it gives pooled deviations"),
    *_spread("red", "the red channel", ("redder", "less red")),
    *_spread("green", "the green channel", ("greener", "less green")),
    *_spread("blue", "the blue channel", ("bluer", "less blue")),
    Feature("red_histogram", "pixels", "histogram", "pixels", "Pixels of each byte value in the red channel"),
    Feature("green_histogram", "pixels", "histogram", "pixels", "The same for green"),
    Feature("blue_histogram", "pixels", "histogram", "pixels", "The same for blue"),
)

_QUALITY = (
    _number("brightness", "quality", "Mean luma", words=("brighter", "darker")),
    _number(
        "contrast",
        "quality",
        "Standard deviation of luma (RMS contrast)",
        Bins(0.0, 0.5),
        ("richer in contrast", "poorer in contrast"),
        source="Peli, Contrast in complex images, JOSA A 7(10), 1990",
    ),
    _number(
        "entropy",
        "quality",
        "Entropy of the luma's histogram",
        Bins(0.0, 8.0),
        ("richer in tones", "poorer in tones"),
        "bits",
        "Shannon, A Mathematical Theory of Communication, 1948",
    ),
    _number(
        "sharpness",
        "quality",
        "log10(1 + variance of the luma's Laplacian)",
        Bins(0.0, 6.0),
        ("sharper", "blurrier"),
        "log10",
        "Pech-Pacheco et al., Diatom autofocusing in brightfield microscopy, ICPR 2000",
    ),
    _number(
        "noise",
        "quality",
        "Standard deviation of the noise in the luma",
        Bins(0.0, 0.25),
        ("noisier", "less noisy"),
        source="Immerkaer, Fast Noise Variance Estimation, Computer Vision and Image Understanding 64(2), 1996",
    ),
    _number("saturation", "quality", "Mean HSV saturation", words=("more saturated", "less saturated")),
    _number(
        "colourfulness",
        "quality",
        "How colourful the picture looks: 0 for grey, above 109 extremely",
        Bins(0.0, 256.0),
        ("more colourful", "less colourful"),
        source="Hasler and Suesstrunk, Measuring Colourfulness in Natural Images, SPIE 5007, 2003",
    ),
    _number(
        "clipped_dark",
        "quality",
        "Share of pixels whose luma is 5 or less of 255",
        words=("more in black", "less in black"),
    ),
    _number(
        "clipped_bright",
        "quality",
        "Share of pixels whose luma is 250 or more of 255",
        words=("more burnt out", "less burnt out"),
    ),
)

_PREDICTION = (
    Feature("predicted_class", "prediction", "int32", "", "The class with the highest score (classification)"),
    _text("predicted_name", "prediction", "Its name, where the classes have names"),
    Feature(
        "confidence",
        "prediction",
        "float64",
        "",
        "Probability of that class; a detector's top score",
        Bins(0.0, 1.0, 1000),
        ("more certain", "less certain"),
    ),
    Feature("margin", "prediction", "float64", "", "Confidence minus the second class's probability", _SHARE),
    Feature(
        "prediction_entropy",
        "prediction",
        "float64",
        "nats",
        "Entropy of the class probabilities",
        Bins(0.0, 10.0, 1000),
        source="Shannon, A Mathematical Theory of Communication, 1948",
    ),
    Feature("top_classes", "prediction", "int32s", "", "The five classes with the highest scores, the highest first"),
    Feature("top_scores", "prediction", "float32s", "", "Their probabilities"),
    Feature("probabilities", "prediction", "float32s", "", "Every class's probability, where they are asked for"),
    Feature(
        "box_count",
        "prediction",
        "int32",
        "boxes",
        "Boxes that were kept (detection)",
        Bins(0, 256, 256),
        ("more objects", "fewer objects"),
    ),
    Feature("box_score_mean", "prediction", "float64", "", "Mean score of the kept boxes", _SHARE),
    Feature(
        "box_area_mean",
        "prediction",
        "float64",
        "share of the image",
        "Mean area of the kept boxes",
        _SHARE,
        ("larger objects", "smaller objects"),
    ),
    Feature("box_classes", "prediction", "int32s", "", "The class of each kept box, best score first"),
    Feature("box_scores", "prediction", "float32s", "", "The score of each kept box"),
    Feature("boxes", "prediction", "boxes", "share of the image", "Each kept box as left, top, right, bottom"),
)

FEATURES: tuple[Feature, ...] = (*_IMAGE, *_FILE, *_PIXELS, *_QUALITY, *_PREDICTION)


def numeric_features() -> tuple[Feature, ...]:
    """The features that a profile summarises as numbers, in the table's order."""
    return tuple(feature for feature in FEATURES if feature.bins is not None)


def categorical_features() -> tuple[Feature, ...]:
    """The features whose values a profile counts, in the table's order."""
    return tuple(feature for feature in FEATURES if feature.categorical)


@cache
def feature(name: str) -> Feature:
    """The feature of that name.

    Raises:
        KeyError: There is none.
    """
    return {one.name: one for one in FEATURES}[name]


def arrow_schema() -> pa.Schema:
    """The schema of the rows, one field a feature in the table's order."""
    import pyarrow as pa

    types = {
        "string": pa.string(),
        "binary": pa.binary(),
        "int32": pa.int32(),
        "int64": pa.int64(),
        "uint64": pa.uint64(),
        "float64": pa.float64(),
        "timestamp": pa.timestamp("us", tz="UTC"),
        "histogram": pa.list_(pa.uint32(), 256),
        "int32s": pa.list_(pa.int32()),
        "float32s": pa.list_(pa.float32()),
        "boxes": pa.list_(pa.list_(pa.float32())),
    }
    return pa.schema([pa.field(one.name, types[one.dtype]) for one in FEATURES])
