"""What holds for all tests."""

from __future__ import annotations

import os

# NOTE: NumPy's threads wait for each other by spinning. Where each processor has a worker of pytest-xdist already, that
# makes the test of all features together fifteen times slower. NumPy reads this when it is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
