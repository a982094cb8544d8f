"""Sound goes from a source into the ring, in time, whatever the source does."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from livegan.ipc.sound_ring import SoundRing
from livegan.sound import HOP, RATE
from livegan.sound.features import FEATURES
from livegan.sound.hearing.analysis import Analyzer
from livegan.sound.inputs.devices import SourceAway, SourceError
from livegan.sound.inputs.listening import Listening
from livegan.sound.source import SourceGone
from livegan.sound.sources import Silence
from livegan.sound.tempo_source import FixedTempo, TempoSource
from tests.pulse import NullSink


class Tone:
    """A source at any rate and number of channels, which can be unplugged."""

    def __init__(self, rate: int = RATE, channels: int = 2, hz: float = 440.0) -> None:
        self.name, self.rate, self.channels, self.hz = "tone", rate, channels, hz
        self.at = 0
        self.plugged = True
        self.opened = self.closed = 0

    def open(self, note: Callable[[str], None]) -> None:
        if not self.plugged:
            raise SourceError("no sound input is called 'tone'")
        self.opened += 1

    def pull(self, frames: int) -> np.ndarray:
        if not self.plugged:
            raise SourceGone("sound input 'tone' is gone")
        t = np.arange(self.at, self.at + frames) / self.rate
        self.at += frames
        wave = 0.5 * np.sin(2 * np.pi * self.hz * t).astype(np.float32)
        return np.stack([wave] * self.channels, axis=1)

    def close(self) -> None:
        self.closed += 1


class Counting:
    """An analyzer that tells how it is used."""

    def __init__(self) -> None:
        self.bpm: float | None = None
        self.beats_per_bar = 4
        self.lookahead = 0.0
        self.tapped = False
        self.taps: list[float | None] = []
        self.fed = 0
        self.failing = False

    def lead(self, source: TempoSource | None, hears: bool = True) -> None:
        self.bpm = None if source is None else source.bpm

    def tap(self, time_s: float | None = None) -> None:
        self.taps.append(time_s)

    def feed(self, block: np.ndarray) -> np.ndarray:
        if self.failing:
            raise ZeroDivisionError("no such number")
        before, self.fed = self.fed // HOP, self.fed + len(block)
        return np.full((self.fed // HOP - before, len(FEATURES)), 0.25, np.float32)


@pytest.fixture
def ring() -> Iterator[SoundRing]:
    with SoundRing.create() as ring:
        yield ring


def until(condition: Callable[[], bool]) -> None:
    for _ in range(20_000):
        if condition():
            return
        time.sleep(0.005)
    raise AssertionError("it never happened")


def hear(listening: Listening, ring: SoundRing, seconds: float) -> None:
    end = ring.position + round(seconds * RATE)
    until(lambda: ring.position >= end)


@pytest.mark.parametrize(("rate", "channels"), [(48000, 2), (44100, 1), (96000, 6), (16000, 2)])
def test_any_rate_and_channels_arrive_at_48_khz_in_stereo(
    ring: SoundRing, rate: int, channels: int
) -> None:
    listening = Listening(Tone(rate, channels), ring, Counting(), pytest.fail)
    hear(listening, ring, 1.0)
    listening.stop()
    sound = ring.samples(0, ring.position)
    loud = np.flatnonzero(np.abs(sound[:, 0]) > 0.3 * np.abs(sound[:, 0]).max())
    part = sound[loud[0] + 4800 : loud[0] + 4800 + 24000]
    np.testing.assert_allclose(part[:, 0], part[:, 1], atol=1e-5)
    spectrum = np.abs(np.fft.rfft(part[:, 0] * np.hanning(len(part)))) ** 2
    assert np.argmax(spectrum) == 440 * 24000 // RATE
    assert spectrum[210:231].sum() > 0.9999 * spectrum.sum()


def test_every_hop_that_was_written_is_analysed(ring: SoundRing) -> None:
    listening = Listening(Silence(), ring, Analyzer(), pytest.fail)
    for _ in range(50):
        time.sleep(0.005)
        hops = ring.hops
        assert hops * HOP <= ring.position
    listening.stop()
    assert ring.hops == ring.position // HOP > 0


def test_a_source_that_vanishes_turns_to_silence_without_a_click_and_comes_back(
    ring: SoundRing,
) -> None:
    notes: list[str] = []
    tone = Tone()
    listening = Listening(tone, ring, Counting(), notes.append)
    hear(listening, ring, 0.3)
    tone.plugged = False
    hear(listening, ring, 0.5)
    assert not ring.samples(ring.position - 4800, ring.position).any()
    assert notes == ["sound input 'tone' is gone; silence until it is back"]
    tone.plugged = True
    until(lambda: len(notes) == 2)
    assert notes[1] == "tone is back"
    hear(listening, ring, 0.3)
    listening.stop()
    sound = ring.samples(0, ring.position)[:, 0]
    assert np.abs(sound[-2400:]).max() > 0.4
    assert np.abs(np.diff(sound)).max() < 2 * 0.5 * 2 * np.pi * 440 / RATE
    assert tone.opened == 2 and tone.closed == 1


def test_a_source_that_fails_in_any_way_does_not_stop_the_show(ring: SoundRing) -> None:
    class Broken(Tone):
        def pull(self, frames: int) -> np.ndarray:
            raise RuntimeError("bug in a plugin")

    notes: list[str] = []
    listening = Listening(Broken(), ring, Counting(), notes.append)
    hear(listening, ring, 0.3)
    listening.stop()
    assert notes[0].startswith("bug in a plugin; silence")


def test_another_source_takes_over_and_one_that_does_not_open_changes_nothing(
    ring: SoundRing,
) -> None:
    first, second, unplugged = Tone(), Tone(hz=880), Tone()
    unplugged.plugged = False
    listening = Listening(first, ring, Counting(), pytest.fail)
    with pytest.raises(SourceError):
        listening.replace(unplugged)
    assert listening.source is first and not first.closed
    listening.replace(second)
    assert listening.source is second and first.closed == 1
    hear(listening, ring, 0.5)
    listening.stop()
    part = ring.samples(ring.position - 9600, ring.position)[:, 0]
    assert np.argmax(np.abs(np.fft.rfft(part))) == 880 // 5


def test_a_source_that_does_not_open_is_refused_at_once(ring: SoundRing) -> None:
    tone = Tone()
    tone.plugged = False
    before = threading.active_count()
    with pytest.raises(SourceError, match="tone"):
        Listening(tone, ring, Counting())
    assert threading.active_count() == before


def test_a_show_begins_without_a_source_that_is_away_and_takes_it_when_it_is_there(
    ring: SoundRing,
) -> None:
    class Late(Tone):
        def open(self, note: Callable[[str], None]) -> None:
            if not self.plugged:
                raise SourceAway("no sound input is called 'tone'")
            super().open(note)

    notes: list[str] = []
    tone = Late()
    tone.plugged = False
    listening = Listening(tone, ring, Counting(), notes.append)
    waiting = "no sound input is called 'tone'; silence until it is there"
    assert listening.waiting == waiting and notes == [waiting]
    hear(listening, ring, 0.3)
    assert not ring.samples(0, ring.position).any()
    tone.plugged = True
    until(lambda: not listening.waiting)
    assert notes[1] == "tone is back"
    hear(listening, ring, 0.3)
    listening.stop()
    assert np.abs(ring.samples(0, ring.position)).max() > 0.4


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now, self.looks = 1000.0, 0

    def __call__(self) -> float:
        self.looks += 1
        return self.now

    def move(self, seconds: float) -> None:
        """Move, and wait until that was seen."""
        self.now += seconds
        seen = self.looks + 2
        until(lambda: self.looks >= seen)


@pytest.mark.parametrize("step", [7200.0, -7200.0, 6.0])
def test_a_clock_that_steps_moves_neither_show_time_nor_the_sound(
    ring: SoundRing, step: float
) -> None:
    clock, tone = Hand(), Tone()
    listening = Listening(tone, ring, Counting(), pytest.fail, clock)

    for _ in range(25):
        clock.move(0.02)
    before = ring.position
    clock.move(step)
    for _ in range(25):
        clock.move(0.02)
    listening.stop()
    assert abs(ring.position - before - RATE // 2) <= 0.04 * RATE
    sound = ring.samples(RATE // 10, ring.position)[:, 0]
    assert np.abs(np.diff(sound)).max() < 2 * 0.5 * 2 * np.pi * 440 / RATE
    assert np.abs(sound[-RATE // 10 :]).max() > 0.45


def test_a_meter_shows_peaks_and_falls_in_silence(ring: SoundRing) -> None:
    tone = Tone()
    listening = Listening(tone, ring, Counting(), lambda text: None)
    until(lambda: listening.meter[0] > 0.49)
    assert listening.meter[1] > 0.4
    tone.plugged = False
    until(lambda: listening.meter[0] < 0.05)
    listening.stop()


def test_taps_and_tempo_reach_the_analyzer(ring: SoundRing) -> None:
    analyzer = Counting()
    listening = Listening(Silence(), ring, analyzer, pytest.fail)
    hear(listening, ring, 0.1)
    listening.tap()
    listening.lead(FixedTempo(123.0))
    assert analyzer.bpm == 123.0
    assert analyzer.taps[0] is not None and 0 < analyzer.taps[0] <= ring.position / RATE
    listening.lead(None)
    assert analyzer.bpm is None
    listening.set_music(3, 0.08)
    assert (analyzer.beats_per_bar, analyzer.lookahead) == (3, 0.08)
    listening.stop()
    listening.stop()


def test_time_goes_on_when_the_analysis_fails(ring: SoundRing) -> None:
    analyzer, notes = Counting(), []
    listening = Listening(Silence(), ring, analyzer, notes.append)
    hear(listening, ring, 0.1)
    analyzer.failing = True
    hear(listening, ring, 0.2)
    listening.stop()
    assert ring.hops == ring.position // HOP
    assert notes == ["analysis failed: ZeroDivisionError: no such number"]
    assert (ring.features(0, 5) == 0.25).all() and not ring.features(ring.hops - 5, ring.hops).any()


def test_a_show_goes_on_where_the_ring_is(ring: SoundRing) -> None:
    ring.write(np.zeros((RATE * 3, 2), np.float32))
    ring.write_features(np.zeros((300, len(FEATURES)), np.float32))
    listening = Listening(Silence(), ring, Counting(), pytest.fail)
    hear(listening, ring, 0.2)
    listening.stop()
    assert 3.2 * RATE <= ring.position < 33 * RATE


RECORD = """
import sys
import threading
import numpy as np
from livegan.sound.hearing.analysis import Analyzer
from livegan.sound.inputs.listening import Listening
from livegan.sound.inputs.pace import BEHIND
from livegan.ipc.sound_ring import SoundRing
from livegan.sound.sources import parse_source

with SoundRing.create() as ring:
    say = lambda text: print(text, flush=True)
    listening = Listening(parse_source(sys.argv[1]), ring, Analyzer(), say)
    say("open")
    done = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), done.set()), daemon=True).start()
    loud = False
    while not done.wait(0.02):
        if (listening.meter[0] > 0.3) != loud:
            loud = not loud
            say("loud" if loud else "quiet")
    np.save(sys.argv[2], ring.samples(0, ring.position))
    listening.stop()
"""


class Recorder:
    """A process that listens to a device, and what it says."""

    def __init__(self, sink: NullSink, source: str, out: Path) -> None:
        self.out, self.lines = out, []
        self._process = subprocess.Popen(
            [sys.executable, "-c", RECORD, source, str(out)],
            env=sink.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_for(self, word: str) -> None:
        assert self._process.stdout is not None
        while True:
            line = self._process.stdout.readline()
            assert line, self._process.communicate()[1]
            self.lines.append(line.strip())
            if word in line:
                return

    def end(self) -> np.ndarray:
        # Closing its input is what ends it.
        self._process.communicate(timeout=60)
        assert self._process.returncode == 0
        return np.load(self.out)

    def size(self) -> tuple[int, int, int]:
        """Handles, threads and children of the process, once they stay the same: what replaces a
        device goes on for a moment after the line that says so."""
        process, seen = psutil.Process(self._process.pid), [(0, 0, 0)]
        until(lambda: self._looked(process, seen) > 60)
        return seen[-1]

    def _looked(self, process: psutil.Process, seen: list[tuple[int, int, int]]) -> int:
        """How many looks found the same as this one."""
        now = process.num_fds(), process.num_threads(), len(process.children())
        seen[:] = [*seen, now] if now == seen[-1] else [now]
        return len(seen)

    def close(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.communicate()


Record = Callable[[str], Recorder]


@pytest.fixture
def record(sink: NullSink, tmp_path: Path) -> Iterator[Record]:
    """Start a process that listens to a source in the null sink's world."""
    recorders: list[Recorder] = []

    def start(source: str) -> Recorder:
        recorders.append(Recorder(sink, source, tmp_path / f"{len(recorders)}.npy"))
        return recorders[-1]

    yield start
    for recorder in recorders:
        recorder.close()


def write_tone(path: Path, rate: int, seconds: float = 4.0) -> Path:
    wave_ = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(round(seconds * rate)) / rate)
    both = np.stack([wave_, wave_ / 2], axis=1)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((both * 32767).round().astype("<i2").tobytes())
    return path


def cleanest_second(sound: np.ndarray) -> tuple[float, float, float]:
    """(frequency, share of power beside it, right/left) of the purest second of a recording."""
    best = (0.0, 1.0, 0.0)
    for start in range(0, len(sound) - RATE, RATE // 4):
        part = sound[start : start + RATE]
        if np.abs(part[:, 0]).max() < 0.3:
            continue
        power = np.abs(np.fft.rfft(part[:, 0] * np.hanning(RATE))) ** 2
        top = int(np.argmax(power))
        beside = 1 - power[max(0, top - 5) : top + 6].sum() / power.sum()
        if beside < best[1]:
            ratio = float(np.abs(part[:, 1]).max() / np.abs(part[:, 0]).max())
            best = (float(top), float(beside), ratio)
    return best


@pytest.mark.device
@pytest.mark.parametrize("rate", [44100, 48000])
def test_a_device_is_recorded_uncorrupted_at_the_right_rate(
    sink: NullSink, record: Record, tmp_path: Path, rate: int
) -> None:
    recorder = record("device")
    recorder.wait_for("open")
    sink.play(write_tone(tmp_path / "tone.wav", rate))
    recorder.wait_for("loud")
    recorder.wait_for("quiet")
    frequency, beside, ratio = cleanest_second(recorder.end())
    assert frequency == 1000
    assert beside < 1e-3
    assert ratio == pytest.approx(0.5, abs=0.01)


@pytest.mark.device
def test_a_sound_server_that_dies_is_found_again(
    sink: NullSink, record: Record, tmp_path: Path
) -> None:
    tone = write_tone(tmp_path / "tone.wav", 48000, 6.0)
    recorder = record("device:DEFAULT")
    recorder.wait_for("open")
    sink.play(tone)
    recorder.wait_for("loud")
    sink.kill()
    recorder.wait_for("gone")
    sink.start()
    recorder.wait_for("back")
    sink.play(tone)
    recorder.wait_for("loud")
    recorder.wait_for("quiet")
    sound = recorder.end()
    assert "quiet" in recorder.lines[recorder.lines.index("loud") :]
    frequency, beside, _ = cleanest_second(sound[len(sound) // 3 :])
    assert frequency == 1000 and beside < 1e-3


@pytest.mark.device
@pytest.mark.skipif(sys.platform != "linux", reason="counts handles in /proc")
def test_an_input_that_is_pulled_out_again_and_again_leaves_nothing_behind(
    sink: NullSink, record: Record
) -> None:
    recorder = record("device")
    recorder.wait_for("open")
    sizes = []
    for rate in (44100, 96000, 48000):
        sink.unplug()
        recorder.wait_for("sound input 'default' is gone; silence until it is back")
        sink.plug(rate, others=1)
        recorder.wait_for("default is back")
        sizes.append(recorder.size())
    recorder.end()
    assert len(set(sizes)) == 1, "handles, threads and processes after each return"


@pytest.mark.device
def test_a_device_that_is_not_there_yet_is_waited_for_and_a_name_that_nothing_has_is_refused(
    sink: NullSink, record: Record
) -> None:
    late = record("device:Sacrlett")
    late.wait_for("no sound input is called 'Sacrlett'")
    assert "silence until it is there" in late.lines[-1]
    late.wait_for("open")
    late.end()
    mistyped = record("defualt")
    with pytest.raises(AssertionError) as caught:
        mistyped.wait_for("open")
    said = str(caught.value)
    assert "no sound input is called 'defualt'; did you mean 'default'? there is " in said
    assert "--audio also takes a sound file, an address" in said
    assert "device:defualt waits until it is plugged in" in said


@pytest.mark.device
def test_a_file_is_heard_through_the_default_output(record: Record, tmp_path: Path) -> None:
    # What is played arrives in the null sink, which another process records.
    recorder = record("device")
    recorder.wait_for("open")
    player = record(str(write_tone(tmp_path / "tone.wav", 44100)))
    player.wait_for("loud")
    recorder.wait_for("loud")
    time.sleep(4)
    for one in (player, recorder):
        frequency, beside, _ = cleanest_second(one.end())
        assert frequency == 1000 and beside < 1e-2
        assert not any("unheard" in line for line in one.lines)


@pytest.mark.device
def test_a_file_whose_output_dies_plays_on_and_is_heard_again(
    sink: NullSink, record: Record, tmp_path: Path
) -> None:
    player = record(str(write_tone(tmp_path / "tone.wav", 48000)))
    player.wait_for("loud")
    sink.kill()
    player.wait_for("the sound output is gone; tone.wav plays unheard until it is back")
    sink.start()
    player.wait_for("heard again")
    time.sleep(3)
    sound = player.end()
    assert np.abs(sound[-RATE:]).max() > 0.4
    # It played on: while the output was missed, and while another was opened.
    silent = np.flatnonzero(np.abs(np.diff(np.flatnonzero(np.abs(sound[:, 0]) > 0.01))) > RATE * 4)
    assert not len(silent)


def test_a_key_waits_for_no_source(ring: SoundRing) -> None:
    """A source that hangs in `pull` or `close` holds nothing that a key needs."""
    held, entered = threading.Event(), threading.Event()

    class Hanging(Tone):
        def pull(self, frames: int) -> np.ndarray:
            entered.set()
            held.wait(60)
            return super().pull(frames)

        def close(self) -> None:
            held.wait(60)
            super().close()

    analyzer = Counting()
    listening = Listening(Hanging(), ring, analyzer, lambda text: None)
    try:
        assert entered.wait(60)
        done = threading.Event()

        def keys() -> None:
            listening.tap()
            done.set()

        threading.Thread(target=keys, daemon=True).start()
        assert done.wait(60), "the tap is taken while the source hangs"
        assert analyzer.taps
    finally:
        held.set()
        listening.stop()
