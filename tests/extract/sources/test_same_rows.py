"""The same images give the same rows, wherever they come from."""

from __future__ import annotations

import pickle
import uuid
import zipfile
from typing import TYPE_CHECKING, Any

import fsspec
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.sources import open_source
from pipeline.extract.unit import Worker, WorkerSpec
from pipeline.settings import ExtractionSettings
from tests.support.archives import write_hugging_face, write_tar
from tests.support.pictures import encoded, scene

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SETTINGS = ExtractionSettings(input_size=(16, 16))
OF_THE_PLACE = {"uri", "path", "modified", "etag"}

names = st.lists(
    st.text(st.characters(categories=["L", "N"], include_characters=" -_'"), min_size=1, max_size=6).map(str.lower),
    min_size=1,
    max_size=2,
).map("/".join)
kinds = st.sampled_from(["JPEG", "PNG", "cut", "text", "empty"])


@settings(max_examples=25, deadline=None)
@given(drawn=st.dictionaries(names, kinds, min_size=1, max_size=5))
def test_a_folder_and_its_copies_give_the_same_rows(
    drawn: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """As a tar, a compressed tar, a manifest, Parquet, a zip and in fsspec's memory; damaged images too."""
    folder = tmp_path_factory.mktemp("same")
    images = {f"{name}.jpg": _content(kind, seed) for seed, (name, kind) in enumerate(drawn.items())}
    copies = _copies(folder, images)
    expected = _rows(str(folder / "folder"))
    assert [row["size"] for row in expected] == [len(images[path]) for path in sorted(images)]
    for copy in copies:
        assert _rows(copy) == expected, copy


def _content(kind: str, seed: int) -> bytes:
    if kind in {"JPEG", "PNG"}:
        return encoded(scene(20, 15, seed), kind)
    return {"cut": encoded(scene(40, 30, seed), "JPEG")[:700], "text": b"no image", "empty": b""}[kind]


def _copies(folder: Path, images: dict[str, bytes]) -> list[str]:
    memory, name = fsspec.filesystem("memory"), uuid.uuid4().hex
    for path, content in images.items():
        file = folder / "folder" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        memory.pipe(f"/{name}/{path}", content)
    write_tar(folder / "a.tar", images)
    write_tar(folder / "a.tgz", images, "w:gz")
    write_hugging_face(folder / "a.parquet", [(content, path) for path, content in images.items()], row_group_size=2)
    (folder / "a.csv").write_text("\n".join(["path", *(f'"folder/{path}"' for path in images)]), encoding="utf-8")
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        for path, content in images.items():
            archive.writestr(path, content)
    there = ["a.tar", "a.tgz", "a.parquet", "a.csv"]
    return [*(str(folder / one) for one in there), f"zip://::{folder}/a.zip", f"memory://{name}"]


def _rows(location: str) -> list[dict[str, Any]]:
    """By their paths, which the manifest begins with the folder's name."""
    refs = sorted(open_source(location).images(), key=lambda ref: ref.path.removeprefix("folder/"))
    sent = pickle.loads(pickle.dumps(refs))  # noqa: S301 - as to a worker in another process
    assert sent == refs
    assert {ref.place for ref in sent} == {ref.place for ref in refs}
    refs = sent
    table = Worker(WorkerSpec(SETTINGS, None)).process(refs)
    return [{name: row[name] for name in row.keys() - OF_THE_PLACE} for row in table.to_pylist()]
