"""The named classes of the Python interface. They delegate, and keep nothing but what they were given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.analysis import Images
from pipeline.measured import analyze_images, judged_set, measured_images
from pipeline.settings import ExtractionOptions

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from pipeline.compare.thresholds import Rules
    from pipeline.documents import BaselineDocument, DriftReport, InputDistribution, Predictions


class DatasetAnalyzer:
    """Measures one set of images, and judges it against another's measures.

    Example:
        >>> baseline = DatasetAnalyzer("data/val", model_path="model.onnx").analyze()  # doctest: +SKIP
        >>> report = DatasetAnalyzer("data/today", model_path="model.onnx").detect_drift(baseline)  # doctest: +SKIP
    """

    def __init__(
        self,
        data_dir: str | os.PathLike[str],
        model_path: str | os.PathLike[str] | None = None,
        *,
        options: ExtractionOptions | None = None,
        rules: Rules | None = None,
        segment_by: Sequence[str] = (),
        **images: Any,
    ) -> None:
        """Say which images are meant; nothing is read yet.

        Args:
            data_dir: A folder, searched recursively, a glob, a tar, a table, or a URL.
            model_path: An ONNX or TFLite model; None to look at pixels only.
            options: How images become rows; what they leave open, the model decides.
            rules: Thresholds and the noise guard; None for the defaults.
            segment_by: Columns of the rows whose values are judged each by itself; the baseline needs the same.
            **images: More fields of `pipeline.analysis.Images`: metadata_path, label_from_parent, workers, progress.
        """
        self._images = Images(
            str(data_dir), None if model_path is None else Path(model_path), options or ExtractionOptions(), **images
        )
        self._rules, self._segment_by = rules, segment_by

    def analyze(self) -> BaselineDocument:
        """The reference metrics of the images.

        Raises:
            FramewatchError: Whatever is wrong with the images, the model or the options.
        """
        return analyze_images(self._images, segment_by=self._segment_by)

    def detect_drift(self, baseline: BaselineDocument) -> DriftReport:
        """How the images differ from a baseline. Options left open are taken from the baseline.

        Raises:
            FramewatchError: Whatever is wrong with the images, the model or the options, also that the baseline was
                made with others.
        """
        from pipeline.schema import require_document

        require_document(baseline, "baseline", "the baseline")
        with measured_images(self._images, baseline, self._segment_by) as current:
            return judged_set(baseline, current, self._rules)


class InputDistributionMonitor:
    """The pixels alone: what a set of images looks like, whatever a model makes of it."""

    def __init__(self, data_dir: str | os.PathLike[str], **images: Any) -> None:
        """Say which images are meant; see `DatasetAnalyzer`."""
        self._analyzer = DatasetAnalyzer(data_dir, **images)

    def analyze(self) -> InputDistribution:
        """The `input_distribution` of the images' baseline document."""
        return self._analyzer.analyze()["input_distribution"]


class ModelPredictionMonitor:
    """The predictions alone: what a model makes of a set of images."""

    def __init__(self, data_dir: str | os.PathLike[str], model_path: str | os.PathLike[str], **images: Any) -> None:
        """Say which images and which model are meant; see `DatasetAnalyzer`."""
        self._analyzer = DatasetAnalyzer(data_dir, model_path, **images)

    def analyze(self) -> Predictions:
        """The `predictions` of the images' baseline document.

        Raises:
            ModelError: The model gave no valid scores for any image.
        """
        from pipeline.errors import ModelError

        document = self._analyzer.analyze()
        if "predictions" not in document:
            raise ModelError("the model gave NaN or infinite scores for every image; check its scaling")
        return document["predictions"]


class DriftDetector:
    """Two baseline documents in, a report out; no image is read."""

    def __init__(self, rules: Rules | None = None) -> None:
        """Set the rules.

        Args:
            rules: Thresholds and the noise guard; None for the defaults.
        """
        self._rules = rules

    def detect(self, baseline: BaselineDocument, current: BaselineDocument) -> DriftReport:
        """The report of what changed.

        Raises:
            DocumentError: One of them is no baseline document.
            SettingsError: The two were made with different settings.
        """
        from pipeline.compare.drift import detect_drift
        from pipeline.compare.sides.baseline import without_sample
        from pipeline.schema import require_document

        require_document(baseline, "baseline", "the baseline")
        require_document(current, "baseline", "the current document")
        return detect_drift(without_sample(baseline), without_sample(current), self._rules)


def generate_html_report(report: DriftReport, path: str | os.PathLike[str]) -> None:
    """Write a report as one HTML page that opens offline.

    Raises:
        OutputError: It cannot be written there.
    """
    from pipeline.atomic import write_text
    from pipeline.report.page import render_report

    write_text(Path(path), render_report(report))
