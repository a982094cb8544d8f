"""The memory that a show is made over: sound, pictures, the strip of thumbnails, controls."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from livegan.ipc.control_table import ControlTable
from livegan.ipc.picture_ring import PictureRing
from livegan.ipc.sound_ring import SoundRing

THUMBS = (256, 96 * 64)  # height and width of the largest strip of thumbnails


@dataclass(frozen=True)
class Rings:
    """What the stage shares with its engines: it writes the sound, they write the pictures, and
    the stage's guests write the controls."""

    sound: SoundRing
    pictures: PictureRing
    thumbs: PictureRing
    controls: ControlTable

    @property
    def names(self) -> dict[str, str]:
        """By the options of an engine: see `livegan.stage.options.Options.of_engine`."""
        return {
            "sound_ring": self.sound.name,
            "picture_ring": self.pictures.name,
            "thumb_ring": self.thumbs.name,
            "control_table": self.controls.name,
        }


@contextlib.contextmanager
def made(largest: tuple[int, int]) -> Iterator[Rings]:
    """The rings of a show, removed when it is over.

    ``largest`` is height and width of the largest picture.
    """
    with contextlib.ExitStack() as stack:
        sound = SoundRing.create()
        stack.callback(remove, sound)
        pictures = PictureRing.create(*largest)
        stack.callback(remove, pictures)
        thumbs = PictureRing.create(*THUMBS)
        stack.callback(remove, thumbs)
        controls = ControlTable.create()
        stack.callback(remove, controls)
        yield Rings(sound, pictures, thumbs, controls)


def remove(ring: SoundRing | PictureRing | ControlTable) -> None:
    """Close a ring that was made here, and remove it if nobody else has."""
    ring.close()
    ring.unlink()
