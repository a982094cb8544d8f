"""Programs that send pictures under a name: which one is meant, and what is said of it.

NDI, Spout and Syphon sources share this. Opening such a source again every second would cost a
process each time, so it stays open while its sender is away.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

from livegan.picture_sources.source import Pixels

WAIT = 0.2  # seconds that `newest` waits for a picture
LOOK = 1 / 120  # seconds between looks whether a new picture came
STILL = 0.5  # seconds after which a picture that does not change is delivered again
LOST = 1.0  # seconds without a sender after which it counts as away


def find_sender(wanted: str, there: Sequence[str]) -> str | None:
    """The sender that ``wanted`` names, of names such as ``HOST (stream)``: the one of that whole
    name, else of that stream's name, else the first with this text in it. None if there is none.

    Capitals do not count. An empty text takes the first.
    """
    plain = wanted.casefold().strip()

    def stream(name: str) -> str:
        return name[name.find("(") + 1 :].rstrip(") ")

    for same in (
        lambda name: name.casefold() == plain,
        lambda name: stream(name).casefold() == plain,
        lambda name: plain in name.casefold(),
    ):
        for name in sorted(there):
            if same(name):
                return name
    return None


def newest(look: Callable[[float], Pixels | None]) -> Pixels | None:
    """What ``look(now)`` finds first, asked again and again for 0.2 s; None if nothing."""
    end = time.monotonic() + WAIT
    while True:
        now = time.monotonic()
        pixels = look(now)
        if pixels is not None or now >= end:
            return pixels
        time.sleep(LOOK)


class SenderSearch:
    """Looks for the sender that a set names, and says which is received and that one is away, each
    once until it changes."""

    def __init__(self, kind: str, argument: str, note: Callable[[str], None]) -> None:
        """``kind`` is what it is called: ``"NDI sender"``; ``argument`` what the set wrote."""
        self._kind, self._argument, self._note = kind, argument, note
        self._told = ""
        self._since = time.monotonic()
        self._looked = -LOST

    def find(
        self, there: Callable[[], Iterable[str]], now: float, *, lost: bool = False
    ) -> str | None:
        """The sender that is meant, of the names that ``there()`` gives, which is asked four times
        a second. ``lost`` says that one was received a moment ago."""
        if now - self._looked < LOST / 4:
            return None
        self._looked = now
        names = list(there())
        found = find_sender(self._argument, names)
        # In the first second it may only not be found yet.
        if found is None and (lost or self._told or time.monotonic() - self._since > LOST):
            self._away(names)
        return found

    def received(self, name: str) -> None:
        """This one is received from now on."""
        self.say(f"receives {name}")

    def _away(self, there: Sequence[str]) -> None:
        named = f"no {self._kind} is called {self._argument!r}"
        what = named if self._argument else f"no {self._kind}"
        others = f"there is {'; '.join(sorted(there))}" if there else f"no {self._kind} is there"
        self.say(f"{what}; livegan waits for it ({others})")

    def say(self, text: str) -> None:
        """A line for the performer, if the one before was another."""
        if text != self._told:
            self._told = text
            self._note(text)
