from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.plan import UNIT_SIZE, Version, plan
from pipeline.extract.sources.interface import ImageRef

MOMENT = datetime(2026, 11, 23, tzinfo=UTC)

versions = st.tuples(
    st.none() | st.integers(0, 2),
    st.none() | st.datetimes(timezones=st.just(UTC), min_value=datetime(2026, 1, 1)),  # noqa: DTZ001
)
folders = st.dictionaries(st.sampled_from([f"/data/{letter}.jpg" for letter in "abcdefgh"]), versions)


def ref(uri: str, version: Version = (1, MOMENT)) -> ImageRef:
    return ImageRef(uri, uri, uri.rpartition("/")[2], *version)


@settings(max_examples=50, deadline=None)
@given(present=folders, known=folders, touched=st.sets(st.sampled_from("abcdefgh")))
def test_every_image_is_added_changed_or_unchanged(
    present: dict[str, Version], known: dict[str, Version], touched: set[str]
) -> None:
    """Against sets: what has no row, what has another version's, and the rest."""
    known |= {uri: present[uri] for uri in present if uri[-5] in touched}
    found = plan([ref(uri, version) for uri, version in present.items()], known)
    assert {one.uri for one in found.added} == present.keys() - known.keys()
    changed = {uri for uri in present.keys() & known.keys() if present[uri] != known[uri]}
    assert {one.uri for one in found.changed} == found.replaced == changed
    assert found.unchanged == len(present) - len(found.added) - len(found.changed)


@settings(max_examples=30, deadline=None)
@given(present=folders)
def test_what_has_been_done_is_not_done_again(present: dict[str, Version]) -> None:
    """A second run over the same images has no work, also where nothing is known of a file but its name."""
    found = plan([ref(uri, version) for uri, version in present.items()], present)
    assert (found.added, found.changed, found.unchanged) == ((), (), len(present))
    assert list(found.units()) == []


def test_each_part_of_the_version_counts() -> None:
    """A file of the same size that was written again, and one of the same second with another size."""
    known: dict[str, Version] = dict.fromkeys("abc", (1, MOMENT))
    later = MOMENT.replace(microsecond=1)
    found = plan([ref("a", (2, MOMENT)), ref("b", (1, later)), ref("c", (1, None)), ref("d")], known)
    assert ([one.uri for one in found.added], [one.uri for one in found.changed]) == (["d"], ["a", "b", "c"])


@settings(max_examples=30, deadline=None)
@given(numbers=st.sets(st.integers(0, 999), max_size=150), known=st.sets(st.integers(0, 999), max_size=150))
def test_units_hold_all_the_work_in_the_order_of_the_uris(numbers: set[int], known: set[int]) -> None:
    """Each image once, new or changed, in full units but for the last."""
    refs = [ref(f"/{number:03}.jpg") for number in numbers]
    found = plan(refs, {f"/{number:03}.jpg": (0, None) for number in known})
    units = list(found.units())
    assert [one.uri for unit in units for one in unit] == sorted(one.uri for one in refs)
    assert all(len(unit) == UNIT_SIZE for unit in units[:-1])
    assert all(units)
