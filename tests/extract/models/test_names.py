from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import SettingsError
from pipeline.extract.models.names import names_from_file, parsed_names

if TYPE_CHECKING:
    from pathlib import Path

names = st.lists(st.text(min_size=1), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cat\ndog\n", ("cat", "dog")),
        ("cat\r\n  dog \r\n\r\n", ("cat", "dog")),
        ("[unknown]\ncat\n", ("[unknown]", "cat")),
        ('["cat", "dog"]', ("cat", "dog")),
        ('{"1": "dog", "0": "cat"}', ("cat", "dog")),
        ('{"10": "k", "2": "c", "0": "a"}', ("a", "1", "c", "3", "4", "5", "6", "7", "8", "9", "k")),
        ('{"dog": 1, "cat": 0}', ("cat", "dog")),
        ("{0: 'cat', 1: \"dog's\"}", ("cat", "dog's")),
        ('{"cat": "a", "dog": "b"}', ()),
        ('{"999999999999": "cat"}', ()),
        ("{}", ()),
        ("", ()),
        ("  \n \n", ()),
    ],
    ids=[
        "lines",
        "Windows' lines",
        "a line like a list",
        "JSON list",
        "JSON object by index",
        "indexes are numbers, and keep their places",
        "torchvision's class_to_idx",
        "Ultralytics' Python dict",
        "an object of something else",
        "an index that is none",
        "empty object",
        "nothing",
        "blank lines",
    ],
)
def test_names_in_their_many_forms(text: str, expected: tuple[str, ...]) -> None:
    assert parsed_names(text) == expected


@given(names)
@settings(max_examples=50, deadline=None)
def test_names_come_back_from_json_and_python(written: list[str]) -> None:
    """Quotes, newlines and right-to-left marks in names are kept."""
    by_index: dict[Any, str] = dict(enumerate(written))
    for text in (json.dumps(written), json.dumps(by_index), str(by_index), repr(written)):
        assert parsed_names(text) == tuple(written)


@given(st.text())
@settings(max_examples=50, deadline=None)
def test_any_text_at_all_is_read_or_gives_no_names(text: str) -> None:
    assert all(isinstance(name, str) for name in parsed_names(text))
    assert isinstance(parsed_names("[" + text), tuple)


@pytest.mark.parametrize("bracket", ["[", "{"])
def test_brackets_without_end_are_no_crash(bracket: str) -> None:
    """Parsers give up on them in ways of their own."""
    assert parsed_names(bracket * 200_000) == (bracket * 200_000,)


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    """Windows' editors write one."""
    for text in ("cat\ndog", '["cat", "dog"]'):
        (tmp_path / "names").write_text(text, encoding="utf-8-sig")
        assert names_from_file(tmp_path / "names") == ("cat", "dog")


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\x00cat", b'{"a": {"b": 1}}'])
def test_a_file_without_names_is_refused_by_name(tmp_path: Path, content: bytes | None) -> None:
    """Missing, empty, not UTF-8, or about something else."""
    path = tmp_path / "names.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"names\.txt: .*class names") as caught:
        names_from_file(path)
    assert "\n" not in str(caught.value)
