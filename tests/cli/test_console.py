"""What is printed is safe for a terminal, and whole where a program reads it."""

from __future__ import annotations

import io
import unicodedata
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli.console import note, printable, say_data

if TYPE_CHECKING:
    import pytest

ANY_TEXT = st.text(st.characters(codec=None))
"""Surrogates too, which stand for undecodable bytes in file names."""


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """It is."""
        return True


@given(ANY_TEXT)
def test_nothing_that_steers_a_terminal_gets_through(text: str) -> None:
    """No control, format, surrogate, private or separator character but the space is left; the rest is as it was."""
    shown = printable(text)
    assert all(one == " " or unicodedata.category(one)[0] not in "CZ" for one in shown)
    if text.isprintable():
        assert shown == text


@given(ANY_TEXT)
def test_escapes_say_which_character_it_was(text: str) -> None:
    """Backslashes aside, the text can be had back."""
    plain = text.replace("\\", "/")
    assert printable(plain).encode("latin-1", "backslashreplace").decode("unicode_escape") == plain


def test_data_is_escaped_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    r"""CSV with an escape sequence and a newline inside: a pipe gets it whole, a terminal as `\x1b`."""
    data = 'path\n"a\x1b[31m\u202eb"\n'
    terminal, pipe = Terminal(), io.StringIO()
    monkeypatch.setattr("sys.stdout", terminal)
    say_data(data)
    assert terminal.getvalue() == 'path\n"a\\x1b[31m\\u202eb"\n'
    monkeypatch.setattr("sys.stdout", pipe)
    say_data(data)
    assert pipe.getvalue() == data


def test_a_remark_is_one_line_whatever_it_holds(capsys: pytest.CaptureFixture[str]) -> None:
    note(["a\nb\r\x1b[2K"], kind="error")
    assert capsys.readouterr().err == "error: a\\nb\\r\\x1b[2K\n"
