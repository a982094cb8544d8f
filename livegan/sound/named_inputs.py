"""Named inputs of a show: how they are written, and what is said of those that are missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from livegan.files import named
from livegan.plugin.closest import closest
from livegan.sound.inputs.devices import SourceError

INPUT = re.compile(r"([\w-]{1,40})=(.*)", re.DOTALL)
"""``NAME=SOURCE``: what a named input of a show hears."""


def input_of(text: str) -> tuple[str, str]:
    """The name of an input and what it is to hear: ``"drums=USB Audio:1,2"``.

    The name is empty where there is none: of other sources, and of a file that is called so.

    >>> input_of("drums=USB Audio:1,2"), input_of("http://radio/live?bitrate=320")
    (('drums', 'USB Audio:1,2'), ('', 'http://radio/live?bitrate=320'))
    """
    found = INPUT.fullmatch(text.strip())
    if found is None or named(Path(text).expanduser()).is_file():
        return "", text
    return found[1], found[2].strip()


def inputs_of(texts: Iterable[str]) -> tuple[str | None, dict[str, str]]:
    """What several ``--audio`` mean: the show's own sound, None if none is given without a name,
    and the named inputs. `SourceError` where two are for the same."""
    own: str | None = None
    inputs: dict[str, str] = {}
    for text in texts:
        name, source = input_of(text)
        if name and not source:
            raise SourceError(f'--audio {text}: name a source, such as {name}="USB Audio:1,2"')
        if name in inputs or (not name and own is not None):
            what = f"the input {name!r} has" if name else "the show's own sound has"
            give = 'give one a name: --audio drums="USB Audio:1,2"' if not name else "leave one out"
            raise SourceError(f"--audio {text}: {what} two sources; {give}")
        if name:
            inputs[name] = source
        else:
            own = source
    return own, inputs


def missing_line(wanted: Sequence[str], there: Sequence[str], remedy: str) -> str:
    """What is said of the inputs that a set listens to and that nobody gives; empty if all are.

    ``remedy`` is what to do, with ``{}`` for the name of the first.
    """
    missing = [name for name in wanted if name not in there]
    if not missing:
        return ""
    names = " and ".join(map(repr, missing))
    these = ("inputs", "are") if len(missing) > 1 else ("input", "is")
    has = f"there is {', '.join(map(repr, there))}" if there else "no input has a name"
    near = closest(missing[0], list(there))
    guess = f"; did you mean {near!r}?" if near else ""
    return (
        f"the set listens to the {these[0]} {names}, which {these[1]} silent: {has}{guess}; "
        f"to give it a sound: {remedy.format(missing[0])}"
    )
