"""A copy of a set: what it finds beside it is there, and what is the performer's is not touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from livegan.gremlins.copying import Copy


@pytest.fixture
def gig(tmp_path: Path) -> Path:
    """A working folder with a set, a helper, models and plugins."""
    gig = tmp_path / "gig"
    for folder in ("sets", "models/ocean", "plugins", "shows", ".git"):
        (gig / folder).mkdir(parents=True)
    (gig / "sets" / "mine.py").write_text("\ufeff# mine\n", encoding="utf-8")
    (gig / "sets" / "helper.py").write_text("x = 1\n")
    (gig / "models" / "ocean" / "model.safetensors").write_bytes(b"weights")
    (gig / "plugins" / "own.py").write_text("# plugin\n")
    (gig / "logo.png").write_bytes(b"png")
    return gig


def test_what_a_set_finds_beside_it_is_found_beside_the_copy(gig: Path, tmp_path: Path) -> None:
    copy = Copy(gig / "sets" / "mine.py", gig, tmp_path / "room")
    assert copy.text == "# mine\n" and copy.set.read_text() == "# mine\n"
    assert (copy.set.parent / "helper.py").is_file()
    assert (copy.folder / "logo.png").read_bytes() == b"png"
    assert (copy.folder / "plugins" / "own.py").is_file()
    assert (copy.set.parent.parent / "models" / "ocean" / "model.safetensors").is_file()
    assert not (copy.folder / "shows").exists() and not (copy.folder / ".git").exists()


def test_what_is_done_to_the_copy_is_not_done_to_the_set(gig: Path, tmp_path: Path) -> None:
    before = {p: p.read_bytes() for p in gig.rglob("*") if p.is_file()}
    copy = Copy(gig / "sets" / "mine.py", gig, tmp_path / "room")
    copy.set.write_text("broken")
    (copy.set.parent / "helper.py").write_text("broken")
    (copy.folder / "plugins" / "own.py").unlink()
    (copy.models / "gremlin.safetensors").write_bytes(b"broken")
    copy.set.unlink()
    assert {p: p.read_bytes() for p in gig.rglob("*") if p.is_file()} == before


def test_a_set_of_the_working_folder_itself_is_there_once(gig: Path, tmp_path: Path) -> None:
    (gig / "here.py").write_text("# here\n")
    copy = Copy(gig / "here.py", gig, tmp_path / "room")
    assert copy.set.parent == copy.folder
    models = copy.models
    assert models == copy.folder / "models" and not models.is_symlink()
    assert (models / "ocean" / "model.safetensors").read_bytes() == b"weights"
    (models / "gremlin.pth").write_bytes(b"")
    assert not (gig / "models" / "gremlin.pth").exists()


def test_a_set_that_cannot_be_read_is_an_error_of_its_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Copy(tmp_path / "no.py", tmp_path, tmp_path / "room")
