"""A command line that lacks options, or has words that none takes, to what is wrong and what to write."""

from __future__ import annotations

import shlex
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

_OF_IMAGES: dict[str, dict[str, str]] = {
    "baseline": {"--data-dir": "IMAGES", "--output": "baseline_metrics.json"},
    "monitor": {"--data-dir": "IMAGES", "--baseline": "baseline_metrics.json", "--output": "report.json"},
    "compare": {"--data-dir-1": "IMAGES", "--data-dir-2": "OTHER_IMAGES", "--output": "comparison.json"},
    "extract": {"--data-dir": "IMAGES", "--store": "features", "--dataset": "production"},
    "compact": {"--store": "features"},
    "history": {
        "--store": "features",
        "--dataset": "production",
        "--baseline": "baseline_metrics.json",
        "--output": "history.json",
    },
    "report": {"DOCUMENT": "report.json", "--output": "report.html"},
    "site": {"--reports": "reports", "--output": "site"},
    "inspect-model": {"MODEL": "model.onnx"},
    "query": {"SQL": "SELECT * FROM features LIMIT 5", "--store": "features"},
    "demo": {"--output": "demo-output"},
}
"""The shortest command line of each command, in the order in which people think of its parts. Capitals are to be
replaced; what has no dashes is given without a name."""

_OF_ROWS: dict[str, dict[str, str]] = {
    "baseline": {"--store": "features", "--select": "NAME", "--output": "baseline_metrics.json"},
    "monitor": {
        "--store": "features",
        "--select": "NAME",
        "--baseline": "baseline_metrics.json",
        "--output": "report.json",
    },
    "compare": {
        "--store": "features",
        "--baseline-select": "NAME",
        "--current-select": "OTHER_NAME",
        "--output": "comparison.json",
    },
}
"""The same for those that take rows of a store instead of images."""

_BY_SUFFIX = {".onnx": "--model", ".tflite": "--model", ".json": "--baseline"}
"""Which option a file is probably meant for."""

_OF_OUTPUTS = {"", ".json", ".html"}
"""The suffixes of what may be an output: a word with another is one of several files that a glob stands for."""

_MOST_WORDS = 2
"""Words that are named where none has a place: a glob can be thousands."""


def usage_message(error: Any, arguments: Sequence[str]) -> str:
    """What is wrong with a command line, and what to write instead, in one line.

    Args:
        error: Typer's usage error.
        arguments: The command line, without the program's name.
    """
    found = " ".join(error.format_message().split()).replace("Value error, ", "").rstrip(".")
    found = found.replace("the formats '%Y-%m-%d'", "YYYY-MM-DD")
    command = "framewatch" if error.ctx is None else error.ctx.command_path
    completed, words = None, list[str]()
    if error.ctx is not None and found.startswith(("Missing ", "Got unexpected extra argument")):
        given, words = _typed(error.ctx, arguments)
        completed = _completed(error.ctx, given, words)
    if completed is not None:
        found = completed
    elif words:
        found = f"a glob needs quotes, so that the shell does not put its files there: {_extra(words)}"
    return f"{found}{'' if found.endswith('?') else ';'} see `{command} --help`"


def _completed(context: Any, given: Mapping[str, str], words: Sequence[str]) -> str | None:
    """What is missing or left over, with the command line to write; None where a word has no place in it."""
    command = context.info_name
    lines = _OF_ROWS if "--store" in given and command in _OF_ROWS else _OF_IMAGES
    wanted = {name: _written(name, example) for name, example in lines.get(command, {}).items()}
    if "--against" in given:
        del wanted["--baseline"]
    known = {parameter.opts[0] for parameter in context.command.params}
    placed = dict[str, str]()
    for word in words:
        name = _place(word, wanted, known, {*given, *placed})
        if name is None:
            return None
        placed[name] = _written(name, word)
    missing = [name for name in wanted if name not in given and name not in placed]
    line = " ".join({**wanted, **given, **placed}.values())
    return f"{_wrong(words, missing)}; write `framewatch {command} {line}`" if words or missing else None


def _extra(words: Sequence[str]) -> str:
    """The first words that no option takes, and how many more there are."""
    more = f" and {len(words) - _MOST_WORDS} more" if len(words) > _MOST_WORDS else ""
    return f"no option stands before {', '.join(map(repr, words[:_MOST_WORDS]))}{more}"


def _typed(context: Any, arguments: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Each option that is given, as it is written, and the words that none takes."""
    at = list(arguments).index(context.info_name)
    values, words, _ = context.command.make_parser(context).parse_args([*arguments[at + 1 :]])
    given = dict[str, str]()
    for parameter in context.command.params:
        name, value = _name(parameter), values.get(parameter.name)
        if name == "--alert" and value:
            given[name] = "--alert URL"  # which may hold a password, and is not said again
        elif isinstance(value, list):
            given[name] = " ".join(_written(name, one) for one in value)
        elif isinstance(value, str):
            given[name] = _written(name, value)
        elif isinstance(value, tuple):
            given[name] = _written(name, *value)
        elif value is True:
            given[name] = name
    return given, list(words)


def _place(word: str, wanted: Iterable[str], known: Container[str], taken: Container[str]) -> str | None:
    """The option that a word is probably meant for."""
    suffix = PurePath(word).suffix.lower()
    likely = _BY_SUFFIX.get(suffix)
    if likely in known and likely not in taken:
        return likely
    first = next((name for name in wanted if name not in taken), None)
    return None if first == "--output" and suffix not in _OF_OUTPUTS else first


def _name(parameter: Any) -> str:
    """An option's, or what stands for an argument's in help."""
    first: str = parameter.opts[0]
    return first if first.startswith("-") else parameter.metavar or first.upper()


def _written(name: str, *values: str) -> str:
    return " ".join([*([name] if name.startswith("-") else []), *map(shlex.quote, values)])


def _wrong(words: Sequence[str], missing: Sequence[str]) -> str:
    found = [f"no option stands before {', '.join(map(repr, words))}"] if words else []
    if missing:
        *others, last = missing
        found.append(f"{', '.join(others)} and {last} are missing" if others else f"{last} is missing")
    return ", and ".join(found)
