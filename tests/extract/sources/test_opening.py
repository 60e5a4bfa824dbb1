from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pipeline.errors import SourceError
from pipeline.extract.sources import open_source
from pipeline.extract.sources.folder import Folder
from pipeline.extract.sources.globbed import Glob
from pipeline.extract.sources.image_table import ImageTable
from pipeline.extract.sources.manifest import Manifest
from pipeline.extract.sources.remote_files import RemoteFiles
from pipeline.extract.sources.tarred import Tar
from tests.support.archives import write_hugging_face
from tests.support.markdown import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("plain", Folder),
        ("with [brackets]", Folder),
        ("folder.tar", Folder),
        ("folder.csv", Folder),
        ("plain/*.jpg", Glob),
        ("pl?in", Glob),
        ("*.csv", Glob),
        ("a.tar", Tar),
        ("a.TAR.GZ", Tar),
        ("*.tgz", Tar),
        ("s-{0..9}.tar", Tar),
        ("m.csv", Manifest),
        ("M.CSV", Manifest),
        ("t.parquet", ImageTable),
        ("*.parquet", ImageTable),
        ("tables", ImageTable),
        ("text.txt", Folder),
        ("missing", Folder),
    ],
)
def test_the_end_of_a_name_and_what_is_there_decide(name: str, kind: type, tmp_path: Path) -> None:
    """The location may be text or a path."""
    for folder in ("plain", "with [brackets]", "folder.tar", "folder.csv", "tables/train"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "text.txt").touch()
    for path in ("t.parquet", "tables/train/t.parquet"):
        write_hugging_face(tmp_path / path, [(b"1", None)])
    for location in (str(tmp_path / name), tmp_path / name):
        assert isinstance(open_source(location), kind)


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("s3://bucket/folder", RemoteFiles),
        ("s3://bucket/*.jpg", RemoteFiles),
        ("zip://*.jpg::/a/b.zip", RemoteFiles),
        ("zip://a.tar::/a/b.zip", Tar),
        ("https://host/a.tar?sig=1/2.csv", Tar),
        ("s3://bucket/s-{000..009}.tar", Tar),
        ("https://host/m.csv?sig=1", Manifest),
    ],
)
def test_urls_are_told_apart_by_their_paths(location: str, kind: type) -> None:
    """Whatever their query holds; nobody is asked for anything yet."""
    assert isinstance(open_source(location), kind)


def test_a_folder_needs_no_heavy_library(tmp_path: Path) -> None:
    """A second run over an unchanged folder is over before they were imported."""
    (tmp_path / "x.jpg").touch()
    code = (
        "import sys; from pipeline.extract.sources import open_source; "
        f"assert len(list(open_source({str(tmp_path)!r}).images())) == 1; "
        "print(*({'fsspec', 'pyarrow', 'polars', 'PIL', 'tarfile'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=CHECKOUT)
    assert done.stdout == "\n"


def test_a_folder_of_nothing_but_text_says_what_was_looked_for(tmp_path: Path) -> None:
    """By name."""
    (tmp_path / "x.txt").touch()
    with pytest.raises(SourceError, match="no images in this folder"):
        open_source(tmp_path).images()


def test_a_file_of_another_kind_says_what_is_accepted(tmp_path: Path) -> None:
    """Folders, globs, tars and manifests."""
    (tmp_path / "x.txt").touch()
    with pytest.raises(SourceError, match=r"it is a file.*a tar, or a manifest .\.csv or \.parquet"):
        open_source(tmp_path / "x.txt").images()
