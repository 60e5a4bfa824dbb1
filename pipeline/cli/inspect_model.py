"""framewatch inspect-model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.console import note, printable, say, say_data
from pipeline.cli.groups import grouped
from pipeline.cli.options import InputOptions, OutputOptions


@grouped
def inspect_model(
    path: Annotated[Path, typer.Argument(metavar="MODEL", help="An ONNX or TFLite model.")],
    options: InputOptions,
    shown: OutputOptions,
) -> None:
    """Inputs, outputs, the task and the preprocessing that would be used."""
    from pipeline.document_files import to_json
    from pipeline.extract.models.opening import open_model
    from pipeline.extract.models.resolve import resolve
    from pipeline.extract.models.scaling import reach
    from pipeline.version import generator

    model = open_model(path).model
    settings = resolve(options.extraction_options(), path)
    if shown.quiet:
        return
    if shown.json:
        found = {
            "generator": generator(),
            "model": str(path),
            "inputs": list(map(str, model.inputs)),
            "outputs": list(map(str, model.outputs)),
            "settings": settings.to_dict(),
            "fingerprint": settings.fingerprint,
            "notes": list(settings.notes),
        }
        say_data(to_json(found))
        return
    say(*(printable(f"input:  {one}") for one in model.inputs), *(printable(f"output: {one}") for one in model.outputs))
    say(f"input size: {settings.input_size[0]}x{settings.input_size[1]}", f"resize: {settings.resize}")
    for name, value in (settings.to_dict()["model"] or {}).items():
        if value is not None:
            say(printable(f"{name.replace('_', ' ')}: {_short(value)}"))
    if settings.model is not None:
        say(f"so pixels from 0 to 255 reach the model as: {reach(settings.model.mean, settings.model.std)}")
    say(f"fingerprint: {settings.fingerprint}")
    note(settings.notes)


def _short(value: object) -> str:
    if isinstance(value, list):
        shown = [f"{one:.6g}" if isinstance(one, float) else repr(one) for one in value]
        return ", ".join(shown[:5]) + (f", ... ({len(shown)} in all)" if len(shown) > 5 else "")  # noqa: PLR2004
    return str(value)
