"""A display is read as a picture; what cannot be read is said in a line."""

from __future__ import annotations

import sys
import time

import pytest

from livegan.picture_sources.screen import open_screen
from livegan.picture_sources.source import PictureSourceError, Wanted
from tests.display import xvfb

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads an X display")


@pytest.mark.display
def test_a_display_is_read_at_the_size_that_is_needed() -> None:
    with xvfb((320, 200)):
        source = open_screen("0", Wanted(100, 100))
        try:
            end = time.monotonic() + 60
            while (pixels := source.read()) is None:
                assert time.monotonic() < end
        finally:
            source.close()
    assert pixels.shape == (100, 160, 3)


def test_what_cannot_be_read_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PictureSourceError, match="windows by title are found on Windows only"):
        open_screen("TouchDesigner", Wanted(64, 64))
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(PictureSourceError, match="no X display to read"):
        open_screen("", Wanted(64, 64))
