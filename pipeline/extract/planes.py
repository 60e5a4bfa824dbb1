"""Pictures to arrays of one channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PIL import Image


def planes(pictures: Sequence[Image.Image], channel: str) -> NDArray[np.uint8]:
    """One channel of pictures of one size.

    Args:
        pictures: At least one.
        channel: Pillow's name of it: R, G or B of RGB, L of L.

    Returns:
        Shape (pictures, height, width), read only.
    """
    # NOTE: half as much work as to split the pictures and make an array of each of the parts.
    data = b"".join([one.tobytes("raw", channel) for one in pictures])
    return np.frombuffer(data, np.uint8).reshape(-1, pictures[0].height, pictures[0].width)
