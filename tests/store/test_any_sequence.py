"""After any sequence of additions, changes, deletions, interruptions and repeats, a partition is what a fresh
extraction would give, and nothing was computed twice."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import pyarrow.parquet as pq
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pipeline.extract import plan
from pipeline.extract.local import run_locally
from pipeline.profile.counts import status_counts
from pipeline.store import publish, staged, workplace, write
from pipeline.store.compact import compact_partition
from pipeline.store.layout import row_files
from pipeline.store.stored import stored
from pipeline.store.update import Update
from tests.support.grey import PARTITION, GreyImages, greys_of, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = st.sampled_from([f"{letter}.png" for letter in "abcde"])
LEVELS = st.integers(0, 255)


class KilledError(BaseException):
    """Stands for a process that is gone: nothing of ours may run after it."""


class Partitions(RuleBasedStateMachine):
    """A folder that changes, a store that follows it, and a model of what the store must hold."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = contextlib.ExitStack()
        root = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self.images, self.store, self.root = GreyImages(root / "images"), root / "S", root
        self.rows: dict[str, int] = {}
        self.computed: list[tuple[str, int | None]] = []
        self.lost: set[tuple[str, int | None]] = set()
        self._fail_after: int | None = None
        self._checked: dict[str, Any] = {}
        for module, name, value in (
            (plan, "UNIT_SIZE", 1),
            (write, "ROWS_IN_A_FILE", 2),
            (write, "_ROWS_IN_A_GROUP", 1),
        ):
            self._stack.enter_context(mock.patch.object(module, name, value))
        self._stack.enter_context(mock.patch.object(staged, "run_locally", self._run))

    def teardown(self) -> None:
        self._stack.close()

    def _run(self, units: Any, *rest: Any) -> Iterator[Any]:
        for done, table in enumerate(run_locally(units, *rest)):
            if done == self._fail_after:
                raise KilledError
            self.computed += zip(table["path"].to_pylist(), table["modified"].cast("int64").to_pylist(), strict=True)
            yield table

    @initialize(levels=st.dictionaries(NAMES, LEVELS, min_size=1))
    def first(self, levels: dict[str, int]) -> None:
        for name, level in levels.items():
            self.images.draw(name, level)

    @rule(name=NAMES, level=LEVELS)
    def draw(self, name: str, level: int) -> None:
        self.images.draw(name, level)

    @precondition(lambda self: len(self.images.levels) > 1)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        self.images.remove(data.draw(st.sampled_from(sorted(self.images.levels))))

    @rule()
    def extract(self) -> None:
        self.images.extract(self.store)
        self.rows |= self.images.levels

    @precondition(lambda self: not self.rows or self.rows.keys() & self.images.levels.keys())
    @rule()
    def sync(self) -> None:
        self.images.extract(self.store, Update(sync=True))
        self._is_as_if_fresh()

    @rule()
    def re_extract(self) -> None:
        self.computed.clear()  # it is asked to compute all of them again
        self.images.extract(self.store, Update(re_extract=True))
        self._is_as_if_fresh()

    @rule(after=st.integers(0, 4))
    def interrupted(self, after: int) -> None:
        self._fail_after = after
        with contextlib.suppress(KilledError):
            self.images.extract(self.store)
            self.rows |= self.images.levels
        self._fail_after = None
        self._forget_what_was_not_staged()

    @rule(step=st.sampled_from(["replace_folder", "write_files", "mkdir"]))
    def killed_while_publishing(self, step: str) -> None:
        """Nothing that tidies up gets to run."""
        where: Any = {
            "replace_folder": (workplace, step),
            "write_files": (publish, step),
            "mkdir": (publish, "_common_schema"),
        }[step]
        with (
            mock.patch.object(*where, side_effect=KilledError),
            mock.patch.object(workplace.Workplace, "leave"),
            contextlib.suppress(KilledError),
        ):
            self.images.extract(self.store)
            self.rows |= self.images.levels
        self._forget_what_was_not_staged()

    @precondition(lambda self: self.rows)
    @rule()
    def killed_after_publishing(self) -> None:
        with (
            mock.patch.object(workplace.Workplace, "forget_staged", side_effect=KilledError),
            mock.patch.object(workplace.Workplace, "leave"),
            contextlib.suppress(KilledError),
        ):
            self.images.extract(self.store)
        self.rows |= self.images.levels

    @precondition(lambda self: self.rows)
    @rule()
    def compact(self) -> None:
        compact_partition(self.store, PARTITION)
        assert len(row_files(self.store, PARTITION)) <= (len(self.rows) + 1) // 2 + 1

    @invariant()
    def the_partition_holds_one_true_row_an_image(self) -> None:
        if self._is_new("rows"):
            held = greys_of(self.store) if self.rows else []
            assert held == sorted(self.rows.items())

    @invariant()
    def nothing_is_computed_twice(self) -> None:
        assert len(set(self.computed)) == len(self.computed)

    @invariant()
    def profiles_are_those_of_the_rows(self) -> None:
        if self.rows and self._is_new("profiles"):
            own = stored(self.store, [PARTITION])
            assert all(file.profile is not None for file in own.files[PARTITION])
            assert own.profile().statuses == status_counts(own.rows.collect().to_arrow())

    def _is_new(self, check: str) -> bool:
        """Whether files or what they must hold have changed since this check was made: most are of nothing new."""
        files = [(path, path.stat().st_ino, path.stat().st_mtime_ns) for path in row_files(self.store, PARTITION)]
        seen, self._checked[check] = self._checked.get(check), (files, dict(self.rows))
        return bool(seen != self._checked[check])

    def _is_as_if_fresh(self) -> None:
        self.rows = dict(self.images.levels)
        with (
            tempfile.TemporaryDirectory(dir=self.root) as fresh,
            mock.patch.object(staged, "run_locally", run_locally),
            mock.patch.object(plan, "UNIT_SIZE", len(self.images.levels)),  # in one go, as nobody may notice
        ):
            self.images.extract(Path(fresh) / "S")
            expected = rows_of(Path(fresh) / "S")
        assert rows_of(self.store).equals(expected)

    def _forget_what_was_not_staged(self) -> None:
        """What was in no whole file when the process died may be computed again."""
        place = workplace.workplace(self.store, PARTITION)
        files = [*place.staged.glob("*.parquet"), *row_files(self.store, PARTITION)]
        kept = {row for path in files for row in _versions(path)}
        self.computed = [row for row in self.computed if row in kept]


def _versions(path: Path) -> list[tuple[str, int]]:
    table = pq.ParquetFile(path).read(["path", "modified"])
    return list(zip(table["path"].to_pylist(), table["modified"].cast("int64").to_pylist(), strict=True))


Partitions.TestCase.settings = settings(max_examples=20, stateful_step_count=15, deadline=None)
TestAnySequence = Partitions.TestCase
