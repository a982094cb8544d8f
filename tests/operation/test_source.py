"""Which version of an encoder it is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livegan.operation.source import drew_alike, source_digest
from livegan.plugin import declare

HERE = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()


@dataclass
class Written:
    """Python writes its __init__."""

    def draw(self, sound: Any) -> Any: ...


def test_a_version_is_that_of_the_file() -> None:
    def drawn(sound: Any) -> Any: ...

    assert source_digest(declare("encoder", drawn)) == HERE
    assert source_digest(declare("encoder", Written)) == HERE


def test_what_was_written_nowhere_has_no_version() -> None:
    names: dict[str, Any] = {}
    exec("def drawn(sound): ...", names)
    assert source_digest(declare("encoder", names["drawn"])) == ""


def test_a_version_that_drew_the_same_pictures_is_named_by_the_author() -> None:
    def drawn(sound: Any) -> Any: ...

    operation = declare("encoder", drawn)
    assert drew_alike(operation, HERE)
    assert not drew_alike(operation, "0" * 64)
    drawn.drawn_alike = ("0" * 64,)  # type: ignore[attr-defined]
    assert drew_alike(operation, "0" * 64)
    assert not drew_alike(operation, "1" * 64)
