from __future__ import annotations

import threading
from typing import TYPE_CHECKING, cast

import pyarrow as pa
import pytest
from PIL import Image

from pipeline.errors import ModelError
from pipeline.extract import local
from pipeline.extract.local import default_workers, run_locally
from pipeline.extract.models.resolve import resolve
from pipeline.extract.sources.files import LocalFile
from pipeline.extract.sources.folder import Folder
from pipeline.extract.sources.interface import ImageRef
from pipeline.extract.unit import WorkerSpec
from pipeline.settings import ExtractionOptions, ExtractionSettings
from tests.support.colour_model import write_colour_model
from tests.support.pictures import scene

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from pathlib import Path

SPEC = WorkerSpec(ExtractionSettings(input_size=(16, 16)), None)
WORKERS = [1, 2, 5]


class FailingError(Exception):
    """What a worker may run into."""


class Recorder:
    """A worker that gives one row of its unit's numbers, and knows which thread it belongs to."""

    opened: list[str]

    def __init__(self, _: WorkerSpec) -> None:
        self.thread = threading.current_thread().name
        self.opened.append(self.thread)

    def process(self, refs: Sequence[ImageRef]) -> pa.Table:
        """See `Worker.process`."""
        assert threading.current_thread().name == self.thread
        if refs[0].size == -1:
            raise FailingError("unit -1")
        return pa.table({"number": [ref.size for ref in refs]})


def unit(number: int) -> list[ImageRef]:
    """A unit that is nothing but its number."""
    return [ImageRef("", "", number, None, None, LocalFile(""))]


def number_of(table: pa.Table) -> int:
    """What the recorder made of it."""
    (number,) = table["number"].to_pylist()
    return int(number)


def endless_units(taken: list[int], failing: int = -1) -> Iterator[list[ImageRef]]:
    """Units that write down how far they were taken; the worker fails at one of them."""
    for number in range(10**9):
        taken.append(number)
        yield unit(-1 if number == failing else number)


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> type[Recorder]:
    """It takes the place of the real worker."""
    Recorder.opened = []
    monkeypatch.setattr(local, "Worker", Recorder)
    return Recorder


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> list[list[ImageRef]]:
    """Units of different lengths, one of them empty, with images of all sizes and some that are none."""
    root = tmp_path_factory.mktemp("images")
    for number in range(23):
        scene(20 + 30 * (number % 5), 50, seed=number).save(root / f"{number:02}.png")
    (root / "07.png").write_bytes(b"no image")
    (root / "11.png").write_bytes((root / "12.png").read_bytes()[:100])
    refs = list(Folder(str(root)).images())
    return [refs[:1], refs[1:8], [], refs[8:10], refs[10:20], refs[20:]]


@pytest.mark.parametrize("with_model", [False, True])
def test_any_number_of_workers_gives_the_same_tables_in_the_same_order(
    with_model: bool, units: list[list[ImageRef]], tmp_path: Path
) -> None:
    """To the last bit, with and without a model."""
    model = write_colour_model(tmp_path / "colour.onnx") if with_model else None
    spec = WorkerSpec(resolve(ExtractionOptions(input_size=(32, 32)), model), str(model) if model else None)
    runs = [list(run_locally(units, spec, workers)) for workers in WORKERS]
    assert all(run == runs[0] for run in runs)
    assert [table["uri"].to_pylist() for table in runs[0]] == [[ref.uri for ref in unit] for unit in units]
    whole = pa.concat_tables(runs[0])
    assert whole["status"].to_pylist().count("unreadable") == 2
    assert whole["confidence"].null_count == (2 if with_model else 23)


@pytest.mark.parametrize("workers", WORKERS)
def test_units_are_taken_only_as_fast_as_they_are_worked_off(workers: int, recorder: type[Recorder]) -> None:
    """A source of any length needs no more memory than a few units for each worker."""
    taken = list[int]()
    tables = cast("Generator[pa.Table]", run_locally(endless_units(taken), SPEC, workers))
    for number in range(50):
        assert number_of(next(tables)) == number
        assert len(taken) <= number + 2 * workers
    tables.close()
    assert len(taken) <= 49 + 2 * workers


@pytest.mark.parametrize("workers", WORKERS)
def test_each_thread_opens_one_worker_for_itself(workers: int, recorder: type[Recorder]) -> None:
    """A model is opened once a thread, and used by that thread alone."""
    assert [number_of(table) for table in run_locally(map(unit, range(40)), SPEC, workers)] == list(range(40))
    assert len(set(recorder.opened)) == len(recorder.opened) <= workers


@pytest.mark.parametrize("workers", WORKERS)
def test_an_error_in_a_worker_reaches_the_caller(workers: int, recorder: type[Recorder]) -> None:
    """After the tables before it; what comes later is not begun without end, and no thread is left behind."""
    threads, taken, given = threading.active_count(), list[int](), list[int]()
    with pytest.raises(FailingError, match="unit -1"):
        given.extend(number_of(table) for table in run_locally(endless_units(taken, failing=10), SPEC, workers))
    assert given == list(range(10))
    assert len(taken) <= 10 + 2 * workers
    assert threading.active_count() == threads


def test_an_error_of_the_units_reaches_the_caller(recorder: type[Recorder]) -> None:
    """A source may fail on the way, too."""

    def broken() -> Iterator[list[ImageRef]]:
        yield unit(1)
        raise FailingError("no more units")

    with pytest.raises(FailingError, match="no more units"):
        list(run_locally(broken(), SPEC, 2))


def test_a_model_that_cannot_be_opened_reaches_the_caller(units: list[list[ImageRef]], tmp_path: Path) -> None:
    """As the error that says so."""
    model = write_colour_model(tmp_path / "colour.onnx")
    spec = WorkerSpec(resolve(ExtractionOptions(), model), str(model))
    model.write_bytes(b"no model any more")
    with pytest.raises(ModelError):
        list(run_locally(units, spec, 2))


def test_no_units_give_no_tables() -> None:
    """And need no worker."""
    assert list(run_locally([], SPEC, 2)) == []


def test_the_number_of_workers_is_that_of_the_cores() -> None:
    """Where nobody says another."""
    assert default_workers() >= 1


def test_pictures_of_one_colour_have_that_colour_in_every_thread(tmp_path: Path) -> None:
    """No thread sees another's picture."""
    for number in range(60):
        Image.new("RGB", (8, 8), (number, 0, 0)).save(tmp_path / f"{number:02}.png")
    refs = list(Folder(str(tmp_path)).images())
    tables = run_locally([[ref] for ref in refs], SPEC, 5)
    assert [table["red_mean"][0].as_py() for table in tables] == pytest.approx([number / 255 for number in range(60)])
