"""How fast two large sets of stored rows are profiled and compared, beside Evidently; and a year of stored profiles.

Evidently is run by the interpreter that `--peer-python` names, on the same numeric columns of the same files. Ours also
sums the pixels' histograms and keeps the features' products.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from shared import show

DAYS = 365
IMAGES_A_DAY = 2000

_OURS = """
import json, resource, sys, time
from pathlib import Path
from pipeline.analysis import analyze_selection
from pipeline.compare.sides.baseline import to_document
from pipeline.compare.drift import detect_drift
from pipeline.profile.merge import merge
from pipeline.store.layout import Selection, select
from pipeline.store.stored import profile_of_rows, stored
def of_rows(name):
    own = stored(store, select(store, Selection.parse(name)))
    found = merge(profile_of_rows(file) for files in own.files.values() for file in files)
    return to_document(found, own.settings, name)
store = Path(sys.argv[1])
measure = of_rows if sys.argv[2] == "rows" else lambda name: analyze_selection(store, name)
started, cpu = time.perf_counter(), time.process_time()
documents = [measure(name) for name in ("val", "production")]
profiled = time.perf_counter()
report = detect_drift(*documents)
ended = time.perf_counter()
print(json.dumps({
    "seconds": round(ended - started, 2),
    "of_which_profiling": round(profiled - started, 2),
    "processor_seconds": round(time.process_time() - cpu, 2),
    "peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    "features_judged": len(report["feature_shifts"]),
}))
"""


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        _rows(Path(folder), options.rows, options.peer_python)
    _year()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000, help="rows of each of the two sets")
    parser.add_argument("--peer-python", help="an interpreter with evidently, pandas 2 and pyarrow")
    return parser.parse_known_args()[0]


def _rows(store: Path, rows: int, peer_python: str | None) -> None:
    from synthetic import write_store

    from pipeline.features import numeric_features
    from pipeline.store.layout import Partition

    partitions = Partition("val", date(2026, 11, 22)), Partition("production", date(2026, 11, 23))
    files = [write_store(store, one, rows, shift) for one, shift in zip(partitions, (0.0, 0.02), strict=True)]
    columns = [one.name for one in numeric_features() if not one.name.startswith("box")]
    result: dict[str, Any] = {"rows_a_set": rows, "columns": len(columns)}
    result["framewatch"] = _answer([sys.executable, "-c", _OURS, str(store), "rows"])
    result["framewatch_with_stored_profiles"] = _answer([sys.executable, "-c", _OURS, str(store), "profiles"])
    if peer_python is None:
        result["evidently"] = "skipped: --peer-python names no interpreter that has it"
    else:
        peer = str(Path(__file__).with_name("evidently_peer.py"))
        result["evidently"] = _answer([peer_python, peer, *(str(own[0].parent) for own in files), *columns])
        ratio = {
            key: round(result["evidently"][key] / result["framewatch"][key], 1)
            for key in ("seconds", "processor_seconds")
        }
        result["times_as_fast"] = ratio["seconds"]
        result["times_as_fast_by_processor_seconds"] = ratio["processor_seconds"]
    show(result)


def _answer(command: list[str]) -> Any:
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def _year() -> None:
    from synthetic import MODEL, SIDE, synthetic_tables

    from pipeline.compare.drift import detect_drift
    from pipeline.compare.sides.baseline import to_document
    from pipeline.profile.measure import profile_table
    from pipeline.profile.merge import merge
    from pipeline.profile.text import from_text, to_text
    from pipeline.settings import ExtractionSettings

    settings = ExtractionSettings(input_size=(SIDE, SIDE), model=MODEL)
    [table] = synthetic_tables(IMAGES_A_DAY)
    texts = [to_text(profile_table(table))] * DAYS
    started = time.perf_counter()
    profiles = [from_text(text) for text in texts]
    parsed = time.perf_counter()
    baseline = to_document(merge(profiles), settings, "the year")
    merged = time.perf_counter()
    detect_drift(baseline, to_document(profiles[0], settings, "a day"))
    judged = time.perf_counter()
    show({
        "days": DAYS,
        "images_a_day": IMAGES_A_DAY,
        "characters_of_a_text": len(texts[0]),
        "seconds_to_parse": round(parsed - started, 3),
        "seconds_to_merge": round(merged - parsed, 3),
        "seconds_to_judge_a_day": round(judged - merged, 4),
    })  # fmt: skip


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    main()
