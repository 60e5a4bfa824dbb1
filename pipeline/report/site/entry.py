"""A report or a history to the one line that an overview has for it."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Self, cast

from pipeline.compare.history import has_data
from pipeline.compare.words.findings import shown_severity
from pipeline.compare.words.reach import out_of_reach_in_short
from pipeline.errors import DocumentError
from pipeline.extract.sources.dates import date_in_path
from pipeline.report.verdict import history_verdict
from pipeline.report.words import date_range
from pipeline.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.documents import DatasetInfo, DriftReport, HistoryDocument

REPORT, HISTORY = "report", "history"

_LONGEST_SENTENCE = 300
"""Characters: an overview of a thousand days stays light whatever a finding names. The report's own page has it all."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What an overview says of one document.

    Attributes:
        kind: `report` or `history`.
        dataset: What was watched.
        date: The last day of the current images, as ISO 8601.
        period: All of their days, in words.
        severity: What the document is shown with.
        sentence: The first finding, else the summary.
        more: How many findings there are besides.
        image_count: Current images; 0 of a history.
        made: When the document was made.
        accuracy: Estimated without labels: the estimate, its lower and upper end, and the baseline's accuracy.
        against: What the images are held against.
        source: Where they came from; empty of a history.
        unseen: What could not be judged, or not closely, without numbers.
        days: Of a history that judges each day, those of which it has something to say, and their severities.
    """

    kind: str
    dataset: str
    date: str
    period: str
    severity: str
    sentence: str
    more: int
    image_count: int
    made: str
    accuracy: tuple[float, float, float, float] | None = None
    against: str = ""
    source: str = ""
    unseen: tuple[str, ...] = ()
    days: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_dict(cls, found: object) -> Self:
        """What `to_dict` gave.

        Raises:
            TypeError: It is something else.
        """
        if not isinstance(found, dict):
            raise TypeError("no object")
        accuracy, days, unseen = found.get("accuracy"), found.get("days", ()), found.get("unseen", ())
        if isinstance(unseen, str):  # as an earlier framewatch wrote it
            raise TypeError("not what to_dict gave")
        entry = cls(
            **{
                **found,
                "accuracy": None if accuracy is None else tuple(accuracy),
                "days": tuple(tuple(day) for day in days),
                "unseen": tuple(unseen),
            }
        )
        if not entry._is_whole():
            raise TypeError("not what to_dict gave")
        return entry

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON has it."""
        return asdict(self)

    def _is_whole(self) -> bool:
        """Whether all of it is of its type, and may be shown."""
        shown = (self.kind, self.dataset, self.period, self.sentence, self.made)
        texts = (*shown, self.against, self.source, *self.unseen)
        accuracies = (0.0, 0.0, 0.0, 0.0) if self.accuracy is None else self.accuracy
        return (
            all(isinstance(one, str) for one in texts)
            and all(isinstance(one, int) for one in (self.more, self.image_count))
            and (len(accuracies) == 4 and all(isinstance(one, int | float) for one in accuracies))  # noqa: PLR2004
            and all(_is_judged_day(*day) for day in ((self.date, self.severity), *self.days))
        )


def entry_of(document: Mapping[str, Any]) -> Entry:
    """The line of a document.

    Args:
        document: A drift report or a history; the key `days` tells which.

    Raises:
        DocumentError: It says nowhere of which day it is.
    """
    if "days" in document:
        return _history(cast("HistoryDocument", document))
    return _report(cast("DriftReport", document))


def _report(report: DriftReport) -> Entry:
    info, findings = report["current"]["dataset_info"], report["findings"]
    dataset, days = _stream(info)
    day = max(days) if days else _day_of(report["timestamp"])
    accuracy = report.get("accuracy_estimate")
    return Entry(
        REPORT,
        dataset,
        day,
        date_range(days or [day]),
        str(shown_severity(report)),
        _shortened(findings[0]["text"] if findings else report["summary"]),
        max(len(findings) - 1, 0),
        info["image_count"],
        report["timestamp"],
        accuracy and (accuracy["estimated_accuracy"], accuracy["low"], accuracy["high"], accuracy["baseline_accuracy"]),
        report["baseline"]["dataset_info"]["source"],
        info["source"],
        tuple(map(_shortened, out_of_reach_in_short(report))),
    )


def _history(history: HistoryDocument) -> Entry:
    told = [day for day in history["days"] if has_data(day) or day["findings"]]
    dates = sorted(day["date"] for day in history["days"] if _is_day(day["date"]))
    last = dates[-1] if dates else _day_of(history["timestamp"])
    verdict = history_verdict(history)
    daily = history.get("every", "day") == "day"
    return Entry(
        HISTORY,
        history["dataset"],
        last,
        f"{dates[0]} to {last}" if dates else last,
        str(verdict.severity),
        f"{verdict.headline}. {verdict.sentence}",
        0,
        0,
        history["timestamp"],
        against=_held_against(history),
        days=tuple((day["date"], str(shown_severity(day))) for day in told if daily and _is_day(day["date"])),
    )


def _held_against(history: HistoryDocument) -> str:
    against = history.get("against", "baseline")
    return history["baseline"]["dataset_info"]["source"] if against == "baseline" else against


def _shortened(text: str) -> str:
    """The beginning of a text that is too long."""
    return text if len(text) <= _LONGEST_SENTENCE else f"{text[: _LONGEST_SENTENCE - 1]}\N{HORIZONTAL ELLIPSIS}"


def _stream(info: DatasetInfo) -> tuple[str, list[str]]:
    """What a set of images is a part of, and its days.

    Rows of a store have both. Else the source is taken at its name: `data/production/2026-11-23` is a day of
    `data/production`.
    """
    source, dates = info["source"], [day for day in info.get("dates", []) if _is_day(day)]
    if dates:
        return source.partition("@")[0], dates
    day = date_in_path(source)
    return (source, []) if day is None else (_without(day, source), [day.isoformat()])


def _without(day: date, source: str) -> str:
    parts = source.split("/")
    at = max(number for number, part in enumerate(parts) if date_in_path(part) == day)
    left = re.sub(day.strftime("%Y([-_.]?)%m(?:\\1)%d"), "", parts[at])
    only_a_date = re.fullmatch(r"(\.[a-z]+)*", left) is not None  # perhaps with the ending of an archive
    parts[at : at + 1] = [] if only_a_date else [left.strip("-_. ")]
    return "/".join(parts).rstrip("/") or source


def _day_of(timestamp: str) -> str:
    try:
        return datetime.fromisoformat(timestamp).astimezone(UTC).date().isoformat()
    except (ValueError, OverflowError) as error:
        raise DocumentError(f"it says nowhere of which day it is: its timestamp is {timestamp!r}") from error


def _is_judged_day(*found: object) -> bool:
    """Whether something is a date with a severity."""
    match found:
        case (str() as day, str() as severity):
            return _is_day(day) and severity in {one.value for one in Severity}
    return False


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
