"""The findings with what shows them: charts, gauges, images, numbers; and the rules that found nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.compare.words.segment_findings import spoken as segment_name
from pipeline.report.charts.classes import class_figure
from pipeline.report.charts.confidence import confidence_figure
from pipeline.report.charts.features import feature_figure
from pipeline.report.charts.pixels import pixel_figures
from pipeline.report.gauges import Gauge, feature_gauges, rule_gauge
from pipeline.report.thumbnails import Strips, strips
from pipeline.report.words import clipped, counted, shortened, spoken
from pipeline.severity import Severity, worst

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.documents import DriftReport, Finding
    from pipeline.report.charts.figure import Figure

MOST_FEATURES = 3
"""Features of one finding that are drawn; the table has them all."""

MOST_FINDINGS = 12
"""Findings on one page."""

_TITLES = {"pixels": "Pixels", "confidence": "Confidence", "classes": "Predicted classes"}
_ABOUT: Mapping[str, Sequence[str]] = {"segments": [], "content": []}
"""Findings of which no distribution is drawn: what moved in a part of the images is seen in the map of the segments,
not in all images together, and what the images show has none."""

_HELD = ("brightness", "contrast", "sharpness", "colourfulness")
_PREDICTIONS = ("confidence", "predicted_class")
"""What shows that the images show something else: numbers of the pictures that held still, and pictures that the model
was least sure of."""

_ELSEWHERE = {"segments": "segments", "unreadable": "images", "duplicates": "images"}
_NO_REASON = "The report does not say why."


@dataclass(frozen=True, slots=True)
class Evidence:
    """One finding with what shows it.

    Attributes:
        name: Its name in the page's markup.
        finding: What is shown.
        gauges: What was judged.
        figures: The distributions.
        strips: Images.
        elsewhere: The section of the page that shows it, where one does; "" where none has to.
    """

    name: str
    finding: Finding
    gauges: Sequence[Gauge] = ()
    figures: Sequence[Figure] = ()
    strips: Strips | None = None
    elsewhere: str = ""

    @property
    def has_card(self) -> bool:
        """Whether there is anything to see but its words, which stand at the top of the page."""
        return bool(self.gauges or self.figures or self.strips or self.finding["kind"] == "accuracy")

    @property
    def graver_part(self) -> str:
        """The segment whose severity the finding has, where the images as a whole have a milder one; else ""."""
        whole = worst(one.severity for one in self.gauges)
        own = self.finding.get("segment")
        return segment_name(own) if own and self.gauges and Severity(self.finding["severity"]) > whole else ""

    @property
    def place(self) -> str:
        """Where a reader finds more; "" where there is no more."""
        return self.name if self.has_card else self.elsewhere


@dataclass(frozen=True, slots=True)
class Pointer:
    """What drifted and no finding tells, with the place on the page that shows it."""

    severity: str
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class OtherRule:
    """A rule that no finding is about.

    Attributes:
        title: What it looks at.
        gauge: What it judged; None where it could not.
        reason: Why it could not.
        figures: The distributions.
    """

    title: str
    gauge: Gauge | None = None
    reason: str = ""
    figures: Sequence[Figure] = ()


def evidence(report: DriftReport) -> list[Evidence]:
    """What shows each finding, in the order of the findings; nothing is shown twice."""
    shown = set[str]()
    images = strips(report)
    found = []
    for at, finding in enumerate(report["findings"][:MOST_FINDINGS], start=1):
        kind = finding["kind"]
        names = [one for one in _ABOUT.get(kind, finding.get("features", []))[:MOST_FEATURES] if one not in shown]
        rule = kind if kind in _TITLES else None
        figures = list(_rule_figures(report, rule) if rule else _features(report, names, at))
        gauges = [rule_gauge(report, rule)] if rule else feature_gauges(report, _HELD if kind == "content" else names)
        pictured = _PREDICTIONS if kind == "content" else finding.get("features", [])
        own = next((images.pop(one) for one in pictured if one in images), None)
        elsewhere = _ELSEWHERE.get(kind, "")
        found.append(Evidence(f"finding-{at}", finding, [one for one in gauges if one], figures, own, elsewhere))
        shown.update(names)
    return found


def pointers(report: DriftReport) -> list[Pointer]:
    """Segments and features that are worse than any finding: the findings name what people have words for."""
    told = worst(finding["severity"] for finding in report["findings"])
    segments = [one for one in report.get("segments", []) if one["drifted"]]
    features = [one for one in report.get("feature_drift", []) if one["drifted"]]
    found = []
    if segments and worst(one["severity"] for one in segments) > told:
        first = max(segments, key=lambda one: Severity(one["severity"]).rank)
        words = f": {first['largest']['words']}" if "largest" in first else ""
        text = f"{counted(len(segments), 'segment')} drifted, the worst {first['column']}={first['value']}{words}"
        found.append(Pointer(first["severity"], clipped(text), "segments"))
    if features and worst(one["severity"] for one in features) > told:
        worse = max(features, key=lambda one: (Severity(one["severity"]).rank, one["effect"]))
        text = f"{counted(len(features), 'feature')} drifted, the worst {spoken(worse['feature'])}: {worse['words']}"
        found.append(Pointer(worse["severity"], clipped(text), "features"))
    return found


def other_rules(report: DriftReport) -> list[OtherRule]:
    """The rules that no finding is about, then whatever else could not be judged, with the reason."""
    told = {finding["kind"] for finding in report["findings"]}
    reasons = dict(report["not_judged"])
    rules = [_other_rule(report, rule, reasons) for rule in _TITLES if rule not in told]
    return [*rules, *(OtherRule(shortened(name), reason=reason) for name, reason in reasons.items())]


def _other_rule(report: DriftReport, rule: str, reasons: dict[str, str]) -> OtherRule:
    """One without a verdict takes its reason out of those that are left."""
    gauge = rule_gauge(report, rule)
    if gauge is None:
        return OtherRule(_TITLES[rule], reason=_reason(rule, reasons))
    return OtherRule(_TITLES[rule], gauge, figures=list(_rule_figures(report, rule)))


def _reason(rule: str, reasons: dict[str, str]) -> str:
    start = "class" if rule == "classes" else rule
    name = next((name for name in reasons if name.startswith(start)), None)
    return _NO_REASON if name is None else reasons.pop(name)


def _rule_figures(report: DriftReport, rule: str) -> Iterator[Figure]:
    if rule == "pixels":
        yield from pixel_figures(report)
    figure = {"confidence": confidence_figure, "classes": class_figure}.get(rule)
    drawn = figure(report) if figure else None
    if drawn is not None:
        yield drawn


def _features(report: DriftReport, names: Sequence[str], at: int) -> Iterator[Figure]:
    for number, name in enumerate(names, start=1):
        figure = feature_figure(report, name, f"chart-{at}-{number}")
        if figure is not None:
            yield figure
