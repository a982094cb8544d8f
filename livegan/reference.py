"""The reference of the set language, written from the declarations.

``python -m livegan.reference`` prints it; a test keeps ``docs/language.md`` equal to it.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from typing import Any

from livegan import live
from livegan.graph.diffusion import DIFFUSION
from livegan.graph.settings import SETTINGS
from livegan.graph.shader import OPTIONS
from livegan.graph.signals.seen import SEEN
from livegan.graph.signals.signal import METHODS, Signal
from livegan.graph.sound import FEATURES
from livegan.graph.source import FILM, SHAPE, SLIDES
from livegan.plugin import CONTEXT, registry
from livegan.plugin.declare import Operation, Param
from livegan.sound.history import Sound

INTRO = """\
# The set language

`python -m livegan.reference` writes this page from livegan's own declarations.

A set is a Python file that begins with `from livegan.live import *` and ends with `show(picture)`.
Running the set draws nothing. Every call makes a node, and livegan draws the nodes in every frame.
So livegan can check a set before the audience sees it, and keep every node that a save did not
change.

```python
from livegan.live import *

sound = listen()
a = model("nebula", encode.timeline(sound, seconds=10))
show(a.hue(lfo(bars=8)).blend(prev(), 0.5 * sound.kick))
```

* You can chain mixers: `wave.blur(4).blend(scroll, 0.3)` means `blend(blur(wave, 4), scroll, 0.3)`.
* Every number can be a signal, such as `sound.low`, `lfo(bars=4)` or `0.2 + 0.5 * sound.kick`.
* The canvas can have any shape: `settings(size=(1280, 720))`. A mixer works at the size of its
  first picture. It scales a picture of another shape to fill that size and cuts off the rest. Use
  `.fit("contain")` to show the whole picture on black.
* The name of a picture is the variable that you assign it to, or `key="name"`. livegan uses the
  name, and what the picture is built from, to find it again in the next save. Its inputs and values
  may change; its weights and its memory stay.
"""

NOW = {
    "time": "seconds since the show began, of the newest sound in the picture",
    "dt": "seconds since the previous picture, 0 for the first",
    "frame": "pictures since the show began",
    "fps": "pictures per second that the show aims for",
    "bpm": "tempo, in beats per minute",
    "beats": "beats since the show began, with the fraction",
    "beats_per_bar": "beats in a bar",
    "beat": "phase of the beat, 0..1",
    "bar": "phase of the bar, 0..1",
    "seed": "seed for everything random in this show",
}
"""The attributes of the moment of a picture."""


def in_a_leaf() -> Iterator[tuple[str, str]]:
    """The attributes of the sound in a leaf, with the first line of each docstring."""
    for name in ("time", "position", "rate", "hop"):
        yield f"sound.{name}", SOUND[name]
    for name in FEATURES:
        yield f"sound.{name}", FEATURES[name]
    for name in ("band", "last", "mono", "peaks", "rms", "feature", "strip", "before"):
        function = getattr(Sound, name)
        yield f"sound.{name}{sign(function)}", first(function)


SOUND = {
    "time": "seconds since the show began",
    "position": "samples since the show began",
    "rate": "48000 samples per second",
    "hop": "480 samples: features have a value for each hop",
}


BAND = (
    "loudness between two fixed frequencies from 20 to 20000 Hz, 0..1, scaled like `low`, `mid` "
    "and `high`"
)


def reference() -> str:
    """The whole page, Markdown."""
    reg = registry.current()
    parts = [INTRO, "## Words\n"]
    for word in ("listen", "show", "model", "morph", "prev", "settings", "require"):
        parts.append(function_entry(word, getattr(live, word)))
    parts.append("Options of `model`:\n\n" + table(live.MODEL, defaults=False))
    parts.append(
        "Options of `model` for [diffusion models](diffusion.md):\n\n"
        + table(DIFFUSION, defaults=False)
    )
    parts.append("What `settings` takes:\n\n" + table(SETTINGS, fixed="", defaults=False))
    outputs = "\n".join(f"* `{o.name}=`: {o.summary}" for o in reg.offered("output"))
    parts.append(f"Outputs of `show` besides the window:\n\n{outputs}\n")
    parts.append("## Pictures from outside\n")
    parts.append(
        "A source is a picture like any other: it feeds models and mixers, and `.alpha` is its "
        "transparency as a picture, `.here` a signal that is 1 while it delivers, `.age` the "
        "seconds since its newest picture. `away=` names a picture that is shown while it is away. "
        "See [cameras and clips](cameras-and-clips.md).\n"
    )
    for word in ("film", "picture", "pictures", "camera", "screen", "source"):
        parts.append(function_entry(word, getattr(live, word)))
    parts.append("Options of `film`:\n\n" + table(FILM, defaults=False))
    parts.append("Options of `pictures`:\n\n" + table(SLIDES, defaults=False))
    parts.append("Options of `picture` and of all live sources:\n\n" + table(SHAPE))
    sources = "\n".join(f"* `{o.name}`: {o.summary}" for o in reg.offered("picture_source"))
    parts.append(f"Live sources:\n\n{sources}\n")
    parts.append(
        "## Shaders\n\nAn ISF file, a shader for Shadertoy or plain GLSL is a picture of a set. "
        "See [shaders](shaders.md).\n"
    )
    parts.append(function_entry("shader", live.shader))
    parts.append("Options of `shader`, besides what the file says:\n\n" + table(OPTIONS))
    parts.append("## Signals\n")
    parts.append(
        "Attributes of `sound = listen()`, and of any named input such as "
        '`drums = listen("drums")`. `bpm` and `beats` are those of the show for all of them.\n'
    )
    heard = [(f"sound.{name}", meaning) for name, meaning in FEATURES.items()]
    heard.append(("sound.band(200, 400)", BAND))
    parts.append(rows_of(("signal", "meaning"), heard))
    parts.append("Clocks:\n")
    clocks = {
        "beat": "phase of the beat, 0..1",
        "bar": "phase of the bar, 0..1",
        "beats": "beats since the show began, with the fraction",
        "bars": "bars since the show began, with the fraction",
        "time": "seconds since the show began",
    }
    parts.append(rows_of(("signal", "meaning"), clocks.items()))
    for word in ("lfo", "every", "choose", "where", "highest", "lowest"):
        parts.append(function_entry(word, getattr(live, word)))
    parts.append(
        "You can calculate with signals (`+ - * / % **`), compare them (1 if true, 0 if not) and "
        "combine conditions with `&` (and) and `|` (or). Their methods:\n"
    )
    methods = (
        (f".{name}{sign(getattr(Signal, name))}", first(getattr(Signal, name))) for name in METHODS
    )
    parts.append(rows_of(("method", "meaning"), methods))
    parts += [operation_entry(o, "") for o in reg.all("signal")]
    parts.append(
        "## Hands\n\nNumbers from hands and machines are signals like any other: see "
        "[controllers](controllers.md).\n"
    )
    for word in ("knob", "pad", "midi", "gamepad", "osc", "send"):
        parts.append(function_entry(word, getattr(live, word)))
    parts.append("## Encoders: sound to picture\n")
    parts += [operation_entry(o, "encode.") for o in reg.all("encoder")]
    parts.append(
        "## Mixers: pictures to picture\n\n"
        "You can call each mixer as a function or as a method of a picture.\n"
    )
    parts += [operation_entry(o, "") for o in reg.all("mixer")]
    parts.append(
        "## Patches: sounds that a set makes\n\n"
        "Decorate a function with `@patch` and let it return an object of pyo: its result is a "
        "sound like `listen()`. See [sound in a set](sound-in-a-set.md). `heard=True` plays it in "
        "the room.\n"
    )
    parts.append(function_entry("patch", live.patch))
    parts += [operation_entry(o, "") for o in reg.all("patch")]
    parts.append(
        "A picture can be read as a signal. It is that of the frame before, so a picture may "
        "depend on its own:\n"
    )
    parts.append(rows_of(("signal", "meaning"), ((f"a.{k}", v) for k, v in SEEN.items())))
    parts.append("## Leaves: your own encoders, mixers and signals\n")
    parts.append(
        "Decorate a function of the set with `@encoder`, `@mixer` or `@signal` to use it as one. "
        "Such a function is called a leaf. It runs in every frame. Arguments before `*` are its "
        'inputs. A keyword argument with `param(default, low, high, "doc")` can be a signal; one '
        "with `static(...)` is fixed when the node is built. A leaf may also take these keyword "
        "arguments:\n"
    )
    parts.append(rows_of(("keyword argument", "meaning"), CONTEXT.items()))
    parts.append("Attributes of `now`, all of them numbers:\n")
    parts.append(rows_of(("attribute", "meaning"), ((f"now.{k}", v) for k, v in NOW.items())))
    parts.append(
        "Attributes of `sound` in a leaf: numbers, and numpy arrays with the newest value last:\n"
    )
    parts.append(rows_of(("attribute", "meaning"), in_a_leaf()))
    for word in ("encoder", "mixer", "signal", "skyline"):
        parts.append(function_entry(word, getattr(live, word)))
    parts.append(LEAF)
    return "\n".join(parts).rstrip() + "\n"


LEAF = '''\
```python
from livegan.live import *


@encoder
def spikes(sound, *, sharp=param(4.0, 1, 16, "exponent")):
    """Ten seconds of loudness as a skyline."""
    x = sound.peaks(columns=256, seconds=10)     # numpy, (256,)
    return skyline(x ** sharp)                   # (H, W), (H, W, 3) or (3, H, W), 0..1


@mixer
def glow(picture, *, amount=param(0.5, 0, 1, "how much")):
    """Bright parts shine."""
    return picture + amount * picture ** 4       # torch, (3, H, W)


@signal
def breath(sound, *, now, deep=param(1.0, 0, 1, "how far")):
    """Up and down with the bar, as loud as the sound."""
    return deep * sound.level * abs(2 * now.bar - 1)


show(spikes(listen(), sharp=2 + 4 * breath()).glow(0.8))
```
'''


def first(thing: Any) -> str:
    """The first line of a docstring."""
    return (inspect.getdoc(thing) or "").splitlines()[0].replace("``", "`")


def sign(function: Any) -> str:
    """The arguments of a method, without ``self`` and types."""
    parameters = list(inspect.signature(function).parameters.values())[1:]
    return "(" + ", ".join(str(p.replace(annotation=p.empty)) for p in parameters) + ")"


def function_entry(name: str, function: Any) -> str:
    """A word of the language: how it is called, and its docstring."""
    parameters = inspect.signature(function).parameters.values()
    plain = [p.replace(annotation=p.empty) for p in parameters]
    call = inspect.Signature(plain)
    body = (inspect.getdoc(function) or "").replace("``", "`")
    return f"### `{name}{call}`\n\n{body}\n"


def operation_entry(operation: Operation, prefix: str) -> str:
    """An encoder, mixer or signal: its call, docstring, parameters and aliases."""
    inputs = []
    for given in operation.inputs:
        inputs.append(f"*{given.name}" if given.many else given.name)
    names = [f"{p.name}={p.default!r}" for p in operation.params]
    text = f"### `{prefix}{operation.name}({', '.join([*inputs, *names])})`\n\n"
    text += operation.doc.strip().replace("``", "`") + "\n"
    if operation.aliases:
        text += f"\nAlso: {', '.join(f'`{a}`' for a in operation.aliases)}.\n"
    if operation.params:
        text += "\n" + table(operation.params)
    return text


def table(
    params: Iterable[Param], fixed: str = " (fixed when built)", *, defaults: bool = True
) -> str:
    """Parameters as a Markdown table, without defaults where a signature above it shows them."""
    rows = []
    for p in params:
        low = "" if p.low is None else f"{p.low:g}"
        high = "" if p.high is None else f"{p.high:g}"
        span = f"{low}..{high}" if low or high else ""
        span = ", ".join(f"`{c}`" for c in p.choices) or span
        span = f"{span} {p.unit}".strip()
        default = f"{p.default:g}" if p.type == "number" else repr(p.default)
        default = "0" if p.type == "size" else default
        shown = (default,) if defaults else ()
        rows.append((f"`{p.name}`", *shown, span, p.doc + ("" if p.live else fixed)))
    return rows_of(("parameter", *(("default",) if defaults else ()), "range", "meaning"), rows)


def rows_of(headings: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    names = list(headings)
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(reference(), end="")
