"""Keys move the switches."""

from __future__ import annotations

from typing import Any

from livegan.ipc.messages import Safe, Solo, Thumbs, Undo
from livegan.stage.control.switches import DOUBLE_CLICK, QUIT_WITHIN, Switches


def pressed(switches: Switches, *actions: str, now: float = 10.0) -> tuple[Switches, list[Any]]:
    done: list[Any] = []
    for action in actions:
        name, _, key = action.partition(" ")
        switches, orders = switches.press(name, key, now)
        done += orders
    return switches, done


def test_switches_go_back_when_pressed_twice() -> None:
    for action in ("code", "help", "hold", "blackout", "fullscreen"):
        once, _ = pressed(Switches(), action)
        twice, _ = pressed(once, action)
        assert once != Switches(hint=once.hint), action
        assert twice == Switches(hint=twice.hint), action


def test_solo_again_or_all_gives_all_slots_back() -> None:
    switches, orders = pressed(Switches(), "solo 2", "solo 3", "solo 3", "solo 1", "all")
    assert [order.slot for order in orders] == [1, 2, None, 0, None]
    assert switches.solo is None


def test_thumbnails_are_drawn_only_while_they_are_seen() -> None:
    _, orders = pressed(Switches(), "hud", "hud", "hud", "thumbs", "thumbs")
    assert [order.on for order in orders] == [True, False, False, True, False]


def test_the_hud_goes_from_a_line_to_all_of_it_to_nothing() -> None:
    switches, seen = Switches(), []
    for _ in range(3):
        switches, _ = pressed(switches, "hud")
        seen.append(switches.hud)
    assert seen == ["full", "", "small"]


def test_the_operators_window_keeps_its_numbers() -> None:
    switches, orders = pressed(Switches(hud="full", operator=True), "hud")
    assert switches.hud == "full" and orders == []
    assert switches.hint is not None and "always shows" in switches.hint.text


def test_a_new_engine_is_told_how_the_switches_stand() -> None:
    switches, _ = pressed(Switches(), "hud", "solo 4")
    assert switches.standing == (Thumbs(True), Solo(3))


def test_escape_closes_the_help_first_then_leaves_fullscreen_and_never_ends_the_show() -> None:
    switches, orders = pressed(Switches(fullscreen=True, help=True), "escape", "escape", "escape")
    assert orders == ["fullscreen"]
    assert not switches.help and not switches.fullscreen
    assert switches.hint is not None and "goes on" in switches.hint.text


def test_the_show_ends_on_the_second_press_in_time() -> None:
    switches, orders = pressed(Switches(), "quit", now=10)
    assert orders == [] and switches.hint is not None
    late, orders = pressed(switches, "quit", now=10 + QUIT_WITHIN + 1)
    assert orders == []
    _, orders = pressed(late, "quit", now=10 + QUIT_WITHIN + 2)
    assert orders == ["quit"]


def test_what_is_held_is_named() -> None:
    switches, orders = pressed(Switches(), "blackout", "solo 2")
    assert switches.flags == ("solo 2",), "no word of the blackout on the audience's black"
    assert switches.black and switches.hint is None and orders[0] == "blackout"
    assert Switches().flags == ()


def test_undo_safe_tap_and_screenshot_are_asked_of_others() -> None:
    _, orders = pressed(Switches(), "undo", "safe", "tap", "screenshot")
    assert orders == [Undo(), Safe(), "tap", "screenshot"]


def test_the_drift_leads_to_the_still_and_that_to_live_and_holding_goes_before() -> None:
    switches, asked = Switches(), []
    for action in ("drift", "drift", "drift", "hold", "drift", "hold", "hold"):
        switches, orders = pressed(switches, action)
        assert orders == []
        asked.append(switches.asked)
    assert asked == ["drift", "still", "", "held", "drift", "held", ""]


def test_a_double_click_on_the_windows_button_is_one() -> None:
    switches, _ = Switches().press("quit", "close", 10.0)
    switches, orders = switches.press("quit", "close", 10.0 + DOUBLE_CLICK / 2)
    assert orders == ()
    _, orders = switches.press("quit", "close", 10.0 + DOUBLE_CLICK + 1)
    assert orders == ("quit",)


def test_the_autopilot_is_handed_the_set_and_vetoed_only_while_it_plays() -> None:
    switches, orders = pressed(Switches(), "veto")
    assert orders == [] and switches.hint is not None and "key a" in switches.hint.text
    switches, orders = pressed(switches, "autopilot", "veto")
    assert orders == ["autopilot", Thumbs(True), "veto"], "it looks at the thumbnails"
    assert switches.flags == ("autopilot",)
    switches, orders = pressed(switches, "autopilot")
    assert orders == ["autopilot", Thumbs(False)] and switches.flags == ()
