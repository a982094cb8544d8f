"""A show is found by a file that only its user reads; what killed shows left is swept."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from livegan.ipc.remote import address as module
from livegan.ipc.remote.address import LIVE, OpenAddress, open_address, read_address, shows_in


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    import platformdirs

    found = tmp_path / "cache"
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda *_, **__: found)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "show"


def test_two_shows_of_one_set_have_two_names_and_both_are_found(folder: Path) -> None:
    one, two = (open_address(folder, folder / "four.py") for _ in range(2))
    assert [address.show for address in shows_in(folder)] == ["four", "four-2"]
    assert one.address.token != two.address.token
    two.close()
    assert shows_in(folder) == [one.address]
    one.close()
    assert shows_in(folder) == []
    assert list((folder / LIVE).iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files are POSIX")
def test_only_the_user_can_read_the_token(folder: Path) -> None:
    (folder / LIVE).mkdir(parents=True, mode=0o755)
    opened = open_address(folder, folder / "a.py")
    file = folder / LIVE / "a.json"
    for path, mode in ((file, 0o600), (file.parent, 0o700)):
        assert stat.S_IMODE(path.stat().st_mode) == mode
    assert json.loads(file.read_text())["where"] == f"unix:{file.with_suffix('.sock')}"
    opened.close()


def test_where_there_can_be_no_socket_file_it_is_a_port_of_this_machine(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 25)
    opened = open_address(folder, folder / "a.py")
    assert opened.address.where.startswith("127.0.0.1:")
    assert opened.socket.getsockname()[0] == "127.0.0.1"
    assert shows_in(folder) == [opened.address]
    opened.close()


def test_where_files_cannot_be_private_the_users_cache_has_the_address(
    folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_others", lambda status: True)
    with pytest.raises(PermissionError, match="cannot be kept from others"):
        open_address(folder, folder / "a.py")
    here = (folder / LIVE).stat().st_ino if (folder / LIVE).exists() else None
    calls = iter([True])  # the working folder is not private, the cache is
    monkeypatch.setattr(module, "_others", lambda status: next(calls, False))
    opened = open_address(folder, folder / "a.py")
    assert here is not None and not list((folder / LIVE).iterdir())
    assert shows_in(folder) == [opened.address]
    assert list(cache.rglob("a.json"))
    opened.close()


def test_a_working_folder_that_cannot_be_written_costs_nothing(folder: Path, cache: Path) -> None:
    folder.mkdir()
    (folder / "shows").write_text("a file")
    opened = open_address(folder, folder / "a.py")
    assert shows_in(folder) == [opened.address]
    opened.close()


def test_what_a_killed_show_left_is_not_a_show_and_is_swept(folder: Path) -> None:
    killed = open_address(folder, folder / "a.py")
    killed.socket.close()  # as the system does; the files stay
    assert shows_in(folder) == []
    after = open_address(folder, folder / "a.py")
    assert [a.show for a in shows_in(folder)] == ["a"]
    after.close()


@pytest.mark.parametrize(
    "text", ["", "nonsense", "[]", "{}", '{"show": 1}', "[" * 100_000, '{"where": "10.0.0.7:80"}']
)
def test_a_file_that_is_no_address_is_left_alone(folder: Path, text: str) -> None:
    (folder / LIVE).mkdir(parents=True)
    (folder / LIVE / "x.json").write_text(text)
    assert shows_in(folder) == []


def test_an_address_elsewhere_or_of_another_user_is_not_followed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: OpenAddress = open_address(folder, folder / "a.py")
    file = folder / LIVE / "a.json"
    assert read_address(file) == opened.address
    elsewhere = replace(opened.address, where="10.0.0.7:80")
    file.write_text(json.dumps(vars(elsewhere)))
    assert read_address(file) is None
    file.write_text(json.dumps(vars(opened.address)))
    if sys.platform != "win32":
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
        assert read_address(file) is None
    opened.close()
