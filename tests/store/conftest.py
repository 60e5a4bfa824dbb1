"""What the tests of the store start from."""

from __future__ import annotations

from tests.support.bench import bench as bench  # noqa: PLC0414 - a fixture, for all of them
