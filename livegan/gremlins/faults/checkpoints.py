"""Faults of checkpoints: what a set names as its model is not one, or is one too many."""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from livegan import share
from livegan.gremlins.fault import Gremlin, Message, Sight, either, on_air, refused, save_good, told
from livegan.gremlins.graft import around, at_top
from livegan.gremlins.show import Show

NAME = "gremlin"
LARGE = 20 * 1024**3
BLEND = "({}).blend(gremlin_model({name!r}, gremlin_encode.waveform(gremlin_listen())), 0.5)"
IMPORTS = """
from livegan.live import encode as gremlin_encode, listen as gremlin_listen
from livegan.live import model as gremlin_model
"""
SLOW = "gremlin_slow"
SLOW_LOADER = """
import time

from livegan.plugin import hookimpl


def read(data, path, card):
    if data == b"slow":
        time.sleep(20)


@hookimpl
def register_generator_loaders(register):
    register(read, "gremlin_slow", "takes twenty seconds and declines")
"""
MARKER = "code-of-a-checkpoint-has-run"


def with_model(text: str, name: str = NAME) -> str:
    """The set with a model over what it shows: ours."""
    return around(text, IMPORTS, BLEND.replace("{name!r}", repr(name)))


def checkpoint(show: Show, suffix: str = ".safetensors") -> Path:
    """Where the show looks for our model."""
    return show.copy.models / (NAME + suffix)


def whole_checkpoint() -> Path:
    """One of the models that come with livegan."""
    return min(share.folder("models").glob("*/model.safetensors"))


def truncated(show: Show) -> None:
    """Half of a checkpoint."""
    data = whole_checkpoint().read_bytes()
    checkpoint(show).write_bytes(data[: len(data) // 2])


def wrong_type(show: Show) -> None:
    """A picture by the name of a checkpoint."""
    checkpoint(show).write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(5000))


class _Runs:
    """Unpickled, it makes a file."""

    def __init__(self, place: str) -> None:
        self.place = place

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return os.mkdir, (self.place,)


def pickled_code(show: Show) -> None:
    """A pickle that runs code when it is read as such."""
    place = show.copy.room / MARKER
    checkpoint(show, ".pth").write_bytes(pickle.dumps(_Runs(str(place)), protocol=2))


def no_code_has_run(show: Show) -> list[str]:
    """The pickle was not unpickled."""
    ran = (show.copy.room / MARKER).exists()
    return ["the code in the checkpoint was run"] if ran else []


def large(show: Show) -> None:
    """A checkpoint of 20 GB that says it is one tensor; sparse, so it takes no room on the disk."""
    header = b'{"w":{"dtype":"F32","shape":[%d],"data_offsets":[0,%d]}}'
    tensor = (LARGE // 4) * 4
    text = header % (tensor // 4, tensor)
    path = checkpoint(show)
    path.write_bytes(len(text).to_bytes(8, "little") + text)
    os.truncate(path, 8 + len(text) + tensor)


def endless(show: Show) -> None:
    """A checkpoint that never comes, as on a disk that does not answer: a pipe nobody writes to."""
    os.mkfifo(checkpoint(show))


def named(make: Callable[[Show], None]) -> Callable[[Show], None]:
    """A strike: the checkpoint is made, and the performer saves a set that names it."""

    def strike(show: Show) -> None:
        make(show)
        show.save(with_model(show.good))

    return strike


def unnamed(show: Show) -> None:
    """The good set is saved again, and the checkpoint goes."""
    save_good(show)
    for suffix in (".safetensors", ".pth"):
        checkpoint(show, suffix).unlink(missing_ok=True)


def play_whole(show: Show) -> None:
    """The set plays a good model of ours: the beginning of what is then done to its file."""
    beside = checkpoint(show)
    shutil.copy(whole_checkpoint(), beside)
    mark = show.mark()
    show.save(with_model(show.good))
    show.answered(mark, 30.0)


def written_over(show: Show) -> None:
    """The checkpoint that plays is cut short in place."""
    os.truncate(checkpoint(show), 100_000)


def loader_there(show: Show) -> None:
    """A plugin reads models of a format of its own, and takes its time."""
    plugin = show.copy.folder / "plugins" / f"{SLOW}.py"
    plugin.parent.mkdir(exist_ok=True)
    mark = show.mark()
    plugin.write_text(SLOW_LOADER)
    (show.copy.models / f"{SLOW}.gremlin_slow").write_bytes(b"slow")
    show.save(show.good + "\n")
    show.answered(mark)


def overwritten(show: Show) -> None:
    """A save names the slow model; while that loads, the next save does not."""
    mark = show.mark()
    show.save(with_model(show.good, SLOW))
    show.wait(lambda: show.first(mark, lambda m: m.get("status") == "proposed"), 10.0)
    show.listen(0.6)  # the loading has begun
    show.save(at_top(show.good, "gremlin_newest = True"))


def superseded(message: Message) -> bool:
    """Whether a save is said to be replaced by a newer one."""
    return message.get("type") == "commit" and message.get("status") == "superseded"


def bad(name: str, make: Callable[[Show], None], *must: Sight, **more: Any) -> Gremlin:
    """A broken checkpoint as a fault."""
    seen = must or (refused(NAME, within=10.0),)
    return Gremlin(name, "models", named(make), seen, mend=unnamed, **more)


OVERWRITTEN = Gremlin(
    "a save with a model that takes long to load is overwritten",
    "models",
    overwritten,
    (Sight("superseded", superseded, 5.0), on_air(5.0)),
    before=loader_there,
)

CHECKPOINTS = (
    OVERWRITTEN,
    bad("half a checkpoint", truncated),
    bad("a picture by the name of a checkpoint", wrong_type),
    bad("a pickle with code in it", pickled_code, also=no_code_has_run),
    bad("a checkpoint of 20 GB", large, refused(NAME, within=20.0), needs=("sparse",)),
    bad(
        "a checkpoint on a disk that does not answer",
        endless,
        either(refused(within=20.0), told(NAME, within=20.0)),
        needs=("posix",),
    ),
    Gremlin(
        "the checkpoint that plays is cut short",
        "models",
        written_over,
        (either(refused(NAME, within=20.0), told(NAME, within=20.0)),),
        mend=unnamed,
        before=play_whole,
    ),
)
