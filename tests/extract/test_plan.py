from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.plan import UNIT_SIZE, plan
from pipeline.extract.sources.files import LocalFile
from pipeline.extract.sources.interface import ImageRef, Opened, Order, Version

MOMENT = 1_795_430_645_123_456

versions = st.tuples(
    st.none() | st.integers(0, 2), st.none() | st.integers(-(10**15), 10**16), st.none() | st.sampled_from("xyz")
)
folders = st.dictionaries(st.sampled_from([f"/data/{letter}.jpg" for letter in "abcdefgh"]), versions)


@dataclass(frozen=True)
class Slot:
    """A place in an archive."""

    order: Order

    def read(self, opened: Opened) -> bytes:
        """See `Place.read`."""
        raise NotImplementedError


def ref(uri: str, version: Version = (1, MOMENT, None)) -> ImageRef:
    return ImageRef(uri, uri.rpartition("/")[2], *version, LocalFile(uri))


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
    """A file of the same size that was written again, one of the same second with another size, another etag."""
    known: dict[str, Version] = dict.fromkeys("abcd", (1, MOMENT, "x"))
    versions: dict[str, Version] = {"a": (2, MOMENT, "x"), "b": (1, MOMENT + 1, "x"), "c": (1, MOMENT, "y")}
    found = plan([*(ref(uri, version) for uri, version in versions.items()), ref("d", (1, None, "x")), ref("e")], known)
    assert ([one.uri for one in found.added], [one.uri for one in found.changed]) == (["e"], ["a", "b", "c", "d"])


@settings(max_examples=30, deadline=None)
@given(numbers=st.sets(st.integers(0, 999), max_size=150), known=st.sets(st.integers(0, 999), max_size=150))
def test_units_hold_all_the_work_in_the_order_of_the_uris(numbers: set[int], known: set[int]) -> None:
    """Each file once, new or changed, in units that never grow and are never small but for the last."""
    refs = [ref(f"/{number:03}.jpg") for number in numbers]
    found = plan(refs, {f"/{number:03}.jpg": (0, None, None) for number in known})
    units = list(found.units())
    assert [one.uri for unit in units for one in unit] == sorted(one.uri for one in refs)
    sizes = [len(unit) for unit in units]
    assert sizes == sorted(sizes, reverse=True)
    assert all(16 <= size <= UNIT_SIZE for size in sizes[:-1])
    assert all(sizes)


def test_all_threads_have_something_to_do_until_the_end() -> None:
    """Large units first, and the last eighth of the work in at least sixteen of them."""
    sizes = [len(unit) for unit in plan([ref(f"/{number:05}.jpg") for number in range(5000)], {}).units()]
    assert (sizes[0], sizes[-2], sum(sizes)) == (UNIT_SIZE, 16, 5000)
    last = [size for at, size in enumerate(sizes) if sum(sizes[at:]) <= 5000 / 8]
    assert len(last) >= 16


@settings(max_examples=60, deadline=None)
@given(sizes=st.lists(st.lists(st.integers(1, 100), min_size=1, max_size=5), min_size=1, max_size=3), data=st.data())
def test_parts_of_archives_are_read_in_their_order_and_straddle_no_units_needlessly(
    sizes: list[list[int]], data: st.DataObject
) -> None:
    """Whatever the uris are: a part that fits into a unit is in one, and a larger one in as few as can be."""
    orders = [
        (f"archive{at}", part, row)
        for at, parts in enumerate(sizes)
        for part, size in enumerate(parts)
        for row in range(size)
    ]
    uris = data.draw(st.permutations(range(len(orders))))
    refs = [ImageRef(f"{uri}", "", 1, 1, None, Slot(order)) for uri, order in zip(uris, orders, strict=True)]
    units = list(plan(sorted(refs, key=lambda one: one.uri), {}).units())
    assert [one.place.order for unit in units for one in unit] == sorted(orders)
    assert all(0 < len(unit) <= UNIT_SIZE for unit in units)
    for at, parts in enumerate(sizes):
        for part, size in enumerate(parts):
            holding = [unit for unit in units if any(one.place.order[:2] == (f"archive{at}", part) for one in unit)]
            assert len(holding) == -(-size // UNIT_SIZE)
