"""What can be tried depends on which TFLite runtime is there."""

from __future__ import annotations

from importlib.util import find_spec

# Models are written with LiteRT's schema, so an environment with tflite-runtime instead tries those that are files.
collect_ignore = [] if find_spec("ai_edge_litert") else ["test_toy_tflite.py", "test_shared_models.py"]
