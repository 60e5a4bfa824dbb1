"""Metadata, read, put together, and put to the rows of images."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import MetadataError
from pipeline.extract.annotate import add_metadata
from pipeline.extract.metadata import GIVEN, Metadata, combined, labels_from_parents, read_metadata
from pipeline.features import FEATURES, arrow_schema
from pipeline.settings import ModelSettings

if TYPE_CHECKING:
    from pathlib import Path

PATHS = ["a.jpg", "cats/b.jpg", "cats/c.jpg"]


def added(table: pa.Table, metadata: Metadata, how: ModelSettings | None) -> pa.Table:
    """All rows of one source."""
    return add_metadata(table, metadata, table.column("uri").to_pylist(), how)


def rows(*paths: str) -> pa.Table:
    """Rows as a worker gives them, with nothing but a path."""
    return pa.Table.from_pylist([{"uri": f"/s/{path}", "path": path, "status": "ok"} for path in paths], arrow_schema())


def model(**changes: Any) -> ModelSettings:
    """Settings of a classifier of ten classes."""
    told: dict[str, Any] = {
        "sha256": "",
        "runtime": "onnx",
        "task": "classification",
        "mean": (0.0, 0.0, 0.0),
        "std": (1.0, 1.0, 1.0),
        "channel_order": "rgb",
        "class_count": 10,
        "class_names": None,
        "label_offset": 0,
        "scores": "logits",
        "output_order": (0,),
    }
    return ModelSettings(**(told | changes))


def written(tmp_path: Path, kind: str, **columns: Any) -> Path:
    """A file of metadata."""
    path = tmp_path / f"metadata.{kind}"
    table = pl.DataFrame(columns)
    if kind == "csv":
        table.write_csv(path)
    else:
        table.write_parquet(path)
    return path


def csv(tmp_path: Path, text: str, name: str = "metadata.csv") -> Path:
    """The same, written by hand."""
    path = tmp_path / name
    path.write_bytes(text.encode())
    return path


def column(table: pa.Table, name: str) -> list[Any]:
    found: list[Any] = table[name].to_pylist()
    return found


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_columns_are_joined_by_path_in_the_order_of_the_rows(kind: str, tmp_path: Path) -> None:
    """Labels, times and columns of the user's own; images that it does not name get nulls, others are left out."""
    path = written(
        tmp_path,
        kind,
        path=["cats/c.jpg", "elsewhere.jpg", "a.jpg"],
        label=[3, 4, 5],
        camera=["east", "west", None],
        exposure=[0.5, 1.0, 2.0],
    )
    found = added(rows(*PATHS), read_metadata(path), model())
    assert column(found, "path") == PATHS
    assert column(found, "label") == ["5", None, "3"]
    assert column(found, "label_index") == [5, None, 3]
    assert column(found, "camera") == [None, None, "east"]
    assert column(found, "exposure") == [2.0, None, 0.5]
    assert column(found, "status") == ["ok"] * 3
    assert found.schema.names == [*arrow_schema().names, "camera", "exposure"]
    assert [found.schema.field(one.name) for one in FEATURES] == list(arrow_schema())


def test_own_columns_are_those_that_are_no_features(tmp_path: Path) -> None:
    """In the file's order."""
    metadata = read_metadata(written(tmp_path, "csv", zone=["n"], path=["a.jpg"], label=["x"], camera=["e"]))
    assert set(metadata.table.columns) - set(GIVEN) == {"zone", "camera"}


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("labels", [["cat", "dog"], ["1", "0"], [1, 0]], ids=["names", "digits", "integers"])
def test_a_label_is_a_name_or_a_class(labels: list[Any], kind: str, tmp_path: Path) -> None:
    """Whatever type it is stored in; kept as text, and looked up in the model."""
    metadata = read_metadata(written(tmp_path, kind, path=["a.jpg", "b.jpg"], label=labels))
    found = added(rows("a.jpg", "b.jpg"), metadata, model(class_names=("dog", "cat"), class_count=2))
    assert column(found, "label") == [str(label) for label in labels]
    assert column(found, "label_index") == [1, 0]


def test_the_text_of_a_label_is_kept_as_it_was_given(tmp_path: Path) -> None:
    """007 is a name that class names may hold; read as a number it would be another one."""
    metadata = read_metadata(csv(tmp_path, "path,label\na.jpg,007\nb.jpg,010\n"))
    names = tuple(f"{number:03}" for number in (10, 7))
    found = added(rows("a.jpg", "b.jpg"), metadata, model(class_names=names, class_count=2))
    assert column(found, "label") == ["007", "010"]
    assert column(found, "label_index") == [1, 0]


def test_a_name_counts_before_a_number(tmp_path: Path) -> None:
    """Where classes are called by digits, a label is what it is called."""
    metadata = read_metadata(written(tmp_path, "csv", path=["a.jpg"], label=["1"]))
    found = added(rows("a.jpg"), metadata, model(class_names=("1", "2"), class_count=2, label_offset=1))
    assert column(found, "label_index") == [0]


@pytest.mark.parametrize("offset", [-1, 0, 1, 3])
def test_the_label_offset_is_added_to_numbers(offset: int, tmp_path: Path) -> None:
    """Models with a background class count from one."""
    metadata = read_metadata(written(tmp_path, "csv", path=["a.jpg"], label=[5]))
    found = added(rows("a.jpg"), metadata, model(label_offset=offset))
    assert column(found, "label_index") == [5 + offset]
    assert column(found, "label") == ["5"]


@pytest.mark.parametrize(("label", "offset"), [(10, 0), (9, 1), (0, -1), (2**40, 0)])
def test_a_label_that_is_no_class_of_the_model_is_refused(label: int, offset: int, tmp_path: Path) -> None:
    """With the label, the class it would mean and the classes that there are."""
    path = written(tmp_path, "csv", path=["a.jpg"], label=[label])
    with pytest.raises(MetadataError, match=f"label {label} means class {label + offset} .* classes 0 to 9") as caught:
        added(rows("a.jpg"), read_metadata(path), model(label_offset=offset))
    assert str(path) in str(caught.value)


def test_a_label_beyond_any_class_is_refused_where_the_number_of_classes_is_open(tmp_path: Path) -> None:
    """It would not fit the column."""
    path = written(tmp_path, "csv", path=["a.jpg"], label=[2**31])
    with pytest.raises(MetadataError, match="means class 2147483648"):
        added(rows("a.jpg"), read_metadata(path), model(class_count=None))


@pytest.mark.parametrize(
    ("names", "hint"),
    [
        (None, "give --class-names"),
        (("cat", "dog"), "'cat', 'dog'$"),
        (tuple("abcdef"), "'a', 'b', 'c', 'd', 'e', [.]{3}$"),
        (("cat, Felis catus", "birds, Aves"), "; did you mean 'birds, Aves'[?]$"),
    ],
)
def test_a_label_that_is_no_name_of_the_model_is_refused(
    names: tuple[str, ...] | None, hint: str, tmp_path: Path
) -> None:
    """With what would help."""
    path = written(tmp_path, "csv", path=["a.jpg"], label=["bird"])
    with pytest.raises(MetadataError, match=f"'bird' is neither a number nor a class .*{hint}"):
        added(rows("a.jpg"), read_metadata(path), model(class_names=names))


@pytest.mark.parametrize(
    ("label", "index"),
    [("3", 3), ("cat", None), ("-1", None), ("3.0", None), (str(2**40), None), ("2147483647", 2**31 - 1)],
)
def test_without_a_model_a_label_is_kept_and_a_small_number_is_its_class(
    label: str, index: int | None, tmp_path: Path
) -> None:
    """Nothing is refused then: there is nothing to be right or wrong about."""
    found = added(rows("a.jpg"), read_metadata(written(tmp_path, "csv", path=["a.jpg"], label=[label])), None)
    assert (column(found, "label"), column(found, "label_index")) == ([label], [index])


NOON = datetime(2026, 11, 23, 12, 0, 0, 250_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23T12:00:00.25Z", NOON),
        ("2026-11-23T12:00:00.250000+00:00", NOON),
        ("2026-11-23T14:30:00.250+02:30", NOON),
        ("2026-11-23T07:00:00.250-05:00", NOON),
        ("2026-11-23T12:00:00.250", NOON),
        ("2026-11-23 12:00:00", NOON.replace(microsecond=0)),
        ("2026-11-23", NOON.replace(hour=0, microsecond=0)),
    ],
)
def test_timestamps_as_text_become_utc(text: str, expected: datetime, tmp_path: Path) -> None:
    """With a zone or an offset they are turned; without one they are taken as UTC."""
    metadata = read_metadata(csv(tmp_path, f"path,timestamp\na.jpg,{text}\nb.jpg,\n"))
    found = added(rows("a.jpg", "b.jpg", "c.jpg"), metadata, None)
    assert column(found, "timestamp") == [expected, None, None]


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize(("zone", "hours"), [(None, 0), ("UTC", 0), ("Europe/Berlin", 1), ("America/New_York", -5)])
def test_timestamps_in_parquet_become_utc(unit: Any, zone: str | None, hours: int, tmp_path: Path) -> None:
    """Of every precision and zone."""
    wall = NOON.replace(tzinfo=None) + timedelta(hours=hours)
    stamps = pl.Series([wall], dtype=pl.Datetime(unit)).dt.replace_time_zone(zone)
    path = written(tmp_path, "parquet", path=["a.jpg"], timestamp=stamps)
    assert column(added(rows("a.jpg"), read_metadata(path), None), "timestamp") == [NOON]


def test_dates_in_parquet_are_their_midnight(tmp_path: Path) -> None:
    """In UTC."""
    path = written(tmp_path, "parquet", path=["a.jpg"], timestamp=[date(2026, 11, 23)])
    found = added(rows("a.jpg"), read_metadata(path), None)
    assert column(found, "timestamp") == [datetime(2026, 11, 23, tzinfo=UTC)]


@pytest.mark.parametrize(
    "stamp", ["yesterday", "1700000000", "1700000000.5", "2026-02-30T00:00:00Z", "23/11/2026 25:00"]
)
def test_a_timestamp_that_is_none_is_refused(stamp: str, tmp_path: Path) -> None:
    """Numbers too: seconds taken for microseconds would all be in January 1970."""
    path = csv(tmp_path, f"path,timestamp\na.jpg,{stamp}\n")
    with pytest.raises(MetadataError, match="timestamp") as caught:
        read_metadata(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["pixel_mean", "uri", "status", "label_index", "predicted_class", "dataset", "date"])
def test_a_column_with_a_features_name_is_refused_by_name(name: str, tmp_path: Path) -> None:
    """It would replace what was measured."""
    path = written(tmp_path, "csv", path=["a.jpg"], camera=["east"], **{name: [1]})
    with pytest.raises(MetadataError, match=f"the column {name} has the name of a feature"):
        read_metadata(path)


@pytest.mark.parametrize("twin", ["a.jpg", "./a.jpg"])
def test_an_image_with_two_rows_is_refused_by_name(twin: str, tmp_path: Path) -> None:
    """Either of them could be right."""
    path = written(tmp_path, "csv", path=["a.jpg", "b.jpg", twin], label=[1, 2, 3])
    with pytest.raises(MetadataError, match=r"names a\.jpg twice"):
        read_metadata(path)


def test_a_file_without_paths_is_refused_with_the_columns_that_it_has(tmp_path: Path) -> None:
    """So that one sees which was meant."""
    with pytest.raises(MetadataError, match=r"no column path \(found file, label\)"):
        read_metadata(written(tmp_path, "csv", file=["a.jpg"], label=[1]))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a.jpg,1,left\nb.jpg,2,right\n", "its first line is a.jpg,1,left; write one before it: path, and label"),
        (b"a.jpg\n", "its first line is a.jpg; write one"),
        (b"1,a.jpg\n2,b.jpg\n", "its first line is 1,a.jpg; write one"),
        (b"a.jpg,1\nnotes,2\n", "its first line is a.jpg,1; write one"),
        (b"Filename,label\na.jpg,1\n", r"no column path \(found Filename, label\); call Filename path"),
        (
            b"path,label\na.jpg,1\nb.jpg,1,2,3\n",
            r"line 3 has 4 fields, and the first line 2; quote text that holds ','",
        ),
        (b"path;label\r\na.jpg;caf\xe9\r\n", "line 2 is not UTF-8 text: it holds the byte 0xe9; save it as UTF-8"),
    ],
)
def test_a_table_that_people_get_wrong_is_refused_with_what_to_write(
    content: bytes, words: str, tmp_path: Path
) -> None:
    (tmp_path / "m.csv").write_bytes(content)
    with pytest.raises(MetadataError, match=words):
        read_metadata(tmp_path / "m.csv")


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfpath;label\r\na,b.jpg;1\r\n",
        b'path,label\n"a,b.jpg",1\n',
        b"path\tlabel\na,b.jpg\t1\n",
        "path\tlabel\r\na,b.jpg\t1\r\n".encode("utf-16"),
        b'path, label\n"a,b.jpg",1\n',
    ],
    ids=["Excel", "commas", "tabs", "Unicode text", "spaces"],
)
def test_tables_are_read_as_excel_and_people_write_them(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_bytes(content)
    found = read_metadata(tmp_path / "m.csv")
    assert found.table.to_dict(as_series=False) == {"path": ["a,b.jpg"], "label": ["1"]}
    assert found.notes == ()


@pytest.mark.parametrize("separator", [",", ";"])
def test_two_columns_without_names_are_images_and_labels_and_that_is_said(separator: str, tmp_path: Path) -> None:
    """Each of the first must have an image's name."""
    found = read_metadata(csv(tmp_path, f"a.jpg{separator}007\nb.JPG{separator}cat\n"))
    assert found.table.to_dict(as_series=False) == {"path": ["a.jpg", "b.JPG"], "label": ["007", "cat"]}
    (note,) = found.notes
    assert "it begins a.jpg,007" in note


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.csv", None),
        ("missing.parquet", None),
        ("empty.csv", b""),
        ("latin.csv", b"path,label\ncaf\xe9.jpg,1\n"),
        ("no.parquet", b"PAR1 and nothing more"),
        ("ragged.csv", b"path,label\na.jpg,1,2,3\n"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_line(name: str, content: bytes | None, tmp_path: Path) -> None:
    """With its name."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(MetadataError, match="cannot be read") as caught:
        read_metadata(tmp_path / name)
    assert str(tmp_path / name) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["with [1].csv", "star*.csv", "UPPER.CSV", "UPPER.PARQUET", "with [1].parquet"])
def test_any_file_name_is_taken_as_it_is(name: str, tmp_path: Path) -> None:
    """Brackets are no pattern, and capitals no other format."""
    table = pl.DataFrame({"path": ["a.jpg"], "label": ["x"]})
    if name.lower().endswith(".csv"):
        csv(tmp_path, table.write_csv(), name)
    else:
        with open(tmp_path / name, "wb") as file:
            table.write_parquet(file)
    assert read_metadata(tmp_path / name).table.rows() == [("a.jpg", "x")]


@pytest.mark.parametrize(
    ("given_path", "path"),
    [
        ("./cats/b.jpg", "cats/b.jpg"),
        ("cats\\b.jpg", "cats/b.jpg"),
        (".\\cats\\b.jpg", "cats/b.jpg"),
        ("caf\\xe9.jpg", "caf\\xe9.jpg"),
        ('two\nlines, and "quotes".jpg', 'two\nlines, and "quotes".jpg'),
        ("\u202eabc.jpg", "\u202eabc.jpg"),
        (" spaces .jpg", " spaces .jpg"),
        ("001", "001"),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_path_is_found_however_it_is_written(given_path: str, path: str, kind: str, tmp_path: Path) -> None:
    """On Windows, from `find .`, and with names of any characters, also of bytes that are no text."""
    metadata = read_metadata(written(tmp_path, kind, path=[given_path], camera=["east"]))
    assert column(added(rows("z.jpg", path), metadata, None), "camera") == [None, "east"]


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    """Excel writes one."""
    assert read_metadata(csv(tmp_path, "\ufeffpath,label\na.jpg,1\n")).table.columns == ["path", "label"]


def test_adding_again_replaces(tmp_path: Path) -> None:
    """Also the type of the user's own columns; what the new file does not speak of stays, rows and columns."""
    first = read_metadata(csv(tmp_path, "path,label,lane,camera\na.jpg,1,1,east\nb.jpg,2,2,west\n"))
    second = read_metadata(csv(tmp_path, "path,label,lane\na.jpg,3,left\n"))
    found = added(added(rows("a.jpg", "b.jpg"), first, model()), second, model())
    assert column(found, "label") == ["3", "2"]
    assert column(found, "label_index") == [3, 2]
    assert column(found, "lane") == ["left", "2"]
    assert column(found, "camera") == ["east", "west"]
    assert found.schema.names == [*arrow_schema().names, "lane", "camera"]


def test_the_same_path_in_another_source_is_another_image(tmp_path: Path) -> None:
    """Paths are relative to a source: two cameras that both write 1.jpg have a label each."""
    table = rows("1.jpg", "1.jpg")
    uris = ["/am/1.jpg", "/pm/1.jpg"]
    table = table.set_column(table.schema.get_field_index("uri"), "uri", pa.array(uris))
    for uri, label in zip(uris, ("4", "7"), strict=True):
        metadata = read_metadata(csv(tmp_path, f"path,label\n1.jpg,{label}\n"))
        table = add_metadata(table, metadata, [uri], model())
    assert column(table, "label") == ["4", "7"]
    assert column(table, "label_index") == [4, 7]


def test_a_name_that_is_no_text_is_read_all_the_same(tmp_path: Path) -> None:
    path = csv(tmp_path, "path,label\na.jpg,1\n").rename(os.fsdecode(os.fsencode(tmp_path) + b"/m\xff[1].csv"))
    metadata = read_metadata(path)
    assert metadata.table["path"].to_list() == ["a.jpg"]
    assert metadata.origin.endswith("m\\xff[1].csv")


@settings(max_examples=30, deadline=None)
@given(
    paths=st.lists(st.text("abc/", min_size=1, max_size=3), unique=True, max_size=8),
    labels=st.dictionaries(st.text("abc/", min_size=1, max_size=3), st.none() | st.integers(0, 9), max_size=8),
)
def test_adding_is_a_lookup_and_adding_twice_is_adding_once(paths: list[str], labels: dict[str, int | None]) -> None:
    """Against a dictionary."""
    table = pl.DataFrame(
        {"path": list(labels), "label": [None if label is None else str(label) for label in labels.values()]},
        schema={"path": pl.String, "label": pl.String},
    ).with_columns(side=pl.lit("left"))
    metadata = Metadata(table, "here")
    found = added(rows(*paths), metadata, model())
    assert column(found, "path") == paths
    assert column(found, "label_index") == [labels.get(path) for path in paths]
    assert column(found, "side") == ["left" if path in labels else None for path in paths]
    assert added(found, metadata, model()).equals(found)


def test_labels_from_the_names_of_folders() -> None:
    """Of the folder right above the image; what lies at the top has none."""
    metadata = labels_from_parents(["top.jpg", "cats/a.jpg", "deep/down/dogs/b.jpg"])
    found = added(rows("deep/down/dogs/b.jpg", "cats/a.jpg", "top.jpg", "new/c.jpg"), metadata, None)
    assert column(found, "label") == ["dogs", "cats", None, None]
    assert set(metadata.table.columns) <= set(GIVEN)
    assert "--label-from parent" in metadata.origin


def test_labels_from_folders_are_held_to_the_model() -> None:
    """As those of a file are."""
    metadata = labels_from_parents(["cats/a.jpg", "3/b.jpg"])
    found = added(rows("cats/a.jpg", "3/b.jpg"), metadata, model(class_names=("dogs", "cats"), label_offset=1))
    assert column(found, "label_index") == [1, 4]
    with pytest.raises(MetadataError, match="--label-from parent: the label 'cats'"):
        added(rows("cats/a.jpg"), metadata, model())


def test_of_two_metadata_the_second_wins_where_it_names_an_image() -> None:
    """Column by column: what only the first says is kept, and an image that the second leaves out too."""
    first = Metadata(pl.DataFrame({"path": ["a", "b"], "label": ["1", "2"], "lux": [5, 6], "own": [7, 8]}), "tar")
    second = Metadata(pl.DataFrame({"path": ["b", "c"], "label": [None, "9"], "lux": [0.5, 1.5]}), "file")
    both = combined(first, second)
    assert both is not None
    assert both.table.sort("path").to_dicts() == [
        {"path": "a", "label": "1", "lux": 5.0, "own": 7},
        {"path": "b", "label": None, "lux": 0.5, "own": 8},
        {"path": "c", "label": "9", "lux": 1.5, "own": None},
    ]
    assert both.origin == "tar with file"
    assert combined(first, None) is first
    assert combined(None, second) is second
    assert combined(None, None) is None
