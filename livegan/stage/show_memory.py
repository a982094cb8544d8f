"""The memory that a show is made over: sound, pictures, the strip of thumbnails, controls."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from livegan.ipc.control_table import ControlTable
from livegan.ipc.picture_ring import PictureRing
from livegan.ipc.sound_ring import SoundRing, ring_of

THUMBS = (256, 96 * 64)  # height and width of the largest strip of thumbnails
SMALLEST = 640 * 640
"""Pixels that the picture of a show must have room for."""
SPARE = 1 << 20
"""Bytes that are left free beside what is made here: each engine that starts takes up a little."""


class InputRings:
    """The rings of named inputs, made while a show plays, removed with it."""

    def __init__(self, show: SoundRing) -> None:
        self._show = show
        self._made: dict[str, SoundRing] = {}

    def make(self, name: str) -> SoundRing:
        """That of an input, silent until now. Raises NoRoom."""
        self.remove(name)
        hops = self._show.hops
        ring = SoundRing.create(name=ring_of(self._show.name, name), hops_before=hops)
        self._made[name] = ring
        return ring

    @property
    def rings(self) -> dict[str, SoundRing]:
        """Those that are there, by the name of the input."""
        return dict(self._made)

    def remove(self, name: str) -> None:
        """Remove that of an input, if it has one."""
        ring = self._made.pop(name, None)
        if ring is not None:
            remove(ring)

    def close(self) -> None:
        """Remove all."""
        for name in list(self._made):
            self.remove(name)


@dataclass(frozen=True)
class ShowMemory:
    """What the stage shares with its engines: it writes the sound, they write the pictures, and
    the stage's guests write the controls."""

    sound: SoundRing
    pictures: PictureRing
    thumbs: PictureRing
    controls: ControlTable
    sent: ControlTable
    """What sets send to other programs: written by an engine, read by the process that sends."""
    seen: ControlTable
    """What pictures look like: written by an engine, read by the processes of patches."""
    inputs: InputRings
    """The rings of named inputs."""

    @property
    def names(self) -> dict[str, str]:
        """By the options of an engine: see `livegan.stage.options.Options.of_engine`."""
        return {
            "sound_ring": self.sound.name,
            "picture_ring": self.pictures.name,
            "thumb_ring": self.thumbs.name,
            "control_table": self.controls.name,
            "sent_table": self.sent.lane("engine"),
            "seen_table": self.seen.lane("engine"),
        }

    @property
    def of_patches(self) -> dict[str, str]:
        """What the process of a patch reads: see `livegan.patches.live_patch.LivePatch`."""
        return {
            "sound_ring": self.sound.name,
            "control_table": self.controls.name,
            "seen_table": self.seen.name,
        }


@contextlib.contextmanager
def made(
    largest: tuple[int, int], note: Callable[[str], None] = lambda text: None
) -> Iterator[ShowMemory]:
    """The rings of a show, removed when it is over. All of their memory is taken up at once.

    ``largest`` is height and width of the largest picture; where there is not so much memory,
    pictures are smaller, and ``note`` receives a line. Raises NoRoom where there is no room for a
    show at all.
    """
    with contextlib.ExitStack() as stack:
        sound = SoundRing.create()
        stack.callback(remove, sound)
        inputs = InputRings(sound)
        stack.callback(inputs.close)
        thumbs = PictureRing.create(*THUMBS)
        stack.callback(remove, thumbs)
        controls = ControlTable.create()
        stack.callback(remove, controls)
        sent = ControlTable.create()
        stack.callback(remove, sent)
        seen = ControlTable.create()
        stack.callback(remove, seen)
        pictures = PictureRing.create_within(*largest, smallest=SMALLEST, spare=SPARE)
        stack.callback(remove, pictures)
        if pictures.room < largest[0] * largest[1]:
            note(
                f"shared memory is small: pictures of more than {pictures.room / 1e6:.1f} "
                "million pixels are made smaller; enlarge /dev/shm (docker run --shm-size=512m)"
            )
        yield ShowMemory(sound, pictures, thumbs, controls, sent, seen, inputs)


def remove(ring: SoundRing | PictureRing | ControlTable) -> None:
    """Close a ring that was made here, and remove it if nobody else has."""
    ring.close()
    ring.unlink()
