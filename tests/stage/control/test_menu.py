"""The menu: what it lists, and what each key does in it."""

from __future__ import annotations

import threading

import pytest

from livegan.ipc.remote.schema import Command, ListenTo, PlayOn, ShowOn
from livegan.stage.control.menu import Menu, Names, choices_of, sound_devices
from livegan.stage.control.shown_menu import ShownMenu
from livegan.stage.window import displays
from livegan.stage.window.window import Press
from tests.sound.test_listening import until

SOUNDS = {"input": ["Built-in", "USB Audio"], "output": ["Speakers"]}


def test_it_lists_inputs_outputs_and_displays_and_marks_what_is_heard() -> None:
    choices = choices_of(SOUNDS, ["LG", "Beamer"], "USB Audio", ["drums"])
    assert [choice.command for choice in choices] == [
        ListenTo("device:Built-in"),
        ListenTo("device:USB Audio"),
        ListenTo("sum"),
        ListenTo("demo"),
        PlayOn("Speakers"),
        ShowOn("0"),
        ShowOn("1"),
    ]
    assert [choice.text for choice in choices if choice.chosen] == ["USB Audio"]
    assert [choice.text for choice in choices if choice.kind == "display"] == ["0 LG", "1 Beamer"]


def test_one_display_is_no_choice_and_many_devices_are_cut() -> None:
    many = {"input": [f"input {n}" for n in range(30)]}
    assert len(choices_of(many, ["LG"], "")) == 10


def test_keys_go_round_choose_and_close() -> None:
    menu: Menu | None = Menu(tuple(choices_of(SOUNDS, [], "")))
    assert menu is not None
    menu, chosen = menu.press("up")
    assert menu is not None and menu.at == 3 and chosen is None
    menu, chosen = menu.press("down")
    assert menu is not None and menu.at == 0
    assert menu.press("return") == (None, ListenTo("device:Built-in"))
    assert menu.press("escape") == (None, None)
    assert Menu().press("return") == (Menu(), None), "nothing to choose yet"


def test_devices_join_an_open_menu_and_the_performer_stays_where_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(displays, "names", lambda: ("LG", "Beamer"))
    known = threading.Event()
    chosen: list[Command] = []

    def look() -> Names:
        known.wait(30)
        return SOUNDS

    shown = ShownMenu(look)
    shown.choose = chosen.append
    assert not shown.take(Press("", "down")), "closed, it takes no key"
    shown.open("demo", [])
    assert shown.menu is not None and "looking for" in shown.menu.waiting
    assert shown.take(Press("", "down")) and not shown.take(Press("b", "b"))
    assert shown.menu.choices[1].command == ShowOn("0")
    known.set()
    until(lambda: shown.menu is not None and not shown.menu.waiting)
    assert len(shown.menu.choices) == 6
    assert shown.menu.choices[shown.menu.at].command == ShowOn("0")
    assert shown.take(Press("", "return")) and chosen == [ShowOn("0")] and shown.menu is None


def test_a_process_of_its_own_names_the_devices_or_none() -> None:
    names = sound_devices()
    assert set(names) in ({"input", "output"}, set())
    assert all(isinstance(name, str) for found in names.values() for name in found)
