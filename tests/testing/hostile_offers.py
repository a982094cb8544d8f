"""Sources, outputs, loaders and commands in which everything is wrong, each in one way.

The name says which check finds it. It is loaded by `test_hostile_offers`, in a process of its own.
"""

from __future__ import annotations

import hashlib
import pickle
import threading
import time
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import typer

from livegan.generators import Checkpoint, ModelError
from livegan.picture_sources.source import PictureSourceError, Wanted
from livegan.plugin import hookimpl
from livegan.sound.inputs.devices import SourceError

MAGIC = b"TOY!"


class Source:
    """Nothing wrong."""

    name = "a tone"
    rate = 48000

    def __init__(self, argument: str) -> None:
        self.argument = argument

    def open(self, note: Any) -> None:
        return

    def pull(self, frames: int) -> Any:
        return np.full((frames, 2), 0.1, np.float32)

    def close(self) -> None:
        return


class Opens(Source):
    def open(self, note: Any) -> None:
        raise KeyError("device")


class OpensNowhere(Source):
    def open(self, note: Any) -> None:
        raise SourceError("there is no such card here")


class OpensWithoutARate(Source):
    rate = 48000.5  # type: ignore[assignment]


class Pulls(Source):
    def pull(self, frames: int) -> Any:
        return np.zeros((frames, 2))


class PullsWaiting(Source):
    def pull(self, frames: int) -> Any:
        time.sleep(0.6 if frames else 0)
        return super().pull(frames)


class Closes(Source):
    def __init__(self, argument: str) -> None:
        self.handle: Any = [1]

    def close(self) -> None:
        del self.handle[0]


class LeavesNothing(Source):
    def open(self, note: Any) -> None:
        threading.Thread(target=threading.Event().wait, daemon=True, name="reader").start()


class Output:
    """Nothing wrong: it writes what it is given into the working folder."""

    def __init__(self, name: str) -> None:
        self.name = name

    def send(self, pixels: Any) -> None:
        try:
            Path(self.name).write_bytes(pixels.tobytes())
        except OSError as error:
            raise RuntimeError(f"{self.name} cannot be written ({error.strerror})") from None

    def close(self) -> None:
        return


class Shows(Output):
    shape: Any = None

    def send(self, pixels: Any) -> None:
        assert self.shape in (None, pixels.shape), "one size for ever"
        self.shape = pixels.shape


class PicturesUnchanged(Output):
    def send(self, pixels: Any) -> None:
        pixels[:] = pixels[:, :, ::-1].copy()


class Waits(Output):
    def send(self, pixels: Any) -> None:
        time.sleep(0.6 if len(pixels) == 256 else 0)


class FullDisk(Output):
    def send(self, pixels: Any) -> None:
        Path(self.name).write_bytes(pixels.tobytes())


class FullDiskForGood(Output):
    failed = False

    def send(self, pixels: Any) -> None:
        try:
            assert not self.failed, "closed for good"
            super().send(pixels)
        except RuntimeError:
            self.failed = True
            raise


class PrintsEachFrame(Output):
    def send(self, pixels: Any) -> None:
        print("sent")


class Toy:
    """A network that returns what it is given."""

    in_channels = out_channels = 3

    def fit(self, height: int, width: int) -> tuple[int, int]:
        return height, width

    def run(self, x: Any) -> Any:
        return x

    def to(self, device: Any) -> None:
        return


class Flickers(Toy):
    def run(self, x: Any) -> Any:
        return x * torch.rand(1)


class Buffered(Toy):
    """It paints into one buffer, and lets another thread in meanwhile."""

    concurrent = False

    def __init__(self) -> None:
        self.buffer = torch.zeros(1)

    def run(self, x: Any) -> Any:
        if self.buffer.shape != x.shape:
            self.buffer = torch.zeros_like(x)
        self.buffer.copy_(x)
        time.sleep(0.005)
        return self.buffer


class BufferedAndRash(Buffered):
    concurrent = True


def write_toy(folder: Path) -> Path:
    """A checkpoint that `loader` reads."""
    path = folder / "toy.toy"
    path.write_bytes(MAGIC + bytes(1000) + MAGIC)
    return path


def checkpoint(data: bytes, path: Path, card: Any, network: Any) -> Checkpoint:
    digest = hashlib.sha256(data).hexdigest()
    return Checkpoint(
        architecture=None, tensors={}, card=card, digest=digest, path=path, foreign=network
    )


def loader(data: bytes, path: Path, card: Any) -> Any:
    if not data.startswith(MAGIC):
        return None
    if not data.endswith(MAGIC):
        raise ModelError("cut off; copy it again")
    return checkpoint(data, path, card, Toy())


def declines(data: bytes, path: Path, card: Any) -> Any:
    if path.suffix == ".png":
        raise ValueError("this is no toy")
    return loader(data, path, card)


def runs_no_code(data: bytes, path: Path, card: Any) -> Any:
    if path.suffix == ".pkl":
        pickle.loads(data)
    return loader(data, path, card)


def reads(data: bytes, path: Path, card: Any) -> Any:
    return None


def reads_another_every_time(data: bytes, path: Path, card: Any) -> Any:
    return loader(data, path, card) and checkpoint(data, path, card, Flickers())


def good_buffered(data: bytes, path: Path, card: Any) -> Any:
    return loader(data, path, card) and checkpoint(data, path, card, Buffered())


def several_at_once(data: bytes, path: Path, card: Any) -> Any:
    return loader(data, path, card) and checkpoint(data, path, card, BufferedAndRash())


def damage(data: bytes, path: Path, card: Any) -> Any:
    return checkpoint(data, path, card, Toy()) if data.startswith(MAGIC) else None


def damage_untold(data: bytes, path: Path, card: Any) -> Any:
    assert data.endswith(MAGIC) or not data.startswith(MAGIC)
    return loader(data, path, card)


Track = Annotated[Path, typer.Argument(help="A file.")]


def command(track: Track) -> None:
    """Count the bytes of a file."""
    try:
        typer.echo(len(track.read_bytes()))
    except OSError as error:
        typer.echo(f"{track}: {error.strerror}", err=True)
        raise typer.Exit(1) from None


def help_without_words(track: Path) -> None:
    """Count the bytes of a file."""
    command(track)


def bad_words(track: Track) -> None:
    """Count the bytes of a file."""
    typer.echo(len(track.read_bytes()))


def bad_words_taken(track: Track) -> None:
    """Count nothing."""


def summary(track: Track) -> None:
    command(track)


# Without a docstring, whose first line would be the summary.
def source_untold(argument: str) -> Any:
    return Source(argument)


class PictureSource:
    """Nothing wrong."""

    def __init__(self, argument: str, wanted: Wanted) -> None:
        self.count, self.closed = 0, False
        self.size = wanted.size_for(480, 640)

    def read(self) -> Any:
        self.count += 1
        return None if self.count == 2 else np.full((*self.size, 3), self.count, np.uint8)

    def close(self) -> None:
        self.closed = True


class OpensPictureless(PictureSource):
    def __init__(self, argument: str, wanted: Wanted) -> None:
        raise OSError("no such camera")


class StrangeNames(PictureSource):
    def __init__(self, argument: str, wanted: Wanted) -> None:
        super().__init__(argument, wanted)
        if argument.startswith("no-such"):
            raise PictureSourceError("there is no camera\nTraceback...")


class Pictures(PictureSource):
    def read(self) -> Any:
        return np.zeros(self.size, np.float32)


class PicturesWaiting(PictureSource):
    def read(self) -> Any:
        if self.count > 2:
            time.sleep(1.2)
        return super().read()


class Canvases(PictureSource):
    def __init__(self, argument: str, wanted: Wanted) -> None:
        super().__init__(argument, Wanted(480, 640))


class FreshPictures(PictureSource):
    def __init__(self, argument: str, wanted: Wanted) -> None:
        super().__init__(argument, wanted)
        self.buffer = np.zeros((*self.size, 3), np.uint8)

    def read(self) -> Any:
        self.count += 1
        self.buffer[:] = self.count
        return self.buffer


class ClosesPictures(PictureSource):
    def close(self) -> None:
        if self.closed:
            raise ValueError("closed already")
        self.closed = True


class AfterTheEnd(PictureSource):
    def read(self) -> Any:
        if self.closed:
            raise AttributeError("no device")
        return super().read()


class LeavesNothingOfPictures(PictureSource):
    def close(self) -> None:
        print("bye")


def picture_source_untold(argument: str, wanted: Wanted) -> Any:
    return PictureSource(argument, wanted)


def away(argument: str, wanted: Wanted) -> Any:
    raise PictureSourceError("there is no such camera here")


def output_untold(name: str) -> Any:
    return Output(name)


def loader_untold(data: bytes, path: Path, card: Any) -> Any:
    return loader(data, path, card)


@hookimpl
def register_sources(register: Any) -> None:
    register("good", Source, "a tone")
    register("opens", Opens, "a tone")
    register("opens_nowhere", OpensNowhere, "a tone")
    register("opens_without_a_rate", OpensWithoutARate, "a tone")
    register("pulls", Pulls, "a tone")
    register("pulls_waiting", PullsWaiting, "a tone")
    register("closes", Closes, "a tone")
    register("leaves_nothing", LeavesNothing, "a tone")
    register("summary", source_untold)


@hookimpl
def register_picture_sources(register: Any) -> None:
    register(PictureSource, "good", "pictures")
    register(OpensPictureless, "opens", "pictures")
    register(away, "opens_nowhere", "pictures")
    register(StrangeNames, "strange_names", "pictures")
    register(Pictures, "pictures_of_floats", "pictures")
    register(PicturesWaiting, "pictures_waiting", "pictures")
    register(Canvases, "canvases", "pictures")
    register(FreshPictures, "fresh_pictures", "pictures")
    register(ClosesPictures, "closes", "pictures")
    register(AfterTheEnd, "after_the_end", "pictures")
    register(LeavesNothingOfPictures, "leaves_nothing", "pictures")
    register(picture_source_untold, "summary")


@hookimpl
def register_outputs(register: Any) -> None:
    register("good", Output, "a file")
    register("shows", Shows, "a file")
    register("pictures_unchanged", PicturesUnchanged, "a file")
    register("waits", Waits, "a file")
    register("full_disk", FullDisk, "a file")
    register("full_disk_for_good", FullDiskForGood, "a file")
    register("leaves_nothing_unsaid", PrintsEachFrame, "a file")
    register("summary", output_untold)


@hookimpl
def register_generator_loaders(register: Any) -> None:
    register("good", loader, "toys")
    register("summary", loader_untold)
    for each in (
        good_buffered, declines, runs_no_code, reads, reads_another_every_time, several_at_once,
        damage, damage_untold,
    ):  # fmt: skip
        register(each.__name__, each, "toys")


@hookimpl
def register_commands(register: Any) -> None:
    register(command, name="good")
    for each in (help_without_words, bad_words, bad_words_taken, summary):
        register(each)
