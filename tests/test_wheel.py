"""The wheel, built from the checkout and installed where the checkout is not, does all that the README begins with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.version import __version__
from tests.support.markdown import CHECKOUT

pytest.importorskip("hatchling")

_SMALL_DEMO = """
import sys
from pipeline.cli.app import main
from pipeline.demo import run, week
week.WEEK = run.WEEK = week.WEEK[2:4]
week.VALIDATION_PICTURES, week.PICTURES_A_DAY = 60, 30
main(["demo", "--output", sys.argv[1]])
"""
"""The demo's command, of two days and fewer pictures."""


@dataclass(frozen=True)
class Installed:
    """An environment that holds the wheel and nothing else of ours; what it depends on is found where it is."""

    wheel: Path
    folder: Path

    def run(self, program: str, *arguments: str) -> str:
        """What one of the environment's programs prints, called from outside the checkout.

        NOTE: without the variables that would lead Python back to the checkout.
        """
        variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        command = [str(self.folder / "bin" / program), *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=variables, capture_output=True, text=True, check=False, timeout=240
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Built by the project's own build backend, installed by pip, both without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=CHECKOUT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    environment = Installed(wheel, folder / "environment")
    venv.create(environment.folder, with_pip=True)
    environment.run("python", "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", str(wheel))
    (packages,) = environment.folder.glob("lib/python*/site-packages")
    dependencies = Path(pytest.__file__).parents[1]
    (packages / "dependencies.pth").write_text(f"{dependencies}\n", encoding="utf-8")
    return environment


def test_it_holds_the_package_whole_and_nothing_beside_it(installed: Installed) -> None:
    """Every file that git would keep below pipeline/, and the schemas; no tests, benchmarks, training or notebooks."""
    names = zipfile.ZipFile(installed.wheel).namelist()
    package = {name for name in names if not name.startswith(f"framewatch-{__version__}.dist-info/")}
    sources = {
        path.relative_to(CHECKOUT).as_posix()
        for path in (CHECKOUT / "pipeline").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    schemas = {f"pipeline/schemas/{path.name}" for path in (CHECKOUT / "schemas").iterdir()}
    assert package == sources | schemas
    assert {"pipeline/py.typed", "pipeline/demo/parts.onnx", "pipeline/schemas/baseline.schema.json"} <= package
    assert any(name.endswith(".js") for name in package)
    assert any(name.endswith(".html.j2") for name in package)


def test_it_runs_the_demo_outside_the_checkout(installed: Installed) -> None:
    """Templates, styles, scripts and the model are found in the wheel, and the days have their story."""
    home = Path(installed.run("python", "-c", "import pipeline; print(pipeline.__file__)").strip())
    assert home.is_relative_to(installed.folder)
    output = installed.folder / "demo"
    assert f"open {output / 'index.html'}" in installed.run("python", "-c", _SMALL_DEMO, str(output))
    assert json.loads((output / "history.json").read_text(encoding="utf-8"))["first_drift"] == "2026-11-19"
    pages = list(output.rglob("*.html"))
    assert len(pages) == 3
    for page in pages:
        assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_its_two_names_are_one_program(installed: Installed) -> None:
    """The command and the module, with the version that the wheel's name has."""
    assert installed.run("framewatch", "--version") == f"framewatch {__version__}\n"
    assert f"-{__version__}-" in installed.wheel.name
    assert installed.run("framewatch", "--help") == installed.run("python", "-m", "pipeline", "--help")
