"""The hooks of livegan: a plugin registers here what sets and the command line can use.

A hook receives only the arguments that it names, so livegan can add arguments later.  Every
``register`` takes the offered object first, then its name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pluggy import HookimplMarker, HookspecMarker

hookspec = HookspecMarker("livegan")
hookimpl = HookimplMarker("livegan")

Registered = TypeVar("Registered", bound=Callable[..., Any])


class RegisterOperation(Protocol):
    """Registers an encoder, mixer, signal or patch: its signature declares it."""

    def __call__(
        self,
        make: Registered,
        name: str | None = None,
        aliases: Sequence[str] = (),
        files: Sequence[str | Path] = (),
        live: bool = False,
    ) -> Registered:
        """Offer ``make`` as ``name`` (its own name if None), and by its aliases too.

        ``files`` are what it reads besides its code, such as a shader: paths beside the module.
        When one is saved, livegan rebuilds what uses them.  ``live`` says that it follows the
        outside world: two frames of the same moment may differ, and it makes no data set.

        Raises
        ------
        livegan.plugin.DeclarationError
            If it could not be played; the message says where and what to write.
        """


class RegisterOffer(Protocol):
    """Registers a source, picture source, checkpoint loader, backend, output or word."""

    def __call__(
        self,
        make: Registered,
        name: str | None = None,
        summary: str = "",
        files: Sequence[str | Path] = (),
        example: str = "",
        check: Callable[[str], object] | None = None,
        takes: Callable[[str], Sequence[str]] | None = None,
    ) -> Registered:
        """Offer ``make`` as ``name`` (its own name if None).

        ``check(value)``, for outputs, raises RuntimeError in one line for a value that can never
        be opened, such as an address that is none: a set with it is refused when it is saved.
        ``takes(value)`` returns what no other output of the set may take as well, in words, such as
        ``["port 8090"]``: a set with two such outputs is refused.
        ``summary`` is what lists say of it, the first line of its docstring if empty; ``files`` as
        of :class:`RegisterOperation`.  ``example`` is an argument with which it works on any
        machine: checks and galleries use it.
        """


class RegisterMove(Protocol):
    """Registers a move of the autopilot."""

    def __call__(
        self,
        make: Registered,
        name: str | None = None,
        summary: str = "",
        files: Sequence[str | Path] = (),
        *,
        bold: float = 0.3,
        when: Sequence[str] = ("section", "steady"),
        bars: float = 0.0,
    ) -> Registered:
        """Offer ``make(score, ...)`` as ``name`` (its own name if None).

        ``bold`` is how much it changes, 0..1; ``when`` are occasions of
        `livegan.plugin.move.OCCASIONS`; after ``bars`` bars it is taken back, or never with 0.
        ``summary`` and ``files`` as of :class:`RegisterOffer`.
        """


class RegisterCommand(Protocol):
    """Registers a command: a function that Typer can read, or a whole ``typer.Typer``."""

    def __call__(self, make: Registered, name: str | None = None) -> Registered:
        """Offer ``make`` as ``livegan NAME``."""


@hookspec
def register_encoders(register: RegisterOperation) -> None:
    """Offer encoders, sound to picture: ``register(function_or_class, name=None, files=())``.

    ``register(..., live=True)`` is for what follows the outside world, in this hook and the next
    two.
    """


@hookspec
def register_mixers(register: RegisterOperation) -> None:
    """Offer mixers, pictures to picture: ``register(function_or_class, name=None, aliases=())``."""


@hookspec
def register_signals(register: RegisterOperation) -> None:
    """Offer signals, numbers that change: ``register(function_or_class, name=None)``."""


@hookspec
def register_patches(register: RegisterOperation) -> None:
    """Offer patches, sounds made with pyo: ``register(function, name=None)``.

    The function is called once, in a process that has a pyo server. Its inputs and parameters are
    pyo objects, and it returns one.
    """


@hookspec
def register_sources(register: RegisterOffer) -> None:
    """Offer sources of sound: ``register(open_source, name, summary)``; see `livegan.sound`."""


@hookspec
def register_picture_sources(register: RegisterOffer) -> None:
    """Offer live pictures, such as cameras: ``register(open_source, name, summary, example="")``.

    A set writes ``NAME("argument")``. ``open_source(argument, wanted)`` is called in a process of
    its own and returns a `livegan.picture_sources.source.PictureSource`.
    """


@hookspec
def register_generator_loaders(register: RegisterOffer) -> None:
    """Offer checkpoint formats: ``register(loader, name, summary)``; see `livegan.generators`."""


@hookspec
def register_backends(register: RegisterOffer) -> None:
    """Offer what runs networks: ``register(make, name, summary)``; see `livegan.generators`.

    A set writes ``model(..., backend="NAME")``.  ``make()`` costs nothing and returns a
    `livegan.generators.backends.Backend`.
    """


@hookspec
def register_outputs(register: RegisterOffer) -> None:
    """Offer outputs, which show pictures: ``register(open_output, name, summary)``."""


@hookspec
def register_words(register: RegisterOffer) -> None:
    """Offer words of the set language, functions of nodes: ``register(function, name=None)``."""


@hookspec
def register_moves(register: RegisterMove) -> None:
    """Offer moves of the autopilot: ``register(function, name=None, bold=0.3, when=(), bars=0)``.

    ``function(score, *, chance)`` returns an edited `livegan.autopilot.set_code.SetCode`, or None.
    """


@hookspec(
    warn_on_impl_args={
        "app": DeprecationWarning(
            "register_commands(app) goes in livegan 1.0: name its argument register, and call "
            "register(function, name=None)"
        )
    }
)
def register_commands(register: RegisterCommand, app: Any) -> None:
    """Offer commands, ``livegan NAME``: ``register(function_or_typer_app, name=None)``."""
