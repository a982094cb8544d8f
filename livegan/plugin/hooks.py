"""Calling hooks, and explaining why one was not called."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import pluggy

from livegan.plugin import hookspecs
from livegan.plugin.authored import source_of
from livegan.plugin.closest import suggestion
from livegan.plugin.declare import DeclarationError, Kind

OPERATIONS: dict[str, Kind] = {
    "register_encoders": "encoder",
    "register_mixers": "mixer",
    "register_signals": "signal",
    "register_patches": "patch",
}
OFFERS = {
    "register_sources": "source",
    "register_picture_sources": "picture_source",
    "register_generator_loaders": "loader",
    "register_backends": "backend",
    "register_outputs": "output",
    "register_moves": "move",
    "register_commands": "command",
    "register_words": "word",
}
HOOKS = (*OPERATIONS, *OFFERS)


class Register:
    """What a hook is given: it takes what the hook's own page says, or says what it takes."""

    def __init__(self, hook: str, call: Callable[..., Any]) -> None:
        self._hook, self._call = hook, call

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        signature = inspect.signature(self._call)
        try:
            signature.bind(*args, **kwargs)
        except TypeError as error:
            page = getattr(hookspecs, self._hook).__doc__
            form = re.search(r"``(register\(.+?\))``", page)
            wrong = next((name for name in kwargs if name not in signature.parameters), "")
            near = suggestion(wrong, signature.parameters).split(";")[1:] if wrong else []
            reason = "; ".join([str(error), *(text.strip() for text in near)])
            raise DeclarationError(f"register: {reason} ({form[1] if form else ''})") from None
        return self._call(*args, **kwargs)


class App:
    """What ``register_commands(app)`` was given before there was ``register``."""

    def __init__(self, register: Callable[..., Any]) -> None:
        self._register = register

    def command(self, name: str | None = None, **settings: Any) -> Callable[..., Any]:
        """A decorator that registers a command."""
        return lambda function: self._register(function, name)

    def add_typer(self, app: Any, *, name: str | None = None, **settings: Any) -> None:
        """Register a group of commands."""
        self._register(app, name)


def refuse_unknown(manager: pluggy.PluginManager) -> None:
    """A hook that livegan does not have is a mistake in its name.

    Raises
    ------
    DeclarationError
        With the closest name, at the line of the function.
    """
    for name, caller in vars(manager.hook).items():
        if name.startswith("_") or caller.has_spec():
            continue
        for found in caller.get_hookimpls():
            if not found.optionalhook:
                file, line = source_of(found.function)
                reason = f"there is no hook {name!r}" + suggestion(name, HOOKS)
                raise DeclarationError(reason, f"{file}:{line}")


def refuse_unheard(hook: str, result: Any, function: Any) -> None:
    """A hook that registered nothing, and hands back what was meant to be registered.

    Raises
    ------
    DeclarationError
        At the line of the hook.
    """
    file, line = source_of(function)
    place = f"{file}:{line}"
    if inspect.iscoroutine(result):
        result.close()  # or else Python complains that nobody waited for it
        raise DeclarationError(f"{hook} is async, so nothing in it is run: write def", place)
    if inspect.isgenerator(result) or inspect.isasyncgen(result):
        raise DeclarationError(f"{hook} has a yield, so nothing in it is run: leave it out", place)
    if callable(result) or isinstance(result, (list, tuple, set, dict)):
        reason = f"{hook} registers nothing: call register(...) with what it returns"
        raise DeclarationError(reason, place)


def misfit(module: Any, error: Exception) -> DeclarationError:
    """What to say of a hook that cannot be called as hooks are."""
    for hook in HOOKS:
        function = getattr(module, hook, None)
        if not inspect.isroutine(function):
            continue
        given = {"self", "register", *(["app"] if hook == "register_commands" else [])}
        for each in inspect.signature(function).parameters.values():
            if each.name not in given and each.default is each.empty:
                file, line = source_of(function)
                reason = f"{hook} is given register, not {each.name!r}: def {hook}(register)"
                return DeclarationError(reason, f"{file}:{line}")
    return DeclarationError(" ".join(str(error).split()))
