"""Thresholds from a file and from options."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.compare.thresholds import Bands, Rules, read_rules, with_options
from pipeline.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


def leaves(tree: dict[str, Any], above: str = "") -> dict[str, Any]:
    """The values of a nested dictionary by their dotted names."""
    found: dict[str, Any] = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            found |= leaves(value, f"{above}{name}.")
        else:
            found[above + name] = value
    return found


DEFAULTS = leaves(Rules().to_dict())


def written(folder: Path, text: str) -> Path:
    path = folder / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_defaults_are_those_of_the_contract() -> None:
    bands = {"low": 0.02, "medium": 0.05, "high": 0.1}
    assert Rules().to_dict() == {
        "pixel": {"mean": 0.05, "std": 0.1, "bands": bands},
        "confidence": {"threshold": 0.1, "bands": bands},
        "classes": {"threshold": 0.15, "bands": bands},
        "features": {
            "shift": 0.25,
            "distance": 0.1,
            "joint": 0.5,
            "bands": {"low": 0.25, "medium": 1.0, "high": 2.0},
        },
        "alpha": 0.01,
        "noise_guard": True,
    }


@pytest.mark.parametrize("name", DEFAULTS)
def test_every_key_can_be_set_alone(tmp_path: Path, name: str) -> None:
    value = {"noise_guard": False, "alpha": 0.2}.get(name, DEFAULTS[name] * 1.01 if name != "noise_guard" else None)
    rules = read_rules(written(tmp_path, f"{name} = {str(value).lower()}"))
    assert leaves(rules.to_dict()) == DEFAULTS | {name: value}


def test_an_empty_file_is_the_defaults(tmp_path: Path) -> None:
    assert read_rules(written(tmp_path, "")) == Rules()


def test_whole_numbers_are_numbers(tmp_path: Path) -> None:
    rules = read_rules(written(tmp_path, "[pixel]\nmean = 0\nstd = 1\n[classes.bands]\nhigh = 1"))
    assert (rules.pixel.mean, rules.pixel.std, rules.classes.bands.high) == (0.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("gamma = 1", "gamma is no setting; there are pixel, confidence, classes, features, alpha, noise_guard"),
        ("[pixel]\nmedian = 1", "pixel: median is no setting; there are mean, std, bands"),
        ("[pixel.bands]\nsevere = 1", "bands: severe is no setting; there are low, medium, high"),
        ("[class]\nthreshold = 1", "class is no setting"),
        ("pixel = 0.1", "pixel is 0.1; expected a table"),
        ("[pixel]\nmean = 'much'", "mean is 'much'; expected a finite number"),
        ("[pixel]\nmean = -0.1", "mean is -0.1"),
        ("[pixel]\nmean = nan", "mean is nan"),
        ("[pixel]\nmean = inf", "mean is inf"),
        ("[pixel]\nmean = 1" + "0" * 400, "mean is 1000"),
        ("[pixel]\nmean = true", "mean is True; expected float"),
        ("[pixel]\nmean = []", r"mean is \[\]"),
        ("[pixel]\nmean = 2026-11-23", "mean is datetime.date"),
        ("noise_guard = 1", "noise_guard is 1; expected bool"),
        ("alpha = 0", "alpha is 0.0; expected 1e-06 or more and below 1"),
        ("alpha = 1", "alpha is 1.0"),
        ("alpha = 2.5", "alpha is 2.5"),
        ("[confidence.bands]\nlow = 0.5", "bands are .*expected low <= medium <= high"),
        ("[confidence\n", "the thresholds cannot be read"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(SettingsError, match=named) as caught:
        read_rules(written(tmp_path, text))
    assert "rules.toml" in str(caught.value)


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"\0"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "rules.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"rules\.toml: the thresholds cannot be read"):
        read_rules(path)


@pytest.mark.parametrize(
    ("alpha", "guard", "changes"),
    [
        (None, None, {}),
        (0.2, None, {"alpha": 0.2}),
        (None, False, {"noise_guard": False}),
        (0.2, True, {"alpha": 0.2}),
    ],
)
def test_options_go_on_top(alpha: float | None, guard: bool | None, changes: dict[str, Any]) -> None:
    assert with_options(Rules(), alpha=alpha, noise_guard=guard) == replace(Rules(), **changes)


@pytest.mark.parametrize("alpha", [0, 1, -1, 5, math.nan])
def test_an_alpha_that_is_no_probability_is_refused_everywhere(alpha: float) -> None:
    """Also from Python, where numpy's message would say nothing of it."""
    with pytest.raises(SettingsError, match="alpha is"):
        with_options(Rules(), alpha=alpha, noise_guard=None)
    with pytest.raises(SettingsError, match="alpha is"):
        Rules(alpha=alpha)


def test_bands_out_of_order_are_refused() -> None:
    with pytest.raises(SettingsError, match="low <= medium <= high"):
        Bands(0.1, 0.05, 0.2)


def test_the_recorded_form_is_the_rules() -> None:
    assert Rules().to_dict() == asdict(Rules())


def test_false_alarms_a_year_are_alpha_for_a_report_a_day() -> None:
    found = with_options(Rules(), alpha=None, noise_guard=None, false_alarms_per_year=2)
    assert found.alpha == pytest.approx(2 / 365)


def test_the_budget_is_said_once() -> None:
    with pytest.raises(SettingsError, match="--alpha and --false-alarms-per-year both"):
        with_options(Rules(), alpha=0.01, noise_guard=None, false_alarms_per_year=2)


def test_a_judge_has_a_tenth_of_the_budget() -> None:
    assert Rules().adjusted(0.0005) == pytest.approx(0.005)
    assert Rules().adjusted(0.4) == 1.0
