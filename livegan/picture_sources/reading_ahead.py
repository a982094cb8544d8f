"""A film that plays in a show: decoded ahead on a thread, so that no frame waits for it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence

from livegan.picture_sources.clip import Clip, ClipFrame

KEPT = 8  # frames that lie ready
RETRY = 0.5  # seconds that the thread waits for a request before it looks whether it is to end


class ReadingAhead:
    """Frames of a clip, asked for at any time. `frame` may be called from one thread at a time."""

    def __init__(self, clip: Clip, begin: float = 0.0) -> None:
        """Decodes the first picture at once: where that takes time, nothing plays yet."""
        self.clip = clip
        self._frames: deque[ClipFrame] = deque([clip.frame(begin)], maxlen=KEPT)
        self._shown = self._frames[0]
        self._asked: tuple[float, ...] = ()
        self._change = threading.Condition()
        self._over = False
        self._thread: threading.Thread | None = None

    @property
    def duration(self) -> float:
        """Seconds of the film."""
        return self.clip.duration

    def frame(self, seconds: float, soon: Sequence[float] = (), *, wait: bool = False) -> ClipFrame:
        """The frame that is on at that time; if it is not decoded yet, the last one shown.

        ``soon`` are the times that are likely asked for next. With ``wait`` it is decoded here and
        now, as in a rehearsal, where the clock stands still meanwhile.
        """
        if wait:
            with self._change:
                self._shown = self.clip.frame(seconds)
                return self._shown
        for frame in tuple(self._frames):
            if frame.on_at(seconds):
                self._shown = frame
                break
        if self._thread is None:
            self._thread = threading.Thread(target=self._decode, name="film", daemon=True)
            self._thread.start()
        self._asked = (seconds, *soon)
        if self._change.acquire(blocking=False):  # busy decoding: it looks again by itself
            self._change.notify()
            self._change.release()
        return self._shown

    def _decode(self) -> None:
        while not self._over:
            due = next((t for t in self._asked if not self._ready(t)), None)
            with self._change:
                if self._over:
                    break
                if due is None:
                    self._change.wait(RETRY)
                else:
                    self._frames.append(self.clip.frame(due))
        self.clip.close()

    def _ready(self, seconds: float) -> bool:
        return any(frame.on_at(seconds) for frame in tuple(self._frames))

    def close(self) -> None:
        """End the thread, which closes the film."""
        self._over = True
        if self._thread is None:
            self.clip.close()
        elif self._change.acquire(blocking=False):
            self._change.notify()
            self._change.release()
