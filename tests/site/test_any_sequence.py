"""Whatever happens to the reports: a site that was brought up to date is the one that is made at once."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import build_site
from tests.support.reports import tree

if TYPE_CHECKING:
    from tests.support.reports import Reports

NAMES = st.sampled_from(["a", "b", "line-1/a", "line-1/b"])
DAYS = st.sampled_from(["2025-12-31", "2026-01-01", "2026-01-02"])
CHANGES = st.tuples(NAMES, st.sampled_from(["write", "write", "remove", "damage", "update"]), DAYS, st.booleans())


@pytest.mark.usefixtures("quick")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(CHANGES, max_size=12))
def test_up_to_date_is_as_good_as_new(changes: list[tuple[str, str, str, bool]], made: Reports) -> None:
    """Reports come, change, are damaged and go, with updates between; a file of another's lies there too."""
    with tempfile.TemporaryDirectory() as folder:
        reports, site, fresh = (Path(folder, name) for name in ("reports", "site", "fresh"))
        for output in (site, fresh):
            (output / "reports").mkdir(parents=True)
            (output / "reports/mine.txt").write_text("mine", encoding="utf-8")
        made.write(reports / "always.json", "2026-01-03")
        for name, kind, day, dark in changes:
            path = reports / f"{name}.json"
            if kind == "write":
                made.write(path, day, dark=dark, dataset=name[:4])
            elif kind == "remove":
                path.unlink(missing_ok=True)
            elif kind == "damage" and path.exists():
                path.write_text("{}", encoding="utf-8")
            elif kind == "update":
                build_site(reports, site)
        found, expected = build_site(reports, site), build_site(reports, fresh)
        assert tree(site) == tree(fresh)
        assert (found.reports, found.notes) == (expected.reports, expected.notes)
