"""What operations are given: pictures, the sound, both, nothing, and hops with values."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from livegan import live, share
from livegan.dataset.condition import EncoderError, drawing
from livegan.dataset.picture_pairs import one_picture
from livegan.engine.program.single_condition import draw_condition
from livegan.graph.place import SetError
from livegan.plugin import registry, source
from livegan.portrait import line_of
from livegan.rehearsal import Rehearsal, rehearse
from livegan.size import Size
from livegan.stubs import live_stub
from tests.engine.playing import Show

PLUGIN = '''
import numpy as np
import torch

from livegan.plugin import hookimpl, param, static


def lit(sound, picture, *, gain=param(1.0, 0, 4, "brightness")):
    """A picture, lit by the sound."""
    assert tuple(picture.shape) == (3, 16, 16)
    return gain * picture * (0.5 + 0 * sound.level)


def maybe(sound, picture=None, *, size):
    """Half grey; white with a picture."""
    return np.full(size, 0.5 if picture is None else 1.0)


def pulse(picture, sound, *, amount=param(0.5, 0, 1, "how much")):
    """A picture that pulses."""
    assert sound.position > 0
    return picture * amount


def flat(*, now, size, value=param(0.25, 0, 1, "how bright")):
    """A grey of its own."""
    assert now.time > 0
    return np.full(size, value)


def sky(*, now, size, value=param(0.75, 0, 1, "how bright")):
    """Another, that draws nothing of the sound."""
    return np.full(size, value)


class Follower:
    """The mean of a value at each of the last ten hops."""

    def __init__(self):
        self.past = []

    def feed(self, block, *, of=param(0.5, 0, 2, "what is followed")):
        assert block.shape == (480, 2)
        self.past = [*self.past[-9:], of]

    def value(self, sound, *, gain=param(1.0, 0, 4, "how much")):
        return gain * sum(self.past) / len(self.past)

    def mix(self, picture, sound):
        return picture * 0 + self.past[-1]

    def draw(self, sound, *, size):
        return np.full(size, sum(self.past) / len(self.past))


class Door:
    """Follows what is outside."""

    def value(self):
        return 0.5


@hookimpl
def register_encoders(register):
    for make in (lit, maybe, sky):
        register(make)
    register(Follower, "followed")
    register(lambda sound, *, size: np.zeros(size), "window", live=True)


@hookimpl
def register_mixers(register):
    register(pulse)
    register(flat)
    register(Follower, "fed")


@hookimpl
def register_signals(register):
    register(Follower, "follower")
    register(Door, "door", live=True)
'''

HEAD = """
from livegan.live import *
settings(swap="now", dissolve=0)
sound = listen()
"""


@pytest.fixture
def show(tmp_path: Path) -> Iterator[Show]:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "kit.py").write_text(PLUGIN)
    before = registry.current()
    show = Show(tmp_path, "", size=16)
    registry.use(registry.Registry().load(tmp_path / "plugins", installed=False))
    yield show
    show.player.close()
    source.forget(source.modules_of(source.FOLDER))
    registry.use(before)


def shown(show: Show, line: str, frames: int = 1) -> float:
    """Red in the middle, after a save of one line."""
    commit = show.save(HEAD + line)
    assert commit is not None and commit.status == "cued", commit and commit.reason
    picture = show.play(0.04 * frames)[-1].picture
    assert show.faults == []
    return round(float(picture[0, 8, 8]), 3)


def refused(show: Show, line: str) -> str:
    commit = show.save(HEAD + line)
    assert commit is not None and commit.status == "refused"
    return commit.reason


def test_an_encoder_takes_pictures_beside_the_sound_at_the_size_of_the_canvas(show: Show) -> None:
    assert shown(show, "show(encode.lit(sound, encode.sky(sound)))") == 0.375
    assert shown(show, "show(encode.lit(sound, flat(value=0.5)))") == 0.25
    assert shown(show, "show(encode.lit(flat(value=0.5), gain=2))") == 0.5
    assert shown(show, "show(encode.lit(sound, picture=flat(value=0.5), gain=2))") == 0.5
    assert shown(show, "show(encode.maybe(sound))") == 0.5
    assert shown(show, "show(encode.maybe(sound, flat()))") == 1.0
    said = refused(show, "show(encode.lit(sound))")
    assert said.startswith("the encoder 'lit' draws a picture together with the sound, and none is")
    assert said.endswith("give it one in a set: lit(sound, picture)")
    assert (
        refused(show, "show(encode.lit(sound, flat(), flat()))") == "lit takes 1 picture, got more"
    )


@pytest.mark.parametrize(
    "call", ["pulse({})", "pulse({}, sound)", "pulse(sound, {})", "pulse({}, sound=sound)"]
)
def test_a_mixer_takes_the_sound_wherever_it_stands_or_by_itself(show: Show, call: str) -> None:
    assert shown(show, f"show({call.format('flat(value=1)')})") == 0.5
    assert shown(show, "show(flat(value=1).pulse(sound, 0.25))") == 0.25
    assert shown(show, "show(flat(value=1).pulse(0.75))") == 0.75
    assert "takes the sound as 'sound'" in refused(show, "show(flat().pulse(sound=3))")


def test_what_takes_no_input_draws_a_picture_of_its_own(show: Show) -> None:
    assert shown(show, "show(flat())") == 0.25
    assert shown(show, "show(flat(0.5))") == 0.5
    assert shown(show, "show(encode.sky())") == shown(show, "show(encode.sky(sound))") == 0.75
    said = refused(show, "show(encode.sky(sound).flat())")
    assert said == "flat draws a picture of its own and takes none: write flat()"
    assert "sky draws a picture of its own" in refused(show, "show(encode.sky(flat()))")


def test_every_class_that_takes_the_sound_is_fed(show: Show) -> None:
    assert shown(show, "show(flat(follower(sound)))") == 0.5
    assert shown(show, "show(flat(follower(sound, gain=2, of=0.25)))") == 0.5
    assert shown(show, "show(flat().fed(of=0.125))") == 0.125
    assert shown(show, "show(encode.followed(sound, of=0.75))") == 0.75


def played(show: Show, line: str, hops: int) -> float:
    """Red in the middle at 3 s, after a frame at every so many hops from 2 s on."""
    show.history.position = 2 * 48000
    commit = show.save(f"{HEAD}{line}  # {hops}")
    assert commit is not None and commit.status in ("cued", "on air"), commit and commit.reason
    for hop in range(200 + hops, 301, hops):
        show.history.position = hop * 480
        frame = show.player.frame(show.history.position)
    assert frame is not None and show.faults == []
    return float(frame.picture[0, 8, 8])


@pytest.mark.parametrize("of", ["2 * sound.level", "sound.kick.smooth(0.1)", "(time % 1) * 0.5"])
@pytest.mark.parametrize("line", ["show(flat(follower(sound, {})))", "show(encode.followed({}))"])
def test_parameters_of_feed_are_read_at_every_hop_however_many_frames_are_drawn(
    tmp_path: Path, show: Show, line: str, of: str
) -> None:
    text = line.format(f"of={of}")
    seldom = played(show, text, 50)
    show.save(HEAD + "show(encode.sky())")
    show.play(0.04)
    often = played(show, text, 1)
    show.save(HEAD + "show(encode.sky())")
    show.play(0.04)
    held = played(show, line.format("of=0.5"), 50)
    assert often == seldom != held
    if "time" in of:  # the mean of the last ten hops, and not that of the frame
        assert abs(seldom - 0.5 * sum((0.91 + i / 100) % 1 for i in range(10)) / 10) < 0.01


def test_a_rehearsal_says_what_follows_the_outside_world(show: Show) -> None:
    notes: list[str] = []
    file = show.folder / "outside.py"
    file.write_text(HEAD + "show(flat(door()))")
    rehearse(
        Rehearsal(
            set=file, audio=share.demo_track(), start=1, seconds=0.04, size=16, folder=show.folder
        ),
        on_message=lambda message: notes.append(str(message.get("text", ""))),
    )
    line = "door follows the outside world, so another rehearsal may look different"
    assert notes.count(line) == 1


def test_a_recording_draws_what_needs_no_picture_and_no_outside(show: Show) -> None:
    with pytest.raises(EncoderError, match="'lit' draws a picture together with the sound, and a"):
        drawing("lit")
    with pytest.raises(EncoderError, match="'window' follows the outside world"):
        drawing("window")
    with pytest.raises(EncoderError, match="mixer 'pulse' takes the sound"):
        one_picture("pulse")
    with pytest.raises(SetError, match="give it one in a set"):
        draw_condition("lit", show.folder / "none.wav", 1.0, Size.square(16), {})


def test_stubs_and_pictures_know_the_inputs(show: Show) -> None:
    stub = live_stub()
    assert "def lit(self, sound: SoundHandle, picture: Picture, gain: Number = 1.0" in stub
    assert "def maybe(self, sound: SoundHandle = ..., picture: Picture | None = None" in stub
    assert "def sky(self, sound: SoundHandle = ..., value: Number = 0.75" in stub
    assert "def pulse(self, amount: Number = 0.5" in stub
    assert "def pulse(self, sound: SoundHandle, amount: Number = 0.5" in stub
    assert "def flat(value: Number = 0.25" in stub
    assert "def flat(self" not in stub
    lines = {
        ("encoder", "lit"): "encode.lit(sound, a)",
        ("encoder", "maybe"): "encode.maybe(sound)",
        ("encoder", "sky"): "encode.sky(sound)",
        ("mixer", "pulse"): "a.pulse()",
        ("mixer", "flat"): "flat()",
    }
    for (kind, name), line in lines.items():
        assert line_of(registry.current().operation(kind, name)).text == line
    assert "flat" in live.__getattr__("__all__")
