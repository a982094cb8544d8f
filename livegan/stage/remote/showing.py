"""The state of a show, as its clients see it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from livegan.control_names import KNOB
from livegan.ipc.messages import Row
from livegan.ipc.remote.schema import SetText, ShowState
from livegan.sound import RATE
from livegan.stage.hands.learning import Learning
from livegan.stage.overlay.panels import METERS
from livegan.stage.remote.thumbs import SlotThumbs
from livegan.stage.show_memory import ShowMemory
from livegan.stage.window.presenter import Presenter


class Showing:
    """Gathers the state from what the window shows. From any thread: nothing waits for a frame."""

    def __init__(
        self,
        show: str,
        presenter: Presenter,
        memory: ShowMemory,
        learning: Learning,
        recording: Callable[[], bool],
    ) -> None:
        self._show, self._presenter, self._recording = show, presenter, recording
        self._learning = learning
        self._sound, self._controls = memory.sound, memory.controls
        self._thumbs = SlotThumbs(memory.thumbs.name)

    def text(self) -> SetText:
        """The text on the air."""
        view = self._presenter.view
        return SetText(view.version, view.playing or view.file, view.source)

    def __call__(self, thumbs: bool = False, values: bool = False) -> ShowState:
        """The state; with ``thumbs`` each slot has its picture, with ``values`` also what signals
        and nodes are worth, by line."""
        view, switches, seen = (
            self._presenter.view,
            self._presenter.switches,
            self._presenter.readings(),
        )
        newest = view.values if values else None
        if newest is not None and newest.version != view.version:
            newest = None
        meters = dict(zip(METERS, seen.meters, strict=True))
        return ShowState(
            show=self._show,
            set=view.playing or view.file,
            scenes=switches.scenes,
            time=round(self._sound.position / RATE, 3),
            engine=view.engine,
            device=view.device,
            fps=_rounded(view.engine_fps, 1),
            pace=view.pace,
            screen_fps=_rounded(seen.screen_fps, 1),
            age_ms=None if seen.age_ms is None else _rounded(seen.age_ms, 1),
            version=view.version,
            on_air_at=view.on_air_at,
            safe=view.safe,
            commit=view.commit,
            refusal=view.refusal,
            refused_at=view.refused_at,
            waiting=view.waiting,
            missing=dict(view.awaited),
            notes=[note.text for note in view.notes],
            picture=seen.rung,
            flash_guard=seen.guard,
            hold=switches.asked,
            blackout=switches.black,
            solo=switches.solo,
            recording=self._recording(),
            sound=seen.source,
            inputs=[{**vars(each), "level": _rounded(each.level, 3)} for each in seen.inputs],
            meters={name: _rounded(value, 3) for name, value in meters.items()},
            bpm=_rounded(seen.bpm, 2),
            tempo=seen.tempo.follow,
            clock=seen.tempo.clock,
            beats=_rounded(seen.beats, 3),
            beats_per_bar=view.beats_per_bar,
            slots=self._slots(thumbs),
            knobs=self.knobs(),
            pads=view.pads,
            signals=newest.signals if newest else (),
            nodes=newest.nodes if newest else (),
            learning=self._learning.name,
            learnt=self._learning.said,
        )

    def close(self) -> None:
        """Let go of the memory of the show."""
        self._thumbs.close()

    def _slots(self, thumbs: bool) -> list[Row]:
        rows = [vars(slot) for slot in self._presenter.view.slots]
        if not thumbs:
            return list(rows)
        pictures = self._thumbs.pictures(len(rows))
        return [{**row, "picture": p} for row, p in zip(rows, pictures, strict=True)]

    def knobs(self) -> list[Row]:
        """The knobs of the set on the air, each with its ``value`` as the set reads it."""
        controls = self._controls.snapshot()
        found: list[Row] = []
        for knob in self._presenter.view.knobs:
            control = controls.get(KNOB + str(knob["name"]))
            value = knob["default"] if control is None else control.value
            found.append({**knob, "value": min(max(value, knob["low"]), knob["high"])})
        return found

    @property
    def plays(self) -> bool:
        """Whether a set is on the air, or was."""
        return self._presenter.view.version is not None

    @property
    def declared(self) -> Sequence[Row]:
        """The knobs of the set on the air, without their values."""
        return self._presenter.view.knobs

    @property
    def pads(self) -> Sequence[str]:
        """The pads of the set on the air."""
        return self._presenter.view.pads


def _rounded(value: float, digits: int) -> float:
    """For reading; never what JSON does not have."""
    return round(value, digits) if math.isfinite(value) else 0.0
