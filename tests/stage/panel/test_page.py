"""The page in a real browser, on phones of two shapes: seen, touched, lost and found again."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from livegan.ipc.remote.schema import HitPad, Hold, LearnControl, PlaySet, Solo, TapTempo
from tests.stage.panel.fake_show import FakeShow, PanelHost, knob

UPRIGHT, LYING = (390, 844), (844, 390)
PATIENCE = 20_000
"""Milliseconds in which something must be seen on a busy machine."""


def missing(what: str) -> None:
    """Skip, or fail where everything is to be tested."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing", pytrace=False)
    pytest.skip(f"needs {what}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        missing("Chromium (apt-get install chromium)")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright (pip install playwright)")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        yield made
        made.close()


@pytest.fixture
def phones(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens the page on a phone; no page may have an error."""
    opened: list[Any] = []
    errors: list[str] = []

    def phone(url: str, shape: tuple[int, int] = UPRIGHT) -> Any:
        size = {"width": shape[0], "height": shape[1]}
        context = browser.new_context(viewport=size, has_touch=True, is_mobile=True)
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if bad(said) else None)
        page.goto(url)
        return page

    def bad(said: Any) -> bool:
        # The browser itself complains when a show is away.
        return said.type == "error" and "ERR_CONNECTION_REFUSED" not in said.text

    yield phone
    for context in opened:
        context.close()
    assert errors == []


def until(page: Any, condition: Callable[[], Any]) -> None:
    end = time.monotonic() + PATIENCE / 1000
    while not condition():
        assert time.monotonic() < end
        page.wait_for_timeout(20)


def value(page: Any, name: str) -> str:
    return str(page.get_by_label(name, exact=True).locator("output").inner_text())


def drag(page: Any, name: str, part: float) -> None:
    """Drag a knob by this part of its width, as a finger that begins anywhere on it."""
    box = page.get_by_label(name, exact=True).bounding_box()
    x, y = box["x"] + box["width"] / 3, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 6, y)  # what decides that it is a drag moves nothing
    page.mouse.move(x + 6 + part * box["width"], y, steps=4)
    page.mouse.up()


def test_two_phones_play_one_show_and_agree(
    fake_show: FakeShow, panel: PanelHost, phones: Callable[..., Any]
) -> None:
    one, other = phones(panel.url), phones(panel.url, LYING)
    for page in (one, other):
        page.locator("#veil").wait_for(state="hidden")
        assert page.get_by_label("hue", exact=True).inner_text().split("\n")[0] == "hue"
        assert "what hue does" in page.locator("#knobs").inner_text()
        assert value(page, "hue") == "0.500" and value(page, "tilt") == "0.00"
        assert page.locator("#program").inner_text() == "version 1 on air"
    drag(one, "hue", 0.25)
    until(one, lambda: abs(fake_show.value("hue") - 0.75) < 0.02)
    until(other, lambda: value(other, "hue") == value(one, "hue"))
    fake_show.turn("tilt", -0.5)
    for page in (one, other):
        until(page, lambda page=page: value(page, "tilt") == "−0.50")
    one.get_by_label("tilt", exact=True).press("End")
    until(one, lambda: fake_show.value("tilt") == 1.0)

    one.get_by_role("button", name="kick").tap()
    other.locator("#hold").tap()
    until(one, lambda: "on" in (one.locator("#hold").get_attribute("class") or ""))
    one.locator("#tap").tap()
    one.get_by_label("show b alone").tap()
    until(one, lambda: len(fake_show.done) > 5 and isinstance(fake_show.done[-1], Solo))
    assert {HitPad, Hold, TapTempo, Solo} <= {type(command) for command in fake_show.done}
    assert one.locator("#now").is_disabled()

    fake_show.now = replace(
        fake_show.now,
        knobs=[knob("depth", 3.0, 0.0, 10.0)],
        pads=[],
        commit="cued",
        refusal="set.py:5: no such word",
        solo=0,
        scenes=["/home/ada/set.py", "/home/ada/other.py"],
    )
    for page in (one, other):
        page.get_by_label("depth", exact=True).wait_for()
        assert page.locator(".knob").count() == 1 and page.locator("#pads button").count() == 0
        assert page.locator("#refusal").inner_text() == "set.py:5: no such word"
        assert page.locator("#now").is_enabled()
        assert page.locator("#slots .on").count() == 1
        assert page.locator("#scenes .on").inner_text() == "set"
    assert fake_show.value("depth") == 3.0, "a knob that appears moves nothing"
    one.get_by_role("button", name="other").tap()
    until(one, lambda: fake_show.done[-1] == PlaySet("/home/ada/other.py"))


def test_a_long_press_has_a_control_learnt_for_a_knob(
    fake_show: FakeShow, panel: PanelHost, phones: Callable[..., Any]
) -> None:
    page = phones(panel.url)
    knob = page.get_by_label("hue", exact=True)
    box = knob.bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 20)
    page.mouse.down()
    until(page, lambda: fake_show.done == [LearnControl("hue")])
    page.mouse.up()
    fake_show.now = replace(fake_show.now, learning="hue")
    until(page, lambda: "learning" in knob.get_attribute("class"))
    page.get_by_text("move the control that is to move hue").wait_for()
    fake_show.now = replace(fake_show.now, learning="", learnt="hue: cc 1 of nanoKONTROL")
    page.get_by_text("hue: cc 1 of nanoKONTROL").wait_for()
    assert fake_show.value("hue") == 0.5


def test_nothing_overflows_on_either_shape_and_thumbs_find_their_keys(
    fake_show: FakeShow, panel: PanelHost, phones: Callable[..., Any]
) -> None:
    long = "a-name-of-a-knob-that-has-as-many-letters-as-a-name-may-have-"[:60]
    fake_show.now = replace(
        fake_show.now,
        knobs=[knob(long, 1e6, -1e6, 1e9), *(knob(f"k{n}", 0.5) for n in range(30))],
        pads=[long, "x"],
        refusal="/a/path/without/any/space/" + "x" * 300,
        notes=["y" * 300],
        slots=[{"name": long, "model": long + "2", "condition": "levels"}] * 9,
        set="/home/ada/" + "z" * 90 + ".py",
        picture="held: " + "no new picture " * 9,
        scenes=[f"/home/ada/{'z' * 90}{n}.py" for n in range(40)],
    )
    page = phones(panel.url)
    page.locator(".knob").nth(30).wait_for(state="attached")
    for shape in (UPRIGHT, LYING, (320, 568), (1280, 800)):
        page.set_viewport_size({"width": shape[0], "height": shape[1]})
        width, inner, deck, room = page.evaluate(
            "() => [document.documentElement, document.getElementById('deck')]"
            ".flatMap(part => [part.scrollWidth, part.clientWidth])"
        )
        assert width <= inner and deck <= room, shape
        for key in ("hold", "blackout", "undo", "safe", "tap", "now", "record"):
            box = page.locator(f"#{key}").bounding_box()
            assert box["height"] >= 44 and box["width"] >= 60, (shape, key, box)
            assert box["y"] + box["height"] <= shape[1] and box["x"] + box["width"] <= shape[0]
        assert page.locator(".knob").first.bounding_box()["height"] >= 56
        assert page.locator("#scenes button").first.bounding_box()["height"] >= 50
        assert page.locator("#scenes").bounding_box()["height"] < 70, "one row, however many"
    page.set_viewport_size({"width": UPRIGHT[0], "height": UPRIGHT[1]})
    before = page.locator("#pads button").first.bounding_box()
    fake_show.now = replace(fake_show.now, refusal="", notes=[])
    page.locator("#refusal").wait_for(state="hidden")
    assert page.locator("#pads button").first.bounding_box() == before, "lines move no control"


def test_the_picture_is_shown_and_the_next_comes_after_it(
    panel: PanelHost, phones: Callable[..., Any]
) -> None:
    page = phones(panel.url)
    pixel = (
        "() => document.getElementById('picture').getContext('2d').getImageData(9, 9, 1, 1).data[0]"
    )
    for grey in (200, 60, 130):
        panel.paint(grey)
        until(page, lambda grey=grey: abs(page.evaluate(pixel) - grey) < 6)


def test_a_phone_comes_back_by_itself_and_a_wrong_token_is_refused_plainly(
    fake_show: FakeShow, phones: Callable[..., Any]
) -> None:
    first = PanelHost(fake_show)
    page = phones(first.url)
    page.locator("#veil").wait_for(state="hidden")
    first.stop()
    page.get_by_text("No connection to the show").wait_for()
    fake_show.now = replace(fake_show.now, knobs=[knob("later", 0.1)])
    second = PanelHost(fake_show, first.port)
    try:
        page.locator("#veil").wait_for(state="hidden")
        until(page, lambda: value(page, "later") == "0.100")
        drag(page, "later", 0.3)
        until(page, lambda: fake_show.value("later") > 0.3)

        page.goto(second.url.replace("#a-token", "#another"))
        page.get_by_text("wrong token: scan the QR code of this show").wait_for()
        page.goto(second.url.partition("#")[0])
        page.get_by_text("this address has no token").wait_for()
        page.goto(second.url)
        page.locator("#veil").wait_for(state="hidden")
    finally:
        second.stop()
