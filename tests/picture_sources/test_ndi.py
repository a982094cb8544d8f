"""An NDI sender is found by its name; without the package a line says how to get it."""

from __future__ import annotations

import sys

import pytest

from livegan.builtin.outputs.ndi import open_ndi as open_output
from livegan.picture_sources.ndi import open_ndi, senders
from livegan.picture_sources.senders import find_sender
from livegan.picture_sources.source import PictureSourceError, Wanted

THERE = ["STUDIO (Resolume 2)", "DESK (Resolume)", "DESK (OBS (PGM))", "RESOLUME-PC (out)"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("resolume", "DESK (Resolume)"),  # the stream of that name before a part of another
        ("STUDIO (resolume 2)", "STUDIO (Resolume 2)"),
        ("studio", "STUDIO (Resolume 2)"),
        ("PGM", "DESK (OBS (PGM))"),
        ("", "DESK (OBS (PGM))"),
        ("TouchDesigner", None),
    ],
)
def test_a_sender_is_found_by_whole_name_stream_or_part(wanted: str, found: str | None) -> None:
    assert find_sender(wanted, THERE) == found
    assert find_sender(wanted, THERE[::-1]) == found


def test_without_the_package_each_way_says_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("cyndilib.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cyndilib", None)
    command = r"pip install 'livegan\[ndi\]'"
    with pytest.raises(PictureSourceError, match=command):
        open_ndi("Resolume", Wanted(64, 64), note=print)
    with pytest.raises(PictureSourceError, match=command):
        senders()
    with pytest.raises(RuntimeError, match=command):
        open_output("livegan", note=print, sound="")
