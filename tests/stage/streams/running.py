"""Streams that run, without a stage."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from livegan.stage.fallback.fallbacks import Fallbacks
from livegan.stage.flash.flash_guard import FlashGuard
from livegan.stage.streams.stream import Stream
from livegan.stage.streams.streams import Streams


@contextlib.contextmanager
def running(
    guard: Callable[[str], FlashGuard] = lambda name: FlashGuard("off"),
) -> Iterator[Streams]:
    """The streams of a show, with an empty main one."""
    main = Stream("window", FlashGuard("off"), Fallbacks())
    streams = Streams(main, guard=guard)
    streams.start()
    try:
        yield streams
    finally:
        streams.stop()
