"""The tempo of a show: `tempo_choice` decides who leads the beat, and it is done here."""

from __future__ import annotations

import threading

from livegan.control_names import CLOCK_BEATS, CLOCK_BPM
from livegan.ipc.control_table import ControlTable
from livegan.ipc.messages import Settings
from livegan.plugin.tempo_wish import TempoWish
from livegan.sound.inputs.listening import Listening
from livegan.sound.inputs.waiting_line import Note
from livegan.sound.tempo_source import (
    ClockReading,
    FixedTempo,
    FollowedClock,
    TempoSource,
)
from livegan.stage.clocks.external_clock import ExternalClock
from livegan.stage.control.tempo_choice import TempoChoice, TempoLine
from livegan.stage.hands.hands import Hands


class Leading:
    """Lets the set, the performer, or a clock from outside lead the beat."""

    def __init__(
        self,
        listening: Listening,
        bpm: float | None,
        hands: Hands,
        controls: ControlTable,
        note: Note,
    ) -> None:
        """``bpm`` is the tempo of ``--bpm``; ``controls`` is where the clock is written down, so
        that a take has it."""
        self._listening, self._hands, self._note = listening, hands, note
        self._controls = controls
        self._choice = TempoChoice(TempoWish.of(None, bpm) if bpm else None)
        self._bar = 4
        self._clocks: dict[str, ExternalClock] = {}
        self._clock: ExternalClock | None = None
        """The one that is followed."""
        self._followed: FollowedClock | None = None
        """The same, once it leads the beat."""
        self._lock = threading.Lock()
        """Clocks are heard on threads of their own."""

    def hear(self, message: Settings) -> None:
        """The set on the air says what tempo and bars it has."""
        bar = max(1, message.beats_per_bar)
        self._listening.set_music(bar, message.lookahead / 1000)
        if bar != self._bar:
            self._bar = bar
            if self._clock is not None and self._clock.follow == "link":
                self._hands.follow_link(bar)
        try:
            said = TempoWish.of(message.tempo, message.bpm)
        except ValueError as error:
            self._note(str(error))
            return
        self._choice, leads, line = self._choice.hear(said)
        if leads:
            self._follow(self._choice.wish)
        if line:
            self._note(line)

    def give(self, wish: TempoWish | None) -> None:
        """The performer decides who leads, or leaves it to the set with None."""
        self._choice = self._choice.give(wish)
        self._follow(self._choice.wish)

    @property
    def line(self) -> TempoLine:
        """What leads the beat, for HUD and state; from any thread."""
        follow, clock = self._choice.wish.follow, self._clock
        if self._listening.tapped:
            return TempoLine("tap")
        if clock is not None:
            return TempoLine(clock.follow, clock.line, clock.there)
        return TempoLine(follow)

    def _follow(self, wish: TempoWish) -> None:
        with self._lock:
            before, self._clock, self._followed = self._clock, None, None
            first: TempoSource | None = FixedTempo(wish.bpm) if wish.bpm else None
            if first is not None or wish.follow in ("music", "tap"):
                self._listening.lead(first)
            if wish.follow == "tap":
                self._listening.lead(None, hears=False)
            elif wish.follow in ("midi", "link"):
                self._clock = self._clocks.get(wish.follow)
                if self._clock is None:
                    self._clock = ExternalClock(wish.follow, self._note, self._heard)
                    self._clocks[wish.follow] = self._clock
                if self._clock.reading is not None and self._clock.there:
                    self._lead(self._clock.reading)
        now = self._clock
        if before is not None and before is not now and before.follow == "link":
            self._hands.follow_link(0)
        if now is not None and now is not before:
            if now.follow == "link":
                self._hands.follow_link(self._bar, now.hear)
            else:
                self._hands.follow_midi(now.hear)

    def _heard(self, clock: ExternalClock, reading: ClockReading) -> None:
        """A clock says something new; on the thread of whoever hears it."""
        with self._lock:
            if clock is not self._clock:
                return
            if self._followed is None:
                self._lead(reading)
            else:
                self._followed.reading = reading
            at = self._listening.show_time(reading.at)
        self._controls.set(CLOCK_BPM, reading.bpm, at)
        self._controls.set(CLOCK_BEATS, reading.beats, at)

    def _lead(self, reading: ClockReading) -> None:
        self._followed = FollowedClock(reading, self._listening.real_time)
        self._listening.lead(self._followed)
