from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from typing import TYPE_CHECKING, Any

import fsspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import SourceError
from pipeline.extract.sources import open_source
from pipeline.extract.sources.interface import ImageRef, Opened
from tests.support.archives import WRITTEN, write_tar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MEMBERS = {
    "a/000.jpg": b"first",
    "a/000.cls": b"7\n",
    "a/000.json": json.dumps({"camera": "left", "lux": 3, "width": 640, "tags": ["x"], "label": "no"}).encode(),
    "b.PNG": b"second",
    "b.json": b'{"camera": "right", "lux": 2.5}',
    "b.txt": b"a caption",
    "c.seg.png": b"third",
    "c.cls": b"8",
}
IMAGES = {name: content for name, content in MEMBERS.items() if content in {b"first", b"second", b"third"}}


def contents(refs: list[ImageRef]) -> dict[str, bytes]:
    opened = Opened()
    return {ref.path: ref.place.read(opened) for ref in refs if ref.problem is None}


def problems(refs: list[ImageRef]) -> dict[str, str]:
    return {ref.path: ref.problem.reason for ref in refs if ref.problem is not None}


def test_members_named_like_images_are_images(tmp_path: Path) -> None:
    """With the uri that fsspec opens, the member's size and time, and the tar's own version."""
    path = write_tar(tmp_path / "shard.tar", MEMBERS)
    refs = list(open_source(str(path)).images())
    assert [ref.uri for ref in refs] == sorted(f"tar://{name}::{path}" for name in IMAGES)
    assert contents(refs) == IMAGES
    for ref in refs:
        with fsspec.open(ref.uri) as file:
            assert file.read() == IMAGES[ref.path]
        found = path.stat()
        expected = (len(IMAGES[ref.path]), WRITTEN * 1_000_000, f"{found.st_size}-{found.st_mtime_ns}")
        assert ref.version == expected


def test_what_belongs_to_a_sample_is_metadata_of_its_images(tmp_path: Path) -> None:
    """The label of `.cls` wins; nested fields are left out, and one with a feature's name is called otherwise."""
    found = open_source(write_tar(tmp_path / "shard.tar", MEMBERS)).metadata()
    assert found is not None
    assert found.table.sort("path").to_dicts() == [
        {"path": "a/000.jpg", "label": "7", "camera": "left", "lux": 3.0, "given_width": 640},
        {"path": "b.PNG", "label": None, "camera": "right", "lux": 2.5, "given_width": None},
        {"path": "c.seg.png", "label": "8", "camera": None, "lux": None, "given_width": None},
    ]


def test_a_tar_of_images_alone_has_no_metadata(tmp_path: Path) -> None:
    """Nor has one whose notes cannot be understood."""
    notes = {"x.cls": b"\xff\xfe", "x.json": b"{no json", "y.json": b"[1]", "z.cls": b"1"}
    for members in ({"x.jpg": b"1"}, {"x.jpg": b"1", "y.jpg": b"2", **notes}):
        assert open_source(write_tar(tmp_path / "shard.tar", members)).metadata() is None


@pytest.mark.parametrize("pattern", ["s-{00..02}.tar", "s-{00,01,02}.tar", "s-*.tar"])
@pytest.mark.parametrize("where", ["here", "memory"])
def test_several_shards_are_one_source(pattern: str, where: str, tmp_path: Path) -> None:
    """Paths begin with the shard's name; a place knows its shard."""
    for number in range(3):
        write_tar(tmp_path / f"s-0{number}.tar", {"x.jpg": b"%d" % number, "x.cls": b"%d" % number})
    root = str(tmp_path)
    if where == "memory":
        root = f"memory://{tmp_path}"
        for path in tmp_path.iterdir():
            fsspec.filesystem("memory").pipe(str(path), path.read_bytes())
    source = open_source(f"{root}/{pattern}")
    assert contents(list(source.images())) == {f"s-0{number}.tar/x.jpg": b"%d" % number for number in range(3)}
    metadata = source.metadata()
    assert metadata is not None
    assert dict(metadata.table.rows()) == {f"s-0{number}.tar/x.jpg": str(number) for number in range(3)}


def test_shards_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    """As `*/shard.tar` finds them."""
    for day in ("monday", "tuesday"):
        (tmp_path / day).mkdir()
        write_tar(tmp_path / day / "shard.tar", {"x.jpg": day.encode()})
    found = contents(list(open_source(f"{tmp_path}/*/shard.tar").images()))
    assert found == {f"{day}/shard.tar/x.jpg": day.encode() for day in ("monday", "tuesday")}


@pytest.mark.parametrize("suffix", [".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz"])
def test_compressed_tars_are_read_too(suffix: str, tmp_path: Path) -> None:
    """By the suffix, as tar does."""
    packers: dict[str, Callable[[bytes], bytes]] = {"g": gzip.compress, "b": bz2.compress, "x": lzma.compress}
    plain = write_tar(tmp_path / "plain.tar", MEMBERS).read_bytes()
    path = tmp_path / f"packed{suffix}"
    path.write_bytes(packers[suffix.removeprefix(".tar.").removeprefix(".t")[0]](plain))
    refs = list(open_source(str(path)).images())
    assert contents(refs) == IMAGES


def test_a_tar_in_a_zip_is_read_through_a_chain(tmp_path: Path) -> None:
    """`zip://shard.tar::/a/b.zip`."""
    write_tar(tmp_path / "shard.tar", MEMBERS)
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.write(tmp_path / "shard.tar", "shard.tar")
    refs = list(open_source(f"zip://shard.tar::{tmp_path}/b.zip").images())
    assert contents(refs) == IMAGES


def test_a_rewritten_tar_has_images_of_another_version(tmp_path: Path) -> None:
    """Even where members have the sizes and times that they had."""
    (before,) = open_source(write_tar(tmp_path / "s.tar", {"x.jpg": b"old"})).images()
    (after,) = open_source(write_tar(tmp_path / "s.tar", {"x.jpg": b"new"})).images()
    assert (before.uri, before.size, before.modified) == (after.uri, after.size, after.modified)
    assert before.version != after.version


def test_members_that_are_no_files_have_a_problem_and_hidden_ones_are_passed_over(tmp_path: Path) -> None:
    """As in a folder; of two members with one name, the last is what unpacking leaves."""
    with tarfile.open(tmp_path / "s.tar", "w") as tar:
        for name, kind in (("d.jpg", tarfile.DIRTYPE), ("l.jpg", tarfile.SYMTYPE), ("p.jpg", tarfile.FIFOTYPE)):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "x.jpg"
            tar.addfile(member)
        for name, content in (("./x.jpg", b"old"), ("._x.jpg", b"0"), (".t/x.jpg", b"0"), ("./x.jpg", b"newer")):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    refs = list(open_source(tmp_path / "s.tar").images())
    assert problems(refs) == dict.fromkeys(("d.jpg", "l.jpg", "p.jpg"), "not a file")
    assert contents(refs) == {"x.jpg": b"newer"}


@pytest.mark.parametrize("stamp", [float("nan"), float("inf"), -1e300, 1e13])
def test_no_time_of_a_member_is_too_strange(stamp: float, tmp_path: Path) -> None:
    """Extended headers hold whatever was written: the image is read all the same."""
    with tarfile.open(tmp_path / "s.tar", "w") as tar:
        member = tarfile.TarInfo("x.jpg")
        member.size, member.pax_headers = 1, {"mtime": str(stamp)}
        tar.addfile(member, io.BytesIO(b"1"))
    (ref,) = open_source(tmp_path / "s.tar").images()
    assert (ref.modified, ref.place.read(Opened())) == (None, b"1")


def test_names_that_are_no_text_are_escaped(tmp_path: Path) -> None:
    """As in a folder."""
    write_tar(tmp_path / "s.tar", {b"caf\xe9.jpg".decode("utf-8", "surrogateescape"): b"1"})
    assert contents(list(open_source(tmp_path / "s.tar").images())) == {"caf\\xe9.jpg": b"1"}


WHOLE = {f"{number}.jpg": bytes([number]) * 700 for number in range(1, 4)}


def layout(path: Path) -> list[tuple[int, int, int]]:
    """Where each member begins, where its content does, and where that ends; by Python's tarfile."""
    with tarfile.open(path) as tar:
        return [(one.offset, one.offset_data, one.offset_data + one.size) for one in tar.getmembers()]


@settings(max_examples=100, deadline=None)
@given(share=st.floats(0, 1))
def test_of_a_truncated_tar_the_images_before_the_damage_are_read(
    share: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """And the damage is one row, but where the cut is between members: nobody can know of that."""
    path = write_tar(tmp_path_factory.mktemp("tar") / "s.tar", WHOLE)
    members = layout(path)
    cut = round(share * members[-1][2])
    path.write_bytes(path.read_bytes()[:cut])
    if cut < members[0][1]:
        with pytest.raises(SourceError, match="is no tar, or is damaged from its first byte"):
            open_source(path).images()
        return
    refs = list(open_source(path).images())
    whole = [name for name, (_, _, end) in zip(WHOLE, members, strict=True) if end <= cut]
    assert contents(refs) == {name: WHOLE[name] for name in whole}
    between = cut in {begin for begin, _, _ in members}
    assert list(problems(refs).values()) == ([] if between else ["corrupt or truncated"])


def test_a_shard_that_is_damaged_from_its_first_byte_does_not_stop_the_others(tmp_path: Path) -> None:
    """As one that is still being uploaded: it is a row."""
    write_tar(tmp_path / "s-0.tar", {"x.jpg": b"1"})
    (tmp_path / "s-1.tar").write_bytes(b"")
    (tmp_path / "s-2.tar").write_bytes(b"no tar" * 999)
    refs = list(open_source(f"{tmp_path}/s-*.tar").images())
    assert contents(refs) == {"s-0.tar/x.jpg": b"1"}
    assert problems(refs) == {f"s-{shard}.tar/(damaged at byte 0)": "corrupt or truncated" for shard in (1, 2)}


def test_a_damaged_header_is_a_row_and_not_the_end(tmp_path: Path) -> None:
    """Python's tarfile takes it for the end of the archive."""
    path = write_tar(tmp_path / "s.tar", WHOLE)
    content, (begin, _, _) = bytearray(path.read_bytes()), layout(path)[1]
    content[begin + 150] ^= 0xFF
    path.write_bytes(content)
    refs = list(open_source(path).images())
    assert contents(refs) == {"1.jpg": WHOLE["1.jpg"]}
    assert problems(refs) == {f"(damaged at byte {begin})": "corrupt or truncated"}


def test_of_a_truncated_compressed_tar_the_images_before_the_damage_are_read(tmp_path: Path) -> None:
    """As far as they can be unpacked."""
    members = {f"{number}.jpg": bytes(range(256)) * 1000 for number in range(4)}
    packed = gzip.compress(write_tar(tmp_path / "s.tar", members).read_bytes(), compresslevel=0)
    (tmp_path / "s.tgz").write_bytes(packed[: len(packed) // 2])
    refs = list(open_source(tmp_path / "s.tgz").images())
    assert "0.jpg" in contents(refs)
    assert "corrupt or truncated" in problems(refs).values()


def _write(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_write(b"no tar at all" * 100), "is no tar"),
        (_write(b""), "is no tar"),
        (lambda path: write_tar(path, {"x.txt": b"1"}), "no images in this archive"),
        (lambda path: write_tar(path, {}), "no images in this archive"),
        (lambda _: None, "No such file"),
    ],
    ids=["text", "empty file", "no image", "no member", "missing"],
)
@pytest.mark.parametrize("name", ["s.tar", "s.tgz"])
def test_what_holds_no_images_is_named(make: Any, words: str, name: str, tmp_path: Path) -> None:
    """Before anything else is done."""
    path = tmp_path / name
    make(path)
    if path.exists() and name == "s.tgz":
        path.write_bytes(gzip.compress(path.read_bytes()))
    with pytest.raises(SourceError, match=words) as caught:
        open_source(str(path)).images()
    assert str(path) in str(caught.value)


def test_a_shard_that_is_missing_from_a_list_is_named(tmp_path: Path) -> None:
    """A typing error in the numbers is no smaller data set."""
    write_tar(tmp_path / "s-00.tar", MEMBERS)
    with pytest.raises(SourceError, match=r"s-01\.tar: cannot be opened"):
        open_source(f"{tmp_path}/s-{{00..01}}.tar").images()


def test_a_tar_that_shrinks_before_it_is_read_gives_an_error_of_the_system(tmp_path: Path) -> None:
    """Which becomes a row; between the search and the reading there may be hours."""
    path = write_tar(tmp_path / "s.tar", WHOLE)
    refs = list(open_source(str(path)).images())
    path.write_bytes(path.read_bytes()[: layout(path)[0][1] + 88])
    with pytest.raises(OSError, match="ends after 88 of the 700 bytes"):
        refs[0].place.read(Opened())
    path.unlink()
    with pytest.raises(OSError, match="No such file"):
        refs[0].place.read(Opened())
