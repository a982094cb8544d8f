"""Backends by the names that a set says: ``"openvino-int8"`` is a backend and a variant of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from livegan.generators.errors import ModelError
from livegan.generators.precision import cpu_likes_bfloat16
from livegan.plugin import registry
from livegan.plugin.closest import suggestion
from livegan.plugin.guard import said

from .backend import Backend, NetworkSpec, Run

AUTO, EXACT, TORCH = "auto", "exact", "torch"
"""What was measured to be fastest; the original's picture to its rounding; as it always was."""


@dataclass(frozen=True)
class Choice:
    """A backend with one of its variants."""

    name: str
    backend: Backend
    variant: str

    def open(self, spec: NetworkSpec) -> Run:
        """Get ready to paint; raises as :meth:`Backend.open`."""
        return self.backend.open(spec, self.variant)


def made(offer: Any) -> Backend:
    """The backend that a plugin offers.

    Raises
    ------
    ModelError
        If it cannot be made.
    """
    try:
        backend: Backend = registry.current().awake(offer).make()
    except Exception as error:  # a plugin's code
        reason = f"{type(error).__name__}: {said(error)}"
        raise ModelError(f"the backend {offer.name!r} cannot be made: {reason}") from error
    return backend


def choice_named(name: str) -> Choice:
    """``"openvino"``, ``"openvino-int8"``, ``"package:name-variant"``.

    Raises
    ------
    ModelError
        If there is none of that name, or it is not installed; says what there is.
    """
    for title, variant in ((name, ""), (name.rpartition("-")[0], name.rpartition("-")[2])):
        try:
            offer = registry.current().offer("backend", title)
        except registry.UnknownName:
            continue
        backend = made(offer)
        if variant in backend.known:
            if backend.missing():
                raise ModelError(f'backend="{name}": {backend.missing()}')
            return Choice(name, backend, variant)
    there = [AUTO, EXACT, *known_names()]
    raise ModelError(
        f"there is no backend {name!r}; there is: {', '.join(there)}{suggestion(name, there)}"
    )


def known_names() -> list[str]:
    """Every backend and variant that plugins offer, installed or not."""
    names: list[str] = []
    for offer in registry.current().offered("backend"):
        try:
            known = made(offer).known
        except ModelError:
            continue
        names += [full_name(offer.name, variant) for variant in known]
    return names


def own_torch() -> str:
    """What torch is called in measurements where it paints as it does by itself."""
    return full_name(TORCH, "bf16" if cpu_likes_bfloat16() else "float32")


def full_name(name: str, variant: str) -> str:
    """``"openvino"`` and ``"int8"`` as a set writes them together."""
    return f"{name}-{variant}" if variant else name


def candidates() -> tuple[list[Choice], dict[str, str]]:
    """What can be tried on this machine, and why other backends cannot, by their names."""
    found: list[Choice] = []
    left_out: dict[str, str] = {}
    for offer in registry.current().offered("backend"):
        try:
            backend = made(offer)
            missing = backend.missing()
            if missing:
                left_out[offer.name] = missing
                continue
            found += [Choice(full_name(offer.name, v), backend, v) for v in backend.variants()]
        except Exception as error:  # a library that is there and does not load
            left_out[offer.name] = " ".join(f"{type(error).__name__}: {said(error)}".split())[:160]
    return found, left_out
