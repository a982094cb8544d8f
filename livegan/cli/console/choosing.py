"""Which sets and models a show plays, from what was typed."""

from __future__ import annotations

import glob
import os
from pathlib import Path

import typer

from livegan.cli.console.failing import fail, short
from livegan.cli.sets import absolute, set_file
from livegan.files import named


def chosen_set(given: Path | None) -> Path:
    """The set to play: the one that is named, ``sets/four.py`` here, or the packaged one."""
    from livegan import share

    if given is None:
        own = Path("sets/four.py")
        return absolute(own) if own.is_file() else share.folder("sets") / "four.py"
    return absolute(set_file(given))


def chosen_scenes(given: Path | None, more: list[str]) -> tuple[Path, tuple[Path, ...]]:
    """The set to begin with, and all that the show moves between; none if there is only one.

    ``given`` may be a folder, and ``more`` has files, folders and patterns; the safe set is no
    scene unless it is named.
    """
    named_sets = [*([] if given is None else [str(given)]), *more]
    found: list[Path] = []
    for text in named_sets:
        place = named(Path(text))
        if place.is_dir():
            inside = sorted(p for p in place.glob("*.py") if p.name != "safe.py")
            sets = [path for path in inside if shows(path)]
            if not sets:
                fail(f"there is no set in {short(place)}")
        elif glob.has_magic(text) and not place.exists():
            matching = (Path(path) for path in sorted(glob.glob(text, recursive=True)))
            sets = [p for p in matching if p.is_file() and p.name != "safe.py" and shows(p)]
            if not sets:
                fail(f"--scenes {text}: no set is called so")
        else:
            sets = [set_file(place)]
        found += [absolute(path) for path in sets]
    scenes = tuple(dict.fromkeys(found))
    if not scenes:
        return chosen_set(None), ()
    return scenes[0], scenes if len(scenes) > 1 else ()


def shows(path: Path) -> bool:
    """Whether a Python file is a set and no module beside one: it has a ``show(...)``."""
    try:
        return "show(" in path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return False


def followed_models(given: list[Path]) -> dict[str, Path]:
    """Models by the name that a set gives them; those that are not there yet are waited for."""
    found: dict[str, Path] = {}
    for place in given:
        # Not resolved: a link may be pointed to another training while the show goes on.
        whole = Path(os.path.abspath(place))
        if (place / "state.pt").is_file():
            mine = place.with_name(place.name.removesuffix(".training"))
            what = "this is the state of a training; name the model that it trains"
            fail(f"--watch-model {place}: {what}, such as {mine}", 2)
        if not whole.parent.is_dir():
            fail(f"--watch-model {place}: there is no folder {place.parent}", 2)
        name = whole.name
        if whole.is_file():
            name = whole.parent.name if whole.stem == "model" else whole.stem
        if found.setdefault(name, whole) != whole:
            fail(f"--watch-model: two models are called {name!r}; give one of them", 2)
    return found


def need_model(place: Path) -> None:
    """Refuse a model that is not there while nothing trains it: a mistyped name would be waited for
    in a show of its own."""
    names = (place.name, f"{place.name}.safetensors", f"{place.name}.training")
    if any(place.with_name(name).exists() for name in names):
        return
    fail(
        f"--watch-model {short(place)}: there is no such model and no training that writes it; "
        "begin the training first, or give a set as well, which waits for it",
        2,
    )


def set_of(models: dict[str, Path]) -> Path:
    """A set that plays the models alone, to begin with; the performer's own once it is there."""
    path = Path("shows", f"{'-'.join(models)}.py")
    for place in models.values():
        need_model(place)
    if not path.exists():
        from livegan.saving import write_bytes

        plays = ", ".join(f"model({name!r})" for name in models)
        shown = f"grid({plays})" if len(models) > 1 else plays
        text = f"from livegan.live import *\n\nshow({shown})\n"
        write_bytes(path, text.encode())
        typer.echo(f"written: {short(path)}; edit it and save while it plays")
    return absolute(path)
