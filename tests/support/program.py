"""The program as a user meets it: a command line in; a status, standard output and standard error out."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pty
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CHECKOUT = Path(__file__).resolve().parents[2]

LONGEST_RUN = 120
"""Seconds after which a run that hangs is given up."""


@dataclass(frozen=True)
class Outcome:
    """What a run left behind."""

    status: int
    stdout: str
    stderr: str

    @property
    def document(self) -> Any:
        """Standard output as the one JSON document that it is."""
        return json.loads(self.stdout)

    @property
    def error(self) -> str:
        """The one line with which the program refuses. Anything else that it says fails."""
        lines = self.stderr.splitlines()
        assert len(lines) == 1, self.stderr
        assert lines[0].startswith("error: "), self.stderr
        assert not self.stdout
        return lines[0].removeprefix("error: ")


def framewatch(*arguments: object, before: Sequence[str] = (), cwd: Path | str = "/", **variables: str) -> Outcome:
    """Run `python -m pipeline` in a process of its own, from a working directory that is not the checkout.

    Args:
        arguments: The command line.
        before: A command that runs the program, such as `limited_to(...)`.
        cwd: The working directory.
        variables: Of the environment.
    """
    done = subprocess.run(
        [*before, *command(*arguments)],
        cwd=cwd,
        env=environment(**variables),
        capture_output=True,
        check=False,
        timeout=LONGEST_RUN,
    )
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


def framewatch_here(*arguments: object) -> Outcome:
    """The same command line in this process, without the second that an interpreter takes to start."""
    from pipeline.cli.app import main

    stdout, stderr = _text_stream(), _text_stream()
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    redirected = contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr)
    try:
        with redirected[0], redirected[1], pytest.raises(SystemExit) as leaving:
            main(list(map(str, arguments)))
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    status = leaving.value.code
    assert isinstance(status, int)
    return Outcome(status, _content(stdout), _content(stderr))


def command(*arguments: object) -> list[str]:
    """The command line of a process that runs the program."""
    return [sys.executable, "-m", "pipeline", *map(str, arguments)]


def environment(**more: str) -> dict[str, str]:
    """This process's environment, with the checkout's package to be found from anywhere."""
    return {**os.environ, "PYTHONPATH": str(CHECKOUT), **more}


def limited_to(kilobytes: int) -> list[str]:
    """Runs a program that can write no file larger than this: what a full disk does to it."""
    return ["sh", "-c", f'ulimit -f {kilobytes * 2} && exec "$@"', "sh"]


def without_privileges() -> list[str]:
    """Runs a program for which permissions hold, also where the tests are root's."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("permissions do not hold for root, and there is no setpriv to give its powers up")
    given_up = "-dac_override,-dac_read_search"
    return ["setpriv", f"--bounding-set={given_up}", f"--inh-caps={given_up}"]


class Running:
    """A run whose standard error is a terminal, so that its progress bar tells when it is in the middle of its work."""

    def __init__(self, process: subprocess.Popen[bytes], terminal: int) -> None:
        """Watch a process."""
        self._process = process
        self._terminal = terminal
        self.shown = ""

    def wait_for(self, text: str) -> None:
        """Read the terminal until it has shown a text."""
        while text not in self.shown:
            assert self._read(), f"it ended without showing {text!r}: {self.shown}"

    def send(self, number: signal.Signals) -> int:
        """Send it a signal in the middle of its work, and give the status with which it then ends."""
        assert self._process.poll() is None, self.shown
        self._process.send_signal(number)
        while self._read():
            pass
        return self._process.wait(LONGEST_RUN)

    def _read(self) -> bool:
        try:
            content = os.read(self._terminal, 65536)
        except OSError:  # Linux's way to say that nobody has the other end open any more
            return False
        self.shown += content.decode()
        return bool(content)


@contextlib.contextmanager
def running(*arguments: object, **variables: str) -> Iterator[Running]:
    """Start the program with a terminal for its standard error."""
    terminal, other_end = pty.openpty()
    process = subprocess.Popen(
        command(*arguments),
        cwd="/",
        env=environment(TERM="xterm", **variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=other_end,
        start_new_session=True,
    )
    os.close(other_end)
    try:
        yield Running(process, terminal)
    finally:
        process.kill()
        process.wait()
        os.close(terminal)


def _text_stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


def _content(stream: io.TextIOWrapper) -> str:
    raw = stream.buffer
    assert isinstance(raw, io.BytesIO)
    return raw.getvalue().decode()
