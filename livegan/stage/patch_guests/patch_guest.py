"""One patch on the stage's side: its ring, and the process that is started again when it dies."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil

from livegan.ipc.sound_ring import SoundRing, ring_of
from livegan.sound import RATE
from livegan.stage.record.throttled_notes import ThrottledNotes

LOOK = 0.05  # seconds between looks at what a patch says and plays
HANGS = 0.3  # seconds of sound by which a patch may be late
STARVED = 3.0  # the same, where it had no processor
RAN = 0.5  # share of that time that it ran, if it hangs and was not starved
STARTS = 60.0  # seconds that a process may take to play its first hop
DEATHS, WITHIN = 4, 10.0  # so often within so many seconds, and a patch is left silent for a while
REST = 10.0  # seconds
UNAVAILABLE = 60.0  # seconds between tries where pyo is not installed

Note = Callable[[str], None]
StartGuest = Callable[[dict[str, Any]], Any]


class PatchGuest:
    """The process of one patch. Its ring is found by its name: `ring_of`."""

    def __init__(
        self,
        key: str,
        set_: Mapping[str, Any],
        row: Mapping[str, Any],
        main: SoundRing,
        names: Mapping[str, str],
        note: Note,
        start: StartGuest,
    ) -> None:
        """``set_`` is what the process is told of its set, ``row`` what the set says of the patch,
        ``names`` those of the show's memory; ``start(options)`` starts a process. Raises OSError if
        there is no room for its sound."""
        self.key, self.row = key, row
        self.main = main
        self.ring = SoundRing.create(name=ring_of(main.name, key), hops_before=main.hops)
        self._set, self._names = dict(set_), dict(names)
        self._note, self._start = ThrottledNotes(note), start
        self._over, self._saved = threading.Event(), threading.Event()
        self._guest: Any = None
        self._deaths: deque[float] = deque(maxlen=DEATHS)
        self._said = ""
        self.here = False
        """Whether it plays."""
        self.pid = 0
        self._thread = threading.Thread(target=self._keep, name=f"patch {key}", daemon=True)
        self._thread.start()

    @property
    def name(self) -> str:
        """As lines call it."""
        return f"patch {self.key.partition(':')[2]}"

    @property
    def title(self) -> str:
        """The same with the line of the set."""
        line = str(self.row["where"]).rpartition(":")[2]
        return f"{self.name} (line {line})" if line else self.name

    def use(self, set_: Mapping[str, Any], row: Mapping[str, Any]) -> None:
        """Play what a set says from now on."""
        other_code = self.row["code"] != row["code"]
        self.row = row
        if dict(set_) == self._set and not other_code:
            return
        self._set = dict(set_)
        self._saved.set()
        guest = self._guest
        if guest is None:
            return
        if other_code:  # of a plugin, which a process reads once
            guest.wrong = "its plugin was saved"
            guest.end()
        else:
            guest.send({"use": self._set})

    def _keep(self) -> None:
        while not self._over.is_set():
            self._saved.clear()
            began = self._set
            try:
                self._guest = guest = self._start({**self._names, "key": self.key, **began})
            except OSError as error:
                self._away(f"cannot be started ({error})")
                self._saved.wait(1.0)
                continue
            if self._set is not began:  # it was saved meanwhile
                guest.send({"use": self._set})
            rest = self._listen(guest)
            self._guest = None
            if not self._over.is_set() and rest:
                self._saved.wait(rest)

    def _listen(self, guest: Any) -> float:
        """Hear what it says until it is gone; how many seconds to leave it silent for."""
        why, kind = "", ""
        watch = HangWatch(guest)
        while not self._over.is_set():
            message = guest.next(LOOK)
            if message is None:
                if guest.gone:
                    why = why or guest.how()
                    break
            elif message["type"] == "open":
                self._came()
            elif message["type"] == "note":
                self._note(str(message["text"]))
            elif message["type"] in ("failed", "unavailable"):
                why, kind = str(message["text"]), message["type"]
            if watch.hangs(self.main.position, self.ring.position, time.monotonic()):
                guest.wrong = "it hangs"
                break
        self.here = False
        if self._over.is_set():
            self._fade_out(guest)
            return 0.0
        if kind == "unavailable":
            guest.close()
            self._away(why)
            return UNAVAILABLE
        if kind == "failed":
            guest.close()
            self._away(f"{self.title} cannot be built: {why}; it is silent until you save it")
            return REST
        why = why or str(guest.wrong)
        now = time.monotonic()
        place = guest.place(Path(str(self._set["set"])))
        guest.end()
        title = f"{self.name} (line {place.rpartition(':')[2]})" if place else self.title
        self._deaths.append(now)
        if len(self._deaths) == DEATHS and now - self._deaths[0] < WITHIN:
            self._deaths.clear()
            self._away(
                f"{title}: {why}, {DEATHS} times in {WITHIN:g} s; it is silent until you save it"
            )
            return REST
        self._away(f"{title}: {why}; it is started again")
        return 0.0

    def _fade_out(self, guest: Any) -> None:
        """Let it fade out before it is ended."""
        guest.send({"end": True})
        end = time.monotonic() + 0.5
        while not guest.gone and time.monotonic() < end:
            guest.next(LOOK)
        guest.close()

    def _came(self) -> None:
        if self._said:
            self._note(f"{self.title} is back")
            self._said = ""
        self.here = True

    def _away(self, why: str) -> None:
        """Say once why it does not play."""
        self.here = False
        if why != self._said:
            self._said = why
            self._note(why)

    def stop(self) -> None:
        """End it. Does not wait."""
        self._over.set()
        self._saved.set()

    def close(self, timeout: float = 4.0) -> None:
        """End it, wait, and remove its ring."""
        self.stop()
        self._thread.join(timeout)
        self.ring.unlink()


class HangWatch:
    """Whether a patch has stopped to play, and not only its processor.

    A machine that is busy starves a process for a moment: it is late, and has not run meanwhile.
    """

    def __init__(self, guest: Any) -> None:
        self._began = time.monotonic()
        self._process: psutil.Process | None = None
        pid = getattr(guest, "pid", 0)
        if pid:
            try:
                self._process = psutil.Process(pid)
            except psutil.Error:
                self._process = None
        self._moved = self._began
        """When it played its last hop."""
        self._ran = 0.0
        """How long it had run by then, in seconds."""
        self._last = -1
        self._plays = False

    def hangs(self, heard: int, played: int, now: float) -> bool:
        """``heard`` samples were heard by the show, ``played`` by the patch."""
        if played != self._last:
            self._plays = self._plays or self._last >= 0
            self._last, self._moved, self._ran = played, now, self._cpu()
            return False
        still = now - self._moved
        if not self._plays:
            return still > STARTS
        if (heard - played) / RATE < HANGS or still < HANGS:
            return False
        return still > STARVED or self._cpu() - self._ran > RAN * still

    def _cpu(self) -> float:
        try:
            return float(sum(self._process.cpu_times()[:2])) if self._process is not None else 0.0
        except psutil.Error:
            return 0.0
