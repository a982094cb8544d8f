"""Outputs besides the window: each a thread of its own, so that none delays another."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from livegan.ipc.picture_ring import PictureRing
from livegan.plugin.catalogue import OWN
from livegan.plugin.guard import said
from livegan.stage.flash.flash_guard import FlashGuard
from livegan.stage.outputs.guest import GOODBYE
from livegan.stage.outputs.guest_output import GuestOutput
from livegan.stage.record.throttled_notes import ThrottledNotes

WAIT = 1 / 120  # seconds between looks at a ring


class Output(Protocol):
    """A place a picture is shown. Opened, used and closed on one thread."""

    def send(self, pixels: NDArray[np.uint8]) -> None:
        """Show a (H, W, 3) uint8 picture."""

    def close(self) -> None:
        """Let go of it."""


Openers = Mapping[str, Callable[[str], Output]]


def openers(note: Callable[[str], None]) -> dict[str, Callable[[str], Output]]:
    """What opens the outputs that come with livegan, by kind. ``note`` takes what went wrong."""
    found: dict[str, Callable[[str], Output]] = {}

    def register(name: str, opener: Callable[[str], Output], summary: str = "") -> None:
        found[name] = opener

    try:
        from livegan.builtin import outputs as builtin

        builtin.register_outputs(register)
    except Exception as error:
        note(f"livegan's own outputs are not there: {type(error).__name__}: {error}")
    return found


class Sending(threading.Thread):
    """Sends what comes into one ring to one output."""

    def __init__(
        self,
        name: str,
        ring: str,
        opener: Callable[[str], Output],
        note: Callable[[str], None],
        guard: FlashGuard,
    ) -> None:
        super().__init__(name=f"output {name}", daemon=True)
        self.ring, self.stamp = ring, ""
        self._guard = guard
        self._output_name = name
        self._opener = opener
        self._note = note
        self._stopped = threading.Event()
        self._began = time.monotonic()
        self.sent = 0

    def run(self) -> None:
        try:
            with PictureRing.attach(self.ring) as ring:
                output = self._opener(self._output_name)
                try:
                    self._send(ring, output)
                finally:
                    self._guard.finish()
                    output.close()
        except FileNotFoundError:
            return  # the engine that made the ring is gone; its successor sends a new one
        except Exception as error:
            self._note(said(error) or type(error).__name__)

    def _send(self, ring: PictureRing, output: Output) -> None:
        serial = 0
        while not self._stopped.wait(WAIT):
            picture = ring.latest(after=serial)
            if picture is None:
                continue
            serial = picture.serial
            safe = self._guard(picture.pixels, time.monotonic() - self._began)
            try:
                output.send(safe)
                self.sent += 1
            except RuntimeError as error:  # a receiver that resizes, a driver that resets
                self._note(said(error) or type(error).__name__)

    def stop(self) -> None:
        """Ask it to end; join it for the end."""
        self._stopped.set()


class Outputs:
    """The outputs that the program on air asks for.

    Those of livegan run on threads here, those of plugins in processes of their own.
    """

    def __init__(
        self,
        opened_by: Openers,
        note: Callable[[str], None],
        guard: Callable[[str], FlashGuard] = lambda name: FlashGuard(),
        guest: Callable[[dict[str, Any]], GuestOutput] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``note`` takes one line for the performer, from any thread; each is given once, and an
        output does not give many: see `livegan.stage.record.throttled_notes.ThrottledNotes`.

        ``guard`` makes the flash guard of the output of that name, ``guest`` what runs one of a
        plugin.
        """
        self._guest = guest
        self._openers = opened_by
        self._guard = guard
        self._note = ThrottledNotes(note, once=True, clock=clock)
        self._sending: dict[tuple[str, str], Sending | GuestOutput] = {}
        self._ended: list[Sending | GuestOutput] = []

    def take(self, wanted: list[dict[str, Any]]) -> None:
        """Follow an ``outputs`` message: ``{"name", "kind", "ring"}`` each, and whose it is."""
        keep: dict[tuple[str, str], Sending | GuestOutput] = {}
        for item in wanted:
            kind, name, ring = str(item["kind"]), str(item["name"]), str(item["ring"])
            running = self._sending.get((kind, name))
            stamp = str(item.get("stamp") or "")
            if running is not None and (running.ring, running.stamp) == (ring, stamp):
                keep[kind, name] = running
                continue
            foreign = item.get("plugin", OWN) != OWN and self._guest is not None
            opener = None if foreign else self._openers.get(kind)
            if opener is None and not foreign:
                have = ", ".join(sorted(self._openers)) or "none"
                self._note(f"there is no output {kind!r} here (there is: {have})", name)
                continue
            if running is not None:  # its successor takes over the name
                running.stop()
                running.join(GOODBYE)
            if opener is not None:
                note = functools.partial(self._note, of=name)
                keep[kind, name] = Sending(name, ring, opener, note, self._guard(name))
            elif self._guest is not None:
                keep[kind, name] = self._guest(item)
            keep[kind, name].start()
        self._ended = [sending for sending in self._ended if sending.is_alive()]
        for key, sending in self._sending.items():
            if keep.get(key) is not sending:
                sending.stop()
                self._ended.append(sending)
        self._sending = keep

    def rings(self) -> list[str]:
        """The names of the rings that are read now."""
        return [sending.ring for sending in self._sending.values()]

    def engine_gone(self) -> None:
        """The engine died: stop, and remove its rings, which it cannot do itself any more."""
        for name in self.rings():
            try:
                with PictureRing.attach(name) as ring:
                    ring.unlink()
            except (FileNotFoundError, ValueError):
                continue
        self.take([])

    def close(self) -> None:
        """Stop all and wait for them."""
        self.engine_gone()
        for sending in self._ended:
            sending.join(GOODBYE + 1)
        self._ended.clear()
