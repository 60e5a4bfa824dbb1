"""Runs the marked blocks of a document, in their order, as a reader would: in one folder, with the command at hand."""

from __future__ import annotations

import contextlib
import os
import select
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from pipeline.demo.scene import KINDS, Conditions, draw_part
from tests.support.markdown import CHECKOUT, Block, blocks
from tests.support.program import environment, framewatch_here

if TYPE_CHECKING:
    from pathlib import Path

MARKS = ("run", "file", "cron", "unit", "dag", "manifest", "query", "not run", "demo", "tree")
"""What a comment before a block may say."""

PICTURES = 24
DAYS = {"2026-11-22": Conditions(blur=3.5), "2026-11-23": Conditions(lamp=0.45)}

_CLIENT = """#!/bin/sh
here=$(dirname "$0")
printf '%s\\0' "$PWD" "$@" > "$here/calls"
read -r status < "$here/answers"
cat "$here/stdout"
cat "$here/stderr" >&2
exit "$status"
"""
"""The command `framewatch` in a reader's shell: it has this process do the work, which has everything imported."""


@dataclass
class Reader:
    """Somebody who follows a document in a folder of their own, with images, a model and labels.

    Attributes:
        folder: Where they work.
        outputs: What each block that was run printed, by its text.
    """

    folder: Path
    outputs: dict[str, str] = field(default_factory=dict)

    @classmethod
    def who_follows(cls, text: str, folder: Path) -> Self:
        """A reader of some text, in a new folder, who has done what every marked block says but crontab lines."""
        reader = cls(folder)
        reader._prepare()
        for block in blocks(text):
            if block.verb == "file":
                (folder / block.argument).write_text(block.text, encoding="utf-8")
            elif block.verb == "run":
                reader._run(block)
        return reader

    def copied_to(self, folder: Path) -> Reader:
        """Another reader who has come as far, for a test that changes things."""
        shutil.copytree(self.folder, folder, symlinks=True, ignore=lambda *_: ["calls", "answers"])
        _make_pipes(folder / ".venv/bin")
        return Reader(folder, self.outputs)

    def draw_day(self, folder: str, conditions: Conditions, *, by_kind: bool = False, seed: int = 0) -> None:
        """Draw one folder of parts, each kind as often as the others, in a folder a kind where that is wanted."""
        for at in range(PICTURES):
            kind = KINDS[at % len(KINDS)]
            path = self.folder / folder / (kind if by_kind else ".") / f"picture-{at:04}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            draw_part(kind, np.random.default_rng([seed, at]), conditions).save(path)

    def as_cron(self, line: str) -> subprocess.CompletedProcess[str]:
        """Run a line of a crontab as cron would: without its five fields, its escapes undone, by sh, from home."""
        command = line.split(maxsplit=5)[5].rstrip("\n")
        assert "%" not in command.replace("\\%", ""), "cron takes a bare % for a line break"
        home = str(self.folder.parent)
        environment = {"HOME": home, "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "PYTHONPATH": str(CHECKOUT)}
        return self._shell(["/bin/sh", "-c", command.replace("\\%", "%")], cwd=home, env=environment)

    def _prepare(self) -> None:
        self.draw_day("data/val", Conditions(), by_kind=True)
        for number, (day, conditions) in enumerate(DAYS.items(), start=1):
            self.draw_day(f"data/production/{day}", conditions, seed=number)
        (self.folder / "model.onnx").symlink_to(CHECKOUT / "pipeline/demo/parts.onnx")
        paths = sorted((self.folder / "data/val").rglob("*.jpg"))
        labels = [f"{path.parent.name}/{path.name},{path.parent.name}" for path in paths]
        (self.folder / "labels.csv").write_text("\n".join(["path,label", *labels, ""]), encoding="utf-8")
        programs = self.folder / ".venv/bin"
        programs.mkdir(parents=True)
        _make_pipes(programs)
        python = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n'
        for name, script in (("framewatch", _CLIENT), ("python", python)):
            (programs / name).write_text(script, encoding="utf-8")
            (programs / name).chmod(0o755)

    def _run(self, block: Block) -> None:
        if block.language == "python":
            with contextlib.chdir(self.folder):
                exec(compile(block.text, "example", "exec"), {"__name__": "__main__"})  # noqa: S102
            return
        path = f"{self.folder / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"
        done = self._shell(["/bin/sh", "-eu", "-c", block.text], cwd=str(self.folder), env=environment(PATH=path))
        expected = int(block.argument.removeprefix("exit")) if block.argument else 0
        assert done.returncode == expected, f"{block.text}\n{done.stdout}\n{done.stderr}"
        self.outputs[block.text] = done.stdout

    def _shell(self, command: list[str], **process: Any) -> subprocess.CompletedProcess[str]:
        """Run a shell to its end, and do the work of every `framewatch` that it calls."""
        programs = self.folder / ".venv/bin"
        calls = os.open(programs / "calls", os.O_RDWR)
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **process)
        try:
            while running.poll() is None:
                if select.select([calls], [], [], 0.01)[0]:
                    cwd, *arguments = os.read(calls, select.PIPE_BUF).decode().split("\0")[:-1]
                    with contextlib.chdir(cwd):
                        outcome = framewatch_here(*arguments)
                    (programs / "stdout").write_text(outcome.stdout, encoding="utf-8")
                    (programs / "stderr").write_text(outcome.stderr, encoding="utf-8")
                    (programs / "answers").write_text(f"{outcome.status}\n", encoding="utf-8")
        finally:
            os.close(calls)
            stdout, stderr = running.communicate()
        return subprocess.CompletedProcess(command, running.returncode, stdout, stderr)


def _make_pipes(folder: Path) -> None:
    for name in ("calls", "answers"):
        os.mkfifo(folder / name)
