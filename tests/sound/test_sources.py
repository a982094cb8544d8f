"""Sources: who is meant, and what they give."""

from __future__ import annotations

import builtins
import sys
import time
import wave
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegan.sound import sources
from livegan.sound.downmix import to_stereo
from livegan.sound.inputs import devices, recording
from livegan.sound.inputs.capture import Capture
from livegan.sound.inputs.devices import (
    Device,
    SourceError,
    UnknownDevice,
    channels_of,
    find_again,
    find_device,
    list_devices,
)
from livegan.sound.inputs.fifo import Fifo
from livegan.sound.inputs.playback import Playback
from livegan.sound.source import SourceGone
from livegan.sound.sources import SOURCES, Silence, parse_source, recorded


def device(name: str, *, kind: Any = "input", default: bool = False, index: int = 0) -> Device:
    return Device(name, kind, 2, 44100.0, 0.01, "ALSA", default, index)


CARDS = [
    device("USB Audio CODEC", index=3),
    device("USB Audio", index=4),
    device("Built-in Microphone", default=True, index=0),
    device("Speakers", kind="output", default=True, index=1),
]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("USB Audio CODEC", 3),
        ("usb audio", 4),  # exact wins over a part
        ("codec", 3),
        ("micro", 0),
        (None, 0),
    ],
)
def test_a_device_is_found_by_name_or_a_part_of_it(name: str | None, found: int) -> None:
    assert find_device(name, "input", CARDS).index == found


def test_an_unknown_device_is_answered_with_those_there_are() -> None:
    with pytest.raises(SourceError) as caught:
        find_device("USB Adio CODEC", "input", CARDS)
    text = str(caught.value)
    assert "did you mean 'USB Audio CODEC'?" in text
    assert "Built-in Microphone" in text and "Speakers" not in text and "\n" not in text
    with pytest.raises(SourceError, match="no sound output is called"):
        find_device("USB", "output", CARDS)
    with pytest.raises(SourceError, match="this machine has no sound input"):
        find_device("USB", "input", [])


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("USB Audio CODEC: USB Audio (hw:1,0)", "USB Audio CODEC: USB Audio (hw:3,0)"),
        ("Line (USB Audio)", "Line (2- USB Audio)"),
        ("Line (2- USB Audio)", "Line (3- USB Audio)"),
        ("default", "default"),
    ],
)
def test_a_device_is_the_same_wherever_it_is_plugged_in(was: str, now: str) -> None:
    cards = [device("USB Audio CODEC: USB Audio (hw:3,1)", index=7), device(now, index=9), *CARDS]
    assert find_again(was, "input", cards).index == 9
    twins = [device("Line (2- USB Audio)", index=1), device("Line (USB Audio)", index=2)]
    assert find_again("Line (USB Audio)", "input", twins).index == 2
    with pytest.raises(UnknownDevice, match="is not there; there is 'USB Audio CODEC'"):
        find_again(was, "input", CARDS)


CUT, WHOLE = "Microphone (2- USB Audio CODEC ", "Microphone (USB Audio CODEC 4 channels)"


def test_a_name_that_windows_cut_off_is_found_by_the_whole_one_and_the_other_way_round() -> None:
    cut, whole = [device(CUT, index=5), *CARDS], [device(WHOLE, index=6), *CARDS]
    assert find_device(WHOLE, "input", cut).index == 5
    assert find_again(WHOLE, "input", cut).index == 5
    assert find_again(CUT, "input", whole).index == 6
    assert find_device(CUT[:20], "input", cut).index == 5
    assert find_device(CUT, "input", whole).index == 6
    for short in ("USB Audio", "Built-in Microphone of this machine"):
        with pytest.raises(UnknownDevice):
            find_again(short, "input", [device("USB Audio CODEC with many inputs")])


@pytest.mark.parametrize(
    ("text", "name", "channels"),
    [
        ("USB Audio:3,4", "USB Audio", (3, 4)),
        ("USB Audio: 5", "USB Audio", (5,)),
        (":1, 2", "", (1, 2)),
        ("USB Audio (hw:1,0)", "USB Audio (hw:1,0)", ()),
        ("USB: Line", "USB: Line", ()),
    ],
)
def test_channels_stand_behind_the_name(text: str, name: str, channels: tuple[int, ...]) -> None:
    assert channels_of(text) == (name, channels)


class FakeSystem:
    """The part of sounddevice that opens an input; it takes all channels of a device or refuses."""

    def __init__(self, takes: tuple[int, ...]) -> None:
        self.takes, self.asked = takes, []  # type: ignore[var-annotated]

    def InputStream(self, *, channels: int, **more: Any) -> int:
        self.asked.append(channels)
        if channels not in self.takes:
            raise OSError("invalid number of channels")
        return channels


@pytest.mark.parametrize(
    ("channels", "takes", "asked"),
    [
        ((), (2,), [2]),
        ((3, 4), (4, 8), [4]),
        ((3, 4), (8,), [4, 8]),
        ((5,), (5,), [5]),
        ((1,), (2,), [2]),
    ],
)
def test_the_channels_of_a_device_that_are_wanted_are_heard(
    monkeypatch: pytest.MonkeyPatch,
    channels: tuple[int, ...],
    takes: tuple[int, ...],
    asked: list[int],
) -> None:
    system = FakeSystem(takes)
    monkeypatch.setattr(recording, "SoundStream", lambda opened: opened(system))
    desk = replace(CARDS[0], channels=8)
    made = recording.Recording(desk, channels)
    assert system.asked == asked
    block = np.tile(np.arange(1, asked[-1] + 1, dtype=np.float32), (10, 1))
    heard = to_stereo(block[:, made.columns])
    first, last = (channels or (1, 2))[0], (channels or (1, 2))[-1]
    assert heard.shape == (10, 2) and heard[0].tolist() == [first, last]


def test_a_channel_that_a_device_does_not_have_is_answered_in_a_line() -> None:
    for channels, wrong in (((3, 4), 3), ((1, 3), 3), ((0,), 0)):
        with pytest.raises(UnknownDevice, match=f"'USB Audio CODEC' has no channel {wrong}: it"):
            recording.Recording(CARDS[0], channels)


def test_without_portaudio_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any, **more: Any) -> Any:
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return real(name, *rest, **more)

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(builtins, "__import__", refuse)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(
        SourceError, match=r"PortAudio library not found.*apt install libportaudio2"
    ):
        list_devices()
    assert parse_source(None).name == "demo"


def wav(path: Path, samples: np.ndarray, rate: int = 48000) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def test_words_paths_and_names_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = wav(tmp_path / "silence", np.zeros(10))
    assert isinstance(parse_source("silence"), Silence)
    assert parse_source("demo").name == "demo"
    for wrong in ("demo:x", "silence:3,4"):
        with pytest.raises(SourceError, match="takes nothing more"):
            parse_source(wrong)
    for text in (str(path), f"file:{path}", "gig.wav", "nowhere/gig"):
        assert isinstance(parse_source(text), Playback)
    named = parse_source("device:USB Audio")
    assert isinstance(named, Capture) and named.name == "USB Audio"
    assert parse_source("Line 3/4").name == "4"  # a slash reads as a path...
    assert parse_source("device:Line 3/4").name == "Line 3/4"  # ...unless a device is said
    assert isinstance(parse_source("scarlett"), Capture)
    for text in ("udp://127.0.0.1:5004", "HTTP://radio.example/live.mp3", "network:udp://a:1"):
        assert parse_source(text).name == text.removeprefix("network:")
    mine = Silence()
    assert parse_source("noise:pink", more={"noise": lambda argument: mine}) is mine
    for rows in (CARDS, []):
        monkeypatch.setattr(sources, "list_devices", lambda kind, rows=rows: rows)
        assert isinstance(parse_source(None), Capture if rows else Playback)


def test_what_a_rehearsal_cannot_hear_is_answered_with_what_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wav(tmp_path / "gig.wav", np.zeros(10))
    assert recorded("gig.wav") == recorded("file:gig.wav") == Path("gig.wav")
    assert recorded("demo").is_file()
    takes = "; it takes a sound file, a film or demo"
    for text, said in {
        "gog.wav": "--audio gog.wav: no such file; did you mean gig.wav?",
        "blub": "--audio blub: no such file; the working folder has gig.wav",
        "udp://a:1": "--audio udp://a:1: only `livegan perform` can listen to that",
        "device:x": "--audio device:x: only `livegan perform` can listen to that",
    }.items():
        with pytest.raises(SourceError) as caught:
            recorded(text)
        assert str(caught.value) == said + takes


def test_every_source_is_listed_with_a_summary() -> None:
    assert set(SOURCES) == {"device", "file", "network", "vban", "ndi", "demo", "silence"}
    assert all(summary for _, summary in SOURCES.values())


def until(condition: Callable[[], bool]) -> None:
    for _ in range(2000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it never happened")


def pull(source: Playback, frames: int) -> np.ndarray:
    blocks: list[np.ndarray] = []
    while (missing := frames - sum(map(len, blocks))) > 0:
        blocks.append(source.pull(min(missing, 1000)))
        if not len(blocks[-1]):
            time.sleep(0.01)
    return np.concatenate(blocks)


def test_an_unheard_file_gives_what_the_clock_asks_for(tmp_path: Path) -> None:
    ramp = np.arange(48000 * 4) % 30000 / 32767
    source = Playback(wav(tmp_path / "a.wav", ramp), loop=True, audible=False)
    source.open(pytest.fail)
    try:
        assert source.pull(0).shape == (0, 2)
        out = pull(source, 48000 * 9)
        expected = np.resize(ramp, 48000 * 9)
        np.testing.assert_allclose(out[:, 0], expected, atol=1e-4)
        np.testing.assert_array_equal(out[:, 0], out[:, 1])
    finally:
        source.close()
        source.close()


def test_a_file_that_is_not_looped_ends_in_silence_and_says_so_once(tmp_path: Path) -> None:
    notes: list[str] = []
    path = wav(tmp_path / "short.wav", np.full(4800, 0.5))
    source = Playback(path, loop=False, audible=False)
    source.open(notes.append)
    try:
        until(lambda: source._finished)
        out = pull(source, 20000)
        assert (out[:4800] > 0.4).all() and not out[4800:].any()
        assert notes == ["short.wav has ended"]
    finally:
        source.close()


def test_a_file_that_is_gone_when_it_should_begin_again_is_waited_for(tmp_path: Path) -> None:
    path = wav(tmp_path / "song.wav", np.full(24000, 0.5))
    source = Playback(path, loop=True, audible=False)
    source.open(pytest.fail)
    try:
        path.rename(tmp_path / "away.wav")
        with pytest.raises(SourceGone, match=r"^song\.wav is gone$"):
            while True:
                source.pull(4800)
                time.sleep(0.001)
        with pytest.raises(SourceError, match=r"did you mean away\.wav"):
            source.open(pytest.fail)
        wav(path, np.full(24000, 0.25))
        source.open(pytest.fail)
        np.testing.assert_allclose(pull(source, 30000), 0.25, atol=1e-3)
        path.write_bytes(b"")
        with pytest.raises(SourceGone, match=r"^song\.wav: .*no sound in it"):
            while True:
                source.pull(4800)
                time.sleep(0.001)
    finally:
        source.close()


def test_a_file_begins_where_it_is_told(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", np.arange(30000) / 32767)
    source = Playback(path, start=0.25, audible=False)
    source.open(pytest.fail)
    assert source.pull(1)[0, 0] == pytest.approx(12000 / 32767, abs=1e-4)
    source.close()


def test_a_missing_file_is_refused_when_it_is_opened(tmp_path: Path) -> None:
    wav(tmp_path / "gig.wav", np.zeros(10))
    with pytest.raises(SourceError, match=r"did you mean gig\.wav"):
        Playback(tmp_path / "gog.wav").open(pytest.fail)


def test_a_file_without_an_output_plays_unheard_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "list_devices", lambda kind: [])
    notes: list[str] = []
    source = Playback(wav(tmp_path / "a.wav", np.full(9000, 0.5)), audible=True)
    source.open(notes.append)
    assert len(notes) == 1 and "a.wav plays unheard: " in notes[0]
    assert (pull(source, 5000) > 0.4).all()
    source.close()


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 60)), max_size=80))
def test_a_fifo_gives_in_order_what_it_was_given(steps: list[tuple[bool, int]]) -> None:
    fifo, written, read = Fifo(100, 1), 0, 0
    for writing, count in steps:
        if writing:
            fifo.write(np.arange(written, written + count, dtype=np.float32)[:, None])
            written += count
        else:
            out = fifo.read(count)[:, 0]
            if len(out):
                skipped = int(out[0]) - read
                assert skipped >= 0
                if skipped:  # the reader slept: it finds the newest half
                    assert int(out[0]) == written - 50
                read = int(out[0])
                np.testing.assert_array_equal(out, np.arange(read, read + len(out)))
                read += len(out)
    assert len(fifo.read()) <= 75
