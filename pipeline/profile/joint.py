"""Several features' columns to their joint moments, from which every covariance and correlation follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class JointMoments:
    """The moments of some images' features together.

    Attributes:
        names: The features that every one of the images has.
        count: Images.
        means: Of the features over the images, shape (names,), float64.
        products: Sums over the images of the products of two features' deviations from their means, symmetric,
            shape (names, names), float64.
    """

    names: tuple[str, ...]
    count: int
    means: NDArray[np.float64]
    products: NDArray[np.float64]

    def product(self, one: str, other: str) -> float:
        """The sum of products of two features' deviations; 0 where not every image has both."""
        if one not in self.names or other not in self.names:
            return 0.0
        return float(self.products[self.names.index(one), self.names.index(other)])

    def of(self, wanted: Collection[str]) -> JointMoments:
        """The part of it that is about some features; those that it does not hold are left out."""
        names = tuple(name for name in self.names if name in wanted)
        if names == self.names:
            return self
        at = [self.names.index(name) for name in names]
        return JointMoments(names, self.count, self.means[at], self.products[np.ix_(at, at)])


def joint_moments(columns: Mapping[str, NDArray[np.float64]], which: NDArray[np.bool_]) -> JointMoments:
    """The joint moments of those features that all of some images have.

    Args:
        columns: By name, a feature of every image, shape (images,), NaN where there is none.
        which: The images that are meant, shape (images,).
    """
    count = int(which.sum())
    if not count:
        return no_joint_moments()
    chosen = {name: values if count == len(which) else values[which] for name, values in columns.items()}
    complete = {name: values for name, values in chosen.items() if np.isfinite(values).all()}
    # NOTE: deviations are from the first image before they are from the mean, so that a constant's are exactly 0.
    deviations = np.array([values - values[0] for values in complete.values()]).reshape(len(complete), count)
    centres = deviations.mean(axis=1)
    deviations -= centres[:, None]
    means = np.array([values[0] for values in complete.values()]) + centres
    return JointMoments(tuple(complete), count, means, _mirrored(_products(deviations)))


def no_joint_moments() -> JointMoments:
    """Those of no image."""
    return JointMoments((), 0, np.zeros(0), np.zeros((0, 0)))


def merge_joint(parts: Sequence[JointMoments]) -> JointMoments:
    """The joint moments of all parts' images, of the features that all of them have.

    Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Side Variances", 1979, whose
    formula for two samples holds for any number of them, and for products as for squares.
    """
    parts = [one for one in parts if one.count]
    if len(parts) <= 1:
        return parts[0] if parts else no_joint_moments()
    shared = set(parts[0].names).intersection(*(one.names for one in parts))
    names = tuple(name for name in parts[0].names if name in shared)
    parts = [_in_order(one, names) for one in parts]
    counts, means = np.array([one.count for one in parts]), np.array([one.means for one in parts])
    mean = means[0] + counts @ (means - means[0]) / counts.sum()
    apart = (means - mean) * np.sqrt(counts)[:, None]
    products = np.sum([one.products for one in parts], axis=0) + apart.T @ apart
    return JointMoments(names, int(counts.sum()), mean, _mirrored(products))


def without(whole: JointMoments, part: JointMoments) -> JointMoments:
    """The joint moments of those images of a whole that are not of a part of it: `merge_joint`, solved for one part."""
    count = whole.count - part.count
    if count <= 0 or not part.count:
        return whole if count > 0 else no_joint_moments()
    part = _in_order(part.of(whole.names), whole.names)
    apart = (whole.means - part.means) * (whole.count / count)
    products = whole.products - part.products - np.outer(apart, apart) * (part.count * count / whole.count)
    np.fill_diagonal(products, np.maximum(0.0, products.diagonal()))  # a constant's, but for rounding
    return JointMoments(whole.names, count, part.means + apart, _mirrored(products))


def _in_order(own: JointMoments, names: tuple[str, ...]) -> JointMoments:
    if own.names == names:
        return own
    at = [own.names.index(name) for name in names]
    return JointMoments(names, own.count, own.means[at], own.products[np.ix_(at, at)])


_IMAGES_AT_ONCE = 128
"""So few that the linear algebra behind numpy starts no threads of its own: they wait in a busy loop between the calls,
and take the processor from the threads that read (measured: three times the time in all)."""


def _products(deviations: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sums of products of rows, shape (names, names), of deviations of shape (names, images)."""
    names, count = deviations.shape
    times = count // _IMAGES_AT_ONCE
    whole, rest = np.split(deviations, [times * _IMAGES_AT_ONCE], axis=1)
    pieces = whole.reshape(names, times, _IMAGES_AT_ONCE).transpose(1, 0, 2)
    return np.asarray((pieces @ pieces.transpose(0, 2, 1)).sum(axis=0) + rest @ rest.T)


def _mirrored(products: NDArray[np.float64]) -> NDArray[np.float64]:
    """Symmetric to the last bit, which a matrix product need not be: only one half of it is stored."""
    return np.tril(products) + np.tril(products, -1).T
