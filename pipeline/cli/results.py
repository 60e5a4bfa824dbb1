"""What the commands that give a document have in common: write it, print it, and choose the exit status."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Any, Literal

import typer

from pipeline.atomic import write_text
from pipeline.cli.console import note, printable, say, say_data
from pipeline.document_files import to_json, write_document
from pipeline.errors import OutputError, UnreadableImagesError
from pipeline.report.words import counted
from pipeline.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pipeline.cli.options import OutputOptions, RuleOptions
    from pipeline.compare.thresholds import Rules
    from pipeline.documents import BaselineDocument, DriftReport

DRIFT_STATUS = 3


def deliver(document: Mapping[str, Any], output: Path, shown: OutputOptions, lines: list[str]) -> None:
    """Write a document, and print it or its summary."""
    write_document(output, document)
    if shown.quiet:
        return
    if shown.json:
        say_data(to_json(document))
    else:
        say(*map(printable, lines), printable(f"written: {output}"))


def deliver_page(render: Callable[[], str], output: Path, shown: OutputOptions) -> Path:
    """Write an HTML page beside a document, with the suffix `.html`."""
    path = output.with_suffix(".html")
    write_text(path, render())
    if not shown.quiet and not shown.json:
        say(printable(f"written: {path}"))
    return path


def say_how_to_see(output: Path, shown: OutputOptions, *, html: bool) -> None:
    """Say which command makes the page of a document that needs a look and has none."""
    if html or shown.quiet or shown.json:
        return
    page = shlex.quote(str(output.with_suffix(".html")))
    say(printable(f"see it: framewatch report {shlex.quote(str(output))} --output {page}"))


def require_place(output: Path, *, html: bool = False, beside: Path | None = None) -> None:
    """Refuse an output that cannot be written, before the work for it is done.

    Args:
        output: The file to write.
        html: Whether its page is to be written too.
        beside: A file that is read, and must not be written over.

    Raises:
        OutputError: It, or its page, cannot be written there.
    """
    reason = _obstacle(output)
    if beside is not None and beside.resolve() in {output.resolve(), output.with_suffix(".html").resolve()}:
        reason = "that file is read"
    if reason is None and html:
        page = output.with_suffix(".html")
        reason = "--html writes the page there" if page == output else _obstacle(page)
    if reason is not None:
        raise OutputError(f"{output}: cannot be written ({reason}); give another place")


def _obstacle(path: Path) -> str | None:
    if os.path.isdir(path):
        return "it is a folder; name a file in it"
    if os.path.lexists(path) and not os.path.isfile(path):
        return "it is no ordinary file"
    folder = os.path.dirname(os.path.abspath(path))
    while not os.path.lexists(folder):
        folder = os.path.dirname(folder)
    if not os.path.isdir(folder):
        return f"{folder} is no folder"
    return None if os.access(folder, os.W_OK | os.X_OK) else f"the folder {folder} is read-only"


def rules_from(options: RuleOptions, every: Literal["day", "week"] = "day") -> Rules:
    """The rules that the options ask for, for a report on every day or week."""
    from pipeline.compare.thresholds import DAYS_A_YEAR, WEEKS_A_YEAR, Rules, read_rules, with_options

    rules = Rules() if options.thresholds is None else read_rules(options.thresholds)
    return with_options(
        rules,
        alpha=options.alpha,
        noise_guard=False if options.no_noise_guard else None,
        false_alarms_per_year=options.false_alarms_per_year,
        reports_per_year=WEEKS_A_YEAR if every == "week" else DAYS_A_YEAR,
    )


def describe_set(name: str, document: BaselineDocument) -> list[str]:
    """One set of images in a line or two."""
    info = document["dataset_info"]
    pixels = document["input_distribution"]["pixel_statistics"]["overall"]
    parts = [
        counted(info["image_count"], "image"),
        f"pixel mean {pixels['mean']:.4f}, standard deviation {pixels['std']:.4f}",
    ]
    if "predictions" in document:
        parts.append(f"mean confidence {document['predictions']['confidence_statistics']['mean']:.4f}")
        if "accuracy" in document["predictions"]:
            labelled = document["predictions"]["labelled_count"]
            parts.append(f"accuracy {document['predictions']['accuracy']:.4f} on {labelled} labelled")
    lines = [f"{name}: {', '.join(parts)} ({info['source']})"]
    if info["unreadable"]["count"]:
        lines.append(f"{name}: {unreadable_in_words(info['unreadable']['by_reason'])}")
    if info["invalid_scores"]:
        lines.append(f"{name}: {info['invalid_scores']} with NaN or infinite scores")
    return lines


def unreadable_in_words(by_reason: Mapping[str, int]) -> str:
    """How many images cannot be read, and why."""
    reasons = ", ".join(f"{reason} {count}" for reason, count in by_reason.items())
    return f"{sum(by_reason.values())} unreadable ({reasons})"


def describe_report(report: DriftReport) -> list[str]:
    """A report in a few lines."""
    from pipeline.compare.words.reach import out_of_reach
    from pipeline.report.verdict import verdict_in_words

    lines = [*describe_set("baseline", report["baseline"]), *describe_set("current", report["current"])]
    lines += [*_estimate(report), verdict_in_words(report), f"  {report['summary']}"]
    lines += [f"  [{one['severity']}] {one['text']}" for one in report["findings"]]
    return lines + [f"  {one}" for one in out_of_reach(report)]


def _estimate(report: DriftReport) -> list[str]:
    found = report.get("accuracy_estimate")
    if found is None:
        return []
    interval = f"{found['estimated_accuracy']:.2f} ({found['low']:.2f} to {found['high']:.2f})"
    if "ceiling_if_classes_held" in found:
        interval = f"{found['low']:.2f} to {found['high']:.2f}"
    return [f"current: accuracy {interval} is estimated without labels, was {found['baseline_accuracy']:.2f}"]


def say_notes(document: BaselineDocument, shown: OutputOptions) -> None:
    """Print what was assumed on the way."""
    if not shown.quiet:
        note(document["notes"])


def require_few_unreadable(document: BaselineDocument, most: float) -> None:
    """Refuse a larger share of unreadable images than is allowed.

    Raises:
        UnreadableImagesError: It is larger.
    """
    info = document["dataset_info"]
    unreadable = info["unreadable"]["count"]
    require_share(unreadable, unreadable + info["image_count"], most, info["source"])


def require_share(unreadable: int, total: int, most: float, where: str) -> None:
    """Refuse a larger share of unreadable images than is allowed.

    Raises:
        UnreadableImagesError: It is larger.
    """
    if total and unreadable / total > most:
        raise UnreadableImagesError(
            f"{where}: {unreadable} of {total} images are unreadable, {unreadable / total:.1%}; "
            f"--max-unreadable allows {most:.1%}"
        )


def exit_on_drift(severity: str, fail_on: str | None, *, detected: bool) -> None:
    """Leave with status 3 where the drift is at or over the level that the user gave."""
    if fail_on is not None and at_or_over(severity, fail_on, detected=detected):
        raise typer.Exit(DRIFT_STATUS)


def at_or_over(severity: str, level: str, *, detected: bool) -> bool:
    """Whether there is drift at or over a level; `drift` means any."""
    return detected and (level == "drift" or Severity(severity) >= level)
