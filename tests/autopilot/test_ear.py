"""What is heard in rows of features: parts of the music, silence, and where phrases begin."""

from __future__ import annotations

import numpy as np

from livegan.autopilot.ear import Ear, MusicHeard
from livegan.sound import HOP, RATE
from livegan.sound.features import FEATURES, INDEX, Rows

BPM = 120.0
BEAT = 0.5


def music(*parts: tuple[float, float, float], bpm: float = BPM) -> Rows:
    """Rows of parts (beats, level, low), with a pulse in every beat."""
    found = []
    count = 0
    for beats, level, low in parts:
        hops = round(beats * 60 / bpm * RATE / HOP)
        rows = np.zeros((hops, len(FEATURES)))
        at = (count + 1 + np.arange(hops)) * HOP / RATE * bpm / 60
        pulse = 1.0 - 0.3 * (at % 1.0)
        rows[:, INDEX["level"]], rows[:, INDEX["low"]] = level * pulse, low * pulse
        rows[:, INDEX["mid"]] = rows[:, INDEX["high"]] = 0.6 * level
        rows[:, INDEX["kick"]] = low * np.maximum(0.0, 1 - 4 * (at % 1.0))
        rows[:, INDEX["bpm"]], rows[:, INDEX["beats"]] = bpm, at
        count += hops
        found.append(rows)
    return np.concatenate(found)


def heard(rows: Rows, block: int = 3) -> list[MusicHeard]:
    ear = Ear()
    return [ear.hear(rows[i : i + block]) for i in range(0, len(rows), block)]


def begun(rows: Rows, block: int = 3) -> list[tuple[float, str]]:
    return [(each.beats, each.begun) for each in heard(rows, block) if each.begun]


FULL, THIN = (0.8, 0.8), (0.4, 0.05)


def test_music_that_goes_on_is_one_part() -> None:
    assert [what for _, what in begun(music((128, *FULL)))] == ["section"]


def test_the_bass_that_leaves_and_comes_back_is_heard_within_a_beat() -> None:
    found = begun(music((32, *FULL), (32, *THIN), (32, *FULL)))
    assert [what for _, what in found] == ["section", "calm", "drop"]
    assert 32 <= found[1][0] <= 33 and 64 <= found[2][0] <= 65


def test_it_is_the_same_however_the_sound_was_cut() -> None:
    rows = music((32, *FULL), (32, *THIN), (32, *FULL))
    ends = [heard(rows, block)[-1] for block in (1, 3, 17, 500)]
    kept = [(end.section, end.section_at, end.phrase_at, end.state) for end in ends]
    assert len(set(kept)) == 1


def test_silence_and_what_comes_after_it() -> None:
    rows = music((16, 0, 0), (32, *FULL), (16, 0, 0), (8, *FULL))
    found = begun(rows)
    assert [what for _, what in found] == ["section", "calm", "silence", "section"]
    states = {round(each.beats): each.state for each in heard(rows)}
    assert states[10] == "silence" and states[40] == "steady" and states[60] == "silence"


def test_phrases_are_counted_from_the_first_sound_though_the_tempo_was_found_later() -> None:
    early = music((8, 0, 0), (8, *FULL))
    late = music((160, *FULL), bpm=150.0)
    late[:, INDEX["beats"]] += early[-1, INDEX["beats"]]
    last = heard(np.concatenate([early, late]))[-1]
    # The sound began 4 s before the tempo was known: 10 beats of 150 bpm, not 8 of 120.
    first = early[-1, INDEX["beats"]] - 10
    assert abs((last.phrase_at - first + 8) % 16 - 8) < 0.6
    assert last.phrase_after(100.0, 16.0) >= 100.0


def test_a_rise_is_a_build() -> None:
    ramp = [(2.0, 0.2 + 0.04 * i, 0.2) for i in range(16)]
    states = [each.state for each in heard(music((32, 0.2, 0.2), *ramp))]
    assert "build" in states
    assert "build" not in {each.state for each in heard(music((64, *FULL)))}
