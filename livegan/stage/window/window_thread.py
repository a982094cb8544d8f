"""The window's thread: a server or driver that dies under a window costs that thread and no more.

When an X server dies in the middle of a frame, Xlib tells of it far below SDL and the graphics
driver. To go on from there is not possible: Xlib ends the process, and drivers read what is not
there any more (seen with Mesa: a segmentation fault in one of four). So the thread stays there for
ever, and the show goes on without it.
"""

from __future__ import annotations

import contextlib
import queue
import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from livegan.stage.window.window import Window, WindowLost

SERVER = "the X server has died, so the show goes on without a window"
T = TypeVar("T")


class WindowThread:
    """Does jobs one after another, on a thread of its own where the system has X servers.

    Elsewhere a window belongs to the main thread, and jobs are done where `run` is called.
    """

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[Callable[[], Any]] = queue.SimpleQueue()
        self._ended: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lost = False
        if sys.platform not in ("win32", "darwin"):
            # Not waited for when the process ends: it may never return.
            self._thread = threading.Thread(target=self._work, name="window", daemon=True)
            self._thread.start()

    def run(self, job: Callable[[], T]) -> T:
        """Do it, wait, and return what it returns or raise what it raises.

        Raises
        ------
        WindowLost
            If the X server dies meanwhile, or has died before.
        """
        if self._thread is None:
            return job()
        if self._lost:
            raise WindowLost(SERVER)
        self._jobs.put(job)
        how, found = self._ended.get()
        if how == "raised":
            raise found
        result: T = found
        return result

    def open(self, *options: Any, **more: Any) -> Window:
        """A `Window`, made with these arguments; each of its methods is for this thread."""
        return self.run(lambda: Window(*options, server_gone=self.stay, **more))

    def close(self, window: Window) -> None:
        """Close it, if it can be closed."""
        if not window.abandoned:
            with contextlib.suppress(WindowLost):
                self.run(window.close)

    def stay(self) -> None:
        """Stay here for ever, for the server is gone: called by Xlib, on this thread."""
        self._lost = True
        self._ended.put(("raised", WindowLost(SERVER)))
        threading.Event().wait()

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            try:
                answer = ("returned", job())
            except BaseException as error:
                answer = ("raised", error)
            self._ended.put(answer)
