"""The pages say what the documents say, and nothing in a document becomes part of the page's code."""

from __future__ import annotations

import html

import pytest

from pipeline.compare.drift import detect_drift
from pipeline.errors import DocumentError
from pipeline.report.page import render_history, render_report
from tests.report.hostile import EVERYTHING, HOSTILE, hostile_history, hostile_report
from tests.report.reading import Page
from tests.report.sample import (
    THUMBNAIL,
    sample_explained_report,
    sample_history,
    sample_report,
    sample_report_without_model,
)
from tests.support.rows import document_of, shots

MOST_BYTES = 2_500_000

BOTH = (render_report(sample_report()), render_history(sample_history()))


def test_report_says_severity_findings_and_samples() -> None:
    """The top of the page answers: is there drift, what happened, of how many images."""
    page = Page(render_report(sample_report()))
    for words in (
        "Drift: high",
        "mean confidence fell from 0.92 to 0.77",
        "500 images",
        "2,000 images",
        "0.1.0",
    ):
        assert words in page.text


def test_report_without_drift_says_so() -> None:
    """No finding, no alarm."""
    calm = sample_report(overall_drift_detected=False, overall_severity="none", findings=[])
    text = Page(render_report(calm)).text
    assert "No drift" in text
    assert "Nothing that needs a person" in text


def test_cards_show_the_numbers_of_each_rule() -> None:
    """Value, threshold, noise floor, p-value, both sides."""
    text = Page(render_report(sample_report())).text
    for words in (
        "0.080",
        "0.050 (spread 0.100)",
        "0.012",
        "< 0.001",
        "0.460",
        "0.380",
        "total variation distance",
    ):
        assert words in text


def test_cards_say_what_held_a_rule_back() -> None:
    """A value within chance and one below its threshold are two reasons not to fire."""
    report = sample_report()
    report["confidence_drift"].update({"drift_detected": False, "value": 0.05})
    text = Page(render_report(report)).text
    assert "no drift, within chance" in text
    assert "no drift, below threshold" in text


def test_report_without_predictions_shows_the_reason() -> None:
    """What was not judged is a card with its reason; charts of predictions are absent."""
    page = Page(render_report(sample_report_without_model()))
    assert page.text.count("not judged") == 2
    assert page.text.count("no model was given") == 2
    assert set(page.charts) == {"chart-red", "chart-green", "chart-blue", "chart-shifts"}


def test_unreadable_images_stand_by_reason() -> None:
    """Both sides, also where only one has the reason."""
    text = Page(render_report(sample_report())).text
    for reason in ("truncated", "zero bytes", "not an image"):
        assert reason in text


def test_every_chart_has_its_words() -> None:
    """Each picture is labelled by a caption that is there."""
    page = Page(render_report(sample_report()))
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    assert len(page.charts) == 6
    assert set(page.attributes("aria-labelledby")) == {f"{name}-words" for name in page.charts} <= set(ids)
    assert set(page.attributes("data-chart")) == {f"{name}-spec" for name in page.charts} <= set(ids)


@pytest.mark.parametrize("html", BOTH, ids=["report", "history"])
def test_headings_are_in_order(html: str) -> None:
    """One first heading, and no level is skipped on the way down."""
    page = Page(html)
    assert page.headings.count(1) == 1
    assert all(low - high <= 1 for high, low in zip(page.headings, page.headings[1:], strict=False))


def test_history_says_when_it_began() -> None:
    """How many days were ordinary, the first that was not, and what happened on each."""
    page = Page(render_history(sample_history(), {"2026-11-24": "days/2026-11-24.html"}))
    assert "3 of 7 days drifted" in page.text
    assert "First drift on 2026-11-22." in page.text
    assert "mean pixel 0.37" in page.text
    assert page.attributes("href") == ["days/2026-11-24.html"]


def test_history_without_drift_and_without_days() -> None:
    """An ordinary week, and a store that is still empty."""
    history = sample_history()
    del history["first_drift"]
    history["days"] = history["days"][:4]
    assert "No day drifted" in Page(render_history(history)).text
    history["days"] = []
    assert "No days yet" in Page(render_history(history)).text


@pytest.mark.parametrize(
    ("ordinary", "hostile"),
    list(zip(BOTH, (render_report(hostile_report()), render_history(hostile_history())), strict=True)),
    ids=["report", "history"],
)
def test_text_from_outside_stays_text(ordinary: str, hostile: str) -> None:
    """The page has no element, attribute or script that an ordinary document would not give it."""
    before, after = Page(ordinary), Page(hostile)
    assert after.scripts == before.scripts == 1
    assert {name for name, _ in after.elements} <= {name for name, _ in before.elements}
    attributes = {key for _, found in after.elements for key in found}
    assert attributes <= {key for _, found in before.elements for key in found}
    for text in HOSTILE:
        assert text in after.text


def test_class_names_reach_the_chart_as_they_are() -> None:
    """Escaped in the page, whole in the data."""
    page = Page(render_report(hostile_report()))
    labels = [row["label"] for rows in page.charts["chart-classes"]["datasets"].values() for row in rows]
    assert sum(label.endswith(EVERYTHING) for label in labels) == 15


def test_links_of_the_caller_are_escaped() -> None:
    """A quote does not end the attribute."""
    page = Page(render_history(sample_history(), {"2026-11-24": '"><script>1</script>'}))
    assert page.attributes("href") == ['"><script>1</script>']
    assert page.scripts == 1


@pytest.mark.parametrize("html", BOTH, ids=["report", "history"])
def test_page_is_one_file(html: str) -> None:
    """Nothing is fetched: no address in an attribute that loads or in the style, and the policy forbids the rest."""
    page = Page(html)
    loads = [value for name in ("src", "href", "srcset", "action", "data", "poster") for value in page.attributes(name)]
    assert loads == []
    style = html.partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    assert not {"link", "iframe", "object", "embed", "img", "base"} & {name for name, _ in page.elements}
    assert "default-src 'none'" in " ".join(page.attributes("content"))
    assert len(html.encode()) < MOST_BYTES


def test_segments_and_examples_are_shown() -> None:
    """A row a segment; each thumbnail as data, with a text for who does not see it."""
    page = Page(render_report(sample_explained_report(uri="/images/one.jpg")))
    for words in ("camera=3", "brightness: darker by 1.8 standard deviations", "1,200", "/images/one.jpg", "0.310"):
        assert words in page.text
    assert page.attributes("src") == [f"data:image/jpeg;base64,{THUMBNAIL}"] * 8
    assert "Current image /images/one.jpg, brightness 0.310" in page.attributes("alt")
    assert "img-src data:" in " ".join(page.attributes("content"))


def test_segments_and_examples_are_text_whatever_they_hold() -> None:
    """No hostile column, value or name becomes an element or a script."""
    page = Page(render_report(sample_explained_report(EVERYTHING, EVERYTHING)))
    plain = Page(render_report(sample_explained_report()))
    assert [name for name, _ in page.elements] == [name for name, _ in plain.elements]
    assert page.scripts == plain.scripts


def test_bytes_that_are_no_text_can_be_written() -> None:
    """A name from the file system with an undecodable byte does not stop the page from being written as UTF-8."""
    report = sample_report()
    report["current"]["dataset_info"]["source"] = "caf\udce9"
    assert "caf\\udce9" in render_report(report).encode("utf-8").decode("utf-8")


def test_refuses_a_severity_that_does_not_exist() -> None:
    """A damaged document is said to be one."""
    with pytest.raises(DocumentError, match="purple"):
        render_report(sample_report(overall_severity="purple"))


def test_a_judged_report_shows_its_features_its_sum_and_its_accuracy() -> None:
    """One that detect_drift made, labels in its baseline."""
    report = detect_drift(document_of(shots(1, 200)), document_of(shots(2, 60, light=0.9)))
    page = render_report(report)
    assert html.escape(report["summary"]) in page
    assert "Drift of the features" in page
    assert "Estimated without labels" in page
    assert all(one["feature"].replace("_", " ") in page for one in report["feature_drift"])


def test_a_report_of_before_the_features_were_judged_still_renders() -> None:
    report = sample_report()
    assert "feature_drift" not in report
    assert "Drift of the features" not in render_report(report)
