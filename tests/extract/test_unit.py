from __future__ import annotations

import hashlib
import io
import os
import pickle
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from pipeline.extract.hashes import luma_tile, perceptual_hashes
from pipeline.extract.models.resolve import resolve
from pipeline.extract.pixels import pixel_spread
from pipeline.extract.sources.folder import Folder
from pipeline.extract.sources.interface import FILE_BY_ITSELF
from pipeline.extract.unit import Worker, WorkerSpec
from pipeline.features import CHANNELS, FEATURES, arrow_schema
from pipeline.settings import ExtractionOptions, ExtractionSettings
from tests.support.colour_model import write_colour_model
from tests.support.pictures import encoded, raw_png, scene
from tests.support.shared import shared

if TYPE_CHECKING:
    from pipeline.extract.sources.interface import Opened, Order
    from pipeline.settings import Decode, Resize

SMALL = ExtractionSettings(input_size=(32, 32))
RARE = {"etag", "reason", "detail", "label", "label_index", "timestamp"}
CAMERA = {"orientation", "camera_make", "camera_model", "captured"}
DETECTION = {"box_count", "box_score_mean", "box_area_mean", "box_classes", "box_scores", "boxes"}


def rows(root: Path, settings: ExtractionSettings = SMALL, model: Path | None = None) -> dict[str, dict[str, Any]]:
    """The rows of a folder's images, by path."""
    worker = Worker(WorkerSpec(settings, None if model is None else str(model)))
    table = worker.process(list(Folder(str(root)).images()))
    assert table.schema == arrow_schema()
    return {row["path"]: row for row in table.to_pylist()}


def test_every_bad_file_is_a_row_with_a_reason_and_the_good_ones_are_unharmed(tmp_path: Path) -> None:
    """All that can be wrong with an image at once, among good ones."""
    scene(60, 40).save(tmp_path / "good.png")
    alone = rows(tmp_path)["good.png"]
    good = (tmp_path / "good.png").read_bytes()
    (tmp_path / "another.png").write_bytes(good)
    (tmp_path / "truncated.jpg").write_bytes(encoded(scene(60, 40), "JPEG")[:900])
    (tmp_path / "corrupt.png").write_bytes(good[:600] + b"?" + good[601:])
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text.jpg").write_text("no image")
    (tmp_path / "bomb.png").write_bytes(raw_png((30_000, 30_000), 8, 2, np.zeros((1, 3))))
    (tmp_path / "directory.jpg").mkdir()
    (tmp_path / "dead.jpg").symlink_to("nowhere")
    (tmp_path / "itself.jpg").symlink_to("itself.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")
    Image.new("F", (8, 8)).save(tmp_path / "numbers.tif")
    found = rows(tmp_path)
    assert {path: row["reason"] for path, row in found.items() if row["status"] == "unreadable"} == {
        "truncated.jpg": "corrupt or truncated",
        "corrupt.png": "corrupt or truncated",
        "empty.jpg": "empty file",
        "text.jpg": "not an image",
        "bomb.png": "too many pixels",
        "directory.jpg": "not a file",
        "dead.jpg": "dead link",
        "itself.jpg": "dead link",
        "pipe.jpg": "not a file",
        "numbers.tif": "unknown kind of pixels",
    }
    assert found["good.png"] == alone
    assert found["another.png"] | {"uri": alone["uri"], "path": "good.png", "modified": alone["modified"]} == alone
    for path, row in found.items():
        named = {name for name, value in row.items() if value is not None}
        always = {"uri", "path", "size", "modified", "status", "reason", "detail", "content_hash"}
        assert row["status"] == "ok" or named <= always
        if (tmp_path / path).is_file():
            assert row["content_hash"] == hashlib.sha256((tmp_path / path).read_bytes()).hexdigest()


def test_a_file_that_goes_away_before_it_is_read_is_a_row(tmp_path: Path) -> None:
    """Between the search and the reading there may be hours."""
    Image.new("RGB", (8, 8)).save(tmp_path / "x.png")
    refs = list(Folder(str(tmp_path)).images())
    (tmp_path / "x.png").unlink()
    (row,) = Worker(WorkerSpec(SMALL, None)).process(refs).to_pylist()
    assert (row["status"], row["reason"], row["detail"]) == (
        "unreadable",
        "cannot be opened",
        "No such file or directory",
    )


@dataclass(frozen=True)
class Failing:
    """A place whose bytes cannot be had."""

    code: int
    order: Order = FILE_BY_ITSELF

    def read(self, _opened: Opened) -> bytes:
        """See `Place.read`."""
        raise OSError(self.code, os.strerror(self.code), "closed.png")


@pytest.mark.parametrize("code", [1, 5, 13], ids=os.strerror)
def test_a_file_that_may_not_be_read_is_a_row(code: int, tmp_path: Path) -> None:
    """Permissions, or a disk that fails: the others are read."""
    for name in ("closed.png", "open.png"):
        Image.new("RGB", (8, 8)).save(tmp_path / name)
    closed, opened = Folder(str(tmp_path)).images()
    table = Worker(WorkerSpec(SMALL, None)).process([replace(closed, place=Failing(code)), opened])
    row, other = table.to_pylist()
    assert (row["status"], row["reason"], row["detail"]) == ("unreadable", "cannot be opened", os.strerror(code))
    assert (row["content_hash"], other["status"]) == (None, "ok")


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="there is no /proc/self/mem to fail to read")
def test_a_file_that_fails_while_it_is_read_is_a_row(tmp_path: Path) -> None:
    """The first page of a process's memory cannot be read by anyone, not even root."""
    (tmp_path / "x.jpg").symlink_to("/proc/self/mem")
    assert rows(tmp_path)["x.jpg"]["reason"] == "cannot be opened"


def test_a_readable_image_has_every_number(tmp_path: Path) -> None:
    """Nothing but what comes from elsewhere or from a detector is left open."""
    scene(60, 40).save(tmp_path / "x.png")
    model = write_colour_model(tmp_path / "colour.onnx")
    settings = resolve(ExtractionOptions(class_names=("red", "green", "blue")), model)
    row = rows(tmp_path, settings, model)["x.png"]
    left_open = RARE | CAMERA | DETECTION | {"jpeg_quality", "probabilities"}
    assert {name for name, value in row.items() if value is None} == left_open
    assert all(np.isfinite(row[feature.name]) for feature in FEATURES if feature.bins and feature.name not in left_open)
    assert all(row[feature.name] is not None for feature in FEATURES if feature.always)


def test_a_row_says_what_the_file_is(tmp_path: Path) -> None:
    """Of a photograph that was taken with the camera held upright: everything is that of the upright image."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0110], exif[0x0132] = 6, "Maker", "Model 1", "2026:11:23 10:30:00"
    scene(64, 48).save(tmp_path / "x.jpg", quality=83, exif=exif)
    row = rows(tmp_path)["x.jpg"]
    expected = {
        "format": "JPEG",
        "mode": "RGB",
        "width": 48,
        "height": 64,
        "aspect_ratio": 0.75,
        "bits_per_pixel": (tmp_path / "x.jpg").stat().st_size * 8 / (64 * 48),
        "jpeg_quality": 83.0,
        "orientation": 6,
        "camera_make": "Maker",
        "camera_model": "Model 1",
        "captured": datetime(2026, 11, 23, 10, 30, tzinfo=UTC),
    }
    assert {name: row[name] for name in expected} == expected
    with Image.open(io.BytesIO(row["thumbnail"])) as small:
        assert small.size == (48, 64)


@pytest.mark.parametrize("how", ["stretch", "crop", "letterbox"])
@pytest.mark.parametrize("side", [32, 224])
def test_the_thumbnail_and_the_perceptual_hash_are_of_the_whole_image(how: Resize, side: int, tmp_path: Path) -> None:
    """However the model sees it: red at the far left is there, though a crop cuts it off."""
    picture = Image.new("RGB", (640, 320), "blue")
    picture.paste((255, 0, 0), (0, 0, 60, 320))
    picture.save(tmp_path / "x.jpg", quality=95)
    row = rows(tmp_path, ExtractionSettings(input_size=(side, side), resize=how))["x.jpg"]
    with Image.open(io.BytesIO(row["thumbnail"])) as small:
        pixels = np.asarray(small, dtype=int)
    width, height = small.size
    assert (width / height, 64 <= width <= 96) == (2.0, True)
    assert np.abs(pixels[:, : width // 20] - (255, 0, 0)).mean() < 30
    assert np.abs(pixels[:, width // 8 :] - (0, 0, 255)).mean() < 30
    (alone,) = perceptual_hashes([luma_tile(picture.convert("L"))])
    assert (row["perceptual_hash"] ^ int(alone)).bit_count() <= 8


def test_thumbnails_are_left_out_and_probabilities_kept_where_that_is_asked_for(tmp_path: Path) -> None:
    """And everything else is the same."""
    scene(60, 40).save(tmp_path / "x.png")
    model = write_colour_model(tmp_path / "colour.onnx")
    settings = resolve(ExtractionOptions(), model)
    refs = list(Folder(str(tmp_path)).images())
    (usual,) = Worker(WorkerSpec(settings, str(model))).process(refs).to_pylist()
    (other,) = Worker(WorkerSpec(settings, str(model), thumbnails=False, probabilities=True)).process(refs).to_pylist()
    assert other["thumbnail"] is None
    assert sorted(other["probabilities"], reverse=True) == pytest.approx(usual["top_scores"])
    assert other["probabilities"][usual["predicted_class"]] == pytest.approx(usual["confidence"])
    assert other | {"thumbnail": usual["thumbnail"], "probabilities": None} == usual


def test_an_image_s_row_does_not_depend_on_its_unit(tmp_path: Path) -> None:
    """Alone, among others, or behind one that cannot be read: the same to the last bit."""
    for number in range(7):
        scene(40 + 30 * number, 50, seed=number).save(tmp_path / f"{number}.png")
    (tmp_path / "3.png").write_bytes(b"no image")
    refs = list(Folder(str(tmp_path)).images())
    worker = Worker(WorkerSpec(SMALL, None))
    assert worker.process(refs).to_pylist() == [worker.process([ref]).to_pylist()[0] for ref in refs]


def test_a_row_holds_the_numbers_of_the_resized_picture(tmp_path: Path) -> None:
    """Against Pillow and numpy alone."""
    picture = scene(200, 100)
    picture.save(tmp_path / "x.png")
    row = rows(tmp_path)["x.png"]
    pixels = np.asarray(picture.resize((32, 32), Image.Resampling.BILINEAR)) / 255
    expected = {
        "pixel_mean": pixels.mean(),
        "pixel_std": pixels.std(),
        "pixel_median": np.median(pixels),
        "red_mean": pixels[..., 0].mean(),
        "blue_std": pixels[..., 2].std(),
    }
    assert {name: row[name] for name in expected} == pytest.approx(expected, abs=1e-12)
    assert [sum(row[f"{channel}_histogram"]) for channel in CHANNELS] == [32 * 32] * 3


def test_letterboxed_pixels_are_those_of_the_picture_alone(tmp_path: Path) -> None:
    """The padding is the model's business: a white picture stays white."""
    Image.new("RGB", (80, 20), "white").save(tmp_path / "x.png")
    row = rows(tmp_path, ExtractionSettings(input_size=(32, 32), resize="letterbox"))["x.png"]
    assert (row["pixel_mean"], row["brightness"], row["contrast"]) == (1.0, 1.0, 0.0)
    assert sum(row["red_histogram"]) == 32 * 8


@pytest.mark.parametrize("how", ["stretch", "crop", "letterbox"])
@pytest.mark.parametrize("decode", ["fast", "exact"])
def test_extreme_shapes_have_finite_numbers(how: Resize, decode: Decode, tmp_path: Path) -> None:
    """One pixel, and strips of 20000."""
    for size in ((1, 1), (20_000, 10), (10, 20_000), (2, 3)):
        Image.new("RGB", size, (51, 102, 153)).save(tmp_path / f"{size}.png")
    for row in rows(tmp_path, ExtractionSettings(resize=how, decode=decode)).values():
        assert row["status"] == "ok"
        found = [row[f"{channel}_{moment}"] for channel in CHANNELS for moment in ("mean", "std")]
        assert found == pytest.approx([0.2, 0, 0.4, 0, 0.6, 0], abs=1e-12)
        assert row["sharpness"] == row["noise"] == 0


def test_names_of_any_bytes_reach_the_rows_as_text(tmp_path: Path) -> None:
    """And survive Parquet."""
    names = [b"caf\xe9.png", b"two\nlines.png", b"\"'<script>.png", "\u202eabc.png".encode()]
    for name in names:
        with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:
            file.write(encoded(Image.new("RGB", (8, 8)), "PNG"))
    table = Worker(WorkerSpec(SMALL, None)).process(list(Folder(str(tmp_path)).images()))
    assert table["status"].to_pylist() == ["ok"] * 4
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer)
    stored = pq.read_table(pa.BufferReader(buffer.getvalue()))
    assert set(stored["path"].to_pylist()) == {name.decode("utf-8", "backslashreplace") for name in names}


def test_no_images_give_an_empty_table_of_the_same_schema() -> None:
    """Such a unit is not planned, but harmless."""
    table = Worker(WorkerSpec(SMALL, None)).process([])
    assert (table.num_rows, table.schema) == (0, arrow_schema())


def test_a_worker_is_sent_as_its_specification() -> None:
    """To other processes and machines."""
    spec = WorkerSpec(SMALL, "model.onnx")
    assert pickle.loads(pickle.dumps(spec)) == spec  # noqa: S301


@pytest.mark.parametrize(("decode", "allowed"), [("exact", 6e-5), ("fast", 1e-3)])
def test_real_photographs_have_the_numbers_that_were_measured_elsewhere(decode: Decode, allowed: float) -> None:
    """Those that the shared folder's README gives; and fast decoding moves them by less than 0.001."""
    found = rows(shared("images"), ExtractionSettings(decode=decode)).values()
    counts = np.array([[row[f"{channel}_histogram"] for channel in CHANNELS] for row in found], dtype=np.int64)
    assert counts.shape == (400, 3, 256)
    spread = pixel_spread(counts.sum(axis=(0, 1)))
    channels = [pixel_spread(counts[:, position].sum(axis=0)) for position in range(3)]
    assert [spread["mean"], spread["std"]] == pytest.approx([0.4600, 0.2675], abs=allowed)
    assert [one["mean"] for one in channels] == pytest.approx([0.4861, 0.4681, 0.4258], abs=allowed)
    assert [one["std"] for one in channels] == pytest.approx([0.2636, 0.2606, 0.2745], abs=allowed)
    assert [spread["q25"], spread["median"], spread["q75"]] == pytest.approx([0.2392, 0.4510, 0.6627], abs=1 / 255)
