"""What leads the tempo of a rehearsal."""

from __future__ import annotations

from collections.abc import Callable

from livegan.control_names import CLOCK_BEATS, CLOCK_BPM
from livegan.engine.program.player import Controls
from livegan.engine.program.program import Program
from livegan.ipc.messages import FromEngine, Note
from livegan.ipc.recorded_controls import RecordedControls
from livegan.sound.soundtrack import Playhead
from livegan.sound.tempo_source import ClockReading, FixedTempo, RecordedClock
from livegan.stage.control.tempo_choice import TempoChoice


def follow(
    tempo: TempoChoice,
    program: Program,
    history: Playhead,
    emit: Callable[[FromEngine], None],
    controls: Controls,
) -> TempoChoice:
    """Let the tempo of a set that goes on the air lead, as a stage does. Clocks and taps are those
    of the take, else there is only ``bpm``, or the music."""
    wish = program.graph.tempo
    history.beats_per_bar = int(program.setting("beats_per_bar", 4))
    tempo, leads, line = tempo.hear(wish)
    if leads:
        source: FixedTempo | RecordedClock | None = FixedTempo(wish.bpm) if wish.bpm else None
        instead = f"bpm={wish.bpm:g}" if wish.bpm else "the music"
        readings = clock_of(controls) if wish.follow in ("midi", "link") else []
        if readings:
            source, instead = RecordedClock(readings, history.beats_per_bar), "that of the take"
        history.lead(source)
        if wish.follow in ("midi", "link", "tap"):
            emit(Note(f'tempo="{wish.follow}": a rehearsal has no such clock; it uses {instead}'))
    if line:
        emit(Note(line))
    return tempo


def clock_of(controls: Controls) -> list[ClockReading]:
    """What a take says of the clock that its show followed."""
    if not isinstance(controls, RecordedControls):
        return []
    tempos = dict(controls.values.get(CLOCK_BPM, ()))
    beats = controls.values.get(CLOCK_BEATS, ())
    return [ClockReading(at, count, tempos[at]) for at, count in beats if tempos.get(at, 0) > 0]
