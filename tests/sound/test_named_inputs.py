"""Named inputs: how they are written, heard in step, given and taken away; one device shared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from livegan.ipc.sound_ring import SoundRing
from livegan.sound import HOP, RATE
from livegan.sound.hearing.analysis import Analyzer
from livegan.sound.inputs import desk as desks
from livegan.sound.inputs.desk import Desk
from livegan.sound.inputs.devices import SourceError
from livegan.sound.inputs.heard_input import RingWriter
from livegan.sound.inputs.input_level import level_of
from livegan.sound.inputs.listening import Listening
from livegan.sound.named_inputs import input_of, inputs_of, missing_line
from livegan.sound.source import SourceGone
from livegan.sound.sources import parse_source
from tests.sound.test_listening import Tone, until


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("drums=USB Audio:1,2", ("drums", "USB Audio:1,2")),
        ("voice = demo", ("", "voice = demo")),
        ("http://radio/live?bitrate=320", ("", "http://radio/live?bitrate=320")),
        ("radio=http://radio/live?bitrate=320", ("radio", "http://radio/live?bitrate=320")),
        ("device:a=b", ("", "device:a=b")),
        ("USB Audio", ("", "USB Audio")),
    ],
)
def test_a_name_stands_before_the_source(text: str, found: tuple[str, str]) -> None:
    assert input_of(text) == found


def test_a_file_that_is_called_like_an_input_is_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a=b.wav").write_bytes(b"")
    assert input_of("a=b.wav") == ("", "a=b.wav")


def test_the_inputs_of_a_show_have_one_source_each() -> None:
    assert inputs_of(["drums=demo", "voice=silence"]) == (
        None,
        {"drums": "demo", "voice": "silence"},
    )
    assert inputs_of(["demo", "drums=demo"]) == ("demo", {"drums": "demo"})
    for texts, why in (
        (["drums=a", "drums=b"], "the input 'drums' has two sources"),
        (["a", "b"], "give one a name"),
        (["drums="], "name a source"),
    ):
        with pytest.raises(SourceError, match=why):
            inputs_of(texts)


def test_a_missing_input_is_named_with_those_there_are_and_what_to_do() -> None:
    assert missing_line(["drums"], ["drums"], "") == ""
    line = missing_line(["drum", "voice"], ["drums"], "--audio {}=FILE")
    assert "'drum' and 'voice'" in line and "did you mean 'drums'" in line
    assert line.endswith("--audio drum=FILE") and "\n" not in line
    assert "no input has a name" in missing_line(["drums"], [], "")


class Steps:
    """A show whose inputs are heard when it is asked to; its clock stands still meanwhile."""

    def __init__(self, ring: SoundRing, own: Tone | None = None, **inputs: Tone) -> None:
        self.rings: dict[str, SoundRing] = {}
        self.ring, self.notes, self.due = ring, [], 0  # type: ignore[var-annotated]
        self.listening = Listening(
            own, ring, Analyzer(), self.notes.append, inputs=inputs, writer=self.writer
        )
        self.listening._stop.set()  # from here on it is stepped by hand
        self.listening._thread.join()
        self.due = ring.position + RATE // 25

    def writer(self, name: str, note: Callable[[str], None]) -> RingWriter:
        made = SoundRing.create(5, hops_before=self.ring.hops)
        self.rings[name] = made
        return RingWriter(made, Analyzer(), note)

    def step(self, seconds: float) -> None:
        for _ in range(round(seconds * 100)):
            self.due += HOP
            self.listening._listen(self.due)

    def close(self) -> None:
        self.listening.stop()
        for ring in self.rings.values():
            ring.unlink()


@pytest.fixture
def ring() -> Iterator[SoundRing]:
    with SoundRing.create(5) as ring:
        yield ring


@pytest.fixture
def show(ring: SoundRing) -> Iterator[Steps]:
    steps = Steps(ring, drums=Tone(hz=100), voice=Tone(hz=1000))
    yield steps
    steps.close()


def test_the_show_hears_the_sum_and_each_input_has_its_own_ring(show: Steps) -> None:
    show.step(1.0)
    drums, voice = show.rings["drums"], show.rings["voice"]
    assert drums.position == voice.position == show.ring.position > 0.9 * RATE
    assert drums.hops == voice.hops == show.ring.hops
    at = (show.ring.position - RATE // 2, show.ring.position)
    total = drums.samples(*at) + voice.samples(*at)
    np.testing.assert_array_equal(show.ring.samples(*at), total)
    assert np.argmax(np.abs(np.fft.rfft(voice.samples(*at)[:, 0]))) == 500
    assert drums.features(drums.hops - 1, drums.hops)[0, 1] > 0.5  # low
    assert show.listening.source.name == "drums + voice"
    assert {name: round(max(m), 1) for name, m in show.listening.meters.items()} == {
        "drums": 0.5,
        "voice": 0.5,
    }


def test_one_that_is_pulled_out_is_silent_and_the_others_go_on_unbroken(show: Steps) -> None:
    show.step(0.5)
    drums, voice = show.listening.sources.values()
    assert isinstance(drums, Tone) and isinstance(voice, Tone)
    drums.plugged = False
    show.step(1.0)
    assert show.listening.away == ["drums"] and "drums: " in show.listening.waiting
    at = (show.ring.position - RATE // 2, show.ring.position)
    assert not show.rings["drums"].samples(*at).any()
    heard = show.rings["voice"].samples(0, show.ring.position)[:, 0]
    heard = heard[np.flatnonzero(heard)[0] + RATE // 10 :]
    t = np.arange(len(heard)) / RATE  # a sine to its last sample: nothing was left out or added
    wave = np.stack([np.sin(2000 * np.pi * t), np.cos(2000 * np.pi * t)], axis=1)
    fitted = wave @ np.linalg.lstsq(wave, heard, rcond=None)[0]
    assert np.abs(heard - fitted).max() < 1e-3
    drums.plugged = True
    until(lambda: not show.listening.waiting)
    show.step(0.5)
    assert show.rings["drums"].samples(*at).size and max(show.listening.meters["drums"]) > 0.4


def test_an_input_joins_a_show_that_plays_and_the_sum_can_give_way_and_come_back(
    show: Steps,
) -> None:
    show.step(0.5)
    show.listening.replace(Tone(hz=2000), "synth")
    show.step(0.5)
    synth = show.rings["synth"]
    assert (synth.position, synth.hops) == (show.ring.position, show.ring.hops)
    assert synth.samples(show.ring.position - HOP, show.ring.position).any()
    own = Tone(hz=50)
    show.listening.replace(own)
    show.step(0.5)
    assert show.listening.source is own
    part = show.ring.samples(show.ring.position - RATE // 5, show.ring.position)[:, 0]
    assert np.argmax(np.abs(np.fft.rfft(part))) == 10
    show.listening.replace(None)
    show.step(0.3)
    assert own.closed == 1 and show.listening.source.name == "drums + voice + synth"
    unplugged = Tone()
    unplugged.plugged = False
    for name in ("drums", "other"):
        with pytest.raises(SourceError):
            show.listening.replace(unplugged, name)
    assert show.listening.names == ["drums", "voice", "synth"]


def test_a_show_of_its_own_sound_and_inputs_hears_its_own(ring: SoundRing) -> None:
    steps = Steps(ring, Tone(hz=50), drums=Tone(hz=1000))
    steps.step(0.5)
    part = ring.samples(ring.position - RATE // 5, ring.position)[:, 0]
    assert np.argmax(np.abs(np.fft.rfft(part))) == 10
    assert max(steps.listening.meters["drums"]) > 0.4
    steps.close()


class Board(Tone):
    """A device of four channels that opens once; each channel says its own number."""

    made: list[Board] = []  # noqa: RUF012

    def __init__(self, wanted: str, *, kind: str, patient: bool) -> None:
        super().__init__()
        self.channels, self.asked, self.there = 4, wanted, False
        self.patient, self.kind = patient, kind
        Board.made.append(self)

    def open(self, note: Callable[[str], None]) -> None:
        assert sum(each.there for each in Board.made) == 0, "it is open already"
        super().open(note)
        self.there = True

    def pull(self, frames: int) -> np.ndarray:
        if not self.there:
            raise SourceGone("it is gone")
        return np.tile(np.arange(1, 5, dtype=np.float32), (HOP, 1))

    def close(self) -> None:
        self.there = False


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(desks, "Capture", Board)
    monkeypatch.setattr(Board, "made", [])
    return Desk()


def test_inputs_of_one_device_open_it_once_and_have_their_own_channels(desk: Desk) -> None:
    drums = parse_source("USB Audio:1,2", desk=desk)
    voice = parse_source("device:usb audio:3", desk=desk)
    whole = desk.source("USB Audio")
    for each in (voice, drums, whole):
        each.open(pytest.fail)
    assert [board.asked for board in Board.made] == ["USB Audio:3"]
    for _ in range(2):
        heard = [each.pull(HOP)[-1].tolist() for each in (drums, voice, whole)]
        assert heard == [[1, 2], [3, 3], [1, 2]]
    assert drums.name == "tone:1,2"
    voice.close()
    assert len(drums.pull(HOP))
    drums.close(), whole.close()
    assert not Board.made[0].there


def test_a_higher_channel_opens_the_device_again_and_one_it_has_not_is_refused(desk: Desk) -> None:
    drums, voice, wrong = (desk.source(f"USB Audio:{n}") for n in ("1,2", "4", "9"))
    drums.open(pytest.fail)
    voice.open(pytest.fail)
    assert [board.asked for board in Board.made] == ["USB Audio:2", "USB Audio:4"]
    assert (drums.pull(0)[-1, 1], voice.pull(0)[-1, 0]) == (2, 4)
    with pytest.raises(SourceError, match="no channel 9: it has 4"):
        wrong.open(pytest.fail)
    assert len(drums.pull(0))


def test_a_device_that_goes_takes_its_inputs_along_and_brings_them_back(desk: Desk) -> None:
    drums, voice = desk.source("USB Audio:1,2"), desk.source("USB Audio:3")
    drums.open(pytest.fail)
    voice.open(pytest.fail)
    Board.made[-1].there = False
    for each in (drums, voice):
        with pytest.raises(SourceGone):
            each.pull(HOP)
    drums.open(pytest.fail)
    voice.open(pytest.fail)
    assert Board.made[-1].opened == 2 and len(voice.pull(HOP))


def test_levels_are_on_a_scale_of_decibels() -> None:
    assert [round(level_of(peak), 2) for peak in (0, 0.001, 0.1, 1, 3)] == [0, 0, 0.58, 1, 1]
