"""The guide's lists of commands, options, fields and words are those of the program, so that neither falls behind."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import signal
from types import UnionType
from typing import Annotated, Any, Literal, NotRequired, get_args, get_origin, get_type_hints, is_typeddict

import pytest
import typer.main

import pipeline
from pipeline import documents, settings
from pipeline.cli import app, console, results
from tests.support.markdown import CHECKOUT, GUIDE, code, marked_table, read, section, tables

TEXT = read(*GUIDE)
PROGRAM: Any = typer.main.get_command(app.build())
GROUPS = {
    f"#options-about-{what.replace(' ', '-')}": f"Options about {what}"
    for what in ("the model", "the images", "the rules", "telling others", "what is printed")
}
TYPES = {str: "text", int: "whole number", float: "number", bool: "true or false", list: "list", dict: "object"}


@dataclasses.dataclass(frozen=True)
class Told:
    """An option as the guide tells it."""

    names: tuple[str, ...]
    shape: str
    meaning: str


def test_every_command_has_its_section() -> None:
    """No command is missing, and none is told of that is not there."""
    told = re.findall(r"^## framewatch (\S+)$", TEXT, re.MULTILINE)
    assert told == list(PROGRAM.commands)


@pytest.mark.parametrize("name", list(PROGRAM.commands))
def test_options_of_a_command_are_those_of_the_program(name: str) -> None:
    """Its own table and the shared groups that it links to, put together, against the command line's own list."""
    told = {option: one for one in _told(name) for option in one.names}
    taken = {option for one in _parameters(name) for option in one.opts if option.startswith("-")}
    refused = {"--model"} if name == "inspect-model" else set()
    assert set(told) - refused == taken - {"--help", "-h"} - refused


@pytest.mark.parametrize("name", list(PROGRAM.commands))
def test_choices_defaults_and_duties_are_those_of_the_program(name: str) -> None:
    """Where there are choices, all are told; where there is a default, it is; what is required is called so."""
    told = {option: one for one in _told(name) for option in one.names}
    for parameter in _parameters(name):
        one = told.get(parameter.opts[0])
        if one is None:
            continue
        choices = _choices(name, parameter.name)
        if choices:
            assert one.shape.split(" ")[1].split("|") == choices, one
        assert ("required" in one.meaning) == parameter.required, one
        if parameter.default and not parameter.required and len(choices) != 1:
            assert f"`{parameter.default}` if not given" in one.meaning, one


def test_exit_statuses_are_those_of_the_program() -> None:
    """Every constant that ends with _STATUS, those of a shell for the two signals, done, and unforeseen."""
    constants = {
        number
        for module in (app, console, results)
        for name, number in vars(module).items()
        if name.endswith("_STATUS")
    }
    signals = {128 + signal.SIGINT, 128 + signal.SIGTERM}
    assert {int(row[0]) for row in marked_table(TEXT, "statuses")} == constants | signals | {0, 1}


def test_reasons_of_unreadable_images_are_those_of_the_program() -> None:
    """Every reason that stands in the code, and no other."""
    given = set[str]()
    for path in (CHECKOUT / "pipeline/extract").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="Unreadable"), args=[reason, *_]):
                    given |= _texts(reason)
                case ast.Assign(targets=[ast.Name(id="reason" | "CANNOT_BE_OPENED")], value=reason):
                    given |= _texts(reason)
    assert {code(row[0])[0] for row in marked_table(TEXT, "reasons")} == given


def test_public_names_are_those_of_the_package() -> None:
    """The table of Python names against `__all__`."""
    assert {code(row[0])[0] for row in marked_table(TEXT, "names")} == set(pipeline.__all__)


PARTS = (documents.FeatureVerdict, documents.Divergence)
"""What `FeatureDrift` is put together from; its table tells both."""

SHAPES = [
    one
    for one in vars(documents).values()
    if is_typeddict(one) and one.__module__.startswith(documents.__name__) and one not in PARTS
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda one: one.__name__)
def test_fields_of_a_document_are_those_that_are_written(shape: Any) -> None:
    """Names, types and whether they are always there."""
    beside = re.search(rf"<!-- fields: {shape.__name__}, beside (\w+) -->", TEXT)
    mark = f"fields: {shape.__name__}" + (f", beside {beside[1]}" if beside else "")
    told = {code(row[0])[0]: row[1] for row in marked_table(TEXT, mark)}
    inherited = get_type_hints(getattr(documents, beside[1])) if beside else {}
    hints = get_type_hints(shape, include_extras=True)
    assert told == {name: _type_in_words(hint) for name, hint in hints.items() if name not in inherited}


def test_no_shape_is_told_of_that_is_not_written() -> None:
    """The marks of the tables against the documents' types, so that a table of what is gone does not stay."""
    told = {mark.partition(",")[0] for mark in re.findall(r"<!-- fields: (.*?) -->", TEXT)}
    assert told == {one.__name__ for one in SHAPES}


@pytest.mark.parametrize("settled", [settings.ExtractionSettings, settings.ModelSettings], ids=lambda one: one.__name__)
def test_fields_of_the_settings_are_those_that_are_recorded(settled: Any) -> None:
    """The settings are no TypedDict, so their dataclasses are asked; notes stand beside them in the document."""
    told = [name for row in marked_table(TEXT, f"settings: {settled.__name__}") for name in code(row[0])]
    assert told == [one.name for one in dataclasses.fields(settled) if one.name != "notes"]


def _told(command: str) -> list[Told]:
    own = section(TEXT, f"framewatch {command}")
    groups = [section(TEXT, title) for anchor, title in GROUPS.items() if f"({anchor})" in own]
    rows = [row for text in (own, *groups) for row in tables(text) if row[0].startswith("`-")]
    return [Told(tuple(one.split(" ")[0] for one in code(row[0])), code(row[0])[0], row[1]) for row in rows]


def _parameters(command: str) -> list[Any]:
    return list(PROGRAM.commands[command].params)


def _choices(command: str, parameter: str) -> list[str]:
    """The values that an option takes, from its annotation."""
    pending = [inspect.signature(app.COMMANDS[command]).parameters[parameter].annotation]
    while pending:
        hint = pending.pop()
        if get_origin(hint) is Literal:
            return list(get_args(hint))
        pending.extend(get_args(hint))
    return []


def _texts(node: ast.expr) -> set[str]:
    """The texts that an expression may be: itself, or both sides of a choice."""
    if isinstance(node, ast.IfExp):
        return _texts(node.body) | _texts(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def _type_in_words(hint: Any) -> str:
    if get_origin(hint) is NotRequired:
        return f"{_type_in_words(get_args(hint)[0])}, not always"
    if get_origin(hint) is Annotated:
        return _type_in_words(get_args(hint)[0])
    if get_origin(hint) is UnionType:
        return " or ".join(map(_type_in_words, get_args(hint)))
    return TYPES[dict if is_typeddict(hint) else get_origin(hint) or hint]
