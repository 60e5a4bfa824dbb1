"""Numbers as people read them."""

from __future__ import annotations

from datetime import UTC, datetime

_SMALLEST_P_VALUE = 0.001
_SHORT = 10
_DECIMALS = ((5e-7, 3), (0.01, 4), (1, 3), (10, 2), (1000, 1))
_LONGEST = 80
_LONGEST_SENTENCE = 300


def number(value: float) -> str:
    """A quantity with as many decimals as its size deserves and a real minus sign."""
    size = abs(value)
    decimals = next((decimals for limit, decimals in _DECIMALS if size < limit), 0)
    return f"{value:,.{decimals}f}".replace("-", "\N{MINUS SIGN}")


def short(value: float) -> str:
    """A quantity in two or three digits, for where there is little room."""
    size = abs(value)
    return f"{value:,.{2 if size < 1 else 1 if size < _SHORT else 0}f}"


def signed(value: float) -> str:
    """A change, with its sign."""
    return f"+{number(value)}" if value > 0 else number(value)


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


def spoken(name: str) -> str:
    """The name of a feature as words."""
    return name.replace("_", " ")


def shortened(text: str) -> str:
    """A name from outside, cut where it is longer than anyone would read."""
    return _cut(text, _LONGEST)


def clipped(text: str) -> str:
    """The same of a sentence."""
    return _cut(text, _LONGEST_SENTENCE)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}\N{HORIZONTAL ELLIPSIS}"


def sentence(text: str) -> str:
    """A text that was written to stand in a line of a log as well, as a sentence begins."""
    return text[:1].upper() + text[1:]


def ended(text: str) -> str:
    """The same as a whole sentence."""
    return sentence(text) if text.endswith((".", "!", "?")) else f"{sentence(text)}."


def printable(text: str) -> str:
    """Text from outside on one line: line breaks, control and direction characters, and bytes that are no text, as
    escapes."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


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
