"""A process that is ready to play whatever patch comes next: loading pyo takes longer than a patch
that died may be away."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from typing import Any

from livegan.stage.outputs.guest import Guest

PLAY = "livegan.patches.guest:play"
StartProcess = Callable[[str, dict[str, Any], Callable[[list[str]], None]], Any]


class SpareGuest:
    """Has one process ready, once any was asked for. From any thread."""

    def __init__(
        self,
        folder: str,
        printed: Callable[[list[str]], None] = lambda lines: None,
        start: StartProcess = Guest,
    ) -> None:
        """``folder`` is the working folder, for its plugins; ``printed`` receives what the
        processes print."""
        self._folder, self._printed, self._start = folder, printed, start
        self._lock = threading.Lock()
        self._ready: Any = None
        self._over = False

    def begin(self, options: Mapping[str, Any]) -> Any:
        """A process that plays a patch. Raises OSError if none can be had."""
        with self._lock:
            guest, self._ready = self._ready, None
        if guest is None or guest.gone:
            guest = self._start(PLAY, dict(options), self._printed)
        else:
            guest.send({"begin": dict(options)})
        threading.Thread(target=self._prepare, name="spare patch", daemon=True).start()
        return guest

    def _prepare(self) -> None:
        with self._lock:
            if self._ready is not None or self._over:
                return
            with contextlib.suppress(OSError):
                self._ready = self._start(PLAY, {"folder": self._folder}, self._printed)

    def renew(self) -> None:
        """Let the next process read the plugins anew."""
        with self._lock:
            guest, self._ready = self._ready, None
        if guest is not None:
            guest.end()

    def close(self) -> None:
        """End it."""
        self._over = True
        self.renew()
