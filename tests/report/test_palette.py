"""The colours of the style sheet are readable, in light and dark, and told apart by people who see fewer of them."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pytest

from pipeline.report.embed import style

_COLOURS = dict(re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}, #[0-9a-f]{6})\)", style()))
SCHEMES = [{name: pair.split(", ")[number] for name, pair in _COLOURS.items()} for number in range(2)]

_TEXTS = ("ink", "soft-ink", "severity-none", "severity-low", "severity-medium", "severity-high", "current")
_GRAPHICS = ("baseline",)

# Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency", 2009,
# severity 1.0: on linear RGB.
_DEFICIENCIES = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


@pytest.mark.parametrize("scheme", SCHEMES, ids=["light", "dark"])
def test_colours_stand_out(scheme: dict[str, str]) -> None:
    """WCAG 2.2 AA: text 4.5 to 1, graphics 3 to 1, on the page and on a card, also on one tinted by a severity."""
    assert len(scheme) == 12
    for ground in ("page", "card"):
        for name in _TEXTS:
            assert _contrast(scheme[name], scheme[ground]) >= 4.5, (name, ground)
        for name in _GRAPHICS:
            assert _contrast(scheme[name], scheme[ground]) >= 3, (name, ground)
    for level in ("low", "medium", "high"):
        tinted = 0.38 * _linear_free(scheme[f"severity-{level}"]) + 0.62 * _linear_free(scheme["card"])
        assert _ratio(_luminance(_linear(tinted)), _luminance(_rgb(scheme["ink"]))) >= 4.5, level


@pytest.mark.parametrize("deficiency", _DEFICIENCIES)
@pytest.mark.parametrize("scheme", SCHEMES, ids=["light", "dark"])
def test_baseline_and_current_are_told_apart_by_everybody(scheme: dict[str, str], deficiency: str) -> None:
    """As someone sees them who lacks one kind of cone: at least 20 apart in CIELAB, ten times what is just noticed."""
    seen = {
        name: _lab(np.clip(_DEFICIENCIES[deficiency] @ _rgb(scheme[name]), 0, 1)) for name in ("baseline", "current")
    }
    assert np.linalg.norm(seen["baseline"] - seen["current"]) >= 20


@pytest.mark.parametrize("scheme", SCHEMES, ids=["light", "dark"])
def test_severities_differ_in_colour(scheme: dict[str, str]) -> None:
    """Every two by at least 15 in CIELAB; their symbols and words tell them apart without any."""
    for one, other in combinations(("none", "low", "medium", "high"), 2):
        first, second = (_lab(_rgb(scheme[f"severity-{level}"])) for level in (one, other))
        assert np.linalg.norm(first - second) >= 15, (one, other)


def test_colours_have_one_place() -> None:
    """No rule of the style sheet has a colour of its own."""
    rules = style().partition("}")[2]
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;, )])", rules) == []


def _contrast(one: str, other: str) -> float:
    return _ratio(_luminance(_rgb(one)), _luminance(_rgb(other)))


def _ratio(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def _linear_free(colour: str) -> np.ndarray:
    return np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])


def _linear(values: np.ndarray) -> np.ndarray:
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _rgb(colour: str) -> np.ndarray:
    """Linear RGB."""
    return _linear(_linear_free(colour))


def _luminance(linear: np.ndarray) -> float:
    return float(linear @ [0.2126, 0.7152, 0.0722])


def _lab(linear: np.ndarray) -> np.ndarray:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(to_xyz @ linear / [0.9505, 1.0, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])
