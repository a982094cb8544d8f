"""The report of a show: what is counted while it goes on, and told when it is over."""

from __future__ import annotations

import time
from typing import Any

from livegan.ipc.messages import Commit, EngineMessage, EngineNews, Fault
from livegan.stage.streams.stream import Stream
from livegan.stage.supervision.state import SupervisorState
from livegan.stage.window.presenter import Presenter


class ShowReport:
    """Counts from the moment it is made."""

    def __init__(self) -> None:
        self._began, self._cpu = time.monotonic(), time.process_time()
        self._counts = {"commits": 0, "refused": 0, "faults": 0, "recoveries": 0}
        self.first_picture: float | None = None
        """Seconds until there was one of the engine."""

    def begin(self, now: float) -> float:
        """There is a first picture: after how many seconds."""
        self.first_picture = round(now - self._began, 2)
        return self.first_picture

    def take(self, message: EngineMessage) -> None:
        """Count what a message of the engine or of its supervision says."""
        if isinstance(message, Commit):
            self._counts["commits"] += message.status == "on_air"
            self._counts["refused"] += message.status == "refused"
        elif isinstance(message, Fault):
            self._counts["faults"] += 1
        elif isinstance(message, EngineNews):
            self._counts["recoveries"] += message.kind == "recovery"

    def told(
        self, presenter: Presenter, stream: Stream, state: SupervisorState, canvas: str
    ) -> dict[str, Any]:
        """What was presented and what happened: counts, intervals in ms, engine deaths.

        ``stream`` is the main one, ``state`` is the supervisor's, ``canvas`` what the window
        draws on.
        """
        frames = max(1, presenter.intervals.count)
        pictures = presenter.picture_intervals.report()
        seconds = time.monotonic() - self._began
        return {
            **presenter.intervals.report(),
            "pictures": pictures["presented"],
            **{f"picture_{k}": v for k, v in pictures.items() if k.endswith("_ms")},
            "intervals_ms": presenter.intervals.histogram(),
            "picture_intervals_ms": presenter.picture_intervals.histogram(),
            "picture_age": presenter.ages.report(),
            "flash_guard": stream.guard.mode,
            "flash_guard_acted": stream.guard.moments,
            "flash_guard_seconds": round(stream.guard.seconds, 2),
            **self._counts,
            "seconds": round(seconds, 2),
            "first_picture_s": self.first_picture,
            "engine_deaths": state.total_deaths,
            "blocked": list(state.blocked),
            "cpu_share": round((time.process_time() - self._cpu) / seconds, 3),
            "rungs": {rung: round(s, 2) for rung, s in stream.fallbacks.seconds.items()},
            "rung_changes": stream.fallbacks.changes,
            "canvas": canvas,
            "draw_ms": round(presenter.draw_ms / frames, 3),
            "overlay_ms": round(presenter.overlay_ms / frames, 3),
        }
