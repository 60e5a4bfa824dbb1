"""A web server of this machine, where the packages that fsspec needs for one are installed."""

from __future__ import annotations

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.errors import SourceError
from pipeline.extract.sources import open_source
from pipeline.extract.sources.interface import Opened
from tests.support.archives import write_hugging_face, write_tar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("aiohttp")
pytest.importorskip("requests")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def end_headers(self) -> None:
        """Give each file a version, as web servers do."""
        self.send_header("ETag", f'"{hash(self.path.partition("?")[0])}"')
        super().end_headers()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Its URL; it serves the test's folder."""
    handler = functools.partial(_Quiet, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as found:
        threading.Thread(target=found.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{found.server_port}"
        found.shutdown()


def test_folders_manifests_tars_and_tables_are_read_from_the_web(server: str, tmp_path: Path) -> None:
    """Through the server's listings and ranges; signatures stay out of uris."""
    images = {"x.jpg": b"one", "y.jpg": b"three"}
    (tmp_path / "data").mkdir()
    for name, content in images.items():
        (tmp_path / "data" / name).write_bytes(content)
    (tmp_path / "m.csv").write_text("".join(f"{line}\n" for line in ["path", *(f"data/{name}" for name in images)]))
    urls = [f"{server}/data/{name}?sig=verysecret" for name in images]
    (tmp_path / "u.csv").write_text("".join(f"{line}\n" for line in ["path", *urls]))
    write_tar(tmp_path / "a.tar", images)
    write_hugging_face(tmp_path / "a.parquet", [(content, name) for name, content in images.items()])
    for location in ("data/", "data/*.jpg", "m.csv", "u.csv?sig=verysecret", "a.tar?sig=verysecret", "a.parquet"):
        refs = list(open_source(f"{server}/{location}").images())
        opened = Opened()
        assert [ref.place.read(opened) for ref in refs] == list(images.values()), location
        assert [ref.size for ref in refs] == [3, 5]
        assert all(ref.etag for ref in refs)
        assert "verysecret" not in str([(ref.uri, ref.path, ref.version) for ref in refs])


@pytest.mark.parametrize("name", ["gone/", "gone.tar", "gone.csv", "gone.parquet"])
def test_what_is_not_there_is_named_without_its_signature(name: str, server: str) -> None:
    """Whatever the server answers."""
    with pytest.raises(SourceError, match=f"{server}/{name}") as caught:
        open_source(f"{server}/{name}?sig=verysecret").images()
    assert "verysecret" not in str(caught.value)
