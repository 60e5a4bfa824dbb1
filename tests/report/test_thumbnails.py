"""Pictures are few and small, whatever a document holds."""

from __future__ import annotations

from pipeline.report.thumbnails import MOST_BYTES, MOST_IMAGES, MOST_STRIPS, strips
from tests.report.sample import THUMBNAIL, sample_explained_report


def test_a_strip_holds_the_documents_pictures() -> None:
    """With their values, names and places, current and baseline apart."""
    found = strips(sample_explained_report(uri="/images/one.jpg"))["brightness"]
    assert [one.value for one in found.baseline] == ["0.310", "0.460"]
    assert {one.data for one in found.current} == {THUMBNAIL}
    assert {(one.name, one.place) for one in found.current} == {(("", "one"), "/images/one.jpg")}


def test_a_picture_without_data_or_with_too_much_leaves_its_place() -> None:
    """Its name stays."""
    report = sample_explained_report()
    report["examples"][0]["images"] = [{"uri": "/huge.jpg", "value": 0.1, "thumbnail": "A" * (MOST_BYTES + 1)}]
    [one] = strips(report)["brightness"].current
    assert (one.data, one.name) == ("", ("", "huge"))


def test_the_end_of_a_name_is_kept_apart() -> None:
    """Files of one set often begin alike: a caption without room cuts the beginning."""
    [one, *_] = strips(sample_explained_report(uri="/images/n02119022_red_fox.JPEG"))["brightness"].current
    assert one.name == ("n0211902", "2_red_fox")
    assert "/images/n02119022_red_fox.JPEG" in one.words


def test_many_examples_are_cut() -> None:
    """Features and images of each."""
    report = sample_explained_report()
    report["examples"] = [
        {"feature": str(number), "images": report["examples"][0]["images"] * 10} for number in range(100)
    ]
    found = strips(report)
    assert len(found) == MOST_STRIPS
    assert {len(one.current) for one in found.values()} == {MOST_IMAGES}


def test_a_predicted_class_is_shown_by_its_name() -> None:
    """Of the document's names; one without a name by its number."""
    report = sample_explained_report()
    images = [{"uri": "/a.jpg", "value": value} for value in ("1", "999")]
    report["examples"] = [{"feature": "predicted_class", "images": images}]  # type: ignore[typeddict-item]
    assert [one.value for one in strips(report)["predicted_class"].current] == ["nut", "class 999"]
