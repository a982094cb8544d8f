"""Messages of an engine for tests, written as they are in the show log."""

from __future__ import annotations

from typing import Any

from livegan.ipc.messages import FROM_ENGINE, FROM_STAGE, Commit
from livegan.ipc.wire import decode

NEEDED: dict[str, dict[str, Any]] = {
    "hello": {"pid": 1},
    "fault": {"at": 0.0},
    "engine": {"kind": "phase"},
}
"""What a message must say, and most tests do not care for."""


def heard(kind: str, **fields: Any) -> Any:
    """The message of that ``type``."""
    known = FROM_ENGINE | FROM_STAGE
    return decode({"type": kind, **NEEDED.get(kind, {}), **fields}, known)


def row(fields: dict[str, Any]) -> Any:
    """The message that a dict with ``type`` is."""
    return heard(fields["type"], **{k: v for k, v in fields.items() if k != "type"})


def on_air(digest: str = "a", version: int = 3, **more: Any) -> Commit:
    """A commit that is on the air."""
    return Commit(status="on_air", digest=digest, version=version, **more)
