"""The pages say what the documents say, and nothing in a document becomes part of the page's code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from pipeline.compare.drift import detect_drift
from pipeline.errors import DocumentError
from pipeline.report.charts.drawing import WIDTHS
from pipeline.report.facts import made, model
from pipeline.report.page import render_history, render_report
from pipeline.report.site.entry import entry_of
from pipeline.report.verdict import history_verdict
from pipeline.report.words import printable
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

if TYPE_CHECKING:
    from pipeline.documents import Finding, HistoryDay

MOST_BYTES = 2_500_000

BOTH = {"report": lambda: render_report(sample_report()), "history": lambda: render_history(sample_history())}
"""Drawn in the tests and not where they are collected, which every worker of pytest-xdist does."""


def test_report_says_severity_summary_accuracy_and_samples() -> None:
    """The top of the page answers: is there drift, what happened, what it costs, of how many images."""
    page = Page(render_report(sample_report()))
    top = page.text.partition("What happened")[0]
    for words in (
        "High drift",
        "Inputs drifted (darker by 1.8 standard deviations), and so did predictions (confidence).",
        "0.71",
        "was 0.86",
        "0.66 to 0.77",
        "500 images",
        "2,000 images",
        "2 of 4",
        "9f2c",
    ):
        assert words in top
    assert "0.1.0" in page.text


def test_report_without_drift_says_so() -> None:
    """No finding, no alarm; the same evidence, folded."""
    calm = sample_report(overall_drift_detected=False, overall_severity="none", findings=[])
    page = Page(render_report(calm))
    assert "No drift" in page.text
    assert "Nothing that needs a person" in page.text
    assert {"chart-red", "chart-confidence", "chart-classes"} <= set(page.charts)


def test_what_could_not_be_told_stands_at_the_top() -> None:
    """Before the evidence: a quiet page must not be taken for more than it is."""
    quiet = sample_report(
        findings=[], overall_drift_detected=False, overall_severity="none", rules={"noise_guard": True}
    )
    for floor, said in ((0.1, False), (0.598, True)):
        quiet["class_distribution_drift"].update({"drift_detected": False, "threshold": 0.15, "noise_floor": floor})
        top, _, _ = render_report(quiet).partition("<main")
        assert (
            "Too few images to judge classes closely: the shares of 20 predicted classes may differ by up to 0.60"
            in top
        ) == said


@pytest.mark.parametrize(("count", "left"), [(12, ""), (13, "And 1 more finding:"), (40, "And 28 more findings:")])
def test_findings_for_which_there_is_no_room_are_counted(count: int, left: str) -> None:
    """Nobody takes a cut list for a whole one."""
    found = [{"kind": "quality", "severity": "low", "text": f"finding {at} of them"} for at in range(count)]
    text = Page(render_report(sample_report(findings=found))).text
    assert "finding 11 of them" in text.lower()
    assert (left in text, "more finding" in text) == (True, bool(left))


def test_gauges_show_the_numbers_of_each_rule() -> None:
    """Value, threshold, noise floor, p-value, both sides."""
    text = Page(render_report(sample_report())).text
    for words in ("0.080", "0.050", "0.100", "0.012", "< 0.001", "0.460", "0.380", "total variation distance"):
        assert words in text


def test_gauges_say_what_held_a_rule_back() -> None:
    """A value within chance and one below its threshold are two reasons not to fire."""
    report = sample_report(findings=[])
    report["confidence_drift"].update({"drift_detected": False, "value": 0.05})
    report["class_distribution_drift"]["value"] = 0.14
    report["confidence_drift"]["noise_floor"] = 0.06
    text = Page(render_report(report)).text
    assert text.count("within chance") >= 2
    assert "below the threshold" in text


def test_report_without_predictions_shows_the_reason() -> None:
    """What was not judged stands there with its reason, and at the top; charts of predictions are absent."""
    page = Page(render_report(sample_report_without_model()))
    assert page.text.lower().count("not judged") == 3
    assert page.text.count("no model was given") == 3
    assert set(page.charts) == {"chart-red", "chart-green", "chart-blue", "chart-2-1"}


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
    assert len(page.charts) == 6  # three channels, confidence, classes, brightness
    assert set(page.attributes("aria-labelledby")) == {f"{name}-words" for name in page.charts} <= set(ids)
    assert page.attributes("class").count("drawings") == len(page.charts)


@pytest.mark.parametrize("which", BOTH)
def test_headings_are_in_order(which: str) -> None:
    """One first heading, and no level is skipped on the way down."""
    page = Page(BOTH[which]())
    assert page.headings.count(1) == 1
    assert all(low - high <= 1 for high, low in zip(page.headings, page.headings[1:], strict=False))


def test_history_says_when_it_began() -> None:
    """How the newest day is, since when, and what happened on each."""
    html = render_history(sample_history(), {"2026-11-24": "days/2026-11-24.html"})
    page = Page(html)
    assert "side-2" in html.partition("<body>")[2]
    # Each day that did not drift, in the table and in the strip's drawings, its caption, and the scale of severities.
    assert page.text.count("no drift") == 4 * (1 + 2 * len(WIDTHS)) + 1 + 1
    assert "High drift on 2026-11-24" in page.text
    assert "Images are darker: mean pixel 0.37. It drifts since 2026-11-22, for 3 days." in page.text
    assert "mean pixel 0.37" in page.text
    assert page.links == ["#main", "days/2026-11-24.html"]


def test_a_day_of_a_history_says_what_became_of_the_accuracy() -> None:
    """However many findings are graver; where none says it, by itself."""
    history = sample_history()
    newest = history["days"][-1]
    assert "estimated accuracy 0.71 (0.63 to 0.78), was 0.86" in Page(render_history(history)).text
    told = [("pixels", f"finding {at}") for at in range(5)] + [("accuracy", "the accuracy fell")]
    newest["findings"] = [{"kind": kind, "severity": "high", "text": text} for kind, text in told]
    text = Page(render_history(history)).text
    assert [one in text for one in ("finding 2", "finding 3", "the accuracy fell", "and 2 more findings")] == [
        True, False, True, True
    ]  # fmt: skip
    assert "estimated accuracy 0.71 (" not in text


def test_history_says_at_the_top_how_the_newest_day_is_and_then_what_was_before() -> None:
    """A drift that is over is told, and does not colour the verdict; one that comes again is told apart from it."""
    history = sample_history()
    ordinary: HistoryDay = {**history["days"][0], "date": "2026-11-25"}
    history["days"].append(ordinary)
    over = history_verdict(history)
    assert (over.severity, over.headline) == ("none", "No drift on 2026-11-25")
    assert over.sentence == "It drifted from 2026-11-22 to 2026-11-24."
    history["days"].append({**history["days"][-2], "date": "2026-11-26"})
    again = history_verdict(history)
    assert (again.severity, again.headline) == ("high", "High drift on 2026-11-26")
    assert again.sentence.endswith(
        "The day judged before it did not. Before that, it drifted from 2026-11-22 to 2026-11-24."
    )
    for at, day in enumerate(("2026-11-28", "2026-11-30", "2026-12-02", "2026-12-04")):
        history["days"] += [{**ordinary, "date": f"2026-12-1{at}"}, {**history["days"][-1], "date": day}]
    assert "on 2026-12-02, on 2026-11-30, on 2026-11-28, and 2 times before these." in history_verdict(history).sentence
    weekly = history_verdict({**sample_history(), "every": "week"})
    assert weekly.headline == "High drift in the week of 2026-11-24"


@pytest.mark.parametrize(
    ("alpha", "every", "said"),
    [
        (0.01, "day", "By chance alone, at most one such day in 100 drifts."),
        (0.05, "week", "By chance alone, at most one such week in 20 drifts."),
        (5 / 365, "day", "By chance alone, at most one such day in 73 drifts."),
        (0.0001, "day", "By chance alone, at most one such day in 10,000 drifts."),
        (0.3, "day", "By chance alone, at most one such day in 3 drifts."),
        (0, "day", ""),
        (5e-324, "day", ""),
    ],
)
def test_history_says_how_often_chance_alarms(alpha: float, every: Literal["day", "week"], said: str) -> None:
    """As often as alpha, of a document of ours never next to 0."""
    history = sample_history()
    history["every"], history["rules"] = every, {**history["rules"], "alpha": alpha}
    text = " ".join(Page(render_history(history)).text.split())
    assert said in text
    assert ("at most one such" in text) == bool(said)


def test_history_says_at_the_top_which_day_ought_to_have_had_images() -> None:
    """A camera that sends nothing is no quiet one, though no day drifted; days off are not told."""
    history = sample_history()
    del history["first_drift"]
    history["days"] = history["days"][:4]
    history["days"][-1].update({"status": "no data", "image_count": 0})
    quiet = history_verdict(history)
    assert (quiet.severity, quiet.headline) == ("none", "No drift on 2026-11-19")
    assert quiet.sentence == "None of 3 days drifted."
    missing: Finding = {
        "kind": "missing",
        "severity": "medium",
        "text": "no images, although 14 of the 14 days before have some",
    }
    history["days"][-1]["findings"] = [missing]
    told = history_verdict(history)
    assert (told.severity, told.headline) == ("medium", "No drift on 2026-11-19")
    assert told.sentence.endswith("2026-11-20: No images, although 14 of the 14 days before have some.")
    assert told.sentence in Page(render_history(history)).text
    assert entry_of(history).days[-1] == ("2026-11-20", "medium")


def test_history_without_drift_and_without_days() -> None:
    """An ordinary week, and a store that is still empty."""
    history = sample_history()
    del history["first_drift"]
    history["days"] = history["days"][:4]
    assert "None of 4 days drifted" in Page(render_history(history)).text
    history["days"] = []
    assert "No days yet" in Page(render_history(history)).text


@pytest.mark.parametrize("which", BOTH)
def test_text_from_outside_stays_text(which: str) -> None:
    """The page has no element, attribute or script that an ordinary document would not give it."""
    tame, hostile = {
        "report": lambda: (render_report(hostile_report("tame")), render_report(hostile_report())),
        "history": lambda: (BOTH["history"](), render_history(hostile_history())),
    }[which]()
    before, after = Page(tame), Page(hostile)
    assert after.scripts == before.scripts == 2
    assert {name for name, _ in after.elements} <= {name for name, _ in before.elements} | {"details", "summary"}
    attributes = {key for _, found in after.elements for key in found}
    assert attributes <= {key for _, found in before.elements for key in found}
    for text in HOSTILE:
        assert text in after.text


def test_text_from_outside_adds_no_element() -> None:
    """The same elements in the same order, whatever the text."""
    before, after = (Page(render_report(hostile_report(text))) for text in ("tame", EVERYTHING))
    assert [name for name, _ in after.elements] == [name for name, _ in before.elements]


def test_class_names_reach_the_chart_as_they_are() -> None:
    """Escaped in the page; whole, what cannot be printed as an escape, where its two marks are pointed at."""
    page = Page(render_report(hostile_report()))
    told = [text for text in page.charts["chart-classes"] if printable(EVERYTHING) in text]
    assert len(set(told)) == 15


def test_links_of_the_caller_are_escaped() -> None:
    """A quote does not end the attribute."""
    page = Page(render_history(sample_history(), {"2026-11-24": '"><script>1</script>'}))
    assert page.links == ["#main", '"><script>1</script>']
    assert page.scripts == 2


@pytest.mark.parametrize("which", BOTH)
def test_page_is_one_file(which: str) -> None:
    """Nothing is fetched: no address in an attribute that loads or in the style, and the policy forbids the rest."""
    html = BOTH[which]()
    page = Page(html)
    loads = [value for name in ("src", "href", "srcset", "action", "data", "poster") for value in page.attributes(name)]
    assert [one for one in loads if not one.startswith("#")] == []
    style = html.partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    assert not {"link", "iframe", "object", "embed", "img", "base"} & {name for name, _ in page.elements}
    assert "default-src 'none'" in " ".join(page.attributes("content"))
    assert len(html.encode()) < MOST_BYTES


def test_segments_and_examples_are_shown() -> None:
    """A row a segment; each thumbnail as data, with a text for who does not see it."""
    page = Page(render_report(sample_explained_report(uri="/images/one.jpg")))
    for words in ("camera=3", "1.8", "1,200", "/images/one.jpg", "0.310"):
        assert words in page.text
    assert page.attributes("src") == [f"data:image/jpeg;base64,{THUMBNAIL}"] * 7
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
    text = Page(render_report(report)).text
    assert report["summary"][1:] in text
    assert "Estimated accuracy" in text
    assert all(one["feature"].replace("_", " ") in text for one in report["feature_drift"])


def test_a_report_of_before_the_features_were_judged_still_renders() -> None:
    """One of an older version has no summary and no table."""
    report = sample_report()
    for key in ("feature_drift", "joint_drift", "summary", "accuracy_estimate"):
        del report[key]  # type: ignore[misc]
    text = Page(render_report(report)).text
    assert "The model is less certain" in text
    assert "All features" not in text


def test_findings_lead_to_their_evidence() -> None:
    """Each finding at the top is a link to a place that is there."""
    page = Page(render_report(sample_report()))
    links = [one.removeprefix("#") for one in page.links]
    assert links == ["main", "finding-1", "finding-2", "finding-3"]
    assert set(links) <= set(page.attributes("id"))


def test_settings_are_told_in_words_and_the_rest_is_folded() -> None:
    """The model by the name of its file, its scaling by its name; what nobody asks for is folded away once more."""
    document = sample_report()["current"]
    told = {one.name: one.current for one in made(document, document)}
    assert told["Model"] == "cans.tflite (9f2c)"
    assert (told["Task"], told["Resize"], told["Scaling"]) == ("classification", "stretch", "minus-one-one")
    assert (told["Input size"], told["Decode"]) == ("224 \N{MULTIPLICATION SIGN} 224", "fast")
    document["settings"]["model"] |= {"mean": [0.4, 0.5, 0.6], "std": [0.25, 0.25, 0.25]}
    told = {one.name: one.current for one in made(document, document)}
    assert told["Scaling"] == "mean 0.4, 0.5, 0.6, standard deviation 0.25"
    del document["settings"]["model"]["name"]
    assert model(document["settings"]) == "tflite classification (9f2c)"
    page = render_report(sample_report())
    assert page.index("cans.tflite (9f2c)") < page.index("<details") < page.index("minus-one-one")
    assert page.index("minus-one-one") < page.index("<summary>Every setting") < page.index("model.sha256")
