"""The control table: numbers from hands and machines, by name, in memory that processes share.

A knob, a pad, an OSC address: each is a name with a value, the show time of that value, and a
serial that counts how often it was set. The stage makes the table; its guests (processes or
threads) write; an engine takes a snapshot once a frame. Nobody waits for anybody.

Each writer has a *lane* of its own: rows that only it writes, so there is no lock that a writer
which dies or is stopped could hold, and one that invents names without end fills its own lane only.
A row keeps its value in two cells, written in turn, each with a sequence number (a seqlock, as in
`livegan.ipc.picture_ring`): a writer that is killed in the middle leaves the value before it whole.
"""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Collection, Iterator, Mapping
from multiprocessing.shared_memory import SharedMemory
from types import TracebackType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from livegan.ipc.shared_memory import attach_memory, create_memory, fence, remove_memory

LANES, ROWS = 16, 512
"""Writers, and the names that each of them may use."""
NAME = 128
"""Bytes of the longest name, in UTF-8."""
LANE = 8  # int64 words a lane: names in use, and how often any of them was set
USED, SETS = 0, 1
SIZE = LANES * LANE * 8 + LANES * ROWS * (2 * 3 * 8 + NAME)
ATTEMPTS = 8
"""Looks at a value that is written all the while; after that the one seen before stands."""


class Control(NamedTuple):
    """What a control was set to: the value, the show time in seconds, and how often it was set."""

    value: float
    time: float
    serial: int


class ControlTableFull(ValueError):
    """A writer has used up its names, or there are more writers than lanes."""


class Snapshot(Mapping[str, Control]):
    """All controls at one moment, by name. It never changes."""

    __slots__ = ("_rows", "numbers", "serials", "times")

    def __init__(
        self,
        rows: Mapping[str, tuple[int, ...]],
        values: NDArray[np.float64],
        times: NDArray[np.float64],
        serials: NDArray[np.int64],
    ) -> None:
        """``rows`` are the places of each name in the arrays: several if it has several writers."""
        self._rows, self.numbers, self.times, self.serials = rows, values, times, serials

    def __getitem__(self, name: str) -> Control:
        rows = self._rows[name]
        # What was set last counts, where a name has more than one writer.
        row = rows[0] if len(rows) == 1 else max(rows, key=lambda row: float(self.times[row]))
        return Control(float(self.numbers[row]), float(self.times[row]), int(self.serials[row]))

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


NO_CONTROLS = Snapshot({}, np.zeros(0), np.zeros(0), np.zeros(0, np.int64))
"""A snapshot of nothing."""


class ControlTable:
    """Controls by name. Made by `create` on the stage; `attach` elsewhere.

    Whoever made it writes in a lane of its own, and so does who attaches with an address of `lane`;
    who attaches with its ``name`` only reads.
    """

    def __init__(self, memory: SharedMemory, lane: int | None, owner: bool) -> None:
        """Use `create` or `attach`."""
        self._memory, self._owner, self._lane = memory, owner, lane
        self.name: str = memory.name
        """What `attach` needs to read."""
        # No number says what it is: code of a set may write over all that its engine is attached
        # to, and no engine could attach again.
        if memory.size < SIZE:
            memory.close()
            raise ValueError(
                f"shared memory {memory.name!r} is not a control table of this livegan"
            )
        self._lanes, self._sequences, self._values, self._times, self._names = _arrays(memory)
        self._open = True
        self._writing, self._reading = threading.Lock(), threading.Lock()
        self._writers: dict[str, int] = {"stage": 0} if owner else {}
        self._mine: dict[str, int] = {}
        """The rows of this writer, by name."""
        self._counts: dict[int, int] = {}
        """How often each of its rows was set."""
        self._used: list[int] = [0] * LANES
        self._rows: NDArray[np.int64] = np.zeros(0, np.int64)
        self._places: dict[str, tuple[int, ...]] = {}
        self._seen = b""
        self._last = NO_CONTROLS
        if lane is not None:
            self._go_on(lane)

    @classmethod
    def create(cls) -> ControlTable:
        """A new table, empty; the caller owns it, writes in its first lane, and unlinks it."""
        return cls(create_memory(SIZE), 0, owner=True)

    @classmethod
    def attach(cls, address: str) -> ControlTable:
        """The table of that name, to read; with an address of `lane`, to write as well.

        Raises FileNotFoundError if it is gone.
        """
        name, _, lane = address.partition("#")
        return cls(attach_memory(name), int(lane) if lane else None, owner=False)

    def lane(self, writer: str) -> str:
        """The address with which a guest attaches to write: the same for the same ``writer``, so
        that one which returns goes on with its own names.

        Only where the table was made. Raises ControlTableFull beyond `LANES` writers.
        """
        if not self._owner:
            raise ValueError("lanes are given out where the control table was made")
        with self._writing:
            if writer not in self._writers and len(self._writers) == LANES:
                raise ControlTableFull(
                    f"the control table has {LANES} writers already: {writer!r} cannot write"
                )
            return f"{self.name}#{self._writers.setdefault(writer, len(self._writers))}"

    # Writing -------------------------------------------------------------------------------------

    def set(self, name: str, value: float, time: float) -> None:
        """Set a control; ``time`` is the show time in seconds at which it has this value.

        A new name is added. From any thread. Raises ControlTableFull where this writer has used its
        `ROWS` names, ValueError for a name that is empty or too long, for a value or time that is
        not finite, and where this end only reads.
        """
        if not (math.isfinite(value) and math.isfinite(time)):
            raise ValueError(f"control {name!r}: {value} at {time} s is not a finite number")
        with self._writing:
            lanes = self._words()
            row = self._mine.get(name)
            if row is None:
                self._add(name, value, time)
            else:
                self._write(row, value, time)
            assert self._lane is not None
            lanes[self._lane, SETS] += 1

    def own_names(self) -> Collection[str]:
        """The names that this end writes, or that whoever had its lane before wrote."""
        return self._mine.keys()

    def _add(self, name: str, value: float, time: float) -> None:
        """A row for a new name. It is counted last, with its value, or not at all."""
        if self._lane is None:
            raise ValueError("this end of the control table only reads: attach with lane(writer)")
        text = name.encode()
        if not text or len(text) > NAME or "\0" in name:
            raise ValueError(
                f"a control's name has 1 to {NAME} bytes, and none of them 0: {name!r}"
            )
        used = len(self._mine)
        if used == ROWS:
            raise ControlTableFull(
                f"all {ROWS} names of this writer are in use: {name[:60]!r} is left out"
            )
        row = self._lane * ROWS + used
        self._names[row] = text
        self._sequences[row] = 0
        self._write(row, value, time)
        fence()
        self._lanes[self._lane, USED] = used + 1
        self._mine[name] = row

    def _write(self, row: int, value: float, time: float) -> None:
        count = self._counts.get(row, 0) + 1
        cell = count % 2
        self._sequences[row, cell] = 2 * count - 1
        fence()
        self._values[row, cell], self._times[row, cell] = value, time
        fence()
        self._sequences[row, cell] = 2 * count
        self._counts[row] = count

    def _go_on(self, lane: int) -> None:
        """Take over the rows of the writer that had this lane before, if it had one."""
        if not 0 <= lane < LANES:
            raise ValueError(f"the control table has no lane {lane}")
        for row in range(lane * ROWS, lane * ROWS + int(self._lanes[lane, USED])):
            self._mine[bytes(self._names[row]).decode("utf-8", "replace")] = row
            whole = [int(n) // 2 for n in self._sequences[row] if n % 2 == 0]
            self._counts[row] = max(whole, default=0)

    # Reading -------------------------------------------------------------------------------------

    @property
    def serial(self) -> int:
        """How often any control was set: as long as it stays, so does the snapshot."""
        return int(self._words()[:, SETS].sum())

    def names(self) -> tuple[str, ...]:
        """All names, in the order in which they were seen first."""
        return tuple(self.snapshot())

    def get(self, name: str) -> Control | None:
        """What a control was set to last; None if nobody ever set it."""
        return self.snapshot().get(name)

    def snapshot(self, time: float | None = None) -> Snapshot:
        """All controls as they are now, without waiting; from any thread.

        ``time`` is that of the frame: a table has no past, so it plays no part here; see
        `livegan.ipc.recorded_controls`.
        """
        with self._reading:
            lanes = self._words()
            seen = lanes.tobytes()
            if seen == self._seen:
                return self._last
            fence()
            self._find(np.frombuffer(seen, np.int64).reshape(LANES, LANE)[:, USED])
            self._last = Snapshot(self._places, *self._look())
            self._seen = seen
            return self._last

    def _find(self, used: NDArray[np.int64]) -> None:
        """Learn the names that are new since the last snapshot."""
        new: list[int] = []
        for lane, count in enumerate(min(int(n), ROWS) for n in used):
            new += range(lane * ROWS + self._used[lane], lane * ROWS + count)
            self._used[lane] = max(self._used[lane], count)
        if not new:
            return
        places = dict(self._places)  # older snapshots keep theirs
        for place, row in enumerate(new, len(self._rows)):
            name = bytes(self._names[row]).decode("utf-8", "replace")
            places[name] = (*places.get(name, ()), place)
        self._places = places
        self._rows = np.append(self._rows, np.array(new, np.int64))

    def _look(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
        """Value, time and serial of each row that is known."""
        rows, before = self._rows, self._last
        values, times, serials, whole = self._read(rows)
        for _ in range(ATTEMPTS):
            if whole.all():
                break
            torn = np.flatnonzero(~whole)
            values[torn], times[torn], serials[torn], whole[torn] = self._read(rows[torn])
        else:
            torn = np.flatnonzero(~whole)
            torn = torn[torn < len(before.numbers)]
            values[torn], times[torn] = before.numbers[torn], before.times[torn]
            serials[torn] = before.serials[torn]
        return values, times, serials

    def _read(self, rows: NDArray[np.int64]) -> tuple[NDArray[Any], ...]:
        """Value, time and serial of rows, from the newer cell that is whole; and whether one is."""
        sequences = self._sequences.take(rows, axis=0)
        fence()
        values, times = self._values.take(rows, axis=0), self._times.take(rows, axis=0)
        fence()
        same = sequences == self._sequences.take(rows, axis=0)
        first, second = (sequences * (same & (sequences & 1 == 0))).T
        newer = second > first
        serials = np.where(newer, second, first) // 2
        value = np.where(newer, values[:, 1], values[:, 0])
        time = np.where(newer, times[:, 1], times[:, 0])
        return value, time, serials, serials > 0

    # Closing -------------------------------------------------------------------------------------

    def close(self) -> None:
        """Let go of the memory here. Safe to call twice."""
        if self._open:
            self._open = False
            del self._lanes, self._sequences, self._values, self._times, self._names
            # Another thread may be reading at this moment: then the memory goes with this object.
            with contextlib.suppress(BufferError):
                self._memory.close()

    def unlink(self) -> None:
        """Close it, and remove it from the machine if it was made here. Safe to call twice."""
        self.close()
        if self._owner:
            self._owner = False
            remove_memory(self.name)

    def _words(self) -> NDArray[np.int64]:
        if not self._open:
            raise ValueError("the control table is closed")
        return self._lanes

    def __enter__(self) -> ControlTable:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.unlink()

    def __del__(self) -> None:
        if getattr(self, "_open", False):
            self.close()


def _arrays(memory: SharedMemory) -> tuple[NDArray[Any], ...]:
    """Lanes, and for each row: sequence numbers, values and times of both cells, and the name."""
    rows, at = LANES * ROWS, 0
    arrays: list[NDArray[Any]] = []
    shapes: tuple[tuple[tuple[int, ...], str], ...] = (
        ((LANES, LANE), "<i8"),
        ((rows, 2), "<i8"),
        ((rows, 2), "<f8"),
        ((rows, 2), "<f8"),
        ((rows,), f"S{NAME}"),
    )
    for shape, kind in shapes:
        array: NDArray[Any] = np.ndarray(shape, kind, memory.buf, at)
        arrays.append(array)
        at += array.nbytes
    return tuple(arrays)
