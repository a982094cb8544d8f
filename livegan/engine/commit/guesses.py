"""What a mistyped name may have meant: the set language first, then what the code has itself."""

from __future__ import annotations

import builtins
import difflib
import inspect
import re
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

from livegan import live
from livegan.graph.place import Place, SetNote
from livegan.graph.signals.signal import Signal
from livegan.plugin import registry
from livegan.plugin.catalogue import OF_A_SET, clash
from livegan.plugin.closest import suggestion
from livegan.plugin.source import plain
from livegan.plugin.words import WORDS

ELSEWHERE = {
    "audio": "the sound is `listen()`",
    "bpm": "`settings(bpm=120)` fixes the tempo, and `listen().bpm` reads it",
    "delay": "`prev(...)` gives a picture of one frame ago",
    "fade": "`crossfade(a, b, amount)` fades from one picture to another",
    "feedback": "`prev(...)` gives a picture of one frame ago",
    "fft": "`listen().low`, `.mid`, `.high` are signals; `encode.spectrum(listen())` is a picture",
    "gan": 'use `model("NAME", condition)`',
    "generator": 'use `model("NAME", condition)`',
    "image": "",
    "mic": "the sound is `listen()`",
    "midi": "",
    "mouse": "",
    "noise": 'for a random signal, use `lfo(shape="noise")`',
    "now": "a function takes it as an argument, `def glow(picture, *, now)`; a set has `time`",
    "out": "end the set with `show(picture)`",
    "pix2pix": 'use `model("NAME", condition)`',
    "random": '`choose(1, 2, 3)` picks a value, and `lfo(shape="random")` jumps at random',
    "render": "end the set with `show(picture)`",
    "sin": "for an oscillator, use `lfo(...)`",
    "sine": "for an oscillator, use `lfo(...)`",
    "sound": "start with `sound = listen()`",
    "speed": "",
    "src": "",
    "tempo": "`settings(tempo=120)` fixes the tempo, and `listen().bpm` reads it",
    "video": "",
}
"""Words of other instruments, and what is written here in their place; empty for what has no
word here, where no guess at all is better than one at a word that looks alike."""

NAMED = {
    "model": r"\bmodel\(\s*{0}\s*[,)]|\bmorph\((?:[^(),]*,)?\s*{0}\s*[,)]",
    "picture": r"\bprev\(\s*{0}\s*\)",
}
"""What is called by a name in quotes, and the calls that take such a name."""

TYPES = {
    "Sound": "the sound",
    "SoundHandle": "the sound",
    "Now": "`now`",
    "Signal": "a signal",
    "Picture": "a picture of the set",
    "Tensor": "the picture (a torch tensor)",
    "ndarray": "an array",
}
"""What values are called, by their class."""

LIKE_A_WORD = 0.7
LIKE_PYTHONS = 0.8
"""How much alike a name must be to one of the language, and to one of Python's own."""


def words() -> set[str]:
    """The set language, as it is with the plugins in use."""
    known: list[str] = live.__getattr__("__all__")
    return {*known}


def near(name: str, names: Iterable[str], alike: float) -> str | None:
    """The most similar of ``names``, if it is that much alike."""
    pool = {each.lower(): each for each in sorted(names, reverse=True)}
    found = difflib.get_close_matches(name.lower(), list(pool), n=1, cutoff=alike)
    return pool[found[0]] if found else None


def unknown_name(name: str, own: Iterable[str], line: str = "") -> str:
    """What to say of a name that means nothing, in a set whose own names are ``own``.

    ``line`` is the line where it stands.
    """
    for kind in OF_A_SET:
        found = registry.current().operations.get((kind, name), [])
        if len(found) > 1:
            return clash(kind, name, found)
    said = f"nothing is called {name!r}"
    for what, call in NAMED.items():
        if re.search(call.format(re.escape(name)), line):
            return f'{said}; the name of a {what} needs quotes: "{name}"'
    mine = [each for each in own if not each.startswith("__")]
    better = near(name, mine, 0.85)
    if better is None and name in ELSEWHERE:
        hint = ELSEWHERE[name]
        return f"{said}; {hint}" if hint else f"{said} in the set language"
    better = better or near(name, {*words(), *mine}, LIKE_A_WORD)
    better = better or near(name, dir(builtins), LIKE_PYTHONS)
    if better is not None:
        return f"{said}; did you mean {better!r}?"
    return said


def unknown_attribute(error: AttributeError) -> str:
    """What to say of an attribute that a value does not have; empty if Python says it best."""
    name, value = error.name, error.obj
    if not name or value is None:
        return ""
    kind = type(value).__name__
    if isinstance(value, ModuleType):
        what = f"the module {plain(value.__name__)}"
        if (
            plain(value.__name__) in sys.stdlib_module_names
            and plain(value.__name__) != value.__name__
        ):
            file = Path(str(value.__file__)).name
            what = f"the file {file} beside the set hides Python's own module: it"
    elif kind in TYPES:
        what = TYPES[kind]
    else:
        return ""
    hint = near(name, (each for each in dir(value) if not each.startswith("_")), 0.6)
    return f"{what} has no {name!r}" + (f"; did you mean {hint!r}?" if hint else "")


CALL = re.compile(r"(?:(?P<owner>\w+)\.)?(?P<word>\w+)\(\) (?P<what>.+)")
WRONG_NAME = re.compile(r"got an unexpected keyword argument '(\w+)'")
MISSING = re.compile(r"missing \d+ required [\w-]+ arguments?: (.+)")
"""What Python says of a call that does not fit a function: of a mistyped argument, and of those
that are missing."""


def unfit_call(error: TypeError) -> str:
    """What to say of a word of the language that is called with arguments it does not take.

    Empty if the error is another one, which Python says best.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    found = CALL.match(str(error))
    if found is None or trace is None:
        return ""
    word, what = found["word"], found["what"]
    if found["owner"] == "Signal":
        function, call = getattr(Signal, word, None), f".{word}"
    else:
        function, call = (getattr(live, word) if word in WORDS else None), word
        if trace.tb_frame.f_globals.get(word, function) is not function:
            return ""  # a function of the set's own
    if not inspect.isfunction(function):
        return ""
    given = list(inspect.signature(function).parameters.values())[bool(found["owner"]) :]
    mistyped = WRONG_NAME.match(what)
    if mistyped:
        hint = suggestion(mistyped[1], [p.name for p in given if p.kind is not p.VAR_POSITIONAL])
        return f"{call} has no argument {mistyped[1]!r}{hint}"
    missing = MISSING.match(what)
    if missing:
        return f"{call} needs {missing[1]}"
    if what.startswith("takes"):
        plain_ones = sum(p.kind in (p.POSITIONAL_OR_KEYWORD, p.POSITIONAL_ONLY) for p in given)
        most = f"at most {plain_ones} value{'s' * (plain_ones > 1)}" if plain_ones else "no values"
        named = next((p.name for p in given if p.kind is p.KEYWORD_ONLY), "")
        hint = f" without a name; give the others by name: {named}=..." if named else ""
        return f"{call} takes {most}{hint}"
    return ""


def names_at(trace: TracebackType | None, file: str) -> set[str]:
    """The names that code of a file had where an error came through it."""
    found: set[str] = set()
    while trace is not None:
        frame = trace.tb_frame
        if frame.f_code.co_filename == file:
            found = {*frame.f_globals, *frame.f_locals}
        trace = trace.tb_next
    return found


def hidden_words(namespace: dict[str, Any], text: str, path: Path) -> list[SetNote]:
    """A note for each word of the language that a set's import hides: what it means from there."""
    if namespace.get("time") is not time:
        return []
    texts = enumerate(text.splitlines(), 1)
    # The last one: an import above that of the language is hidden by it, and hides nothing.
    line = max((n for n, each in texts if re.match(r"\s*import\b.*\btime\b", each)), default=1)
    reason = "hides the word `time`, the seconds since the show began"
    said = f"line {line}: `import time` {reason}; write `import time as clock` to use both"
    return [SetNote(said, Place(str(path), line))]
