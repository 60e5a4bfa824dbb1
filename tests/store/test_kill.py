"""kill -9 at any moment leaves a store that everybody can use, and the next run finishes it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def test_killed_writers_leave_the_partition_as_it_was_or_as_it_should_become(tmp_path: Path) -> None:
    """Fifty at random moments, and one before each single thing that a writer does to files."""
    command = [sys.executable, "-m", "tests.support.killing", str(tmp_path), "20261125"]
    # One thread of Polars': a writer is killed before more of them would have paid for their start.
    environment = {**os.environ, "POLARS_MAX_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["killed at random"] == 50
    assert seen["killed at steps"] > 20
    assert seen["beside"] == ["S", "images"], "nothing is left of the killed ones"
