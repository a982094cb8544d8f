"""The picture ring: the newest picture of the engine, in memory that the stage reads."""

from __future__ import annotations

from dataclasses import dataclass
from multiprocessing.shared_memory import SharedMemory
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from livegan.ipc.shared_memory import NoRoom, attach_memory, create_memory, fence, remove_memory

MAGIC = 0x6C697667616E32  # "livgan2"
HEADER = 64  # int64 words: magic, slots, bytes of a slot, newest serial; the rest is reserved
FIELDS = 11  # int64 words a slot: state, sound_position, version, ... as below
MAGIC_AT, SLOTS_AT, BYTES_AT, NEWEST_AT, CHANNELS_AT = range(5)
STATE, SOUND, VERSION, FRAME, HEIGHT, WIDTH, CHANNELS, CAME, ANALYSED, BEGAN, DRAWN = range(11)
RGB, RGBA = 3, 4
PAGE = 4096
ATTEMPTS = 8  # a reader that loses this many races has a picture to show already
UNSEEN = 10_000
"""Pictures beyond the last that was seen which nobody has drawn meanwhile: the number is wrong."""


@dataclass(frozen=True)
class DrawingTimes:
    """When a picture came to be, in seconds of `time.monotonic`; 0 where that is not known.

    Its newest sound ``came`` into the sound ring and was ``analysed``; drawing ``began`` and the
    picture was ``drawn``.
    """

    came: float = 0.0
    analysed: float = 0.0
    began: float = 0.0
    drawn: float = 0.0


UNTIMED = DrawingTimes()


@dataclass(frozen=True)
class RingPicture:
    """A picture out of a ring; ``pixels`` is (H, W, 3) uint8 RGB, the reader's own copy; (H, W, 4)
    where it was written with its alpha.

    ``serial`` counts the pictures of the ring from 1; ``sound_position`` is the position, in
    samples, of the newest sound in it; ``version`` the program's; ``frame`` the engine's count.
    """

    pixels: NDArray[np.uint8]
    serial: int
    sound_position: int
    version: int
    frame: int
    times: DrawingTimes = UNTIMED


class PictureRing:
    """Pictures from one writer to any number of readers, without a lock.

    A slot's state is ``2 * serial`` when it holds that picture whole and odd while it is written,
    so a reader that was overtaken knows (a seqlock: Boehm, "Can seqlocks get along with
    programming language memory models?", MSPC 2012). A writer that died half way leaves an odd
    state in a slot that was not the newest: its successor goes on with the next serial.
    """

    def __init__(self, memory: SharedMemory) -> None:
        """Use `create` or `attach`."""
        self._memory = memory
        buffer = memory.buf
        assert buffer is not None  # it is None once the memory is closed
        self._header: NDArray[np.int64] = np.frombuffer(buffer, np.int64, HEADER)
        if self._header[MAGIC_AT] != MAGIC:
            del self._header
            memory.close()
            raise ValueError(f"shared memory {memory.name!r} is not a picture ring")
        self._made = False
        self._seen = 0
        self._slots = int(self._header[SLOTS_AT])
        self._bytes = int(self._header[BYTES_AT])
        self._channels = int(self._header[CHANNELS_AT])
        self._fields: NDArray[np.int64] = np.frombuffer(
            buffer, np.int64, self._slots * FIELDS, HEADER * 8
        ).reshape(self._slots, FIELDS)
        self._pixels: NDArray[np.uint8] = np.frombuffer(
            buffer, np.uint8, self._slots * self._bytes, _start(self._slots)
        ).reshape(self._slots, self._bytes)
        self._open = True

    @classmethod
    def create(
        cls,
        max_height: int,
        max_width: int,
        slots: int = 3,
        *,
        spare: int = 0,
        channels: int = RGB,
    ) -> PictureRing:
        """A new ring for pictures of at most ``max_height * max_width`` pixels, of any shape.

        With 4 ``channels`` they may have an alpha. All of its memory is taken up at once, and
        ``spare`` bytes beside it must be free. Raises `livegan.ipc.shared_memory.NoRoom` if they
        are not, ValueError for fewer than two slots or an empty picture.
        """
        if slots < 2 or max_height < 1 or max_width < 1:
            raise ValueError("a picture ring needs two slots or more, and a picture of a pixel")
        size = -(-max_height * max_width * channels // PAGE) * PAGE
        memory = create_memory(_start(slots) + slots * size, spare)
        assert memory.buf is not None
        header = np.frombuffer(memory.buf, np.int64, HEADER)
        header[[SLOTS_AT, BYTES_AT, NEWEST_AT, CHANNELS_AT]] = slots, size, 0, channels
        header[MAGIC_AT] = MAGIC
        del header
        ring = cls(memory)
        ring._made = True
        return ring

    @classmethod
    def create_within(
        cls,
        max_height: int,
        max_width: int,
        *,
        smallest: int,
        spare: int = 0,
        channels: int = RGB,
    ) -> PictureRing:
        """As `create`, of the same shape with smaller sides where there is not so much memory.

        Raises NoRoom where there is none for ``smallest`` pixels either.
        """
        while True:
            try:
                return cls.create(max_height, max_width, spare=spare, channels=channels)
            except NoRoom:
                max_height, max_width = max_height * 2 // 3, max_width * 2 // 3
                if max_height * max_width < max(1, smallest):
                    raise

    @classmethod
    def attach(cls, name: str) -> PictureRing:
        """The ring another process made. Raises FileNotFoundError if it is gone."""
        return cls(attach_memory(name))

    @property
    def name(self) -> str:
        """What `attach` takes."""
        return self._memory.name

    @property
    def newest(self) -> int:
        """The serial of the newest whole picture; 0 before the first."""
        return int(self._header[NEWEST_AT])

    @property
    def room(self) -> int:
        """How many pixels the largest picture may have."""
        return self._bytes // self._channels

    def write(
        self,
        picture: NDArray[np.uint8],
        *,
        sound_position: int = 0,
        version: int = 0,
        frame: int = 0,
        times: DrawingTimes = UNTIMED,
    ) -> int:
        """Publish a (H, W, 3) uint8 picture (any strides), or (H, W, 4) where the ring was made for
        that, and return its serial.

        Raises ValueError for another shape or type, or for more pixels than the ring was made for.
        """
        fits = picture.ndim == 3 and RGB <= picture.shape[2] <= self._channels
        if not fits or picture.dtype != np.uint8:
            or_alpha = " or (H, W, 4)" if self._channels == RGBA else ""
            raise ValueError(
                f"a picture ring takes (H, W, 3){or_alpha} uint8, "
                f"not {picture.shape} {picture.dtype}"
            )
        height, width, channels = picture.shape
        if picture.size > self._bytes or picture.size == 0:
            raise ValueError(
                f"a picture of {width} x {height} does not fit this picture ring, which holds "
                f"1 to {self.room} pixels: show a smaller one"
            )
        serial = int(self._header[NEWEST_AT]) + 1
        slot = self._fields[serial % self._slots]
        slot[STATE] = 2 * serial - 1
        fence()
        room = self._pixels[serial % self._slots, : picture.size].reshape(picture.shape)
        np.copyto(room, picture)
        slot[SOUND : CHANNELS + 1] = sound_position, version, frame, height, width, channels
        moments = times.came, times.analysed, times.began, times.drawn
        slot[CAME : DRAWN + 1] = [round(1e9 * moment) for moment in moments]
        fence()
        slot[STATE] = 2 * serial
        self._header[NEWEST_AT] = serial
        return serial

    def latest(self, after: int = 0) -> RingPicture | None:
        """The newest picture if its serial is above ``after``, else None. Never torn, never waits.

        None is also the answer to a reader that was overtaken several times in a row: it shows
        what it has and asks again.
        """
        self._mend()
        for _ in range(ATTEMPTS):
            serial = int(self._header[NEWEST_AT])
            if serial <= after:
                return None
            slot = self._fields[serial % self._slots]
            if slot[STATE] != 2 * serial:
                continue
            fence()
            fields = (int(x) for x in slot[SOUND : DRAWN + 1])
            sound, version, frame, height, width, channels, *moments = fields
            size = height * width * channels
            # Overtaken while the fields were read.
            if not 0 < size <= self._bytes or not RGB <= channels <= RGBA:
                continue
            pixels = self._pixels[serial % self._slots, :size].copy()
            fence()
            if slot[STATE] == 2 * serial:
                shape = (height, width, channels)
                self._seen = serial
                times = DrawingTimes(*(moment / 1e9 for moment in moments))
                return RingPicture(pixels.reshape(shape), serial, sound, version, frame, times)
        if self._made and serial > self._seen + UNSEEN:
            self._header[NEWEST_AT] = self._seen
        return None

    def _mend(self) -> None:
        """Put the header right, where the ring was made: code of a set may have written over it,
        and neither could its engine go on nor another attach."""
        if not self._made:
            return
        places = [MAGIC_AT, SLOTS_AT, BYTES_AT, CHANNELS_AT]
        words = MAGIC, self._slots, self._bytes, self._channels
        whole = tuple(self._header[places]) == words
        if not whole or self._header[NEWEST_AT] < self._seen:
            self._header[NEWEST_AT] = self._seen
            self._header[places] = words

    def close(self) -> None:
        """Let go of the memory here. Safe to call twice."""
        if self._open:
            self._open = False
            del self._header, self._fields, self._pixels
            self._memory.close()

    def unlink(self) -> None:
        """Remove the ring from the machine; who is attached keeps it till they close.

        Any process may, not only the one that made it: the stage clears up after an engine that
        was killed. Safe to call twice.
        """
        remove_memory(self._memory.name)

    def __enter__(self) -> PictureRing:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_open", False):
            self.close()


def _start(slots: int) -> int:
    """Where the first picture lies: on a page of its own."""
    return -(-(HEADER + slots * FIELDS) * 8 // PAGE) * PAGE
