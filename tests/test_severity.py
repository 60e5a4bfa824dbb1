"""An order by badness, which plain strings do not have."""

from __future__ import annotations

import copy
import itertools
import json
import operator
import pickle
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Callable

WORDS = ["none", "low", "medium", "high"]
PAIRS = list(itertools.product(WORDS, WORDS))


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne])
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_comparisons_go_by_badness(compare: Callable[[Any, Any], bool], one: str, other: str) -> None:
    """Between two severities, and with a string on either side."""
    expected = compare(WORDS.index(one), WORDS.index(other))
    assert compare(Severity(one), Severity(other)) == expected
    assert compare(Severity(one), other) == expected
    assert compare(one, Severity(other)) == expected


def test_the_alphabet_would_say_otherwise() -> None:
    """What this type is for: as words, "none" is above "high"."""
    assert max(WORDS) == "none"
    assert max(map(Severity, WORDS)) == "high"
    assert sorted(map(Severity, reversed(WORDS))) == WORDS


@pytest.mark.parametrize("word", WORDS)
def test_it_is_its_word_everywhere(word: str) -> None:
    own = Severity(word)
    assert json.dumps({"severity": own}) == f'{{"severity": "{word}"}}'
    assert (str(own), f"{own}", f"{own:>8}", "%s" % own) == (word, word, f"{word:>8}", word)  # noqa: UP031
    assert {own: 1}[word] == 1  # type: ignore[index]
    assert isinstance(own, str)
    assert own.rank == WORDS.index(word)


def test_it_survives_copies_and_pickles() -> None:
    for own in Severity:
        assert copy.deepcopy(own) is own
        assert pickle.loads(pickle.dumps(own)) is own  # noqa: S301


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge])
@pytest.mark.parametrize("other", ["dreadful", "High", "", "drift"])
def test_words_that_are_no_severity_do_not_compare(compare: Callable[[Any, Any], bool], other: str) -> None:
    with pytest.raises(ValueError, match="is not a valid Severity"):
        compare(Severity.LOW, other)
