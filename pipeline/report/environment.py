"""Templates to text: what the pages of documents and those of an overview have in common."""

from __future__ import annotations

from functools import cache

import jinja2

from pipeline.compare.history import has_data
from pipeline.compare.words.findings import shown_severity
from pipeline.report import embed, facts, words
from pipeline.report.accuracy import untold_accuracy
from pipeline.report.changes import change_words, segment_words
from pipeline.report.charts.drawing import drawings
from pipeline.report.signs import all_signs, sign


def rendered(template: str, **values: object) -> str:
    """A template as HTML.

    Args:
        template: Its name below the folder of templates.
        values: What it shows.

    Raises:
        DocumentError: A severity does not exist.
    """
    page = _environment().get_template(template).render(**values)
    # A file's name may hold bytes that are no text: here they are lone surrogates, which cannot be written.
    return page.encode("utf-8", "backslashreplace").decode("utf-8")


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pipeline.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters = (
        shown_severity,
        has_data,
        words.number,
        words.count,
        words.counted,
        words.share,
        words.p_value,
        words.moment,
        words.sentence,
        words.spoken,
        words.shortened,
        words.short,
        words.clipped,
        facts.days,
        untold_accuracy,
        change_words,
        segment_words,
        drawings,
    )
    environment.filters.update({one.__name__: one for one in filters})
    environment.globals.update(
        sign=sign,
        signs=all_signs(),
        style=embed.style,
        page_script=embed.page_script,
        theme_script=embed.theme_script,
        content_policy=embed.content_policy,
    )
    return environment
