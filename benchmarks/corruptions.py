"""Corruptions of a picture after Hendrycks and Dietterich, "Benchmarking Neural Network Robustness to Common
Corruptions and Perturbations", ICLR 2019: its kinds and strengths, computed here with NumPy and Pillow alone.

Snow and fog are simpler than theirs. Severity 4 is left out: it lies between its neighbours.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Pixels = NDArray[np.float64]
    Corruption = Callable[[Pixels, Any, np.random.Generator], Pixels]

SEVERITIES = (1, 2, 3, 5)


def corrupt(picture: Image.Image, name: str, severity: int, seed: int) -> Image.Image:
    """An RGB picture as it would look with one corruption.

    Args:
        picture: The clean one, of some 256 pixels a side: strengths in pixels are meant for that.
        name: One of `CORRUPTIONS`.
        severity: One of `SEVERITIES`.
        seed: Decides all that is random.
    """
    function, strengths = CORRUPTIONS[name]
    pixels = np.asarray(picture, dtype=np.float64) / 255
    changed = function(pixels, strengths[SEVERITIES.index(severity)], np.random.default_rng(seed))
    return _picture(changed)


def _picture(pixels: Pixels) -> Image.Image:
    return Image.fromarray(np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8))


def _gaussian_noise(pixels: Pixels, deviation: float, generator: np.random.Generator) -> Pixels:
    return pixels + generator.normal(0, deviation, pixels.shape)


def _shot_noise(pixels: Pixels, photons: float, generator: np.random.Generator) -> Pixels:
    return np.asarray(generator.poisson(pixels * photons) / photons)


def _impulse_noise(pixels: Pixels, share: float, generator: np.random.Generator) -> Pixels:
    drawn = generator.random(pixels.shape)
    return np.where(drawn < share / 2, 0.0, np.where(drawn < share, 1.0, pixels))


def _defocus_blur(pixels: Pixels, radius: float, _: np.random.Generator) -> Pixels:
    reach = int(radius) + 1
    row, column = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    return _convolved(pixels, np.clip(radius + 0.5 - np.hypot(row, column), 0, 1))


def _motion_blur(pixels: Pixels, length: float, generator: np.random.Generator) -> Pixels:
    angle, reach = generator.uniform(-np.pi / 4, np.pi / 4), int(length) + 1
    row, column = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    across = np.abs(row * np.cos(angle) - column * np.sin(angle))
    along = np.abs(row * np.sin(angle) + column * np.cos(angle))
    return _convolved(pixels, np.clip(1 - across, 0, 1) * (along <= length / 2))


def _gaussian_blur(pixels: Pixels, deviation: float, _: np.random.Generator) -> Pixels:
    reach = int(3 * deviation) + 1
    row, column = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    return _convolved(pixels, np.exp(-(row**2 + column**2) / (2 * deviation**2)))


def _snow(pixels: Pixels, amount: tuple[float, float], generator: np.random.Generator) -> Pixels:
    share, whitening = amount
    flakes = (generator.random(pixels.shape[:2]) < share).astype(np.float64)[:, :, None]
    fallen = np.clip(3 * _motion_blur(flakes, 6, generator), 0, 1)
    pale = np.maximum(pixels, pixels.mean(axis=2, keepdims=True) * 1.5 + 0.5)
    return np.asarray((1 - whitening) * pixels + whitening * pale + fallen)


def _fog(pixels: Pixels, amount: tuple[float, float], generator: np.random.Generator) -> Pixels:
    strength, roughness = amount
    cloud = _cloud(pixels.shape[:2], roughness, generator)[:, :, None]
    largest = pixels.max()
    return np.asarray((pixels + strength * cloud) * largest / (largest + strength))


def _brightness(pixels: Pixels, amount: float, _: np.random.Generator) -> Pixels:
    value = pixels.max(axis=2, keepdims=True)
    return np.asarray(pixels * np.minimum(1, value + amount) / np.maximum(value, 1e-6))


def _contrast(pixels: Pixels, factor: float, _: np.random.Generator) -> Pixels:
    means = pixels.mean(axis=(0, 1), keepdims=True)
    return np.asarray((pixels - means) * factor + means)


def _saturate(pixels: Pixels, amount: tuple[float, float], _: np.random.Generator) -> Pixels:
    factor, offset = amount
    value, lowest = pixels.max(axis=2, keepdims=True), pixels.min(axis=2, keepdims=True)
    saturation = (value - lowest) / np.maximum(value, 1e-6)
    wanted = np.clip(saturation * factor + offset, 0, 1)
    return np.asarray(value - (value - pixels) * wanted / np.maximum(saturation, 1e-6))


def _pixelate(pixels: Pixels, factor: float, _: np.random.Generator) -> Pixels:
    picture = _picture(pixels)
    small = picture.resize((int(picture.width * factor), int(picture.height * factor)), Image.Resampling.BOX)
    return np.asarray(small.resize(picture.size, Image.Resampling.BOX), dtype=np.float64) / 255


def _jpeg(pixels: Pixels, quality: int, _: np.random.Generator) -> Pixels:
    file = io.BytesIO()
    _picture(pixels).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file), dtype=np.float64) / 255


CORRUPTIONS: dict[str, tuple[Corruption, tuple[Any, ...]]] = {
    "gaussian_noise": (_gaussian_noise, (0.08, 0.12, 0.18, 0.38)),
    "shot_noise": (_shot_noise, (60, 25, 12, 3)),
    "impulse_noise": (_impulse_noise, (0.03, 0.06, 0.09, 0.27)),
    "defocus_blur": (_defocus_blur, (3, 4, 6, 10)),
    "motion_blur": (_motion_blur, (6, 10, 15, 25)),
    "gaussian_blur": (_gaussian_blur, (1, 2, 3, 6)),
    "snow": (_snow, ((0.01, 0.2), (0.02, 0.3), (0.04, 0.4), (0.08, 0.5))),
    "fog": (_fog, ((1.5, 2.0), (2.0, 2.0), (2.5, 1.7), (3.0, 1.4))),
    "brightness": (_brightness, (0.1, 0.2, 0.3, 0.5)),
    "contrast": (_contrast, (0.4, 0.3, 0.2, 0.05)),
    "saturate": (_saturate, ((0.3, 0.0), (0.1, 0.0), (2.0, 0.0), (20.0, 0.2))),
    "pixelate": (_pixelate, (0.6, 0.5, 0.4, 0.25)),
    "jpeg_compression": (_jpeg, (25, 18, 15, 7)),
}
"""By name, a corruption and its strength at each of `SEVERITIES`."""


def _convolved(pixels: Pixels, kernel: Pixels) -> Pixels:
    """Each channel convolved with a kernel of odd sides that is brought to sum 1; the edges are mirrored."""
    kernel = kernel / kernel.sum()
    reach = kernel.shape[0] // 2
    padded = np.pad(pixels, ((reach, reach), (reach, reach), (0, 0)), mode="symmetric")
    size = (padded.shape[0], padded.shape[1])
    spectrum = np.fft.rfft2(padded, axes=(0, 1)) * np.fft.rfft2(kernel, size)[:, :, None]
    whole = np.fft.irfft2(spectrum, size, axes=(0, 1))
    return np.asarray(whole[2 * reach :, 2 * reach :])


def _cloud(size: tuple[int, int], roughness: float, generator: np.random.Generator) -> Pixels:
    """Random shapes of all sizes in [0, 1]: noise whose amplitude falls with a power of the frequency."""
    noise = np.fft.rfft2(generator.normal(size=size))
    frequency = np.hypot(np.fft.fftfreq(size[0])[:, None], np.fft.rfftfreq(size[1])[None, :])
    frequency[0, 0] = np.inf
    cloud = np.fft.irfft2(noise / frequency**roughness, size)
    return np.asarray((cloud - cloud.min()) / (cloud.max() - cloud.min()))
