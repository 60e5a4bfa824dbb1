"""Whether settings agree: rows and profiles that were made differently are never put beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from pipeline.errors import SettingsError
from pipeline.recorded import shortened

if TYPE_CHECKING:
    from pipeline.settings import ExtractionSettings, ModelSettings

_SAME_OR_AGAIN = "use the same options, or make it again"

_SAID_ELSEWHERE = {"sha256", "name"}
"""The fields of a model by which a whole model is told from another."""

_DIGITS_SHOWN = 12
"""Of a hash: enough for people to tell two apart."""


def require_same_model(recorded: ExtractionSettings, sha256: str, name: str, *, where: str) -> None:
    """Refuse another model than the recorded one, before anything that it says of itself is mixed with the record.

    Args:
        recorded: The settings of what exists; with no model in them, any will do.
        sha256: The model that is to be used.
        name: Of its file.
        where: What carries the recorded settings, for the message.

    Raises:
        SettingsError: It is another model.
    """
    own = recorded.model
    if own is not None and own.sha256 != sha256:
        remedy = f"give the model that {where} was made with, or make {where} again with this one"
        _refuse_model(where, _in_words(own.sha256, own.name), _in_words(sha256, name), remedy)


def require_same(
    recorded: ExtractionSettings,
    present: ExtractionSettings,
    *,
    where: str,
    strict: bool = False,
    remedy: str = _SAME_OR_AGAIN,
) -> None:
    """Refuse to mix rows or profiles that were made differently.

    Args:
        recorded: The settings of what exists.
        present: The settings of what is to be put beside it.
        where: What carries the recorded settings, for the message.
        strict: Also refuse where only one of them has a model. Otherwise that is fine: pixels compare without one.
        remedy: What to do, for the message.

    Raises:
        SettingsError: Names the model, or else the first field that differs, with both values.
    """
    if recorded == present:
        return
    both = recorded.model is not None and present.model is not None
    if (both or strict) and _sha256(recorded.model) != _sha256(present.model):
        _refuse_model(where, _model_in_words(recorded.model), _model_in_words(present.model), remedy)
    left, right = recorded.to_dict(), present.to_dict()
    left_model, right_model = left.pop("model"), right.pop("model")
    pairs = [(name, left[name], right[name]) for name in left]
    if both:
        names = [name for name in left_model if name not in _SAID_ELSEWHERE]
        pairs += [(f"model.{name}", left_model[name], right_model[name]) for name in names]
    for name, old, new in pairs:
        if old != new:
            raise SettingsError(
                f"{where} was made with other settings: {name} is {shortened(old)} there and {shortened(new)} here; "
                f"{remedy}"
            )


def _refuse_model(where: str, old: str, new: str, remedy: str) -> NoReturn:
    raise SettingsError(f"{where} was made with another model: {old} there and {new} here; {remedy}")


def _sha256(model: ModelSettings | None) -> str | None:
    return None if model is None else model.sha256


def _model_in_words(model: ModelSettings | None) -> str:
    return "none" if model is None else _in_words(model.sha256, model.name)


def _in_words(sha256: str, name: str | None) -> str:
    return f"{name or 'a model'} (sha256 {sha256[:_DIGITS_SHOWN]})"
