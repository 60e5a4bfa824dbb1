"""All measurements, one line of JSON each."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

from shared import show

SCRIPTS = (
    "startup",
    "accuracy",
    "false_alarms",
    "memory",
    "extract_speed",
    "large_jpeg",
    "unchanged_folder",
    "stage_two",
    "page_size",
)


def main() -> None:
    here = Path(__file__).parent
    for name in SCRIPTS:
        show({"benchmark": name})
        try:
            runpy.run_path(str(here / f"{name}.py"), run_name="__main__")
        except SystemExit as skipped:
            if skipped.code:
                raise


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    main()
