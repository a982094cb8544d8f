"""The outputs of a ``show(...)``: their names, and the options that they have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from livegan.graph.binding import describe
from livegan.graph.place import SetError
from livegan.plugin import registry
from livegan.plugin.catalogue import Offer
from livegan.plugin.closest import closest
from livegan.plugin.guard import said
from livegan.plugin.output_options import OptionValue, options_of

DEFAULT = "livegan"
"""The name that True stands for."""


def read_outputs(words: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, OptionValue]]:
    """The keywords of a ``show(...)`` as outputs, kind by kind, and the options of these outputs.

    Raises SetError for what is neither, and for a value that the output cannot take.
    """
    offered = {offer.name for offer in registry.current().offered("output")}
    kinds = {word for word in words if word.rpartition(":")[2] in offered}
    taken = {option for kind in kinds for option in options_of_output(kind)} - kinds
    outputs: dict[str, str] = {}
    options: dict[str, OptionValue] = {}
    for word, value in words.items():
        if word not in taken:
            outputs[word] = _named(word, value)
        elif isinstance(value, (str, int, float)):
            options[word] = value
        else:
            raise SetError(f"show: {word}= takes a number or a text, got {describe(value)}")
    return outputs, options


def options_of_output(kind: str) -> tuple[str, ...]:
    """The options of an output; SetError if there is no such output."""
    return options_of(_offer(kind).make)


def _named(kind: str, name: Any) -> str:
    offer = _offer(kind)
    if name is True:
        return DEFAULT
    if not isinstance(name, str) or not name.strip():
        raise SetError(f"show: {kind}= takes a name in quotes, got {describe(name)}")
    if offer.check is not None:
        try:
            offer.check(name)
        except Exception as error:  # of a plugin
            raise SetError(f"show: {said(error) or type(error).__name__}") from None
    return name


def _offer(kind: str) -> Offer:
    try:
        return registry.current().offer("output", kind)
    except registry.UnknownName as error:
        options = {o.name: options_of(o.make) for o in registry.current().offered("output")}
        meant = closest(kind, (option for names in options.values() for option in names))
        whose = [f"{name}=" for name, names in options.items() if meant in names]
        near = f"; {meant}= is an option of {' and '.join(whose)}" if whose else ""
        raise SetError(f"show: {error}{near}") from None


def taken_twice(
    wanted: Iterable[tuple[str, str]], there: Iterable[tuple[str, str, str]]
) -> str | None:
    """Why one of these outputs, kind and name each, cannot be had beside the others and those that
    are there (kind, name, and in which line); None if all can."""
    whose = {what: (kind, name, line) for kind, name, line in there for what in takes(kind, name)}
    for output in wanted:
        kind, name = output
        for what in takes(*output):
            other = whose.setdefault(what, (kind, name, "here"))
            if other[:2] != output:
                beside = f"{other[0]}={other[1]!r} ({other[2]})"
                return f"{kind}={name!r} takes {what}, as {beside} does; give it another"
            if other[2] != "here":
                return f"two pictures go to {kind}={name!r}; rename one of them"
    return None


def takes(kind: str, name: str) -> tuple[str, ...]:
    """What an output takes for itself, in words each."""
    own = f"{kind}={name!r}"
    function = _offer(kind).takes
    if function is None:
        return (own,)
    try:
        return (own, *map(str, function(name)))
    except Exception:  # of a plugin: whether it can be opened is seen when it is
        return (own,)
