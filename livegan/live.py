"""The words of a set: ``from livegan.live import *``.

Running a set draws nothing: each call makes a node, and ``show`` selects the picture to show.  This
module never imports torch, so reading a set takes milliseconds.  Every mixer of every plugin is a
name here and a method of every picture; every encoder is ``encode.NAME``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any, Literal

from livegan.graph.binding import bind, describe
from livegan.graph.diffusion import bind_diffusion
from livegan.graph.graph import show as show
from livegan.graph.leaf import call_signal
from livegan.graph.leaf import encoder as encoder
from livegan.graph.leaf import mixer as mixer
from livegan.graph.leaf import patch as patch
from livegan.graph.leaf import signal as signal
from livegan.graph.patch import call_inside, call_patch, is_building
from livegan.graph.picture import Morph, Picture, call
from livegan.graph.place import NoSuchWord, SetError, here, standing_at
from livegan.graph.require import require as require
from livegan.graph.send import send as send
from livegan.graph.settings import settings as settings
from livegan.graph.shader import shader as shader
from livegan.graph.signals.changing import choose as choose
from livegan.graph.signals.changing import every as every
from livegan.graph.signals.changing import highest as highest
from livegan.graph.signals.changing import lfo as lfo
from livegan.graph.signals.changing import lowest as lowest
from livegan.graph.signals.changing import where as where
from livegan.graph.signals.control import gamepad as gamepad
from livegan.graph.signals.control import knob as knob
from livegan.graph.signals.control import midi as midi
from livegan.graph.signals.control import osc as osc
from livegan.graph.signals.control import pad as pad
from livegan.graph.signals.signal import Signal
from livegan.graph.sound import listen as listen
from livegan.graph.source import SourcePicture, live_source
from livegan.graph.source import film as film
from livegan.graph.source import picture as picture
from livegan.graph.source import pictures as pictures
from livegan.plugin import registry
from livegan.plugin.catalogue import OF_A_SET, full_name
from livegan.plugin.closest import suggestion
from livegan.plugin.declare import Kind, Param
from livegan.plugin.declare import param as param
from livegan.plugin.declare import static as static
from livegan.plugin.words import WORDS
from livegan.size import FITS, UNSAID

MODEL = (
    Param(
        "card",
        doc="statistics for batch norms: the frame's own, the running ones, or as the card says",
        choices=("card", "frame", "running"),
        name="norm",
    ),
    Param(
        False,
        doc="keep dropout on, as the pix2pix project does in its tests (flickers)",
        name="dropout",
    ),
    Param(
        "auto",
        doc="number format",
        choices=("auto", "float32", "bfloat16", "float16"),
        live=False,
        name="precision",
    ),
    Param(
        "auto",
        doc="what runs the network: the fastest that was measured here, exact (float32 torch, to "
        "the original's rounding), torch, or another by name, such as openvino-int8",
        live=False,
        name="backend",
    ),
    Param(
        "auto",
        doc="what it runs on: the show's device (auto), cpu, cuda, mps, or one of several graphics "
        "cards, such as cuda:1",
        live=False,
        name="device",
    ),
    Param(
        UNSAID,
        doc="size to paint at, and size of the result; one number takes the canvas's shape; "
        "without one, the size on the card, scaled to the canvas",
        unit="px",
        live=False,
        name="size",
    ),
    Param(
        "cover",
        doc="if the result has another shape than the canvas: fill it and cut, show all on black, "
        "or distort",
        choices=FITS,
        name="fit",
    ),
    Param(
        False,
        doc="load TorchScript, or ONNX with its own operators: such a file is a program, and runs "
        "in a process that cannot open files",
        live=False,
        name="trust",
    ),
)
"""The options of ``model(...)`` as rows of data: what they mean, and what is valid."""

DEVICE = re.compile(r"auto|cpu|mps|cuda(:\d+)?")

beat = Signal("beat")
"""Phase of the beat, 0..1."""
bar = Signal("bar")
"""Phase of the bar, 0..1."""
beats = Signal("beats")
"""Beats since the show began, with the fraction."""
bars = Signal("bars")
"""Bars since the show began, with the fraction."""
time = Signal("time")
"""Seconds since the show began."""


class Encoders:
    """``encode.timeline(sound, seconds=10)``: every encoder of every plugin, by name."""

    def __getattr__(self, name: str) -> Callable[..., Picture]:
        if name.startswith("__"):
            raise AttributeError(name)
        return maker("encoder", name)

    def __call__(self, name: str, /, *args: Any, **kwargs: Any) -> Picture:
        """``encode("package:name", sound)``: an encoder by its full name."""
        return maker("encoder", name)(*args, **kwargs)

    def __dir__(self) -> list[str]:
        return registry.current().names("encoder")


encode = Encoders()


def maker(kind: Kind, name: str) -> Callable[..., Picture]:
    """The function that makes nodes of one operation."""
    try:
        operation = registry.current().known(kind, name)
    except registry.UnknownName as error:
        raise NoSuchWord(str(error)) from None

    def make(*args: Any, **kwargs: Any) -> Picture:
        # Its plugin is loaded by now, or is when the word is used: not by `import *`.
        return call(registry.current().awake(operation), args, kwargs)

    make.__name__ = make.__qualname__ = name
    make.__doc__ = operation.doc
    return make


def model(
    checkpoint: str | Morph,
    condition: Picture | None = None,
    *,
    norm: Literal["card", "frame", "running"] | Signal = "card",
    dropout: bool | Signal = False,
    precision: Literal["auto", "float32", "bfloat16", "float16"] = "auto",
    backend: str = "auto",
    device: str = "auto",
    size: int | str | tuple[int, int] | None = None,
    fit: Literal["cover", "contain", "stretch"] | Signal = "cover",
    trust: bool = False,
    prompt: str | tuple[str, ...] | None = None,
    negative: str | None = None,
    prompt_mix: float | Signal | None = None,
    strength: float | Signal | None = None,
    steps: float | Signal | None = None,
    guidance: float | Signal | None = None,
    seed: float | Signal | None = None,
    steady: float | Signal | None = None,
    structure: Picture | None = None,
    structure_amount: float | Signal | None = None,
    controlnet: str | None = None,
    lora: str | None = None,
    lora_amount: float | None = None,
    key: str | None = None,
) -> Picture:
    """A slot: a model that repaints a picture, its condition.

    ``checkpoint`` is the name of a model, a path, or ``morph(...)``.  Without a condition, the
    encoder on the model's card draws one.  ``key`` names the slot, so that it keeps playing when
    you rename its variable.  The options from ``prompt`` on are those of diffusion models: folders
    in the layout of diffusers.  ``structure`` is a picture for their ControlNet.
    """
    if not isinstance(checkpoint, (str, Morph)):
        raise SetError(f"model needs the name of a model in quotes, got {describe(checkpoint)}")
    if isinstance(checkpoint, str) and not checkpoint.strip():
        raise SetError("model needs the name of a model, got an empty text")
    if condition is not None and not isinstance(condition, Picture):
        raise SetError(f"model needs a picture as its condition, got {describe(condition)}")
    if structure is not None and not isinstance(structure, Picture):
        raise SetError(f"model: structure is a picture, got {describe(structure)}")
    if key is not None and not isinstance(key, str):
        raise SetError(f"model: key is a text in quotes, got {describe(key)}")
    given: dict[str, Any] = {"norm": norm, "dropout": dropout, "precision": precision}
    given |= {"backend": backend, "device": device, "size": size, "fit": fit, "trust": trust}
    live, fixed = bind("model", MODEL, given)
    if not DEVICE.fullmatch(fixed["device"]):
        raise SetError(f"model: device is auto, cpu, cuda, cuda:1 or mps, got {describe(device)}")
    if isinstance(checkpoint, Morph):
        fixed["checkpoint"], fixed["other"] = checkpoint.a, checkpoint.b
        live["amount"] = checkpoint.amount
    else:
        fixed["checkpoint"], fixed["other"] = checkpoint, None
    drawn, built = bind_diffusion(
        {
            "prompt": prompt,
            "negative": negative,
            "prompt_mix": prompt_mix,
            "steps": steps,
            "strength": strength,
            "guidance": guidance,
            "seed": seed,
            "steady": steady,
            "structure_amount": structure_amount,
            "controlnet": controlnet,
            "lora": lora,
            "lora_amount": lora_amount,
        }
    )
    inputs = (condition,) if structure is None else (condition, structure)
    return Picture(
        "model",
        fixed["checkpoint"],
        inputs=inputs,
        live=live | drawn,
        fixed=fixed | built,
        key=key,
    )


def morph(a: str, b: str, amount: Any = 0.5) -> Morph:
    """A mixture of two models of the same architecture: ``amount`` 0 is ``a``, 1 is ``b``."""
    for name in (a, b):
        if not isinstance(name, str):
            raise SetError(f"morph needs two names of models in quotes, got {describe(name)}")
    row = Param(0.5, 0.0, 1.0, "from the first to the second", name="amount")
    live, _ = bind("morph", [row], {"amount": amount})
    return Morph(a, b, live["amount"])


def prev(of: str | Picture | None = None) -> Picture:
    """The picture of one frame ago.

    ``prev("a")`` is the last picture of the node ``a``; ``prev()`` is what the window showed.
    """
    if of is not None and not isinstance(of, (str, Picture)):
        raise SetError(f"prev needs the name of a picture in quotes, got {describe(of)}")
    node = Picture("prev", "prev")
    node.target = of
    return node


def camera(name: str | int = "", /, **values: Any) -> SourcePicture:
    """A camera: part of its name, its number, or the first one; ``camera("test")`` is a pattern.

    ``away=`` is the picture shown while it is unplugged; ``fit``, ``mirror`` and ``turn`` are as
    for every source.
    """
    return live_source("camera", name, **values)


def screen(first: Any = "", /, *args: Any, **values: Any) -> Picture:
    """``screen(a, b)`` mixes two pictures; ``screen(0)`` is what a display of this machine shows.

    On Windows ``screen("Notepad")`` is the window of that title.
    """
    if isinstance(first, Picture) or args:
        return maker("mixer", "screen")(first, *args, **values)
    return live_source("screen", first, **values)


def source(name: str, argument: str | int = "", /, **values: Any) -> SourcePicture:
    """A live picture source of a plugin: ``source("ndi_in", "Resolume")``, or ``ndi_in(...)``."""
    try:
        found = registry.current().offer("picture_source", name)
    except registry.UnknownName as error:
        raise NoSuchWord(str(error)) from None
    short = registry.current().offers.get(("picture_source", found.name), [])
    return live_source(found.name if short == [found] else full_name(found), argument, **values)


# For leaves ------------------------------------------------------------------------------------


def skyline(heights: Any, size: tuple[int, int] | None = None) -> Any:
    """Draw columns as a skyline: (n,) heights 0..1 → (H, W) picture, bright below the line.

    ``size`` is (H, W), or (n, n) if not given.  The line is anti-aliased.
    """
    import numpy as np

    columns = np.clip(np.asarray(heights, np.float32), 0.0, 1.0)
    height, width = size or (columns.size, columns.size)
    if columns.size != width:
        at = np.linspace(0, columns.size - 1, width)
        columns = np.interp(at, np.arange(columns.size), columns).astype(np.float32)
    rows = np.arange(height, 0, -1, dtype=np.float32)[:, None]
    return np.clip(columns[None, :] * height - rows + 1.0, 0.0, 1.0)


def __getattr__(name: str) -> Any:
    if name == "__all__":
        reg = registry.current()
        import builtins

        kinds = (*OF_A_SET, "word", "picture_source")
        words = {n for k in kinds for n in reg.names(k) if n.isidentifier()}
        return [*WORDS, *sorted(n for n in words if n not in WORDS and not hasattr(builtins, n))]
    if name.startswith("__"):
        raise AttributeError(name)
    reg = registry.current()
    if name in reg.names("signal"):
        return _signal_maker(name)
    if name in reg.names("patch"):
        return _patch_maker(name)
    if ("picture_source", name) in reg.offers:
        return partial(source, name)
    for kind in OF_A_SET:  # a name that two plugins claim is refused with both
        if (kind, name) in reg.operations:
            return maker(kind, name)
    if name in reg.names("word"):
        return _word_maker(name)
    known = [*WORDS]
    for each in (*OF_A_SET, "word", "picture_source"):
        known += reg.names(each)
    raise AttributeError(f"livegan.live has no {name!r}" + suggestion(name, known))


def _signal_maker(name: str) -> Callable[..., Signal]:
    def make(*args: Any, **kwargs: Any) -> Signal:
        return call_signal(registry.current().operation("signal", name), args, kwargs)

    make.__name__ = make.__qualname__ = name
    make.__doc__ = registry.current().known("signal", name).doc
    return make


def _patch_maker(name: str) -> Callable[..., Any]:
    def make(*args: Any, **kwargs: Any) -> Any:
        operation = registry.current().operation("patch", name)
        if is_building():
            return call_inside(operation, args, kwargs)
        return call_patch(operation, args, kwargs)

    make.__name__ = make.__qualname__ = name
    make.__doc__ = registry.current().known("patch", name).doc
    return make


def _word_maker(name: str) -> Callable[..., Any]:
    def make(*args: Any, **kwargs: Any) -> Any:
        with standing_at(here()):  # what it composes stands in the line of the set that says it
            return registry.current().offer("word", name).make(*args, **kwargs)

    make.__name__ = make.__qualname__ = name
    make.__doc__ = next(o.summary for o in registry.current().offered("word") if o.name == name)
    return make
