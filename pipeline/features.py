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

FEATURE_VERSION = "1"
"""Changes whenever the same image would get other numbers: rows of two versions are never compared."""

CHANNELS = ("red", "green", "blue")
"""The order of the channels in every array, histogram and document."""

Group = Literal["image", "file", "pixels", "quality", "prediction"]


@dataclass(frozen=True, slots=True)
class Bins:
    """Equal bins over [low, high] for the fixed-bin histogram of a numeric feature; what lies outside is counted
    in the first or last one."""

    low: float
    high: float
    count: int = 64


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
    """

    name: str
    group: Group
    dtype: str
    unit: str
    meaning: str
    bins: Bins | None = None
    words: tuple[str, str] | None = None


_SHARE = Bins(0.0, 1.0)

FEATURES: tuple[Feature, ...] = (
    Feature("uri", "image", "string", "", "Where the image is; with size and modified, its identity"),
    Feature("path", "image", "string", "", "Its path relative to the source, which metadata refers to"),
    Feature("size", "image", "int64", "bytes", "Size of the file"),
    Feature("modified", "image", "timestamp", "UTC", "When the file was last changed"),
    Feature("status", "image", "string", "", "ok, unreadable, or invalid_scores (NaN or infinite)"),
    Feature("reason", "image", "string", "", "Why the status is not ok, one of a few fixed words"),
    Feature("detail", "image", "string", "", "What the decoder or the model said"),
    Feature("label", "image", "string", "", "The label that came with the image, as it was given"),
    Feature("label_index", "image", "int32", "", "The label as a class of the model"),
    Feature("timestamp", "image", "timestamp", "UTC", "When the image was taken, where metadata says so"),
    Feature("format", "file", "string", "", "The file format: JPEG, PNG, ..."),
    Feature("mode", "file", "string", "", "Pillow's name for the kind of pixels in the file: RGB, L, CMYK, ..."),
    Feature("width", "file", "int32", "pixels", "Width of the upright image", Bins(0, 8192)),
    Feature("height", "file", "int32", "pixels", "Height of the upright image", Bins(0, 8192)),
    Feature("pixel_mean", "pixels", "float64", "", "Mean over all pixels and channels", _SHARE),
    Feature("pixel_std", "pixels", "float64", "", "Population standard deviation of the same", _SHARE),
    Feature(
        "pixel_square",
        "pixels",
        "float64",
        "",
        "Mean of their squares; with the mean it gives pooled deviations",
        _SHARE,
    ),
    Feature("pixel_min", "pixels", "float64", "", "Smallest of them", _SHARE),
    Feature("pixel_q25", "pixels", "float64", "", "Their lower quartile", _SHARE),
    Feature("pixel_median", "pixels", "float64", "", "Their median", _SHARE),
    Feature("pixel_q75", "pixels", "float64", "", "Their upper quartile", _SHARE),
    Feature("pixel_max", "pixels", "float64", "", "Largest of them", _SHARE),
    Feature("red_mean", "pixels", "float64", "", "Mean of the red channel", _SHARE, ("redder", "less red")),
    Feature("red_std", "pixels", "float64", "", "Its standard deviation", _SHARE),
    Feature("green_mean", "pixels", "float64", "", "Mean of the green channel", _SHARE, ("greener", "less green")),
    Feature("green_std", "pixels", "float64", "", "Its standard deviation", _SHARE),
    Feature("blue_mean", "pixels", "float64", "", "Mean of the blue channel", _SHARE, ("bluer", "less blue")),
    Feature("blue_std", "pixels", "float64", "", "Its standard deviation", _SHARE),
    Feature("red_histogram", "pixels", "histogram", "pixels", "Pixels of each byte value in the red channel"),
    Feature("green_histogram", "pixels", "histogram", "pixels", "The same for green"),
    Feature("blue_histogram", "pixels", "histogram", "pixels", "The same for blue"),
    Feature("brightness", "quality", "float64", "", "Mean luma", _SHARE, ("brighter", "darker")),
    Feature(
        "contrast",
        "quality",
        "float64",
        "",
        "Standard deviation of luma (RMS contrast)",
        Bins(0.0, 0.5),
        ("richer in contrast", "poorer in contrast"),
    ),
    Feature(
        "sharpness",
        "quality",
        "float64",
        "log10",
        "log10(1 + variance of the luma's Laplacian)",
        Bins(0.0, 6.0),
        ("sharper", "blurrier"),
    ),
    Feature(
        "noise",
        "quality",
        "float64",
        "",
        "Noise's standard deviation by Immerkaer's estimate",
        Bins(0.0, 0.25),
        ("noisier", "less noisy"),
    ),
    Feature(
        "saturation", "quality", "float64", "", "Mean HSV saturation", _SHARE, ("more colourful", "less colourful")
    ),
    Feature("predicted_class", "prediction", "int32", "", "The class with the highest score (classification)"),
    Feature("predicted_name", "prediction", "string", "", "Its name, where the classes have names"),
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
        "prediction_entropy", "prediction", "float64", "nats", "Entropy of the class probabilities", Bins(0.0, 8.0)
    ),
    Feature(
        "box_count",
        "prediction",
        "int32",
        "boxes",
        "Boxes that were kept (detection)",
        Bins(0, 128, 128),
        ("more objects", "fewer objects"),
    ),
    Feature("box_classes", "prediction", "int32s", "", "The class of each kept box, best score first"),
    Feature("box_scores", "prediction", "float32s", "", "The score of each kept box"),
    Feature("boxes", "prediction", "boxes", "share of the image", "Each kept box as left, top, right, bottom"),
)


def numeric_features() -> tuple[Feature, ...]:
    """The features that a profile summarises as numbers, in the table's order."""
    return tuple(feature for feature in FEATURES if feature.bins is not None)


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
        "int32": pa.int32(),
        "int64": pa.int64(),
        "float64": pa.float64(),
        "timestamp": pa.timestamp("us", tz="UTC"),
        "histogram": pa.list_(pa.uint32(), 256),
        "int32s": pa.list_(pa.int32()),
        "float32s": pa.list_(pa.float32()),
        "boxes": pa.list_(pa.list_(pa.float32())),
    }
    return pa.schema([pa.field(one.name, types[one.dtype]) for one in FEATURES])
