"""The words of the language, gathered once: that loads all plugins."""

from __future__ import annotations

import pytest

from livegan import share
from livegan.editor.gathering import gathered
from livegan.editor.vocabulary import Vocabulary


@pytest.fixture(scope="session")
def words() -> Vocabulary:
    sets = share.folder("sets")
    return gathered(sets / "four.py", sets.parent)
