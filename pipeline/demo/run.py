"""The whole story on a simulated week: draw it, extract it, measure the baseline, judge every day, show it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from pipeline import analysis
from pipeline.atomic import write_text
from pipeline.demo.week import WEEK, write_week
from pipeline.document_files import write_document
from pipeline.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pipeline.documents import HistoryDocument

MODEL = "parts.onnx"
"""The classifier of the sorting line, in this package; `training/train_parts_classifier.py` made it."""


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demo found, and the page that shows it."""

    history: HistoryDocument
    page: Path


def run_demo(folder: Path, progress: Callable[[int, int], None] | None = None, *, seed: int = 1) -> Demo:
    """Write the pictures, the store, the documents and the pages of the week below a folder.

    Nothing that is judged knows the story: it goes through both stages as anybody's images would.

    Args:
        folder: Made where it is missing; what an earlier run wrote there is replaced.
        progress: Told how many pictures have been drawn.
        seed: The same seed gives the same week.

    Raises:
        OutputError: The folder cannot be written.
    """
    from pipeline.compare.thresholds import Rules
    from pipeline.measured import judged_set, measured_selection
    from pipeline.over_time.history import analyze_history
    from pipeline.report.page import render_history, render_report

    pictures, store = folder / "images", folder / "store"
    try:
        write_week(pictures, seed=seed, progress=progress)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror or error}); give another place") from error
    with as_file(files("pipeline.demo") / MODEL) as model:
        validation = analysis.Images(str(pictures / "val"), model, metadata_path=pictures / "val_labels.csv")
        analysis.extract(validation, store, "val", WEEK[0].date)
        for day in WEEK:
            taken = analysis.Images(str(pictures / "production" / day.date.isoformat()), model)
            analysis.extract(taken, store, "production")
    with measured_selection(store, "val") as validated:
        baseline = validated.reference()
        write_document(folder / "baseline_metrics.json", baseline)
        dates = [day.date.isoformat() for day in WEEK]
        for date in dates:
            with measured_selection(store, f"production@{date}", baseline) as current:
                report = judged_set(baseline, current, old=validated)
            write_document(folder / "reports" / f"{date}.json", report)
            write_text(folder / "reports" / f"{date}.html", render_report(report))
    history, _ = analyze_history(store, "production", baseline, Rules())
    write_document(folder / "history.json", history)
    page = folder / "index.html"
    write_text(page, render_history(history, {date: f"reports/{date}.html" for date in dates}))
    return Demo(history, page)
