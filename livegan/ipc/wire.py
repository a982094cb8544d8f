"""Messages as they go over a pipe: made plain dicts, and checked when they come out."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any, get_type_hints

from livegan.ipc.fitting import fits
from livegan.ipc.messages import TYPES, VERSION, Hello, Message

Wire = dict[str, Any]
"""A message as it is on the pipe and in the show log: a dict with ``type``."""


class BadMessage(ValueError):
    """What came over the pipe is no message of this livegan; says in a line what is wrong."""


def encode(message: Message) -> Wire:
    """As it is sent and written: a plain dict with ``type``."""
    fields = dataclasses.fields(message)
    return {"type": TYPES[type(message)]} | {
        f.metadata.get("wire", f.name): getattr(message, f.name) for f in fields
    }


def decode(said: Any, kinds: Mapping[str, type]) -> Any:
    """The message that came over the pipe; ``kinds`` is `FROM_ENGINE` or `TO_ENGINE`.

    Raises BadMessage for another type, a field that is missing, unknown or of another type, and
    for an engine that speaks another version.
    """
    name = said.get("type") if isinstance(said, dict) else None
    kind = kinds.get(name) if isinstance(name, str) else None
    if kind is None:
        raise BadMessage(f"there is no message {name!r}" if name else "a message has a type")
    rows = _rows(kind)
    unknown = [key for key in said if key not in rows and key != "type"]
    if unknown:
        raise BadMessage(f"{name}: there is no field {unknown[0]!r}")
    values = {}
    for key, (attribute, hint, required) in rows.items():
        if key in said:
            if not fits(said[key], hint):
                raise BadMessage(f"{name}: {key} cannot be {said[key]!r:.80}")
            values[attribute] = said[key]
        elif required:
            raise BadMessage(f"{name}: {key} is missing")
    message = kind(**values)
    if isinstance(message, Hello) and message.speaks != VERSION:
        raise BadMessage(
            f"the engine speaks version {message.speaks} of the messages and the stage {VERSION}: "
            "livegan was changed while it ran; start the show again"
        )
    return message


@functools.cache
def _rows(kind: type) -> dict[str, tuple[str, Any, bool]]:
    """Of each field, by its name on the pipe: attribute, type, and whether it must be there."""
    hints = get_type_hints(kind)
    missing = dataclasses.MISSING
    return {
        f.metadata.get("wire", f.name): (
            f.name,
            hints[f.name],
            f.default is missing and f.default_factory is missing,
        )
        for f in dataclasses.fields(kind)
    }
