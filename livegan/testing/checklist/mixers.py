"""Checks of mixers, and of encoders that are given pictures."""

from __future__ import annotations

from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from livegan.plugin import Operation
from livegan.testing.blame import doing, told
from livegan.testing.checklist.frames import DRAWN, START, drawn, finite, takes_pictures
from livegan.testing.playing import FPS, Play, inputs_of, picture_at
from livegan.testing.rows import Flaw, NotHere, row

SHAPES = ((33, 52), (1, 1), (1, 7), (64, 64))
COUNTS = (1, 2, 5)
FREE = ("aten._to_copy", "aten.copy_", "aten.index", "aten.index_put")
"""What may be given tensors of two devices, as on a graphics card."""


class TwoDevices(RuntimeError):
    """An operation was given tensors of two devices."""


class OneDevice(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Refuses what a graphics card would refuse: the pretended device takes any tensors."""

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        given = [t for t in tree_leaves((args, kwargs)) if isinstance(t, torch.Tensor) and t.ndim]
        if len({t.device for t in given}) > 1 and not str(func).startswith(FREE):
            raise TwoDevices(f"{func} was given tensors of two devices")
        return func(*args, **(kwargs or {}))


def mixed(play: Play, frame: int, given: list[Any], did: str, change: str) -> torch.Tensor:
    """A frame of a mixer, or a :class:`Flaw` that says what it was given."""
    with doing(did, change):
        picture: torch.Tensor = play.at(START + frame / FPS, *given)
    return picture


@row("mixer", needs=("draws",), when=takes_pictures)
def picture_sizes(operation: Operation) -> None:
    """It takes pictures of any size, and of several sizes in turn"""
    change = "read the size off the picture in every frame: _, height, width = picture.shape"
    turns = Play(operation)
    free = bool(getattr(operation.make, "any_size", False))
    for frame, (height, width) in enumerate((*SHAPES, *SHAPES[::-1])):
        given = inputs_of(operation, frame, height, width)
        did = f"gave it pictures of {width} x {height}, after other sizes"
        for play in (Play(operation), turns):
            picture = mixed(play, frame, given, did, change)
            if not finite(picture):
                raise Flaw(did, "the picture has values that are not numbers", change)
            if not free and picture.shape != (3, height, width):
                seen = f"a picture of {picture.shape[2]} x {picture.shape[1]}"
                raise Flaw(did, seen, "return the size of the first picture")


@row("mixer", needs=("draws",), when=takes_pictures)
def mixed_sizes(operation: Operation) -> None:
    """Inputs of different sizes meet"""
    count = len(inputs_of(operation, 0, 1, 1))
    if count < 2:
        raise NotHere("it takes one picture")
    given = [picture_at(0, i, *SHAPES[-1 - i % 2]) for i in range(count)]
    did = "gave it pictures of several sizes"
    change = "leave resizing to livegan, or with any_size = True resize them yourself"
    mixed(Play(operation), 0, given, did, change)


@row(*DRAWN, needs=("draws",), when=takes_pictures)
def input_counts(operation: Operation) -> None:
    """It takes as many pictures as its signature allows"""
    wanted = operation.pictures
    if wanted[0].many:
        choices: list[list[Any]] = [[picture_at(0, i, 32, 32) for i in range(n)] for n in COUNTS]
    else:
        every = inputs_of(operation, 0, 32, 32)
        needed = [None if i.optional else p for i, p in zip(wanted, every, strict=True)]
        choices = [every, needed]
    for given in choices:
        count = sum(p is not None for p in given)
        did = f"gave it {count} picture{'s' * (count != 1)}"
        change = "draw with as many as the signature takes, None for an optional one left out"
        if not finite(mixed(Play(operation), 0, given, did, change)):
            raise Flaw(did, "the picture has values that are not numbers", change)


@row(*DRAWN, needs=("draws",), when=takes_pictures)
def inputs_unchanged(operation: Operation) -> None:
    """It leaves the pictures it is given as they are"""
    play = Play(operation)
    for frame in range(3):
        play.at(START + frame / FPS)
        assert play.recorder is not None
        pairs = zip(play.recorder.kept, play.recorder.given, strict=True)
        pictures = [pair for pair in pairs if isinstance(pair[0], torch.Tensor)]
        for place, (before, now) in enumerate(pictures):
            if not torch.equal(before, now):
                raise Flaw(
                    "looked at its inputs after a frame",
                    f"picture {place + 1} was changed",
                    "other nodes are given the same one: write picture * 2 for picture.mul_(2), or "
                    "work on picture.clone()",
                )


@row(*DRAWN, needs=("draws",), when=takes_pictures)
def bad_pictures(operation: Operation) -> None:
    """A picture that is not a number does not stay"""
    play = Play(operation)
    play.at(START)
    given = inputs_of(operation, 1, 64, 64)
    for value in (float("nan"), float("inf")):
        given[0] = torch.full_like(given[0], value)
        did = f"gave it a picture of {value}, then good ones"
        mixed(
            play, 1, given, did, "let it by: livegan says whose it is, and holds the last picture"
        )
    for frame in range(2, 8):
        good = mixed(play, frame, [], did, "recover")
    if not finite(good):
        raise Flaw(
            did,
            "the pictures are not numbers ever after",
            "do not remember what is not finite: begin anew from the picture",
        )


@row("mixer", needs=("draws",))
def pauses(operation: Operation) -> None:
    """No time may pass between two frames, or much"""
    play = Play(operation)
    for seconds in (1.0, 1.0, 1.0, 3.9, 3.9, 1.0):
        drawn(play, seconds, "drew a frame twice, and one after 3 s", "now.dt may be 0, or seconds")


@row("mixer", needs=("draws",))
def reload(operation: Operation) -> None:
    """Built anew in the middle of a show, it goes on"""
    Play(operation).through(START, START + 0.2)
    for frame in range(3):
        did = "built it anew after some frames"
        drawn(Play(operation), START + 0.3 + frame / FPS, did, "begin from the picture it is given")


@row(*DRAWN, needs=("draws",), when=takes_pictures)
def device(operation: Operation) -> None:
    """It works on the device of its pictures, such as a graphics card"""
    play = Play(operation)
    change = (
        "make tensors where the picture is: torch.zeros(..., device=picture.device) or "
        "picture.new_zeros(...)"
    )
    did = "gave it pictures on another device (a pretended one)"
    # Tensors of the device "meta" have a shape, but no values: nothing needs to be there.
    play.seeded, play.device = False, torch.device("meta")
    given = [torch.empty(3, 64, 64, device="meta") for _ in inputs_of(operation, 0, 1, 1)]
    try:
        with OneDevice():  # type: ignore[no-untyped-call]
            for frame in range(2):
                play.at(START + frame / FPS, *given)
    except TwoDevices as error:
        raise Flaw(did, "it mixed tensors of two devices", change) from error
    except Exception as error:
        # It looks at values, perhaps, which is slow on a graphics card, but no fault.
        raise NotHere(f"a pretended device cannot play it ({told(error)})") from None
    found = play.returned
    if isinstance(found, torch.Tensor) and found.device.type != "meta":
        raise Flaw(did, f"its picture is on the {found.device}", change)
