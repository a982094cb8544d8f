"""The rings of pictures that an engine draws into: the window's, the thumbs', and more."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from livegan.ipc.picture_ring import UNTIMED, DrawingTimes, PictureRing, RingPicture
from livegan.ipc.shared_memory import NoRoom
from livegan.plugin import registry
from livegan.stage.show_memory import remove

if TYPE_CHECKING:  # a process that starts is to be heard of before torch is loaded
    from livegan.engine.program.picture_bytes import PictureBytes
    from livegan.engine.program.player import Frame
    from livegan.engine.program.program import Program

SPARE = 4
"""Rings that are kept while no program asks for them: an undo finds its outputs as they were."""


@dataclass(frozen=True)
class OnItsWay:
    """A frame whose pictures are on their way to memory: see `PictureBytes`."""

    frame: Frame
    number: int
    times: DrawingTimes
    outputs: list[tuple[str, str]]
    """Those that show a picture besides the window, in order."""
    pixels: PictureBytes
    """Of the window, then of these."""

    @property
    def here(self) -> bool:
        """Whether they can be handed over without waiting."""
        return self.pixels.here


class Rings:
    """The stage made the window's and the thumbs'; those of extra outputs are made here."""

    def __init__(
        self, pictures: str, thumbs: str, note: Callable[[str], None] = lambda text: None
    ) -> None:
        """``note`` receives a line about what is left out."""
        self._note = note
        self._pictures = PictureRing.attach(pictures)
        self._thumbs = PictureRing.attach(thumbs)
        self._extra: dict[tuple[str, str], PictureRing] = {}
        self._drawn: dict[tuple[str, str], PictureRing] = {}
        """Of those, the rings of the program on air: one for each distinct picture."""
        self._strip: tuple[PictureBytes, int] | None = None
        """The thumb strip on its way, and its frame."""

    def latest(self) -> RingPicture | None:
        """What hangs on the wall, also if another engine drew it."""
        return self._pictures.latest()

    def start(self, frame: Frame, number: int, times: DrawingTimes = UNTIMED) -> OnItsWay:
        """Bring the pictures of a frame to memory: the window's and every extra output's.

        ``times`` are those of its sound, and when drawing began.
        """
        from livegan.engine.program.picture_bytes import PictureBytes

        outputs = [output for output in frame.extra if output in self._drawn]
        pictures = [fitted(frame.picture, self._pictures.room)]
        pictures += [fitted(frame.extra[each], self._drawn[each].room) for each in outputs]
        return OnItsWay(frame, number, times, outputs, PictureBytes(pictures))

    def hand_over(self, shown: OnItsWay) -> Any:
        """Hand a frame over, waiting for it if need be. Returns the bytes of the window's picture,
        (H, W, 3) uint8."""
        arrays = iter(shown.pixels)
        pixels = next(arrays)
        tag: dict[str, Any] = {
            "sound_position": shown.frame.position,
            "version": shown.frame.version,
            "frame": shown.number,
            "times": replace(shown.times, drawn=time.monotonic()),
        }
        self._pictures.write(pixels, **tag)
        for output, picture in zip(shown.outputs, arrays, strict=True):
            ring = self._drawn.get(output)
            if ring is not None:
                ring.write(picture, **tag)
        self._show_strip()
        return pixels

    def show_thumbs(self, program: Program, number: int) -> None:
        """Draw the thumb strip. From a graphics card it comes with one of the next pictures."""
        from livegan.engine.program.picture_bytes import PictureBytes
        from livegan.engine.program.thumbs import strip

        picture = strip(program)
        if picture is not None:
            self._strip = PictureBytes([picture]), number
        self._show_strip()

    def _show_strip(self) -> None:
        if self._strip is not None and self._strip[0].here:
            (pixels,), number = self._strip
            self._thumbs.write(pixels, sound_position=0, version=0, frame=number)
            self._strip = None

    def outputs(self, program: Program) -> list[dict[str, Any]]:
        """The extra outputs of a program with their rings: as the stage receives them.

        Outputs that show the same picture have the same ring; the window's is the stage's.
        """
        outputs = []
        rings = {program.window: self._pictures}
        self._drawn = {}
        for kind, name, index in program.extra:
            offer = registry.current().offer("output", kind)
            ring = rings.get(index)
            if ring is None:
                ring = self._extra.pop((kind, name), None)
                high, wide = program.size
                try:
                    ring = ring or PictureRing.create_within(
                        4 * high, 4 * wide, smallest=high * wide
                    )
                except NoRoom as error:
                    self._note(f"{kind} {name!r} is not available: {error}")
                    continue
                self._extra[kind, name] = self._drawn[kind, name] = rings[index] = ring
            whose = {"plugin": offer.plugin, "entry": offer.entry, "stamp": offer.stamp}
            options = dict(program.output_options.get((kind, name), {}))
            item = {"name": name, "kind": kind, "ring": ring.name, "options": options}
            outputs.append({**item, **whose})
        for key in [key for key in self._extra if key not in self._drawn][:-SPARE]:
            remove(self._extra.pop(key))
        return outputs

    def close(self) -> None:
        """Let go of all; those that were made here are gone."""
        self._pictures.close()
        self._thumbs.close()
        for ring in self._extra.values():
            remove(ring)


def fitted(picture: Any, room: int) -> Any:
    """(3, H, W), made smaller if it has more than ``room`` pixels."""
    from livegan.generators.channels import resize

    height, width = picture.shape[1:]
    if height * width <= room:
        return picture
    scale = (room / (height * width)) ** 0.5
    return resize(picture, max(1, int(height * scale)), max(1, int(width * scale)))
