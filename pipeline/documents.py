"""The shapes of the documents that are written: plain dicts, typed. `schemas/` is generated from this file.

A key that is `NotRequired` is absent, never null, where it does not apply.
"""

from __future__ import annotations

from typing import Annotated, Any, NotRequired, TypedDict

SCHEMA_VERSION = "1"


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


class Judgement(TypedDict):
    """What every rule says: its value, what that is held against, and the verdict."""

    drift_detected: bool
    severity: Annotated[str, "none, low, medium or high"]
    value: Annotated[float, "The quantity that is judged, never negative"]
    threshold: Annotated[float, "The rule fires above it"]
    noise_floor: Annotated[float, "The 1 - alpha quantile of the value when nothing has changed"]
    p_value: Annotated[float, "Probability of such a value or a larger one when nothing has changed"]
    adjusted_p_value: Annotated[float, "The same for the whole report: to be held against alpha"]
    baseline_count: Annotated[int, "Side size of the baseline"]
    current_count: Annotated[int, "Side size of the current set"]


class PixelDistributionDrift(Judgement):
    """The pixel rule: |shift of the mean| or |shift of the standard deviation| above its threshold."""

    baseline_mean: float
    current_mean: float
    overall_mean_shift: Annotated[float, "|current minus baseline|"]
    baseline_std: float
    current_std: float
    overall_std_shift: Annotated[float, "|current minus baseline|"]
    std_threshold: float


class ConfidenceDrift(Judgement):
    """The confidence rule: |shift of the mean confidence| above its threshold."""

    baseline_mean_confidence: float
    current_mean_confidence: float
    confidence_shift: Annotated[float, "|current minus baseline|"]


class ClassChange(TypedDict):
    """How the share of one class changed."""

    class_index: str
    name: NotRequired[str]
    baseline_share: float
    current_share: float


class ClassDistributionDrift(Judgement):
    """The class rule: total variation distance between predicted classes above its threshold."""

    wasserstein_distance: Annotated[float, "The total variation distance; the name is kept for its readers"]
    total_variation_distance: float
    largest_changes: Annotated[list[ClassChange], "Up to ten, the largest first"]


class DriftSummary(TypedDict):
    """Which rules fired."""

    pixel_drift: bool
    confidence_drift: bool
    class_distribution_drift: bool


class FeatureShift(TypedDict):
    """How the mean of one numeric feature moved."""

    feature: str
    baseline_mean: float
    current_mean: float
    shift: Annotated[float, "Current minus baseline mean, in the baseline's standard deviations"]
    noise_floor: Annotated[float, "What any feature's |shift| passes by chance with probability alpha / 10"]
    p_value: Annotated[float, "Of this shift, times the number of features: under alpha / 10 where it passes the floor"]
    significant: Annotated[bool, "|shift| is above the noise floor and above the smallest shift worth a word"]
    words: NotRequired[Annotated[str, "The direction as a person says it: darker, blurrier"]]


class FeatureDrift(TypedDict):
    """How the distribution of one feature moved, what chance would have made of it, and the verdict."""

    feature: str
    kind: Annotated[str, "numeric or categorical"]
    drifted: Annotated[bool, "Both beyond chance and above the threshold"]
    severity: Annotated[str, "none, low, medium or high"]
    verdict: Annotated[str, "drifted, within chance, or below the threshold"]
    words: Annotated[str, "The direction and the size, as a person says it"]
    direction: NotRequired[
        Annotated[str, "up or down; wider or narrower, where the mean hardly moved; mix, of a category"]
    ]
    effect: Annotated[
        float, "Wasserstein distance in the baseline's standard deviations; of a category, total variation distance"
    ]
    threshold: Annotated[float, "The effect must be above it"]
    noise_floor: Annotated[float, "What the effect of any feature passes by chance with probability alpha / 10"]
    smallest_detectable: Annotated[float, "The effect that is found with probability 0.8 at these sample sizes"]
    between_days_std: NotRequired[
        Annotated[float, "How much the means of the baseline's days vary beyond chance, in the unit of the effect"]
    ]
    p_value: Annotated[float, "Probability of such a difference or a larger one when nothing has changed"]
    adjusted_p_value: Annotated[float, "The same for the whole report: to be held against alpha"]
    jensen_shannon_distance: Annotated[float, "In [0, 1]; of a number over tenths of the baseline"]
    population_stability_index: Annotated[float, "Over the same tenths or categories"]
    baseline_count: int
    current_count: int
    baseline_effective_count: Annotated[float, "Independent images that would tell as much"]
    current_effective_count: Annotated[float, "The same of the current images"]


class Contribution(TypedDict):
    """The part of one feature in the difference of all together."""

    feature: str
    share: Annotated[float, "In [0, 1]; all of them sum to 1"]


class JointDrift(TypedDict):
    """Hotelling's test of all numeric features that every image has, together."""

    drift_detected: Annotated[bool, "Both beyond chance and above the threshold"]
    severity: Annotated[str, "none, low, medium or high"]
    verdict: Annotated[str, "drifted, within chance, below the threshold, or too few images"]
    distance: Annotated[float, "Mahalanobis distance between the means, less what chance adds to it"]
    threshold: Annotated[float, "The distance must be above it"]
    p_value: Annotated[float, "Probability of such a difference or a larger one when nothing has changed"]
    adjusted_p_value: Annotated[float, "The same for the whole report: to be held against alpha"]
    components: Annotated[int, "Principal components that were tested; as many as the images support"]
    contributions: Annotated[list[Contribution], "Up to ten, the largest first"]


class AccuracyEstimate(TypedDict):
    """How many of the current predictions are right, worked out without their labels."""

    estimated_accuracy: Annotated[float, "By average thresholded confidence"]
    low: Annotated[float, "Lower end of an interval: 95 % of chance, and the disagreement of the two scores"]
    high: Annotated[float, "Its upper end"]
    baseline_accuracy: Annotated[float, "Of the baseline's labelled images"]
    drop: Annotated[float, "Baseline's accuracy minus the estimate"]
    by_score: Annotated[dict[str, float], "The estimates by the maximum confidence and by the entropy"]
    ceiling_if_classes_held: NotRequired[
        Annotated[float, "Where the predicted classes moved: at most so many are right if the true ones did not"]
    ]
    baseline_labelled_count: int
    current_count: Annotated[int, "Current images with a prediction"]
    true_accuracy: NotRequired[Annotated[float, "Of the current images that have labels, where there are any"]]
    labelled_count: NotRequired[Annotated[int, "Those images"]]


class SegmentChange(TypedDict):
    """How one feature of a segment moved."""

    feature: str
    effect: Annotated[float, "As of the feature's own entry in `feature_drift`"]
    words: Annotated[str, "The direction and the size, as a person says it"]


class Segment(TypedDict):
    """The images of one value of a column, judged as if they were all that there are."""

    column: str
    value: Annotated[str, "As text; none where an image has no value, other for all but the fifty most frequent ones"]
    baseline_count: Annotated[int, "Images of the baseline that could be read"]
    current_count: Annotated[int, "The same of the current set"]
    drifted: Annotated[bool, "At least one feature of the segment drifted"]
    severity: Annotated[str, "none, low, medium or high"]
    verdict: Annotated[str, "drifted, not drifted, too few images, new or gone"]
    too_small: Annotated[bool, "There are too few images on either side to judge"]
    largest: NotRequired[Annotated[SegmentChange, "The feature that moved most, where the segment was judged"]]


class ExampleImage(TypedDict):
    """One image that stands for many."""

    uri: str
    value: Annotated[float | str, "Of the feature"]
    thumbnail: NotRequired[Annotated[str, "A JPEG in base 64, where the rows have thumbnails"]]


class SegmentName(TypedDict):
    """One value of a column."""

    column: str
    value: Annotated[str, "As of the segment's own entry in `segments`"]


class Example(TypedDict):
    """Images that show how a feature moved."""

    feature: str
    segment: NotRequired[Annotated[SegmentName, "The part that all images are of, where one carries the change"]]
    images: Annotated[list[ExampleImage], "Of the current set, the most unlike the baseline first"]
    typical: NotRequired[Annotated[list[ExampleImage], "Of the baseline, where its rows are at hand"]]


class Finding(TypedDict):
    """One thing that a person should know, in words."""

    kind: Annotated[
        str,
        "pixels, quality, features, joint, confidence, classes, predictions, accuracy, content, segments, duplicates, "
        "missing (of a history: no or hardly any images), or unreadable",
    ]
    severity: str
    text: str
    features: NotRequired[Annotated[list[str], "The features that it is about, the first the most"]]
    segment: NotRequired[Annotated[SegmentName, "The part of the images that carries it, where one does"]]


class Verdict(TypedDict):
    """What changed between two sets of images, and how badly."""

    overall_drift_detected: bool
    overall_severity: Annotated[str, "The highest severity of the rules and features that fired, else none"]
    pixel_distribution_drift: PixelDistributionDrift
    confidence_drift: NotRequired[ConfidenceDrift]
    class_distribution_drift: NotRequired[ClassDistributionDrift]
    drift_summary: DriftSummary
    not_judged: Annotated[dict[str, str], "Rules that could not be judged, with the reason"]
    summary: Annotated[str, "What happened in one sentence: inputs or predictions, both or neither"]
    findings: Annotated[
        list[Finding],
        "What happened: the gravest first, of one severity causes before what they did; empty where nothing did",
    ]
    feature_drift: Annotated[list[FeatureDrift], "Every feature of both sets: those that drifted first"]
    joint_drift: Annotated[JointDrift, "The numeric features together"]
    accuracy_estimate: NotRequired[Annotated[AccuracyEstimate, "Where the baseline has labels"]]
    segments: NotRequired[Annotated[list[Segment], "Where segments are asked for: those that carry the change first"]]
    examples: NotRequired[Annotated[list[Example], "Where rows are at hand, in the order of the findings"]]
    feature_shifts: Annotated[list[FeatureShift], "The numeric features, the largest shift first"]


class DriftReport(Verdict):
    """What changed between a baseline and a current set of images, and how badly."""

    timestamp: str
    schema_version: str
    generator: Generator
    rules: Annotated[dict[str, Any], "The thresholds and bands that were applied"]
    baseline: BaselineDocument
    current: BaselineDocument


class DayJudgement(TypedDict):
    """What one rule says of a day, in short; the day's own report has the rest."""

    baseline: Annotated[float, "The quantity in what the day is compared with; 0 of the distance between classes"]
    value: Annotated[float, "As in the day's report"]
    threshold: Annotated[float, "The same: the rule fires above it"]
    noise_floor: Annotated[float, "The same: what chance does; the rule fires above it as well"]


class HistoryDay(TypedDict):
    """One day, or week, against the baseline."""

    date: Annotated[str, "Of a week, its Monday"]
    status: NotRequired[
        Annotated[str, "judged, unreadable, no data, or no baseline; absent in histories of older versions"]
    ]
    image_count: int
    overall_drift_detected: bool
    overall_severity: str
    drift_summary: DriftSummary
    findings: list[Finding]
    pixel_mean: NotRequired[Annotated[float, "Absent, like all that is measured, where no image could be read"]]
    pixel_std: NotRequired[float]
    mean_confidence: NotRequired[float]
    total_variation_distance: NotRequired[float]
    judgements: NotRequired[
        Annotated[dict[str, DayJudgement], "Of the rules that could be judged, by their keys in `drift_summary`"]
    ]


class FeaturePath(TypedDict):
    """One feature over the days that were judged; all lists are equally long."""

    feature: str
    kind: Annotated[str, "numeric or categorical"]
    threshold: Annotated[float, "The effect must be above it"]
    dates: list[str]
    effects: Annotated[list[float], "As in each day's report"]
    noise_floors: Annotated[list[float], "The same: the band from 0 to it is what chance does"]
    drifted: Annotated[list[bool], "The same"]


class FeatureChange(TypedDict):
    """Days in a row on which a feature drifted in one direction."""

    feature: str
    direction: Annotated[str, "up or down; wider or narrower, where the mean hardly moved; mix, of a category"]
    since: Annotated[str, "The first day of it"]
    until: NotRequired[Annotated[str, "The first judged day on which it was over; absent while it lasts"]]
    words: Annotated[str, "As on the day of the largest effect"]
    largest_effect: float


class DriftedSegment(TypedDict):
    """Days in a row on which a segment drifted."""

    column: str
    value: Annotated[str, "As in the days' reports"]
    since: Annotated[str, "The first day of it"]
    until: NotRequired[Annotated[str, "The first judged day on which it was over; absent while it lasts"]]
    largest: Annotated[SegmentChange, "The feature that moved most, on the day on which it did"]


class HistoryDocument(TypedDict):
    """Every day of a dataset against one baseline, or against the days before it."""

    timestamp: str
    schema_version: str
    generator: Generator
    dataset: str
    first_drift: NotRequired[Annotated[str, "The first day that drifted; absent where none did"]]
    drifting_since: NotRequired[
        Annotated[str, "The first of the days in a row that drifted, where the newest did; absent where it did not"]
    ]
    every: NotRequired[Annotated[str, "What is judged together: day or week"]]
    against: NotRequired[Annotated[str, "baseline, or trailing:28 and the like"]]
    days: Annotated[list[HistoryDay], "Every one from the first to the last, those without data included"]
    changes: NotRequired[Annotated[list[FeatureChange], "By their first days"]]
    paths: NotRequired[Annotated[list[FeaturePath], "One for each feature, by name"]]
    segments: NotRequired[Annotated[list[DriftedSegment], "Where segments are asked for: by their first days"]]
    expected_false_alarms: NotRequired[Annotated[float, "At most so many of the judged days drift by chance"]]
    rules: dict[str, Any]
    baseline: Annotated[BaselineDocument, "Against the days before: that of the last day judged"]
