"""A working folder with plugins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from livegan.plugin import registry, source
from livegan.plugin.registry import Registry


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """The ``plugins`` of a working folder, with nothing installed."""
    folder = tmp_path / "plugins"
    folder.mkdir()
    registry.use(Registry().load(installed=False))
    yield folder
    source.forget(source.modules_of(source.FOLDER))
