"""What is in a tar: the headers of its members, and the notes beside its images."""

from __future__ import annotations

import contextlib
import json
import tarfile
from dataclasses import dataclass, field
from typing import IO, Any

from pipeline.extract.sources.archives import Archive, looked_into
from pipeline.extract.sources.files import as_text, is_hidden, is_named_as_image, microseconds
from pipeline.extract.sources.interface import Unreadable
from pipeline.extract.sources.tar_members import DAMAGED, unpacked

_LARGEST_NOTE = 1 << 20
"""Bytes of a `.cls` or `.json` member: what is larger is no label and no handful of fields."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An image, or what is in the place of one.

    Attributes:
        name: The member's name as text.
        offset: Of its first byte, in the unpacked tar.
        size: In bytes.
        modified: When it was last changed, in microseconds since 1970 UTC.
        problem: Set where it cannot be read.
    """

    name: str
    offset: int
    size: int
    modified: int | None
    problem: Unreadable | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """What is in a tar.

    Attributes:
        images: Its images, by their offsets; of several with one name the last, as when it is unpacked.
        samples: The label and the fields that come with images, by the key of their sample.
        damage: The point from which on it cannot be read, where there is one.
    """

    images: list[Entry]
    samples: dict[str, dict[str, Any]]
    damage: list[Entry]


@dataclass(slots=True)
class _Found:
    images: dict[str, Entry] = field(default_factory=dict)
    samples: dict[str, dict[str, Any]] = field(default_factory=dict)


def index_of(archive: Archive) -> Index:
    """Read the headers of a tar.

    Raises:
        SourceError: It cannot be read.
    """
    with looked_into(archive), unpacked(archive.location) as file:
        return _index(file)


def key_of(name: str) -> str:
    """What the members of a sample share: WebDataset's name up to the first dot of its last component."""
    folder, slash, last = name.rpartition("/")
    return folder + slash + last.partition(".")[0]


def _index(file: IO[bytes]) -> Index:
    found, offset = _Found(), 0
    size = file.seek(0, 2)
    file.seek(0)
    try:
        with tarfile.open(fileobj=file, mode="r:") as tar:
            while (member := tar.next()) is not None:
                vars(tar)["members"].clear()  # NOTE: it keeps every member that it has seen
                offset = max(tar.offset, member.offset_data + member.size)
                if member.offset_data + member.size <= size or is_named_as_image(member.name):
                    _take(member, file, size, found)
            broken = _ends_badly(file, tar.offset)
    except DAMAGED:
        broken = True
    cut = [entry for entry in found.images.values() if entry.problem and entry.problem.reason == "corrupt or truncated"]
    damage = []
    if broken and not cut:
        at = min(offset, size)
        what = f"is damaged at byte {at}" if at else "is no tar, or is damaged from its first byte"
        problem = Unreadable("corrupt or truncated", what)
        damage.append(Entry(f"(damaged at byte {at})", at, size - at, None, problem))
    return Index(sorted(found.images.values(), key=lambda entry: entry.offset), found.samples, damage)


def _ends_badly(file: IO[bytes], offset: int) -> bool:
    """Whether something else than the empty block that ends a tar stands where the next member would be.

    NOTE: tarfile takes a damaged header, but for the first one, for the end.
    """
    file.seek(offset)
    return file.read(tarfile.BLOCKSIZE).strip(b"\0") != b""


def _take(member: tarfile.TarInfo, file: IO[bytes], size: int, found: _Found) -> None:
    name = as_text(member.name).removeprefix("./")
    if is_hidden(name):
        return
    if is_named_as_image(name):
        found.images.pop(name, None)
        found.images[name] = _entry(name, member, size)
    elif member.isreg() and not member.issparse() and member.size <= _LARGEST_NOTE and name.endswith((".cls", ".json")):
        file.seek(member.offset_data)
        fields = _fields(name, file.read(member.size))
        first = found.samples.get(key_of(name), {})
        found.samples[key_of(name)] = first | fields if name.endswith(".cls") else fields | first


def _entry(name: str, member: tarfile.TarInfo, size: int) -> Entry:
    problem = None
    if not member.isreg() or member.issparse():
        problem = Unreadable("not a file", _kind(member))
    elif member.offset_data + member.size > size:
        found = max(size - member.offset_data, 0)
        problem = Unreadable("corrupt or truncated", f"the tar ends after {found} of its {member.size} bytes")
    return Entry(name, member.offset_data, member.size, microseconds(member.mtime), problem)


def _kind(member: tarfile.TarInfo) -> str:
    if member.isdir():
        return "it is a directory"
    if member.isreg():
        return "it is stored as a sparse file"
    return "it is a link to another member" if member.issym() or member.islnk() else "it is a pipe or a device"


def _fields(name: str, content: bytes) -> dict[str, Any]:
    """The label in a `.cls`, or the scalar fields of a `.json`; nothing where it cannot be understood."""
    with contextlib.suppress(UnicodeDecodeError, ValueError, RecursionError):
        if name.endswith(".cls"):
            return {"label": content.decode().strip()}
        fields = json.loads(content)
        if isinstance(fields, dict):
            return {key: value for key, value in fields.items() if isinstance(value, (str, bool, int, float))}
    return {}
