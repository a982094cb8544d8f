"""Files are found as a person names them, and only files are read."""

from __future__ import annotations

import os
import socket
import sys
import unicodedata
from pathlib import Path

import pytest

from livegan.files import NotAFile, kind_of, location, named, need_file

NFC = unicodedata.normalize("NFC", "Café Zoë.wav")
NFD = unicodedata.normalize("NFD", NFC)


@pytest.mark.parametrize(("given", "there"), [(NFC, NFD), (NFD, NFC)], ids=["NFC", "NFD"])
def test_a_name_is_found_in_either_unicode_form(tmp_path: Path, given: str, there: str) -> None:
    folder = tmp_path / there.partition(".")[0]
    folder.mkdir()
    (folder / there).write_text("x")
    found = named(tmp_path / given.partition(".")[0] / given)
    assert found.read_text() == "x"


def test_a_path_that_exists_or_means_nothing_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / NFC).write_text("one")
    assert named(tmp_path / NFC) == tmp_path / NFC
    for other in (tmp_path / "nothing.wav", Path("nowhere") / NFC, Path("a.wav")):
        assert named(other) == other


def test_a_link_is_kept_as_it_is_named(tmp_path: Path) -> None:
    link = tmp_path / "link.py"
    try:
        link.symlink_to(tmp_path / "nowhere.py")
    except OSError:
        pytest.skip("this system does not let its users make links")
    assert named(link) == link


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes in folders")
def test_pipes_folders_devices_and_sockets_are_refused_by_what_they_are(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    server = socket.socket(socket.AF_UNIX)
    here = os.getcwd()
    os.chdir(tmp_path)  # the path of a socket has at most a hundred letters
    try:
        server.bind("socket")
    finally:
        os.chdir(here)
        server.close()
    for path, kind in (
        (tmp_path / "pipe", "a pipe"),
        (tmp_path / "socket", "a socket"),
        (tmp_path, "a folder"),
        (Path(os.devnull), "a device"),
    ):
        assert kind_of(path) == kind
        with pytest.raises(NotAFile, match=f"is {kind}; give a file"):
            need_file(path)
    (tmp_path / "file").write_text("")
    need_file(tmp_path / "file")
    with pytest.raises(FileNotFoundError):
        need_file(tmp_path / "nothing")


def test_ffmpeg_takes_no_name_for_an_address() -> None:
    assert location("12:30 set.wav") == "file:12:30 set.wav"
    assert location(Path("/a/http:b")) == "file:/a/http:b"
