"""Networks in OpenVINO's format as generators: files ``NAME.xml`` with ``NAME.bin`` beside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from livegan.plugin import RegisterOffer, hookimpl

if TYPE_CHECKING:
    from livegan.generators import Card, Checkpoint

LOOKED_AT = 4096
"""Bytes in which the file says what it is."""


def read(data: bytes, path: Path, card: Card) -> Checkpoint | None:
    """The network in a file of OpenVINO's intermediate representation; None for any other file."""
    head = data[:LOOKED_AT].lstrip()
    if not head.startswith((b"<?xml", b"<net")) or b"<net " not in head:
        return None
    # Imported when there is something to read: OpenVINO takes a second.
    from livegan_openvino.network import checkpoint_in

    return checkpoint_in(data, path, card)


@hookimpl
def register_generator_loaders(register: RegisterOffer) -> None:
    """Offer the format: ``models/NAME.xml`` is ``model("NAME", ...)``."""
    register(read, "xml", "networks in OpenVINO's format: NAME.xml and NAME.bin")
