"""Backends that do what a test wants, registered beside livegan's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from livegan.generators import load
from livegan.generators.backends import choices
from livegan.plugin import registry
from livegan.plugin.catalogue import Offer
from livegan.plugin.registry import Registry


class Fake:
    """A backend whose ``open`` is a test's."""

    known = ("", "int8")

    def __init__(self, opening: Callable, missing: str = "") -> None:
        self.open = opening
        self._missing = missing

    def missing(self) -> str:
        return self._missing

    def version(self) -> str:
        return "1"

    def variants(self) -> tuple[str, ...]:
        return self.known


@pytest.fixture
def offer() -> Iterator[Callable]:
    """Registers a backend under a name; gone after the test."""
    mine = Registry().load(None, installed=False)
    registry.use(mine)

    def add(name: str, opening: Callable = lambda spec, variant: None, missing: str = "") -> None:
        found = Offer("backend", name, lambda: Fake(opening, missing), "for a test", "tests")
        mine.offers["backend", name] = [found]
        mine.full["backend", "tests", name] = found

    choices.machine.cache_clear()
    yield add
    choices.machine.cache_clear()


@pytest.fixture(scope="session")
def city(models: Path):
    return load(models / "city" / "model.safetensors")


@pytest.fixture(scope="session")
def condition():
    return torch.rand(3, 128, 128, generator=torch.Generator().manual_seed(3))
