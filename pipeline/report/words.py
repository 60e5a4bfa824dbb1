"""Numbers as people read them."""

from __future__ import annotations

from datetime import UTC, datetime

_SMALLEST_P_VALUE = 0.001
_ONE_DECIMAL = 10
_NO_DECIMALS = 1000


def number(value: float) -> str:
    """A quantity with as many decimals as its size deserves and a real minus sign."""
    size = abs(value)
    decimals = 3 if size < _ONE_DECIMAL else 1 if size < _NO_DECIMALS else 0
    return f"{value:,.{decimals}f}".replace("-", "\N{MINUS SIGN}")


def signed(value: float) -> str:
    """A change, with its sign."""
    return f"+{number(value)}" if value > 0 else number(value)


def plain(value: float | str) -> str:
    """A number as a quantity, a text as it is."""
    return value if isinstance(value, str) else number(value)


def count(value: int) -> str:
    """A whole number with separated thousands."""
    return f"{value:,}"


def counted(value: int, noun: str) -> str:
    """A number of things: "1 image", "2,000 images"."""
    plural = {"class": "classes", "box": "boxes"}.get(noun, f"{noun}s")
    return f"{value:,} {noun if value == 1 else plural}"


def share(value: float) -> str:
    """A share of the whole in per cent."""
    return f"{value:.1%}"


def p_value(value: float) -> str:
    """A probability, no finer than is worth reading."""
    return "< 0.001" if value < _SMALLEST_P_VALUE else f"{value:.3f}"


def moment(timestamp: str) -> str:
    """An ISO 8601 timestamp as a date and time in UTC; whatever else it is, as it is."""
    try:
        return datetime.fromisoformat(timestamp).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (ValueError, OverflowError):
        return timestamp


def date_range(dates: list[str]) -> str:
    """Dates as the first and the last of them."""
    first, last = min(dates), max(dates)
    return first if first == last else f"{first} to {last} ({counted(len(dates), 'day')})"
