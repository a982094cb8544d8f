"""The built-in sources of sound, registered like any plugin's."""

from __future__ import annotations

from livegan.plugin import RegisterOffer, hookimpl


@hookimpl
def register_sources(register: RegisterOffer) -> None:
    """Offer a sound input, a file, the demo track and silence."""
    from livegan.sound.sources import SOURCES

    for name, (opened, summary) in SOURCES.items():
        register(opened, name, summary)
