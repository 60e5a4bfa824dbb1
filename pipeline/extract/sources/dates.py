"""The date that a source's name gives."""

from __future__ import annotations

import re
from datetime import date

_DATE = re.compile(r"(?<!\d)((?:19|20)\d{2})([-_.]?)(\d{2})\2(\d{2})(?!\d)")


def date_in_path(path: str) -> date | None:
    """The date in the last path component that holds one (`daily_20261123`, `2026-11-23`), or None."""
    for component in reversed(re.split(r"[/\\]", path)):
        for match in reversed(list(_DATE.finditer(component))):
            try:
                return date(*map(int, match.group(1, 3, 4)))
            except ValueError:
                continue  # eight digits that are no date
    return None
