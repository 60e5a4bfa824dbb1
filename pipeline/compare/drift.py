"""Two baseline documents to a drift report."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.agreement import require_same
from pipeline.compare.divergences import divergences
from pipeline.compare.judges.accuracy import accuracy_estimate
from pipeline.compare.judges.accuracy_ceiling import under_ceiling
from pipeline.compare.judges.feature_drift import feature_drift
from pipeline.compare.judges.joint_drift import joint_drift
from pipeline.compare.judges.rules import class_rule, confidence_rule, pixel_rule
from pipeline.compare.judges.segments import compare_segments, segment_drift
from pipeline.compare.judges.shifts import feature_shifts
from pipeline.compare.sides.baseline import side_from_document
from pipeline.compare.thresholds import SHARES, Rules
from pipeline.compare.words.duplicate_findings import duplicate_findings
from pipeline.compare.words.feature_findings import deciding_findings
from pipeline.compare.words.findings import findings, gravest_first
from pipeline.compare.words.segment_findings import naming_carriers, segment_findings
from pipeline.compare.words.summary import summary
from pipeline.documents import SCHEMA_VERSION
from pipeline.settings import ExtractionSettings
from pipeline.severity import Severity, worst
from pipeline.version import generator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.compare.judges.segments import ComparedSegment
    from pipeline.compare.sides.side import Side
    from pipeline.documents import BaselineDocument, DriftReport, Judgement, Verdict
    from pipeline.profile.profile import Profile


def detect_drift(baseline: BaselineDocument, current: BaselineDocument, rules: Rules | None = None) -> DriftReport:
    """Judge whether the current images, or what the model makes of them, differ from the baseline's.

    Args:
        baseline: What is compared with.
        current: What is compared.
        rules: Thresholds and the noise guard; None for the defaults.

    Raises:
        SettingsError: The two were made with different settings.
        DocumentError: A document contradicts itself.
    """
    require_same(
        ExtractionSettings.from_dict(baseline["settings"]),
        ExtractionSettings.from_dict(current["settings"]),
        where="the baseline",
    )
    rules, sides = rules or Rules(), (side_from_document(baseline), side_from_document(current))
    return to_report(judge(*sides, rules), sides, rules, baseline, current)


def to_report(
    verdict: Verdict,
    sides: tuple[Side, Side],
    rules: Rules,
    baseline: BaselineDocument,
    current: BaselineDocument,
) -> DriftReport:
    """A verdict on two sides with all that a person or a program needs to make sense of it later."""
    apart = divergences(*sides)
    return {
        "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
        "schema_version": SCHEMA_VERSION,
        "generator": generator(),
        **verdict,
        "feature_drift": [{**one, **apart[one["feature"]]} for one in verdict["feature_drift"]],
        "rules": rules.to_dict(),
        "baseline": baseline,
        "current": current,
    }


def judge(baseline: Side, current: Side, rules: Rules) -> Verdict:
    """The verdict on two sides of the same settings, each of at least one readable image."""
    segments = compare_segments(baseline.segments, current.segments, rules)
    found = _measured(baseline, current, segments, rules)
    _sum_up(found, noise_guard=rules.noise_guard)
    told = findings(found, baseline.profile, current.profile, rules.alpha)
    told = list(naming_carriers([*told, *deciding_findings(found, told)], segments, found))
    found["findings"] = gravest_first(
        [
            *told,
            *segment_findings(found, told, rules.alpha),
            *duplicate_findings(baseline, current, rules.alpha),
        ]
    )
    found["summary"] = summary(found, rules.alpha)
    return found


def _measured(baseline: Side, current: Side, segments: Sequence[ComparedSegment], rules: Rules) -> Verdict:
    """The blocks of all judges, each by itself, and nothing yet of what they come to."""
    found: Verdict = {
        "overall_drift_detected": False,
        "overall_severity": Severity.NONE,
        "pixel_distribution_drift": pixel_rule(baseline, current, rules),
        "drift_summary": {"pixel_drift": False, "confidence_drift": False, "class_distribution_drift": False},
        "not_judged": _not_judged(baseline.profile, current.profile),
        "findings": [],
        "summary": "",
        "feature_drift": feature_drift(baseline, current, rules),
        "joint_drift": joint_drift(baseline, current, rules),
        "feature_shifts": feature_shifts(baseline, current, rules.alpha / SHARES),
    }
    if "confidence_drift" not in found["not_judged"]:
        found["confidence_drift"] = confidence_rule(baseline, current, rules)
    if "class_distribution_drift" not in found["not_judged"]:
        found["class_distribution_drift"] = class_rule(baseline, current, rules)
    if segments:
        found["segments"] = segment_drift(segments, rules)
    if (estimate := accuracy_estimate(baseline, current)) is not None:
        found["accuracy_estimate"] = under_ceiling(estimate, found.get("class_distribution_drift"))
    return found


def _not_judged(old: Profile, new: Profile) -> dict[str, str]:
    if "confidence" not in old.features or "confidence" not in new.features:
        who = "the baseline" if "confidence" not in old.features else "the current set"
        return dict.fromkeys(("confidence_drift", "class_distribution_drift"), f"{who} has no predictions")
    if not old.classes or not new.classes:
        who = "the baseline" if not old.classes else "the current set"
        return {"class_distribution_drift": f"the model found no object in {who}"}
    return {}


def _sum_up(report: Verdict, *, noise_guard: bool) -> None:
    blocks: dict[str, Judgement | None] = {
        "pixel_drift": report["pixel_distribution_drift"],
        "confidence_drift": report.get("confidence_drift"),
        "class_distribution_drift": report.get("class_distribution_drift"),
    }
    fired = {name: block for name, block in blocks.items() if block is not None and block["drift_detected"]}
    report["drift_summary"] = {
        "pixel_drift": "pixel_drift" in fired,
        "confidence_drift": "confidence_drift" in fired,
        "class_distribution_drift": "class_distribution_drift" in fired,
    }
    severities = [block["severity"] for block in fired.values()]
    if noise_guard:  # without it, the bare rules alone are asked
        severities += _beyond_chance(report)
    report["overall_drift_detected"] = bool(severities)
    report["overall_severity"] = worst(severities)


def _beyond_chance(report: Verdict) -> list[str]:
    """The severities of the features and segments that drifted, and of all features together."""
    joint = report["joint_drift"]
    found = [one["severity"] for one in (*report["feature_drift"], *report.get("segments", [])) if one["drifted"]]
    return [*found, joint["severity"]] if joint["drift_detected"] else found
