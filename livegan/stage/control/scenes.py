"""Scenes: the sets that a show moves between, found by number, name or path. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from livegan.control_names import KNOB
from livegan.ipc.control_table import ControlTable
from livegan.ipc.messages import PlayScene, Row
from livegan.plugin.closest import suggestion


def scene_of(path: str, scenes: Sequence[str]) -> str:
    """Number and name of a scene, "2 dark"; nothing in a show of one."""
    if len(scenes) < 2 or path not in scenes:
        return ""
    return f"{scenes.index(path) + 1} {Path(path).stem}"


def find_scene(text: str, scenes: Sequence[str]) -> str:
    """The path of the scene that is meant: its number from 1, its name, or any set's whole path.

    Raises ValueError with a line for the performer.
    """
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= len(scenes):
        return scenes[int(text) - 1]
    if Path(text).is_absolute():
        if Path(text).is_file():
            return text
        raise ValueError(f"there is no set {text}")
    found = [scene for scene in scenes if text in (Path(scene).stem, Path(scene).name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise ValueError(f"{len(found)} scenes are called {text!r}; give the number of one")
    names = [Path(scene).stem for scene in scenes]
    others = suggestion(text, names) or "; the show has one set: give the file of another one"
    raise ValueError(f"there is no scene {text!r}{others}")


def cue_scene(
    text: str,
    scenes: Sequence[str],
    playing: str,
    send: Callable[[PlayScene], None],
    note: Callable[[str], None],
) -> None:
    """Play the scene that a control of a controller stands for, unless it is ``playing``."""
    try:
        path = find_scene(text, scenes)
    except ValueError as error:
        note(str(error))
    else:
        if path != playing:
            send(PlayScene(path))


class SceneKnobs:
    """Lets each scene keep its knobs, though another one has knobs of the same names."""

    def __init__(self, controls: ControlTable) -> None:
        self._controls = controls
        self._scene = ""
        self._names: dict[str, set[str]] = {}
        """The knobs that each scene has had so far."""
        self._kept: dict[str, dict[str, float]] = {}

    def hear(self, scene: str, knobs: Sequence[Row], now: float) -> None:
        """A set is on the air with these knobs, at a show time. One of another scene begins with
        the values that it had, or with its defaults."""
        defaults = {KNOB + str(knob["name"]): float(knob["default"]) for knob in knobs}
        self._names.setdefault(scene, set()).update(defaults)
        if scene == self._scene:
            return
        values = self._controls.snapshot()
        if self._scene:
            known = self._names[self._scene] & values.keys()
            self._kept[self._scene] = {name: values[name].value for name in known}
            kept = self._kept.get(scene, {})
            for name, default in defaults.items():
                wanted = kept.get(name, default)
                if name in values and values[name].value != wanted:
                    self._controls.set(name, wanted, now)
        self._scene = scene
