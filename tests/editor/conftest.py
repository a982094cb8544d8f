"""The words of the language, gathered once: that loads all plugins."""

from __future__ import annotations

import pytest

from livegan import share
from livegan.editor.gathering import gathered
from livegan.editor.vocabulary import Vocabulary
from livegan.plugin import registry


@pytest.fixture(scope="session")
def words() -> Vocabulary:
    """Of what is built in and installed, whatever plugins tests before this one have loaded."""
    sets = share.folder("sets")
    before = registry.current()
    registry.use(registry.Registry().load(None))
    found = gathered(sets / "four.py", sets.parent)
    registry.use(before)
    return found
