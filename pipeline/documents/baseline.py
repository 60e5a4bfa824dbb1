"""The shape of a baseline document: what some images are like, and what a model makes of them."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired, TypedDict


class Spread(TypedDict):
    """How some numbers are distributed."""

    mean: float
    std: Annotated[float, "Population standard deviation"]
    min: float
    max: float
    median: float


class PixelSpread(Spread):
    """The same with quartiles, over every pixel of every channel of every image."""

    q25: float
    q75: float


class ChannelStatistics(TypedDict):
    """One number a channel, in the order red, green, blue."""

    mean: list[float]
    std: list[float]


class PixelStatistics(TypedDict):
    """Pixels in [0, 1] after resizing to the input size."""

    overall: PixelSpread
    per_channel: ChannelStatistics


class FeatureProfile(TypedDict):
    """The mergeable summary of one numeric feature."""

    count: Annotated[int, "Images that have a value"]
    mean: float
    std: Annotated[float, "Population standard deviation"]
    min: float
    max: float
    low: Annotated[float, "Lower edge of the first bin"]
    high: Annotated[float, "Upper edge of the last bin"]
    histogram: Annotated[list[int], "Images in each of the equal bins over [low, high]"]
    pairs: NotRequired[Annotated[int, "Values that follow another one, where the order of capture is known"]]
    jumps: NotRequired[Annotated[float, "Sum of the squares of their differences from the one before"]]


class CategoryProfile(TypedDict):
    """The mergeable summary of one categorical feature."""

    counts: Annotated[dict[str, int], "Images by value, as text"]
    missing: Annotated[int, "Images that could be read and have no value"]


class JointMoments(TypedDict):
    """The moments of some images' features together."""

    names: Annotated[list[str], "The features that every one of the images has"]
    count: Annotated[int, "Images"]
    means: Annotated[list[float], "Of the features, in the order of the names"]
    covariance: Annotated[list[list[float]], "Population covariances; row i has those with the names up to the i-th"]


class LabelledHistogram(TypedDict):
    """Labelled images by a feature of their prediction."""

    low: Annotated[float, "Lower edge of the first bin"]
    high: Annotated[float, "Upper edge of the last bin"]
    images: Annotated[list[int], "Labelled images in each of the equal bins over [low, high]"]
    correct: Annotated[list[int], "Those of them that were predicted right"]


class InputDistribution(TypedDict):
    """What the images look like."""

    pixel_statistics: PixelStatistics
    histograms: Annotated[dict[str, list[int]], "Pixels of each byte value 0..255, by channel"]
    features: Annotated[dict[str, FeatureProfile], "One profile for each numeric feature of the images"]
    categories: Annotated[dict[str, CategoryProfile], "One profile for each categorical feature of the images"]
    joint_moments: Annotated[JointMoments, "Of the features of the picture, over all images"]


class Predictions(TypedDict):
    """What the model said of the images."""

    prediction_count: Annotated[int, "Images with a valid prediction"]
    unique_classes: int
    class_distribution: Annotated[dict[str, int], "Images (a detector: kept boxes) by predicted class"]
    class_names: NotRequired[Annotated[dict[str, str], "The names of those classes, where they have names"]]
    box_count: NotRequired[Annotated[int, "A detector's kept boxes"]]
    confidence_statistics: Spread
    features: Annotated[dict[str, FeatureProfile], "One profile for each numeric feature of the predictions"]
    class_pairs: NotRequired[Annotated[int, "Classes that follow another one, where the order of capture is known"]]
    class_repeats: NotRequired[Annotated[int, "Those of them that are the same as the one before"]]
    joint_moments: Annotated[JointMoments, "Of the picture's features and the prediction's, over images that have both"]
    labelled_histograms: NotRequired[
        Annotated[dict[str, LabelledHistogram], "By feature of the predictions, where images have labels"]
    ]
    accuracy: NotRequired[Annotated[float, "Share of the labelled images that were predicted right"]]
    labelled_count: NotRequired[int]


class Unreadable(TypedDict):
    """Images that gave no numbers."""

    count: int
    by_reason: dict[str, int]


class DatasetInfo(TypedDict):
    """Which images were looked at."""

    image_count: Annotated[int, "Images that could be read"]
    input_size: Annotated[list[int], "Width and height in pixels"]
    source: Annotated[str, "The folder, glob or selection they came from"]
    unreadable: Unreadable
    invalid_scores: Annotated[int, "Readable images for which the model gave NaN or infinite scores"]
    duplicates: NotRequired[Annotated[int, "Readable images that are exact copies of others; absent where not counted"]]
    dates: NotRequired[Annotated[list[str], "The dates of the partitions, where they came from a store"]]


class Generator(TypedDict):
    """What wrote the document."""

    name: str
    version: str


class DayVariance(TypedDict):
    """How much something varies from day to day."""

    variance: Annotated[float, "Between days, beyond chance"]
    chance: Annotated[float, "What chance alone makes of it at as many images"]
    freedom: NotRequired[Annotated[float, "Degrees of freedom of both together; absent where they are without end"]]
    centre: NotRequired[Annotated[float, "Of a spread around each day's own location, its mean; absent where it is 0"]]


class FeatureDays(TypedDict):
    """How much one numeric feature varies from day to day."""

    mean: Annotated[DayVariance, "Of its mean, in the square of its unit"]
    location: Annotated[DayVariance, "Of the location score of its ranks, whose variance over all images is 1"]
    spread: Annotated[DayVariance, "Of the spread score, the same"]


class BetweenDays(TypedDict):
    """How much the days of a set differ from each other: what ordinary days do."""

    days: int
    unevenness: Annotated[float, "Sum of the squares of the days' shares of the images"]
    expected: Annotated[float, "What chance makes of a sum of squares in `products` at a variance of 1 within days"]
    weight: Annotated[float, "By how much a variance of 1 between days raises it"]
    features: dict[str, FeatureDays]
    pixel_std: Annotated[DayVariance, "Of the standard deviation of the pooled pixels"]
    classes: Annotated[DayVariance, "Of the predicted classes' shares, relative to their variance within a day"]
    categories: Annotated[dict[str, DayVariance], "The same of each categorical feature"]
    products: Annotated[
        dict[str, list[list[float]]],
        "Of pictures and predicted, sums over the images of the products of two features' deviations of their day's "
        "mean, in the order of the joint moments; row i has those with the features up to the i-th",
    ]


class SampledImage(TypedDict):
    """One of a few images that show what is usual in a set."""

    uri: str
    thumbnail: Annotated[str, "A JPEG in base 64"]
    values: Annotated[dict[str, float | str], "Of its features, by name"]


class BaselineDocument(TypedDict):
    """The reference metrics of a set of images; enough on its own to be monitored against."""

    timestamp: Annotated[str, "When it was made: ISO 8601 with the offset from UTC"]
    schema_version: str
    generator: Generator
    dataset_info: DatasetInfo
    settings: Annotated[dict[str, Any], "How images became rows"]
    fingerprint: Annotated[str, "SHA-256 of the settings"]
    notes: Annotated[list[str], "What was assumed about the model or the data"]
    input_distribution: InputDistribution
    predictions: NotRequired[Predictions]
    between_days: NotRequired[Annotated[BetweenDays, "Where the images are of several days"]]
    segments: NotRequired[
        Annotated[dict[str, dict[str, str]], "By column and value, the profiles of a part of the images, packed"]
    ]
    sample: NotRequired[
        Annotated[list[SampledImage], "Some images, where rows have thumbnails: a report shows them beside others"]
    ]
