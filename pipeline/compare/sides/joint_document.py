"""Joint moments to their part of the baseline document, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.errors import DocumentError
from pipeline.profile import joint

if TYPE_CHECKING:
    from pipeline.documents import JointMoments


def joint_to_document(own: joint.JointMoments) -> JointMoments:
    """The block of the joint moments of at least one image."""
    covariance = (own.products / own.count).tolist()
    return {
        "names": list(own.names),
        "count": own.count,
        "means": own.means.tolist(),
        "covariance": [row[: at + 1] for at, row in enumerate(covariance)],
    }


def joint_from_document(own: JointMoments) -> joint.JointMoments:
    """The joint moments that a block holds.

    Raises:
        DocumentError: Its names, means and covariances are not equally many.
    """
    size = len(own["names"])
    if len(own["means"]) != size or list(map(len, own["covariance"])) != list(range(1, size + 1)):
        raise DocumentError(
            f"joint_moments has {size} names, {len(own['means'])} means and {len(own['covariance'])} rows of "
            "covariances; expected as many of each, row i with i numbers; make it again"
        )
    half = np.zeros((size, size))
    half[np.tril_indices(size)] = np.concatenate([np.zeros(0), *own["covariance"]])
    products = (half + np.tril(half, -1).T) * own["count"]
    return joint.JointMoments(tuple(own["names"]), own["count"], np.array(own["means"], dtype=np.float64), products)
