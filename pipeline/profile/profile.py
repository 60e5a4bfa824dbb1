"""`Profile`: the mergeable summary of many rows that everything in stage two works on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.features import numeric_features
from pipeline.profile.joint import JointMoments, merge_joint, no_joint_moments

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class NumericProfile:
    """The summary of one numeric feature.

    Attributes:
        count: Images that have a value.
        mean: Of the values; 0 where there are none.
        squares: Sum of squared deviations from the mean.
        low: The smallest value.
        high: The largest value.
        histogram: Values in each bin, shape (bins,), int64.
        pairs: Values that are known to follow another one in the order of capture.
        jumps: Sum of the squares of their differences from the one before.
    """

    count: int
    mean: float
    squares: float
    low: float
    high: float
    histogram: NDArray[np.int64]
    pairs: int = 0
    jumps: float = 0.0

    @property
    def std(self) -> float:
        """The population standard deviation."""
        return (self.squares / self.count) ** 0.5 if self.count else 0.0


@dataclass(frozen=True, slots=True)
class Profile:
    """The summary of many rows: `profile_table(A + B)` is `merge([profile_table(A), profile_table(B)])`.

    Only of the pairs of images that follow each other, those across the border of A and B are missing then.

    Attributes:
        pixel_counts: Pixels by channel and byte value, shape (3, 256), int64.
        features: By name, each numeric feature that at least one row has.
        classes: Images, or a detector's kept boxes, by predicted class.
        statuses: Images by status and, where that is not ok, reason: `("unreadable", "empty file")`.
        predicted: Joint moments of the readable images that have a prediction: of the features of the picture, and of
            the prediction's that all of them have.
        unpredicted: Those of the readable images that have none.
        categories: By name, for each categorical feature the readable images by its value as text, or None.
        labelled: Images with a prediction and a label.
        correct: Those of them that were predicted right.
        labelled_histograms: By name of a feature of the prediction, the labelled images in each bin and how many of
            them were predicted right, shape (2, bins), int64.
        class_pairs: Predicted classes that are known to follow another one in the order of capture.
        class_repeats: Those of them that are the same as the one before.
    """

    pixel_counts: NDArray[np.int64]
    features: dict[str, NumericProfile]
    classes: dict[int, int]
    statuses: dict[tuple[str, str | None], int]
    predicted: JointMoments = field(default_factory=no_joint_moments)
    unpredicted: JointMoments = field(default_factory=no_joint_moments)
    categories: dict[str, dict[str | None, int]] = field(default_factory=dict)
    labelled: int = 0
    correct: int = 0
    labelled_histograms: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    class_pairs: int = 0
    class_repeats: int = 0

    @property
    def image_count(self) -> int:
        """Images that could be read."""
        return self.features["pixel_mean"].count if "pixel_mean" in self.features else 0

    @property
    def pictures(self) -> JointMoments:
        """Joint moments of the picture's features over all readable images, with a prediction or without."""
        of_pictures = {one.name for one in numeric_features() if one.always}
        return merge_joint([one.of(of_pictures) for one in (self.predicted, self.unpredicted)])
