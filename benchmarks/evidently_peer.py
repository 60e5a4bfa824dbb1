"""The same comparison in Evidently: run by an interpreter that has it, not by ours.

Its arguments are two folders of Parquet files, the baseline first, and the numeric columns.
"""

from __future__ import annotations

import json
import resource
import sys
import time

import evidently
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset


def main() -> None:
    baseline, current, *columns = sys.argv[1:]
    started, processor = time.perf_counter(), time.process_time()
    definition = DataDefinition(numerical_columns=columns)
    sets = [
        Dataset.from_pandas(pd.read_parquet(path, columns=columns), data_definition=definition)
        for path in (current, baseline)
    ]
    read = time.perf_counter()
    found = Report([DataDriftPreset(columns=columns)]).run(*sets).dict()
    ended = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    answer = {
        "version": evidently.__version__,
        "seconds": round(ended - started, 2),
        "of_which_reading": round(read - started, 2),
        "processor_seconds": round(time.process_time() - processor, 2),
        "peak_megabytes": round(peak),
        "metrics": len(found["metrics"]),
    }
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
