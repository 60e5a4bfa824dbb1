"""Groups of options that several commands share, each declared once as a dataclass.

Typer reads a command's options from its signature. `grouped` builds that signature: a parameter whose type is a
dataclass stands for that dataclass's fields.
"""

from __future__ import annotations

import functools
import inspect
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import TYPE_CHECKING, Any, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Callable


def grouped(function: Callable[..., None]) -> Callable[..., None]:
    """The same command, with each of its option groups spread out for Typer to see."""
    hints = get_type_hints(function, include_extras=True)
    groups: dict[str, Any] = {name: hint for name, hint in hints.items() if is_dataclass(hint)}
    own = [
        parameter.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY)
        for name, parameter in inspect.signature(function).parameters.items()
        if name not in groups
    ]
    shared = [parameter for group in groups.values() for parameter in _parameters(group)]

    @functools.wraps(function)
    def spread(**values: Any) -> None:
        built = {
            name: group(**{one.name: values.pop(one.name) for one in fields(group)}) for name, group in groups.items()
        }
        function(**values, **built)

    # NOTE: Typer looks at both; wraps() has copied the ones that still hold the groups.
    command: Any = spread
    command.__signature__ = inspect.Signature([*own, *shared])
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in (*own, *shared)}
    del command.__wrapped__
    return spread


def _parameters(group: Any) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(one.name, inspect.Parameter.KEYWORD_ONLY, default=_default(one), annotation=hints[one.name])
        for one in fields(group)
    ]


def _default(one: Field[Any]) -> Any:
    return inspect.Parameter.empty if one.default is MISSING else one.default
