"""What an editor can have a show do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from livegan import saving
from livegan.ipc.messages import Safe, SwapNow, Undo
from livegan.ipc.remote.address import ShowAddress
from livegan.ipc.remote.client import ShowClient
from livegan.ipc.remote.schema import Command, Hold

COMMANDS: Mapping[str, Callable[[], Command]] = {
    "livegan.undo": Undo,
    "livegan.hold": Hold,
    "livegan.safe": Safe,
    "livegan.now": SwapNow,
}
"""Commands of an editor, and what the show is asked for."""
ON_AIR = "livegan.onAir"
TITLES: Mapping[str, str] = {
    "livegan.undo": "undo",
    "livegan.hold": "hold",
    "livegan.safe": "safe set",
    "livegan.now": "swap now",
    ON_AIR: "on the air",
}
"""How an editor writes them above a set."""


def text_on_air(address: ShowAddress) -> Path:
    """Write the text on the air into a file of the user's cache; its path.

    Raises RemoteError if the show does not answer, OSError if the file cannot be written.
    """
    import platformdirs

    with ShowClient(address) as client:
        said = client.text()
    folder = platformdirs.user_cache_path("livegan", appauthor=False) / "on the air"
    file = folder / f"{address.show}.py"
    saving.write_bytes(file, said.text.encode("utf-8"))
    return file
