"""The documents name nothing that is not there, and nothing that only one machine has."""

from __future__ import annotations

import json
import re
import tomllib

import pytest

from pipeline.demo.week import PICTURES_A_DAY, WEEK
from pipeline.version import __version__
from tests.support.markdown import CHECKOUT, DOCUMENTS, anchors, blocks, code, links, marked_table, read

ARCHITECTURE = read("docs/ARCHITECTURE.md")
MAKEFILE = read("Makefile")
TARGETS = dict(re.findall(r"^([a-z-]+):.*?## (.+)$", MAKEFILE, re.MULTILINE))
NOTEBOOKS = [f"notebooks/{path.name}" for path in CHECKOUT.glob("notebooks/*.ipynb")]
EXAMPLES = ("data/", "reports/", "features/", "metrics/", "demo-output/", "site/", "store")
"""What readers have or make themselves."""


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_resolve(document: str) -> None:
    """A file that is linked to exists, and so does the heading within it."""
    for link in links(read(document)):
        if link.startswith("https://"):
            continue
        target, _, anchor = link.partition("#")
        path = (CHECKOUT / document).parent / target if target else CHECKOUT / document
        assert path.exists(), link
        if anchor:
            assert anchor in anchors(path.read_text(encoding="utf-8")), link


def test_pictures_are_there_and_can_be_read_by_those_who_do_not_see_them() -> None:
    """Each has an alternative text and a width, so that the page does not jump when it has come."""
    pictures = [(name, picture) for name in DOCUMENTS for picture in re.findall(r"<img [^>]*>", read(name))]
    assert pictures
    for document, picture in pictures:
        source = re.search(r' ?src="([^"]+)"', picture)
        assert source is not None, picture
        assert ((CHECKOUT / document).parent / source[1]).is_file(), picture
        assert re.search(r' alt="[^"]{40,}"', picture), picture
        assert re.search(r' width="\d+"', picture), picture


@pytest.mark.parametrize("document", [*DOCUMENTS, *NOTEBOOKS])
def test_no_path_of_any_machine_is_named(document: str) -> None:
    """Absolute paths, and the folder of real images beside the checkout, mean nothing to a reader."""
    assert not re.findall(r"(?<![\w.~])/(?:work|tmp|home|root|usr|mnt)\b\S*|\bshared/", read(document))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_that_are_named_exist(document: str) -> None:
    """Of what stands in backquotes, whatever looks like a file of the project."""
    for name in code(re.sub(r"```.*?```", "", read(document), flags=re.DOTALL)):
        if re.fullmatch(r"[\w.-]+(/[\w.-]+)+\.\w+|[\w-]+/", name) and not name.startswith(EXAMPLES):
            assert any((CHECKOUT / folder / name).exists() for folder in (".", "pipeline")), name


@pytest.mark.parametrize("document", DOCUMENTS)
def test_targets_that_are_named_exist(document: str) -> None:
    """Every `make NAME`, in text and in blocks."""
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", read(document), re.MULTILINE))
    assert named <= set(TARGETS)


def test_targets_are_all_told() -> None:
    """The table of CONTRIBUTING.md against the Makefile."""
    told = {code(row[0])[0].removeprefix("make "): row[1] for row in marked_table(read("CONTRIBUTING.md"), "targets")}
    assert told == TARGETS


def test_picture_of_the_house_shows_what_is_there() -> None:
    """Every line of the tree exists, and every module and folder below pipeline/ has its line."""
    tree = next(block.text for block in blocks(ARCHITECTURE) if block.mark == "tree")
    shown, parents = set[str](), list[str]()
    for line in tree.splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        parents[depth:] = [line.split()[0].rstrip("/")]
        shown.add("/".join(parents))
    assert not [name for name in shown if not (CHECKOUT / name).exists()]
    package = CHECKOUT / "pipeline"
    for folder in (package, *(package / name for name in ("extract", "profile", "store", "compare"))):
        there = {
            path.relative_to(CHECKOUT).as_posix()
            for path in folder.iterdir()
            if path.name not in {"__init__.py", "__pycache__", "py.typed"}
        }
        assert there <= shown, sorted(there - shown)


def test_layers_are_those_that_import_linter_holds() -> None:
    """The numbered list against pyproject.toml, from the top to the bottom."""
    below = ARCHITECTURE.partition("<!-- layers -->\n")[2].split("\n\n")[0]
    told = [code(line) for line in below.splitlines()]
    settings = tomllib.loads(read("pyproject.toml"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    assert told == [[name.strip() for name in layer.split("|")] for layer in layers]


def test_sample_of_the_demo_tells_the_demo_s_week() -> None:
    """The days, how many images each has, which of them did not drift, and the first that drifted.

    NOTE: the wording of findings is left to those who write it.
    """
    sample = next(block.text for block in blocks(read("README.md")) if block.mark == "demo")
    days = re.findall(r"^(\d{4}-\d\d-\d\d)  (no drift|\w+) +(\d+) images$", sample, re.MULTILINE)
    assert [(date, verdict == "no drift", int(count)) for date, verdict, count in days] == [
        (day.date.isoformat(), day.story.startswith("an ordinary"), PICTURES_A_DAY) for day in WEEK
    ]
    bad = next(day for day in WEEK if not day.story.startswith("an ordinary"))
    assert f"first drift: {bad.date}\n" in sample


def test_every_claim_names_a_benchmark_and_every_benchmark_has_its_claim() -> None:
    """The table of claims against the scripts that `make bench` runs."""
    told = {name for row in marked_table(read("README.md"), "claims") for name in code(row[2])}
    scripts = re.search(r"SCRIPTS = \((.*?)\)", read("benchmarks/run.py"), re.DOTALL)
    assert scripts is not None
    assert told == {f"benchmarks/{name}.py" for name in re.findall(r'"(\w+)"', scripts[1])}


def test_changelog_is_kept_and_names_the_version() -> None:
    """Sections of Keep a Changelog, with this version in it."""
    changelog = read("CHANGELOG.md")
    assert re.search(r"^## \[(Unreleased|\d+\.\d+\.\d+)\]", changelog, re.MULTILINE)
    kinds = set(re.findall(r"^### (.+)$", changelog, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert __version__ in changelog


def test_schemas_are_where_the_guide_says() -> None:
    """The guide points to files that exist and are JSON Schemas."""
    for path in (CHECKOUT / "schemas").glob("*.json"):
        assert json.loads(path.read_text(encoding="utf-8"))["$schema"].startswith("https://json-schema.org/")
    assert (CHECKOUT / "schemas/features.schema.json").exists()
