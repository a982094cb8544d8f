"""The outputs that a set asks for besides the window. They belong to the stage: an engine that dies
takes none of them along."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from livegan.ipc.messages import Row
from livegan.plugin.catalogue import OWN
from livegan.stage.outputs.guest import GOODBYE
from livegan.stage.outputs.guest_output import GuestOutput
from livegan.stage.outputs.sending import Output, Sending
from livegan.stage.record.throttled_notes import ThrottledNotes
from livegan.stage.streams.stream import Stream
from livegan.stage.streams.streams import Streams

Openers = Mapping[str, Callable[[str], Output]]
OutputKey = tuple[str, str]
"""Kind and name of an output."""
HANDOVER = 2 * GOODBYE
"""Seconds that who is to open an output waits at most for the one that had it before."""


ON_A_THREAD = ("spout",)
"""Kinds of livegan's own that are opened on a thread of the stage. All others run in a process of
their own, like those of plugins: a crash of the NDI runtime or of a camera's driver costs them
alone."""


def openers(note: Callable[[str], None]) -> dict[str, Callable[[str], Output]]:
    """What opens the outputs `ON_A_THREAD`, by kind. ``note`` takes what went wrong."""
    found: dict[str, Callable[[str], Output]] = {}

    def register(make: Any, name: str | None = None, *about: Any, **more: Any) -> Any:
        found[name or make.__name__] = make
        return make

    try:
        from livegan.builtin import outputs as builtin

        builtin.register_outputs(register)
    except Exception as error:
        note(f"livegan's own outputs could not be loaded: {type(error).__name__}: {error}")
    return {kind: found[kind] for kind in ON_A_THREAD if kind in found}


@dataclass
class _Running:
    """An output at work; and what it was made from, the plugin's text and the options."""

    sending: Sending
    stamp: str


class Outputs:
    """Those that the program on air asks for, each on a thread of its own.

    Those `ON_A_THREAD` run there; all others run in processes of their own.
    """

    def __init__(
        self,
        opened_by: Openers,
        streams: Streams,
        note: Callable[[str], None],
        guest: Callable[[Row, Stream], GuestOutput] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``note`` takes one line for the performer, from any thread; each is given once, and an
        output does not give many: see `livegan.stage.record.throttled_notes.ThrottledNotes`.

        ``guest`` makes what runs an output in a process of its own.
        """
        self._guest = guest
        self._openers = opened_by
        self._streams = streams
        self._note = ThrottledNotes(note, once=True, clock=clock)
        self._running: dict[OutputKey, _Running] = {}
        self._ended: list[Sending] = []

    def attach(self, name: str, output: Output, stream: Stream | None = None) -> Sending:
        """Send a stream, the main one if None, to an output that no set asks for, until the show
        is over or the `Sending` is stopped."""
        sending = Sending(name, stream or self._streams.main, lambda _: output, self._note)
        self.keep(sending)
        return sending

    @property
    def main(self) -> Stream:
        """The stream that the window shows."""
        return self._streams.main

    def keep(self, sending: Sending) -> None:
        """Start one that no set asks for, and end it with the show."""
        sending.start()
        self._ended.append(sending)

    def take(self, wanted: Sequence[Row], safe: bool = False) -> None:
        """Follow an ``outputs`` message: ``{"name", "kind", "ring"}`` each, and whose it is.

        Those that are not wanted any more end, unless the program is the ``safe`` set: then they
        show what the window shows, for a panic key must not take a projector its picture. Never
        waits: this is the supervisor's thread.
        """
        self._ended = [sending for sending in self._ended if sending.is_alive()]
        streams = self._by_ring(wanted)
        keep: dict[OutputKey, _Running] = {}
        for item in wanted:
            key = str(item["kind"]), str(item["name"])
            running = self._at_work(key, item, streams[str(item["ring"])])
            if running is not None:
                keep[key] = running
        for key, running in self._running.items():
            if key in keep:
                continue
            if safe:
                running.sending.stream = self._streams.main
                keep[key] = running
            else:
                self._end(running.sending)
        self._running = keep
        self._streams.keep({running.sending.stream.name for running in keep.values()})

    def _by_ring(self, wanted: Sequence[Row]) -> dict[str, Stream]:
        """The streams by the rings of the pictures: one for each distinct picture.

        A picture goes on in the stream that one of its outputs shows already.
        """
        names: dict[str, str] = {}
        for item in wanted:
            ring, key = str(item["ring"]), (str(item["kind"]), str(item["name"]))
            running = self._running.get(key)
            before = running.sending.stream if running is not None else self._streams.main
            if before is not self._streams.main and before.name not in names.values():
                names.setdefault(ring, before.name)
        for item in wanted:
            ring, name = str(item["ring"]), f"{item['kind']} {item['name']}"
            if ring not in names:
                free = name if name not in names.values() else f"{name} ({ring})"
                names[ring] = free
        return {
            ring: self._streams.main
            if ring == self._streams.main_ring
            else self._streams.further(name, ring)
            for ring, name in names.items()
        }

    def _at_work(self, key: OutputKey, item: Row, stream: Stream) -> _Running | None:
        """The output that is there, given its stream, or a new one; None if there is no such."""
        kind, name = key
        running = self._running.get(key)
        stamp = f"{item.get('stamp') or ''} {sorted(dict(item.get('options') or {}).items())}"
        if running is not None and running.stamp == stamp and not running.sending.closed:
            running.sending.stream = stream
            return running
        opener = self._openers.get(kind) if item.get("plugin", OWN) == OWN else None
        foreign = opener is None and bool(item.get("entry")) and self._guest is not None
        if opener is None and not foreign:
            have = ", ".join(sorted(self._openers)) or "none"
            self._note(f"there is no output {kind!r} here (there is: {have})", name)
            return None
        before = None
        if running is not None:  # its successor takes over the name
            before = running.sending
            self._end(before)
        sending: Sending
        if opener is not None:
            note = functools.partial(self._note, of=name)
            sending = Sending(name, stream, opener, note)
        else:
            assert self._guest is not None
            sending = self._guest(item, stream)
        sending.follow(before, HANDOVER)
        sending.start()
        return _Running(sending, stamp)

    def states(self) -> dict[str, str]:
        """``opening``, ``open`` or ``off``, of each output by kind and name."""
        running = list(self._running.items())
        return {f"{kind} {name}": each.sending.state for (kind, name), each in running}

    def _end(self, sending: Sending) -> None:
        sending.stop()
        self._ended.append(sending)

    def close(self) -> None:
        """Stop all and wait for them."""
        self.take([])
        for sending in self._ended:
            sending.stop()
        for sending in self._ended:
            sending.join(GOODBYE + 1)
        self._ended.clear()
