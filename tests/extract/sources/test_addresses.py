from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.sources.addresses import absolute, beside, inside_out, is_url, scrubbed, shown

if TYPE_CHECKING:
    from pathlib import Path

words = st.text("abcxyz0123456789", min_size=6, max_size=12)


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("s3://bucket/a", True),
        ("zip://*.jpg::/a/b.zip", True),
        ("zip://::b.zip", True),
        ("simplecache::https://host/a.jpg", True),
        ("memory://", True),
        ("/data/a::b/c.jpg", False),
        ("a::b", False),
        ("s3:/bucket/a", False),
        ("data/https://x", False),
        ("C:\\data", False),
        ("2026-11-23", False),
    ],
)
def test_a_url_has_a_protocol_in_front(location: str, expected: bool) -> None:
    """And everything else is a path of this machine, whatever its name holds."""
    assert is_url(location) is expected


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("https://host/a/b.jpg?X-Amz-Signature=0123&X-Amz-Date=20261123", "https://host/a/b.jpg"),
        ("https://ann:secret@host:8080/a.jpg#part", "https://host:8080/a.jpg"),
        ("https://token@host/a.jpg", "https://host/a.jpg"),
        ("HTTPS://ann:secret@host/a.jpg?sig=1", "HTTPS://host/a.jpg"),
        ("ftp://ann:secret@host/a.jpg", "ftp://ann@host/a.jpg"),
        ("sftp://ann:se@cret@host/a@b.jpg", "sftp://ann@host/a@b.jpg"),
        ("s3://bucket/day?/x*.jpg", "s3://bucket/day?/x*.jpg"),
        ("abfs://box@account.host/a.jpg", "abfs://box@account.host/a.jpg"),
        ("github://org:repo@main/a.jpg", "github://org:repo@main/a.jpg"),
        ("zip://a/*.jpg::https://ann:secret@host/b.zip?sig=1", "zip://a/*.jpg::https://host/b.zip"),
        ("simplecache::https://host/a.jpg?sig=1", "simplecache::https://host/a.jpg"),
        ("/data/who?.jpg", "/data/who?.jpg"),
        ("caf\udce9", "caf\\xe9"),
    ],
)
def test_what_is_shown_has_no_secrets(location: str, expected: str) -> None:
    """Neither passwords nor, on the web, users and queries; what only looks like them is left."""
    assert shown(location) == expected


@settings(max_examples=50, deadline=None)
@given(password=words, token=words, chain=st.sampled_from(["", "zip://*.jpg::", "simplecache::"]))
def test_no_secret_reaches_a_message(password: str, token: str, chain: str) -> None:
    """Whatever part of the URL a library quotes, and however it cuts it up."""
    location = f"{chain}https://ANN:{password}@host/a.jpg?sig={token}"
    for words in (
        location,
        f"404, message='Not Found', url='https://host/a.jpg?sig={token}'",
        f"ANN:{password} was refused",
        f"?sig={token} has run out",
        f"bad token {token}.",
    ):
        found = scrubbed(words, location)
        assert password not in found
        assert token not in found
    assert password not in shown(location)
    assert token not in absolute(location)


def test_messages_keep_their_words() -> None:
    """Where a password is an ordinary short word."""
    assert scrubbed("it is not there", "ftp://ann:is@host/a") == "it is not there"


def test_a_uri_does_not_depend_on_where_the_program_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also at the end of a chain."""
    monkeypatch.chdir(tmp_path)
    assert absolute("zip://*.jpg::b.zip") == f"zip://*.jpg::{tmp_path}/b.zip"
    assert absolute("b.jpg") == f"{tmp_path}/b.jpg"
    assert absolute("s3://bucket/b.jpg") == "s3://bucket/b.jpg"


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        ("/data/m.csv", "/data/a/x.jpg"),
        ("m.csv", "a/x.jpg"),
        ("s3://bucket/m.csv", "s3://bucket/a/x.jpg"),
        ("https://host/d/m.csv?sig=1/2", "https://host/d/a/x.jpg"),
        ("zip://m.csv::/data/b.zip", "zip://a/x.jpg::/data/b.zip"),
        ("zip://d/m.csv::s3://bucket/b.zip", "zip://d/a/x.jpg::s3://bucket/b.zip"),
    ],
)
def test_a_relative_path_is_beside_its_manifest(manifest: str, expected: str) -> None:
    """On this machine, behind a URL, and in an archive."""
    assert beside(manifest, "a/x.jpg") == expected


def test_an_archive_comes_before_what_is_in_it() -> None:
    """So that the last date is the innermost one; a query has none."""
    assert inside_out("zip://2026-11-22/*.jpg::s3://b/2026-11.zip") == "s3://b/2026-11.zip/zip://2026-11-22/*.jpg"
    assert inside_out("https://h/x?X-Amz-Date=20261123") == "https://h/x"
