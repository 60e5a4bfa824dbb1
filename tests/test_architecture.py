"""What holds the house together: public names, cheap imports, the tree of errors."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys

import pytest

import pipeline
from pipeline import errors

HEAVY = ("numpy", "polars", "pyarrow", "PIL", "altair", "onnxruntime", "ai_edge_litert", "typer", "jsonschema")


def test_the_public_names_are_those_that_are_served() -> None:
    assert sorted(pipeline.__all__) == list(pipeline.__all__)
    assert {*pipeline._HOMES, "__version__"} == {*pipeline.__all__}


@pytest.mark.parametrize("name", pipeline.__all__)
def test_every_public_name_imports(name: str) -> None:
    found = getattr(pipeline, name)
    assert name in dir(pipeline)
    if name != "__version__":
        assert (found.__name__, found.__module__) == (name, pipeline._HOMES[name])


def test_a_star_import_gives_them_all() -> None:
    code = "from pipeline import *; import pipeline; assert not {*pipeline.__all__} - {*globals()}"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        _ = pipeline.Nonsense


@pytest.mark.parametrize("module", ["pipeline", "pipeline.errors", "pipeline.settings", "pipeline.severity"])
def test_importing_is_cheap(module: str) -> None:
    code = f"import sys, {module}; sys.stdout.write(' '.join(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {*HEAVY} & {*found.stdout.split()}


def test_the_drawn_tree_of_errors_is_that_of_the_classes() -> None:
    drawn: dict[str, str] = {}
    above: list[str] = []
    for line in (inspect.getdoc(errors) or "").splitlines():
        if found := re.match(r"([│├└─ ]*)(\w+Error)\b", line):
            depth = len(found[1]) // 4
            above[depth:] = [found[2]]
            drawn[found[2]] = above[depth - 1] if depth else "Exception"
    classes = {
        name: one.__bases__[0].__name__
        for name, one in inspect.getmembers(errors, inspect.isclass)
        if issubclass(one, Exception)
    }
    assert drawn == classes
    assert classes["StoreError"] == "InputError"


@pytest.mark.parametrize("name", [name for name, one in inspect.getmembers(errors, inspect.isclass)])
def test_every_error_says_what_it_is_for(name: str) -> None:
    assert inspect.getdoc(getattr(errors, name))
