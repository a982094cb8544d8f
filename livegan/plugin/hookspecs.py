"""The hooks of livegan: all that a set, or the command line, can name is registered here.

An implementation takes only the arguments it names, so hooks may be given more of them.
"""

from __future__ import annotations

from typing import Any

from pluggy import HookimplMarker, HookspecMarker

hookspec = HookspecMarker("livegan")
hookimpl = HookimplMarker("livegan")


@hookspec
def register_encoders(register: Any) -> None:
    """Offer encoders, sound to condition: ``register(function_or_class, name=None)``."""


@hookspec
def register_mixers(register: Any) -> None:
    """Offer mixers, pictures to picture: ``register(function_or_class, name=None, aliases=())``."""


@hookspec
def register_signals(register: Any) -> None:
    """Offer signals, numbers that change with time: ``register(function_or_class, name=None)``."""


@hookspec
def register_sources(register: Any) -> None:
    """Offer sources of sound: ``register(name, open_source, summary)``; see `livegan.sound`."""


@hookspec
def register_picture_sources(register: Any) -> None:
    """Offer live pictures, such as cameras: ``register(name, open_source, summary)``.

    A set writes ``NAME("argument")``. ``open_source(argument, wanted)`` is called in a process of
    its own and returns a `livegan.picture_sources.source.PictureSource`.
    """


@hookspec
def register_generator_loaders(register: Any) -> None:
    """Offer checkpoint formats: ``register(name, loader, summary)``; see `livegan.generators`."""


@hookspec
def register_outputs(register: Any) -> None:
    """Offer places a picture is shown: ``register(name, open_output, summary)``."""


@hookspec(
    warn_on_impl_args={
        "app": DeprecationWarning(
            "register_commands(app) goes in livegan 1.0: name its argument register, and call "
            "register(function, name=None)"
        )
    }
)
def register_commands(register: Any, app: Any) -> None:
    """Offer commands, ``livegan NAME``: ``register(function_or_typer_app, name=None)``."""
