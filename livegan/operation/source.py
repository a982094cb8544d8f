"""Which version of an operation it is, by the file that it is written in."""

from __future__ import annotations

import hashlib
import inspect
from pathlib import Path
from typing import Any

from livegan.plugin.declare import Operation


def source_digest(operation: Operation) -> str:
    """SHA-256 of an operation's source file: a model is only as good as its encoder's stays equal.

    Empty if there is no such file.
    """
    for file in (operation.origin.file, _module_file(operation.make)):
        try:
            text = Path(file).read_bytes()
        except OSError:  # such as "<string>", in which a dataclass is written
            continue
        # Git writes other ends of lines on Windows.
        return hashlib.sha256(text.replace(b"\r\n", b"\n")).hexdigest()
    return ""


def drew_alike(operation: Operation, digest: str) -> bool:
    """Whether the operation draws what its version of that `source_digest` drew.

    An author who changes how a picture is drawn and not what it shows names the versions before in
    an attribute ``drawn_alike`` of the function or class.
    """
    played = source_digest(operation)
    return not played or digest in (played, *getattr(operation.make, "drawn_alike", ()))


def _module_file(make: Any) -> str:
    try:
        return inspect.getsourcefile(make) or ""
    except TypeError:  # of a module that is edited live, or written in C
        return ""
