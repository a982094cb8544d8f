"""The engine's pulse: that it lives, and what each of its threads is at, in shared memory.

It is read without asking the engine, so one that is stopped, or whose interpreter is held by a call
into C, still says which node it is at.  One writer (the engine), one reader (the stage), no locks:
each lane is a seqlock, as in `livegan.ipc.picture_ring`.
"""

from __future__ import annotations

import struct
import threading
import time
from dataclasses import dataclass, field
from multiprocessing.shared_memory import SharedMemory

from livegan.ipc.shared_memory import attach_memory, create_memory, remove_memory

MAGIC = 0x6C697667616E70
HEAD = struct.Struct("<qqd")  # magic, beats, when the frame being drawn began (0: none is)
LANE = struct.Struct("<qddQHHH")  # sequence, since, limit, thread, proving, bytes of both texts
LANES, ROOM, START = 16, 640, 64
WHAT, WHERE = 120, 480  # bytes of text at most
ATTEMPTS = 8


@dataclass(frozen=True)
class Work:
    """What a thread is at: a node or a step of a build, and ``file:line`` of the set.

    ``since`` is on `time.monotonic`, which the processes of a machine share.  ``limit`` is the
    deadline in seconds of code that livegan did not write, 0 for its own.
    """

    what: str
    where: str
    since: float
    limit: float = 0.0
    thread: int = field(default=0, compare=False)
    """As `threading.get_ident` says."""
    proving: bool = field(default=False, compare=False)
    """It is done to prove a save, not to play."""


@dataclass(frozen=True)
class Beat:
    """One look at a pulse: the count of beats, since when a frame is drawn (None: no frame is),
    and what is being worked at, that which began first in front."""

    beats: int
    frame_since: float | None = None
    work: tuple[Work, ...] = ()

    def suspect(self, thread: int = 0) -> Work | None:
        """Who is likely to blame if all stands still: what ``thread`` is at, if that is known;
        otherwise code of a set or plugin before livegan's."""
        if thread:
            return next((w for w in self.work if w.thread == thread), None)
        return next((w for w in self.work if w.limit), self.work[0] if self.work else None)


class Pulse:
    """Made by `create` on the stage and by `attach` in the engine."""

    def __init__(self, memory: SharedMemory, owner: bool) -> None:
        self._memory = memory
        self._owner = owner
        buffer = memory.buf
        assert buffer is not None
        self._buffer: memoryview | None = buffer
        self._beats = 0
        if not owner and HEAD.unpack_from(buffer)[0] != MAGIC:
            self.close()
            raise ValueError(f"shared memory {memory.name!r} is not a pulse")

    @classmethod
    def create(cls) -> Pulse:
        """A new one; the caller owns it and closes it."""
        memory = create_memory(START + LANES * ROOM)
        assert memory.buf is not None
        memory.buf[: START + LANES * ROOM] = bytes(START + LANES * ROOM)
        HEAD.pack_into(memory.buf, 0, MAGIC, 0, 0.0)
        return cls(memory, owner=True)

    @classmethod
    def attach(cls, name: str) -> Pulse:
        """The one another process made. Raises FileNotFoundError if it is gone."""
        return cls(attach_memory(name), owner=False)

    @property
    def name(self) -> str:
        """What `attach` takes."""
        return self._memory.name

    # The engine's side ---------------------------------------------------------------------------

    def beat(self) -> None:
        """Say that the interpreter runs."""
        if self._buffer is not None:
            self._beats += 1
            struct.pack_into("<q", self._buffer, 8, self._beats)

    def frame(self, drawing: bool) -> None:
        """Say that a frame begins, or that it is done."""
        if self._buffer is not None:
            struct.pack_into("<d", self._buffer, 16, time.monotonic() if drawing else 0.0)

    def work(
        self, lane: int, what: str, where: str = "", limit: float = 0.0, *, proving: bool = False
    ) -> None:
        """Say what the thread of a lane (0..15) begins; an empty ``what`` is nothing."""
        buffer = self._buffer
        if buffer is None:
            return
        at = START + lane * ROOM
        first, second = (
            what.encode(errors="replace")[:WHAT],
            where.encode(errors="replace")[-WHERE:],
        )
        text = at + LANE.size
        sequence = LANE.unpack_from(buffer, at)[0] | 1
        struct.pack_into("<q", buffer, at, sequence)
        buffer[text : text + len(first)] = first
        buffer[text + len(first) : text + len(first) + len(second)] = second
        since, thread = time.monotonic() if what else 0.0, threading.get_ident()
        LANE.pack_into(
            buffer, at, sequence, since, limit, thread, proving, *map(len, (first, second))
        )
        struct.pack_into("<q", buffer, at, sequence + 1)

    # The stage's side ----------------------------------------------------------------------------

    def read(self) -> Beat:
        """What the engine said last."""
        buffer = self._buffer
        if buffer is None:
            return Beat(0)
        _, beats, frame = HEAD.unpack_from(buffer)
        found = [self._lane(buffer, lane) for lane in range(LANES)]
        work = sorted((w for w in found if w is not None), key=lambda w: w.since)
        return Beat(beats, frame or None, tuple(work))

    def _lane(self, buffer: memoryview, lane: int) -> Work | None:
        at = START + lane * ROOM
        for attempt in range(ATTEMPTS):
            sequence, since, limit, thread, proving, first, second = LANE.unpack_from(buffer, at)
            text = bytes(buffer[at + LANE.size : at + LANE.size + WHAT + WHERE])
            again = LANE.unpack_from(buffer, at)[0]
            # One that died or was stopped in the middle of saying so leaves an odd number.
            if again == sequence and (sequence % 2 == 0 or attempt == ATTEMPTS - 1):
                break
        if not since:
            return None
        what = text[:first].decode("utf-8", "replace")
        where = text[first : first + second].decode("utf-8", "replace")
        return Work(what, where, since, limit, thread, bool(proving))

    def close(self) -> None:
        """Let go of it, and remove it if it was made here. Safe to call twice."""
        if self._buffer is None:
            return
        self._buffer = None
        self._memory.close()
        if self._owner:
            remove_memory(self.name)
