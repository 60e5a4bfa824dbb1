"""Folders of reports, as `monitor` and `history` leave them after many days."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from pipeline import DatasetAnalyzer, DriftDetector
from pipeline.compare.history import judged_day, to_history
from pipeline.compare.thresholds import Rules
from tests.support.scene import build_scene

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.documents import BaselineDocument, DriftReport, Verdict


@dataclass(frozen=True)
class Reports:
    """Real reports, to be written under the names of any dataset and day.

    Attributes:
        baseline: The baseline document.
        quiet: A report on images that are like the baseline's.
        dark: A report on dark ones.
    """

    baseline: BaselineDocument
    quiet: DriftReport
    dark: DriftReport

    @classmethod
    def measured_in(cls, folder: Path) -> Reports:
        """Draw some pictures, and compare them."""
        scene = build_scene(folder)
        baseline, today, dark = (
            DatasetAnalyzer(place, model_path=scene.model).analyze() for place in (scene.val, scene.today, scene.dark)
        )
        detector = DriftDetector()
        return cls(baseline, detector.detect(baseline, today), detector.detect(baseline, dark))

    def of(self, day: str, *, dataset: str = "production", dark: bool = False, **changes: Any) -> DriftReport:
        """The report on a day of a dataset; `changes` replace whole keys."""
        report = copy.deepcopy(self.dark if dark else self.quiet)
        report["current"]["dataset_info"] |= {"source": f"{dataset}@{day}", "dates": [day]}
        return report | {"timestamp": f"{day}T23:30:00+00:00"} | changes  # type: ignore[return-value]

    def write(self, path: Path, day: str, **how: Any) -> Path:
        """Write the report on a day to a file."""
        return write(path, self.of(day, **how))

    def write_history(self, path: Path, days: dict[str, bool], dataset: str = "production") -> Path:
        """Write a history to a file: the days, and which of them were dark."""
        reports = {day: cast("Verdict", self.of(day, dark=dark)) for day, dark in days.items()}
        judged = [judged_day(day, report) for day, report in reports.items()]
        return write(path, to_history(dataset, judged, self.baseline, Rules(), reports))


def write(path: Path, document: Any) -> Path:
    """Write a document to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with what it holds, but the list that a site keeps."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".framewatch-site.")
    }
