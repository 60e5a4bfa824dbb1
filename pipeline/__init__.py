"""framewatch watches an image model in production: did the inputs change, did the predictions, how badly, where?

The public names are imported when they are first used, so that `import pipeline` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pipeline.version import __version__

if TYPE_CHECKING:
    from pipeline.analysis import Images
    from pipeline.analyzer import (
        DatasetAnalyzer,
        DriftDetector,
        InputDistributionMonitor,
        ModelPredictionMonitor,
        generate_html_report,
    )
    from pipeline.compare.thresholds import Rules
    from pipeline.document_files import read_baseline
    from pipeline.errors import FramewatchError
    from pipeline.settings import ExtractionOptions
    from pipeline.severity import Severity
    from pipeline.site.build import build_site

__all__ = [
    "DatasetAnalyzer",
    "DriftDetector",
    "ExtractionOptions",
    "FramewatchError",
    "Images",
    "InputDistributionMonitor",
    "ModelPredictionMonitor",
    "Rules",
    "Severity",
    "__version__",
    "build_site",
    "generate_html_report",
    "read_baseline",
]

_HOMES = {
    "DatasetAnalyzer": "pipeline.analyzer",
    "DriftDetector": "pipeline.analyzer",
    "ExtractionOptions": "pipeline.settings",
    "FramewatchError": "pipeline.errors",
    "Images": "pipeline.analysis",
    "InputDistributionMonitor": "pipeline.analyzer",
    "ModelPredictionMonitor": "pipeline.analyzer",
    "Rules": "pipeline.compare.thresholds",
    "Severity": "pipeline.severity",
    "build_site": "pipeline.site.build",
    "generate_html_report": "pipeline.analyzer",
    "read_baseline": "pipeline.document_files",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
