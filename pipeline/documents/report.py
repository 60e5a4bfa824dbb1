"""The shape of a drift report: what changed between two sets of images, and how badly."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired, TypedDict

from pipeline.documents.baseline import BaselineDocument, Generator


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


class FeatureVerdict(TypedDict):
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
    baseline_count: int
    current_count: int
    baseline_effective_count: Annotated[float, "Independent images that would tell as much"]
    current_effective_count: Annotated[float, "The same of the current images"]


class Divergence(TypedDict):
    """How far two distributions are apart, as other programs tell it; nothing is judged by it."""

    jensen_shannon_distance: Annotated[float, "In [0, 1]; of a number over tenths of the baseline"]
    population_stability_index: Annotated[float, "Over the same tenths or categories"]


class FeatureDrift(FeatureVerdict, Divergence):
    """How the distribution of one feature moved, what chance would have made of it, and the verdict."""


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
    largest: NotRequired[Annotated[SegmentChange, "The feature that tells most, where the segment was judged"]]


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


class _Blocks(TypedDict):
    """What a verdict and a report have in common."""

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
    joint_drift: Annotated[JointDrift, "The numeric features together"]
    accuracy_estimate: NotRequired[Annotated[AccuracyEstimate, "Where the baseline has labels"]]
    segments: NotRequired[Annotated[list[Segment], "Where segments are asked for: those that carry the change first"]]
    examples: NotRequired[Annotated[list[Example], "Where rows are at hand, in the order of the findings"]]
    feature_shifts: Annotated[list[FeatureShift], "The numeric features, the largest shift first"]


class Verdict(_Blocks):
    """What changed between two sets of images, and how badly."""

    feature_drift: list[FeatureVerdict]


class DriftReport(_Blocks):
    """What changed between a baseline and a current set of images, and how badly."""

    feature_drift: Annotated[list[FeatureDrift], "Every feature of both sets: those that drifted first"]
    timestamp: str
    schema_version: str
    generator: Generator
    rules: Annotated[dict[str, Any], "The thresholds and bands that were applied"]
    baseline: BaselineDocument
    current: BaselineDocument
