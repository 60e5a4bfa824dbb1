"""Notebooks run, and stored with what their cells show: python notebooks/execute.py NOTEBOOK...

It needs no kernel. Of what a cell shows, only what is the same on every run and every machine is kept, so that a stored
notebook changes only where its results do.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any

from PIL import Image

COLOURS = 64
"""Of a stored picture: enough for charts and small photographs, at a fifth of the size."""

Output = dict[str, Any]


def main(paths: list[str]) -> None:
    """Run some notebooks, each in its folder, and store them."""
    for path in map(Path, paths):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        with contextlib.chdir(path.parent):
            _, outputs = run(code_cells(notebook))
        for cell, shown in zip(_of_code(notebook), outputs, strict=True):
            cell["outputs"], cell["execution_count"] = shown, None
        path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def code_cells(notebook: dict[str, Any]) -> list[str]:
    """The source of each code cell."""
    return ["".join(cell["source"]) for cell in _of_code(notebook)]


def run(cells: list[str]) -> tuple[dict[str, Any], list[list[Output]]]:
    """Run cells one after the other in one namespace, as a kernel would.

    Returns:
        The namespace after the last, and what each of them shows: what it printed, and the value of its last line.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    return namespace, [_outputs(source, f"cell {number}", namespace) for number, source in enumerate(cells)]


def _outputs(source: str, name: str, namespace: dict[str, Any]) -> list[Output]:
    tree = ast.parse(source, name)
    last = tree.body[-1]
    shown = ast.Expression(last.value) if isinstance(last, ast.Expr) else ast.Expression(ast.Constant(None))
    if isinstance(last, ast.Expr):
        tree.body.pop()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, name, "exec", dont_inherit=True), namespace)  # noqa: S102
        value = eval(compile(ast.fix_missing_locations(shown), name, "eval", dont_inherit=True), namespace)  # noqa: S307
    outputs: list[Output] = []
    if printed.getvalue():
        lines = printed.getvalue().splitlines(keepends=True)
        outputs.append({"output_type": "stream", "name": "stdout", "text": lines})
    if value is not None:
        outputs.append({"output_type": "display_data", "data": _bundle(value), "metadata": {}})
    return outputs


def _bundle(value: Any) -> dict[str, Any]:
    """A value in the forms that a reader may show it in: a picture, or a table and a text."""
    found = value._repr_mimebundle_(None, None) if hasattr(value, "_repr_mimebundle_") else {}
    picture = dict(found[0] if isinstance(found, tuple) else found).get("image/png")
    if picture is None and hasattr(value, "_repr_png_"):
        picture = value._repr_png_()
    if picture is not None:  # without its text, which would name an address in memory
        return {"image/png": base64.b64encode(_small(picture)).decode("ascii")}
    html = {"text/html": value._repr_html_().splitlines(keepends=True)} if hasattr(value, "_repr_html_") else {}
    return {**html, "text/plain": repr(value).splitlines(keepends=True)}


def _small(picture: bytes | str) -> bytes:
    """The same picture in few colours, on white; charts come as base 64."""
    content = base64.b64decode(picture) if isinstance(picture, str) else picture
    shown = Image.open(io.BytesIO(content)).convert("RGBA")
    flat = Image.alpha_composite(Image.new("RGBA", shown.size, "white"), shown).convert("RGB")
    written = io.BytesIO()
    flat.quantize(COLOURS, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
    return written.getvalue()


def _of_code(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


if __name__ == "__main__":
    main(sys.argv[1:])
