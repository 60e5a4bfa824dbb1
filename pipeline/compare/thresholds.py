"""What counts as drift: thresholds, bands and the budget of false alarms, from defaults or a TOML file."""

from __future__ import annotations

import sys
import tomllib
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from pipeline.compare.statistics.noise import SMALLEST_ALPHA
from pipeline.errors import SettingsError
from pipeline.severity import Severity

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Bands:
    """The values at which the severities begin."""

    low: float = 0.02
    medium: float = 0.05
    high: float = 0.1

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        if not self.low <= self.medium <= self.high:
            raise SettingsError(f"the bands are {asdict(self)}; expected low <= medium <= high")

    def severity(self, value: float) -> Severity:
        """The severity of a value."""
        if value >= self.medium:
            return Severity.HIGH if value >= self.high else Severity.MEDIUM
        return Severity.LOW if value >= self.low else Severity.NONE


@dataclass(frozen=True, slots=True)
class PixelRule:
    """Fires where the pooled pixels' mean moves by more than `mean`, or their standard deviation by more than `std`."""

    mean: float = 0.05
    std: float = 0.1
    bands: Bands = field(default_factory=Bands)


@dataclass(frozen=True, slots=True)
class ConfidenceRule:
    """Fires where the mean confidence moves by more than `threshold`."""

    threshold: float = 0.1
    bands: Bands = field(default_factory=Bands)


@dataclass(frozen=True, slots=True)
class ClassRule:
    """Fires where the total variation distance between the predicted classes is above `threshold`."""

    threshold: float = 0.15
    bands: Bands = field(default_factory=Bands)


@dataclass(frozen=True, slots=True)
class FeatureRule:
    """Fires where chance is ruled out and a feature's distribution moves by more than is practical to look into.

    Attributes:
        shift: For numbers, the Wasserstein distance in standard deviations of the baseline: a quarter of one is what a
            person can just see in two sets of pictures side by side.
        distance: For categories, the total variation distance.
        joint: For all numbers together, the Mahalanobis distance.
        bands: Of the shift.
    """

    shift: float = 0.25
    distance: float = 0.1
    joint: float = 0.5
    bands: Bands = field(default_factory=lambda: Bands(low=0.25, medium=1.0, high=2.0))


SHARES = 10
"""Into how many equal parts alpha is divided. Six are for what can say that there is drift: three rules, the features,
the features together, and segments. The others are in reserve, for what formulas of chance miss in small samples."""

DAYS_A_YEAR, WEEKS_A_YEAR = 365, 52


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules, and what chance may do.

    Attributes:
        features: What each feature, and all of them together, is held against.
        alpha: The share of unchanged days on which a report may say that there is drift; also the share on which one of
            the three rules' values passes its noise floor.
        noise_guard: Whether a value must also pass its noise floor for its rule to fire.
    """

    pixel: PixelRule = field(default_factory=PixelRule)
    confidence: ConfidenceRule = field(default_factory=ConfidenceRule)
    classes: ClassRule = field(default_factory=ClassRule)
    features: FeatureRule = field(default_factory=FeatureRule)
    alpha: float = 0.01
    noise_guard: bool = True

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        if not SMALLEST_ALPHA <= self.alpha < 1:
            raise SettingsError(f"alpha is {self.alpha}; expected {SMALLEST_ALPHA} or more and below 1")

    def adjusted(self, p_value: float) -> float:
        """A judge's p-value, so that it may be held against alpha although there are several judges (Bonferroni)."""
        return min(1.0, p_value * SHARES)

    def to_dict(self) -> dict[str, Any]:
        """The recorded form."""
        return asdict(self)


def read_rules(path: Path) -> Rules:
    """Read rules from a TOML file; what it leaves out keeps its default.

    Raises:
        SettingsError: It cannot be read, or a name or value in it is not one of ours.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: the thresholds cannot be read ({error.strerror}); check the name") from error
    except ValueError as error:
        raise SettingsError(f"{path}: the thresholds cannot be read ({error}); give a TOML file") from error
    return _changed(Rules(), given, str(path))


def with_options(
    rules: Rules,
    *,
    alpha: float | None,
    noise_guard: bool | None,
    false_alarms_per_year: float | None = None,
    reports_per_year: float = DAYS_A_YEAR,
) -> Rules:
    """Rules with what the command line says on top.

    Args:
        rules: What they are without it.
        alpha: The share of unchanged days that may alarm.
        noise_guard: Whether a rule's value must also pass its noise floor.
        false_alarms_per_year: The same as alpha, over all the reports of a year.
        reports_per_year: How many these are.

    Raises:
        SettingsError: alpha is no probability, or too small to tell; or it is said in both ways.
    """
    if false_alarms_per_year is not None:
        if alpha is not None:
            raise SettingsError("--alpha and --false-alarms-per-year both say how many alarms are allowed; give one")
        alpha = false_alarms_per_year / reports_per_year
    return replace(
        rules,
        alpha=rules.alpha if alpha is None else alpha,
        noise_guard=rules.noise_guard if noise_guard is None else noise_guard,
    )


Part = TypeVar("Part", Rules, PixelRule, ConfidenceRule, ClassRule, FeatureRule, Bands)


def _changed(part: Part, given: dict[str, Any], where: str) -> Part:
    known = {one.name: getattr(part, one.name) for one in fields(part)}
    values = dict[str, Any]()
    for name, value in given.items():
        if name not in known:
            raise SettingsError(f"{where}: {name} is no setting; there are {', '.join(known)}")
        values[name] = _read(known[name], value, f"{where}: {name}")
    try:
        return replace(part, **values)
    except SettingsError as error:
        raise SettingsError(f"{where}: {error}") from error


def _read(present: Any, value: Any, where: str) -> Any:
    if isinstance(present, bool) or isinstance(value, bool):
        if type(present) is not type(value):
            raise SettingsError(f"{where} is {value!r}; expected {type(present).__name__}")
        return value
    if isinstance(present, float):
        if not isinstance(value, int | float) or not 0 <= value <= sys.float_info.max:
            raise SettingsError(f"{where} is {value!r}; expected a finite number of at least 0")
        return float(value)
    if not isinstance(value, dict):
        raise SettingsError(f"{where} is {value!r}; expected a table")
    return _changed(present, value, where)
