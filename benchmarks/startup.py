"""What starting costs: `framewatch --help` and `import pipeline`, each beside `import typer`."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from shared import show

RUNS = 15
COMMANDS = {
    "import typer": ["-c", "import typer"],
    "framewatch --help": ["-m", "pipeline", "--help"],
    "import pipeline": ["-c", "import pipeline"],
}


def main() -> None:
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(RUNS):  # in turn, so that a slow moment of the machine hits all of them
        for name, arguments in COMMANDS.items():
            started = time.perf_counter()
            subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
            seconds[name].append(time.perf_counter() - started)
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    show(
        {
            "median_seconds": {name: round(value, 4) for name, value in medians.items()},
            "help_to_typer": round(medians["framewatch --help"] / medians["import typer"], 2),
            "import_to_typer": round(medians["import pipeline"] / medians["import typer"], 2),
        }
    )


if __name__ == "__main__":
    main()
