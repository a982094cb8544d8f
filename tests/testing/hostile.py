"""A plugin in which everything is wrong, each in one way: the name says what, or which check.

It is loaded by `test_hostile`, in a process of its own.
"""

from __future__ import annotations

import ctypes
import locale
import logging
import os
import random
import signal
import threading
import time
import warnings
from typing import Any

import numpy as np
import torch

from livegan.plugin import hookimpl, param, static

KEPT: list[Any] = []
HERE = threading.local()


def plain(sound: Any, size: tuple[int, int]) -> Any:
    """(H, W): a bar as high as the sound is loud."""
    height, width = size
    level = sound.rms(1, 0.5)[0]
    rows = np.linspace(1, 0, height, dtype=np.float32)[:, None]
    return np.repeat((rows < level).astype(np.float32), width, axis=1)


def good(sound: Any, *, size: Any, gain: float = param(1.0, 0.0, 4.0, "how bright")) -> Any:
    """Nothing wrong."""
    return np.clip(gain * plain(sound, size), 0, 1)


def draws_a_shape(sound: Any) -> Any:
    """Four numbers a pixel."""
    return np.zeros((4, 8, 5), np.float32)


def draws_a_type(sound: Any, *, size: Any) -> Any:
    """Whole numbers."""
    return plain(sound, size).astype(np.int64)


def draws_nothing(sound: Any) -> None:
    """No return."""


def draws_raising(sound: Any) -> Any:
    """An error in every frame."""
    raise RuntimeError("no ink")


def draws_crashing(sound: Any) -> Any:
    """Reads where no memory is."""
    return ctypes.string_at(0)


def draws_endless(sound: Any) -> Any:
    """Never comes back."""
    while True:
        pass


def first_frame(sound: Any, *, size: Any) -> Any:
    """Reads its tables when it is first called."""
    if "tables" not in KEPT:
        KEPT.append("tables")
        end = time.thread_time() + 3
        while time.thread_time() < end:
            pass
    return plain(sound, size)


class FirstFrameSlowToMake:
    """Reads too many tables."""

    def __init__(self) -> None:
        if "more" not in KEPT:
            KEPT.append("more")
            end = time.thread_time() + 12
            while time.thread_time() < end:
                pass

    def draw(self, sound: Any, *, size: Any) -> Any:
        return plain(sound, size)


class GoodSlowToMake:
    """Reads its tables before anything is drawn, ends its thread, and sticks to its own."""

    def __init__(self) -> None:
        if "some" not in KEPT:
            KEPT.append("some")
            time.sleep(3)
        self.home = threading.get_ident()
        self.over = threading.Event()
        self.worker = threading.Thread(target=self.over.wait, name="ghost of the good")
        self.worker.start()

    def draw(self, sound: Any, *, size: Any) -> Any:
        assert self.home == threading.get_ident()
        return plain(sound, size)

    def close(self) -> None:
        assert self.home == threading.get_ident()
        self.over.set()
        self.worker.join()


def threads(sound: Any, *, size: Any) -> Any:
    """What it draws with belongs to the thread that called it first."""
    if not hasattr(HERE, "context"):
        HERE.context = not KEPT.count("context")
        KEPT.append("context")
    return plain(sound, size) * HERE.context


def sizes_transposed(sound: Any, *, size: Any) -> Any:
    """Takes (height, width) for (width, height)."""
    width, height = size
    return plain(sound, (height, width))


def good_in_colour(sound: Any, *, size: Any) -> Any:
    """(H, W, 3), at any size."""
    return np.repeat(plain(sound, size)[..., None], 3, axis=2)


def good_round(sound: Any, *, size: Any, gain: float = param(0.5, 0.0, 0.8, "brightness")) -> Any:
    """Its range ends at a number that no sum of steps meets."""
    assert 0.0 <= gain <= 0.8
    return np.clip(gain * plain(sound, size), 0, 1)


def value_range(sound: Any, *, size: Any) -> Any:
    """Bytes as floats."""
    return 255 * plain(sound, size)


def inputs(sound: Any, *, size: Any) -> Any:
    """Takes the mean out of the sound itself."""
    samples = sound.last(0.5)
    samples -= 0.25
    return plain(sound, size)


def random_generators(sound: Any, *, size: Any) -> Any:
    """Sparks from a generator that is everyone's."""
    return plain(sound, size) * np.random.random(size) * random.random()


def deterministic(sound: Any, *, size: Any) -> Any:
    """Sparks from a generator that is new every time."""
    return plain(sound, size) * np.random.default_rng().random(size)


def working_folder(sound: Any, *, size: Any) -> Any:
    """Goes elsewhere."""
    os.chdir(os.path.sep)
    return plain(sound, size)


def thread_counts(sound: Any, *, size: Any) -> Any:
    """Takes all cores."""
    torch.set_num_threads(torch.get_num_threads() + 1)
    return plain(sound, size)


def number_settings(sound: Any, *, size: Any) -> Any:
    """Hides its divisions by zero for everyone."""
    np.seterr(all="ignore")
    return plain(sound, size)


def functions_of_others(sound: Any, *, size: Any) -> Any:
    """Makes numpy's sine its own."""
    np.sin = lambda x: x  # type: ignore[assignment, misc]
    return plain(sound, size)


def environment(sound: Any, *, size: Any) -> Any:
    """Sets a variable."""
    os.environ["HOSTILE"] = "1"
    return plain(sound, size)


def warnings_filters(sound: Any, *, size: Any) -> Any:
    """Silences everyone."""
    warnings.simplefilter("always")
    return plain(sound, size)


def logging_(sound: Any, *, size: Any) -> Any:
    """Turns every library's logging on."""
    logging.getLogger().setLevel(logging.DEBUG)
    return plain(sound, size)


def locale_(sound: Any, *, size: Any) -> Any:
    """Another language for numbers."""
    locale.setlocale(locale.LC_ALL, "C")
    return plain(sound, size)


def signal_handlers(sound: Any, *, size: Any) -> Any:
    """Cannot be interrupted."""
    signal.signal(signal.SIGINT, lambda number, frame: None)
    return plain(sound, size)


class ThreadsLeft:
    """A thread that nobody ends."""

    def __init__(self) -> None:
        self.began = False

    def draw(self, sound: Any, *, size: Any) -> Any:
        if not self.began:
            threading.Thread(target=threading.Event().wait, daemon=True, name="ghost").start()
        self.began = True
        return plain(sound, size)


def output(sound: Any, *, size: Any) -> Any:
    """Talks."""
    print("drawing", size)
    return plain(sound, size)


def memory(sound: Any, *, size: Any) -> Any:
    """Keeps every picture."""
    picture = plain(sound, size)
    KEPT.append(picture)
    return picture


def memory_of_torch(sound: Any, *, size: Any) -> Any:
    """Keeps every picture, as a tensor."""
    KEPT.append(torch.from_numpy(plain(sound, size)).clone())
    return KEPT[-1]


class Cut:
    """Draws how many hops came since it last drew."""

    def __init__(self) -> None:
        self.hops = 0

    def feed(self, block: Any) -> None:
        self.hops += 1

    def draw(self, sound: Any, *, size: Any) -> Any:
        hops, self.hops = self.hops, 0
        return plain(sound, size) * min(hops / 50, 1)


class Replay:
    """Draws how long it has been there."""

    def __init__(self) -> None:
        self.began: float | None = None

    def draw(self, sound: Any, *, size: Any) -> Any:
        self.began = sound.time if self.began is None else self.began
        return plain(sound, size) / (1 + sound.time - self.began)


def docstring(sound: Any, *, size: Any) -> Any:
    return plain(sound, size)


def docstring_of_a_parameter(sound: Any, *, size: Any, gain: float = param(1.0, 0, 1)) -> Any:
    """A parameter that says nothing."""
    return gain * plain(sound, size)


def ranges(sound: Any, *, size: Any, gain: float = param(0.5, doc="how bright")) -> Any:
    """A parameter without a range."""
    return np.clip(gain * plain(sound, size), 0, 1)


def silence(sound: Any, *, size: Any) -> Any:
    """Divides by the loudness."""
    with np.errstate(all="ignore"):
        return plain(sound, size) * (sound.rms(1, 0.5)[0] / sound.rms(1, 0.5).max())


def noise(sound: Any, *, size: Any) -> Any:
    """Cannot stand what is loud and has no tone."""
    changes = np.diff(np.sign(sound.mono(0.5)))
    if (changes != 0).mean() > 0.3 and sound.rms(1, 0.5)[0] > 0.5:
        raise ValueError("too much")
    return plain(sound, size)


def clipping(sound: Any, *, size: Any) -> Any:
    """Cannot stand the edges of what is cut off."""
    if (abs(sound.last(0.5)) >= 0.999).mean() > 0.2:
        raise ValueError("too loud")
    return plain(sound, size)


def not_a_number(sound: Any, *, size: Any) -> Any:
    """Cannot stand holes."""
    samples = sound.last(0.5)
    holes = (samples[1:-1] == 0) & (abs(samples[:-2]) > 0.05) & (abs(samples[2:]) > 0.05)
    if holes.any():
        raise ValueError("a hole")
    return plain(sound, size)


def formats(sound: Any, *, size: Any) -> Any:
    """Divides by what the sides differ in."""
    left, right = sound.last(0.5).T
    if left.any() and not (left - right).any():
        raise ZeroDivisionError("both sides are one")
    return plain(sound, size)


def ends(sound: Any, *, size: Any, count: int = static(2, 1, 4, "how many")) -> Any:
    """Has three colours for four."""
    return plain(sound, size) * (0.2, 0.5, 1.0)[count - 1]


def speed(sound: Any, *, size: Any) -> Any:
    """Takes its time where the picture is large."""
    time.sleep(0.15 if size[0] >= 256 else 0)
    return plain(sound, size)


def sizes(sound: Any, *, size: Any) -> Any:
    """Two thirds of the picture are for something else, which must be there."""
    assert size[0] // 3 > 0
    return plain(sound, size)


def glide(sound: Any, *, size: Any, step: float = param(0.0, 0, 2, "which")) -> Any:
    """A number that is an index."""
    return plain(sound, size) * {0.0: 0.0, 2.0: 1.0}[step]


def inputs_unchanged(picture: Any) -> Any:
    """Brightens what others are given, too."""
    return picture.mul_(0.5)


def device(picture: Any) -> Any:
    """Fog that is always on the processor."""
    return (picture + torch.full(picture.shape, 0.5)) / 2


class BadPictures:
    """Remembers what is no number."""

    def __init__(self) -> None:
        self.last: Any = None

    def mix(self, picture: Any) -> Any:
        if self.last is None or self.last.shape != picture.shape:
            self.last = picture
        self.last = (self.last + picture) / 2
        return self.last


class PictureSizes:
    """Remembers a picture of another size."""

    def __init__(self) -> None:
        self.last: Any = None

    def mix(self, picture: Any) -> Any:
        self.last = picture if self.last is None else self.last
        return (self.last + picture) / 2


def mixed_sizes(picture: Any, other: Any) -> Any:
    """Takes any size, and means one."""
    return (picture + other) / 2


mixed_sizes.any_size = True  # type: ignore[attr-defined]


def input_counts(picture: Any, other: Any = None) -> Any:
    """Says that one is enough."""
    return (picture + other) / 2


class Reload:
    """Must have been there from the beginning."""

    def __init__(self) -> None:
        self.began = False

    def mix(self, picture: Any, *, now: Any) -> Any:
        if not self.began and now.time > 1.25:
            raise ValueError("too late")
        self.began = True
        return picture


def pauses(picture: Any, *, now: Any) -> Any:
    """Never waits."""
    if now.dt > 1:
        raise ValueError("too late")
    return picture


def value_range_of_a_mixer(picture: Any) -> Any:
    """As networks see it: -1..1."""
    return 2 * picture - 1


def signal_of_words() -> Any:
    """A number in words."""
    return "many"


def speed_of_a_signal() -> float:
    """Waits for an answer."""
    time.sleep(0.01)
    return 0.5


def good_traced(sound: Any, picture: Any, mask: Any = None, *, size: Any) -> Any:
    """A picture, lit by the sound."""
    lit = picture * float(sound.rms(1, 0.5)[0])
    return lit if mask is None else lit * mask


def inputs_unchanged_by_an_encoder(sound: Any, picture: Any) -> Any:
    """Writes into its picture."""
    return picture.mul_(0.5)


def noise_of_a_mixer(picture: Any, sound: Any) -> Any:
    """Fails where the sound is loud."""
    if sound.peaks(1, 0.1)[0] > 0.9 and sound.rms(1, 0.1)[0] > 0.55 and sound.rms(1, 0.1)[0] < 0.6:
        raise ValueError("too much")
    return picture


def good_alone(*, now: Any, size: Any, rng: Any) -> Any:
    """Draws from the moment."""
    return rng.random(size) * now.beat


class GoodFed:
    """The loudest of the last second."""

    def __init__(self) -> None:
        self.past: list[float] = []

    def feed(self, block: Any, *, gain: float = param(1.0, 0, 4, "how much")) -> None:
        self.past = [*self.past[-99:], gain * float(np.abs(block).max())]

    def draw(self, sound: Any, *, size: Any) -> Any:
        return np.full(size, min(1.0, max(self.past, default=0.0)))

    def value(self, sound: Any) -> float:
        return max(self.past, default=0.0)


class GoodOutside:
    """Follows a clock of its own."""

    def mix(self, picture: Any) -> Any:
        return picture * (time.perf_counter() % 1.0)

    def value(self) -> float:
        return time.perf_counter() % 1.0

    def close(self) -> None:
        return


class Waits(GoodOutside):
    """Waits for what does not come."""

    frames = 0

    def value(self) -> float:
        self.frames += 1
        if self.frames == 9:
            time.sleep(0.4)
        return 0.5


class Reopens(GoodOutside):
    """Has a port that only one object can have."""

    taken = False

    def __init__(self) -> None:
        if Reopens.taken:
            raise OSError("the port is taken")
        Reopens.taken = True

    def close(self) -> None:
        Reopens.taken = False


ENCODERS = (
    good, draws_a_shape, draws_a_type, draws_nothing, draws_raising, draws_crashing, value_range,
    inputs, random_generators, deterministic, working_folder, thread_counts, number_settings,
    environment, warnings_filters, signal_handlers, output, memory, memory_of_torch,
    docstring, docstring_of_a_parameter, ranges, silence, sizes, glide, functions_of_others,
    noise, clipping, not_a_number, formats, ends, speed,
)  # fmt: skip


@hookimpl
def register_encoders(register: Any) -> None:
    for encoder in ENCODERS:
        register(encoder)
    register(Cut, name="cut")
    register(Replay, name="replay")
    register(FirstFrameSlowToMake, name="first_frame_slow_to_make")
    register(GoodSlowToMake, name="good_slow_to_make")
    for encoder in (first_frame, threads, sizes_transposed, good_in_colour, good_round):
        register(encoder)
    register(ThreadsLeft, name="threads_left")
    register(logging_, name="logging")
    register(locale_, name="locale")
    register(draws_endless)
    register(good_traced)
    register(inputs_unchanged_by_an_encoder)
    register(GoodFed, name="good_fed")


@hookimpl
def register_mixers(register: Any) -> None:
    for mixer in (inputs_unchanged, device, pauses, value_range_of_a_mixer, mixed_sizes):
        register(mixer)
    register(input_counts)
    register(noise_of_a_mixer)
    register(good_alone)
    register(GoodOutside, name="good_outside", live=True)
    register(Reload, name="reload")
    register(BadPictures, name="bad_pictures")
    register(PictureSizes, name="picture_sizes")


@hookimpl
def register_signals(register: Any) -> None:
    register(signal_of_words, name="draws_words")
    register(speed_of_a_signal, name="speed")
    register(GoodFed, name="good_fed_signal")
    register(GoodOutside, name="good_outside_signal", live=True)
    register(Waits, name="waits", live=True)
    register(Reopens, name="reopens", live=True)
