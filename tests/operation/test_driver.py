"""A rehearsal, a show and a data set call an operation alike: they draw the same bits."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch

from livegan.dataset import Conditions, Soundtrack, drawing
from livegan.dataset.condition import picture_bytes
from livegan.engine.commit.pipeline import Pipeline
from livegan.engine.program.build import Builder
from livegan.engine.program.picture_bytes import as_bytes
from livegan.engine.program.player import Player
from livegan.engine.program.single_condition import draw_condition
from livegan.generators.channels import resize
from livegan.graph.picture import call as call_in_set
from livegan.graph.sound import SOUND as LISTEN
from livegan.operation.driver import REPLAY_S, Driver, apart, make
from livegan.operation.moment import now_at
from livegan.plugin import declare, param, registry
from livegan.rehearsal import Rehearsal, rehearse
from livegan.size import Size
from livegan.sound import HOP, RATE
from livegan.sound.history import Hearing, RecordedHistory
from livegan.sound.soundtrack import Playhead
from livegan.testing.playing import Play
from tests.dataset.tiny_films import clicks

SIZE = Size.square(32)
SOUND = clicks(28.0)
HISTORY = RecordedHistory.of(SOUND)
FPS = 30.0
FRAMES = 7

ENCODERS = '''
from collections import deque

import numpy as np

from livegan.plugin import hookimpl, param, static


def sparks(sound, *, rng, size, amount=param(3, 1, 9, "how many")):
    """Chance."""
    return rng.random(size) ** (amount * (1 + sound.level))


def clock(sound, *, now, size):
    """All that is known of the moment."""
    row = [now.time, now.dt * now.fps, now.frame, now.bpm / 400, now.beats, now.beat, now.seed]
    return np.resize(np.array(row) % 1.0, size)


class Trail:
    """Remembers from frame to frame."""

    def __init__(self, *, fade=static(0.9, 0, 1, "a frame")):
        self.fade, self.before = fade, None

    def draw(self, sound, *, size, rng, now):
        drawn = rng.random(size) * sound.peaks(1, 0.1)[0]
        if self.before is not None:
            drawn = self.fade * self.before + (1 - self.fade) * drawn + now.dt
        self.before = drawn
        return drawn


class Past:
    """Is fed, and remembers ten seconds of it."""

    def __init__(self):
        self.loudest = deque(maxlen=1000)

    def feed(self, block, *, weight=param(0.75, 0, 1, "of a hop")):
        self.loudest.append(weight * float(np.abs(block).max()))

    def draw(self, sound, *, size, gain=param(1.5, 0, 4, "gain")):
        return np.resize(np.array(self.loudest) * gain, size)


@hookimpl
def register_encoders(register):
    for make in (sparks, clock, Trail, Past):
        register(make, name=make.__name__.lower())
'''
NAMES = ("sparks", "clock", "trail", "past")

SET = """
from livegan.live import *
settings(swap="now", dissolve=0)
drawn = encode.{name}(listen())
show(drawn)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder: a plugin of encoders, a set of each, and 28 seconds of sound."""
    folder = tmp_path_factory.mktemp("operations")
    (folder / "plugins").mkdir()
    (folder / "plugins" / "mine.py").write_text(ENCODERS)
    for name in NAMES:
        (folder / f"{name}.py").write_text(SET.format(name=name))
    soundfile.write(folder / "sound.wav", SOUND, RATE, subtype="FLOAT")
    return folder


@pytest.fixture(autouse=True)
def plugin(folder: Path) -> None:
    registry.use(registry.Registry().load(folder / "plugins"))


def positions(start: float, count: int = FRAMES) -> list[int]:
    return [round((start + i / FPS) * RATE) // HOP * HOP for i in range(count)]


def rehearsed(folder: Path, name: str, start: float, count: int = FRAMES) -> list[Any]:
    shown: list[Any] = []
    what = Rehearsal(
        set=folder / f"{name}.py",
        audio=folder / "sound.wav",
        start=start,
        seconds=count / FPS,
        fps=FPS,
        size=SIZE,
        folder=folder,
        flash_guard="off",
    )
    result = rehearse(what, on_frame=lambda frame, pixels: shown.append(pixels))
    assert not result.faults
    return shown


def shown(folder: Path, name: str, proven: float, at: Iterable[int]) -> list[Any]:
    """What a show draws whose set was proven before it went on the air."""
    history = Playhead(HISTORY)
    history.position = round(proven * RATE) // HOP * HOP
    path = folder / f"{name}.py"
    player = Player(history, fps=FPS)
    pipeline = Pipeline(path, folder, Builder(folder, size=SIZE), player, lambda message: None)
    commit = pipeline.propose(path.read_text())
    assert commit is not None and commit.status == "cued", commit
    frames = []
    for history.position in at:
        frame = player.frame(history.position)
        assert frame is not None
        frames.append(as_bytes(frame.picture))
    player.close()
    return frames


def equal(one: list[Any], other: list[Any]) -> None:
    assert len(one) == len(other) > 0
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("start", [0.0, 3.4, 26.0])
@pytest.mark.parametrize("name", NAMES)
def test_rehearsal_show_data_set_and_checks_draw_equal_bits(
    folder: Path, name: str, start: float
) -> None:
    at = positions(start)
    wanted = rehearsed(folder, name, start)
    assert len({frame.tobytes() for frame in wanted[1:]}) > 1
    equal(shown(folder, name, max(0.0, start - 0.7), at), wanted)
    conditions = Conditions(SOUND, [drawing(name)], SIZE)
    equal([conditions.at(position)[0] for position in at], wanted)
    play = Play(registry.current().operation("encoder", name), HISTORY, size=SIZE)
    equal([as_bytes(play.at(position / RATE)) for position in at], wanted)
    still = draw_condition(name, folder / "sound.wav", at[0] / RATE, SIZE, {})
    equal([still], wanted[:1])


@pytest.mark.parametrize("name", NAMES)
def test_a_data_set_of_few_pictures_draws_those_of_a_show(folder: Path, name: str) -> None:
    count = 31
    wanted = rehearsed(folder, name, 0.0, count)
    track = Soundtrack(lambda: iter(np.split(SOUND, range(7001, len(SOUND), 7001))))
    conditions = Conditions(track, [drawing(name)], SIZE, fps=FPS)
    assert conditions.hear(0)
    for index in (10, 15, 30):
        position = positions(0.0, count)[index]
        if index == 15:  # a title, which is no pair
            assert conditions.hear(position)
        else:
            equal(conditions.at(position), [wanted[index]])


@pytest.mark.parametrize("name", ["sparks", "past"])
def test_a_show_that_began_earlier_draws_the_same(folder: Path, name: str) -> None:
    wanted = rehearsed(folder, name, 24.0, 2)
    equal(shown(folder, name, 22.0, positions(23.0, 32))[-2:], wanted)


def test_an_encoder_of_its_own_size_is_made_to_fit_as_in_a_slot() -> None:
    for shape in ((3, 20, 50), (3, 16, 16), (3, 64, 40)):
        drawn = np.random.default_rng(1).random(shape).astype(np.float32)
        fitted = as_bytes(resize(torch.from_numpy(drawn), *SIZE))
        np.testing.assert_array_equal(picture_bytes(drawn, SIZE), fitted)


class Count:
    """How many blocks it was fed, and how often it was drawn."""

    def __init__(self) -> None:
        self.blocks = 0
        self.drawn = 0
        self.fails = -1

    def feed(self, block: Any) -> None:
        self.blocks += 1
        if self.blocks == self.fails:
            raise ValueError("no")

    def draw(self, sound: Any) -> Any:
        self.drawn += 1
        return self.blocks


def heard(hops: int) -> Any:
    return Hearing(HISTORY).at(hops * HOP)


def test_every_hop_is_handed_once_also_after_one_that_failed() -> None:
    driver = Driver(declare("encoder", Count), {})
    assert driver.call([heard(100)], {}, now_at(heard(100))) == 100
    assert driver.held is not None
    driver.held.object.fails = 105
    with pytest.raises(ValueError, match="no"):
        driver.feed(heard(110))
    driver.feed(heard(110))
    assert driver.held.object.blocks == 110


def test_after_a_long_pause_or_when_the_sound_begins_anew_the_replay_is_handed() -> None:
    replay = int(REPLAY_S * 100)
    driver = Driver(declare("encoder", Count), {})
    now = now_at(heard(0))
    assert driver.call([heard(100)], {}, now) == 100
    assert driver.call([heard(100 + replay)], {}, now) == 100 + replay
    assert driver.call([heard(100)], {}, now) == 200 + replay
    assert driver.call([heard(2700)], {}, now) == 200 + 2 * replay
    late = Driver(declare("encoder", Count), {})
    assert late.call([heard(2700)], {}, now) == replay


def test_what_is_drawn_apart_leaves_no_trace() -> None:
    driver = Driver(declare("encoder", Count), {})
    now = now_at(heard(50))
    other = driver.apart(heard(50))
    assert other.call([heard(60)], {}, now) == 60
    assert driver.held is not None and other.held is not None
    assert (driver.held.object.drawn, other.held.object.drawn) == (0, 1)
    assert driver.held.object.blocks == 50


def test_what_has_a_device_or_cannot_be_copied_is_proven_itself() -> None:
    class Device:
        def draw(self, sound: Any) -> Any: ...

        def close(self) -> None: ...

    class Locked:
        def __init__(self) -> None:
            self.lock = threading.Lock()

        def draw(self, sound: Any) -> Any: ...

    for kind in (Device, Locked):
        held = make(declare("encoder", kind), {})
        assert apart(held) is held


def test_chance_of_two_mixers_differs_and_that_of_an_encoder_is_its_own() -> None:
    def grain(picture: Any, *, rng: Any) -> Any:
        return rng.random()

    def sparks(sound: Any, *, rng: Any) -> Any:
        return rng.random()

    now, later = now_at(heard(50)), now_at(heard(51))
    mixers = [Driver(declare("mixer", grain), {}, name) for name in ("a", "b")]
    assert mixers[0].call([None], {}, now) == mixers[0].call([None], {}, now)
    assert mixers[0].call([None], {}, now) != mixers[1].call([None], {}, now)
    assert mixers[0].call([None], {}, now) != mixers[0].call([None], {}, later)
    one, other = (Driver(declare("encoder", sparks), {}, name) for name in ("a", "b"))
    assert one.call([heard(50)], {}, now) == other.call([heard(50)], {}, now)
    assert one.call([heard(50)], {}, now) != one.call([heard(50)], {}, now_at(heard(50), seed=1))


@pytest.mark.parametrize(("given", "handed"), [(None, 3), (3, 3), (4, 4.0), ("5", 5.0)])
def test_a_data_set_hands_a_number_on_as_a_set_does(given: Any, handed: float) -> None:
    def bars(sound: Any, *, count=param(3, 1, 9)) -> Any: ...  # type: ignore[no-untyped-def]

    operation = declare("encoder", bars)
    values = {} if given is None else {"count": given}
    one = drawing(operation, values).values["count"]
    live = {name: float(value) for name, value in values.items()}
    other = call_in_set(operation, (LISTEN,), live).live["count"]
    assert one == other == handed
    assert type(one) is type(other) is type(handed)
