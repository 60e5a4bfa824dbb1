"""Where images come from: one kind a file, all behind `Source`."""

from __future__ import annotations

from pipeline.extract.sources.opening import open_source

__all__ = ["open_source"]
