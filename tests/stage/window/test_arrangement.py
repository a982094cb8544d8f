"""The operator's window and the audience's, and one for both."""

from __future__ import annotations

import pytest

from livegan.stage.window.arrangement import Arrangement, arranged


@pytest.mark.parametrize(
    ("displays", "display", "operator", "sized", "found"),
    [
        (1, None, None, False, Arrangement(0)),
        (2, None, None, False, Arrangement(0, True, 1)),
        (3, 2, None, False, Arrangement(0, True, 2)),
        (2, 0, None, False, Arrangement(1, True, 0)),
        (2, None, None, True, Arrangement(0)),  # --window
        (2, 1, False, False, Arrangement(1)),  # --no-operator
        (1, None, True, False, Arrangement(0, True)),  # --operator: two ordinary windows
    ],
)
def test_two_displays_have_two_windows_unless_the_performer_says_otherwise(
    displays: int, display: int | None, operator: bool | None, sized: bool, found: Arrangement
) -> None:
    assert arranged(displays, display, operator, sized) == found
