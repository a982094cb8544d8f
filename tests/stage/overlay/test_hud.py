"""The HUD fits, says what it should, and is drawn only when something changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

pygame = pytest.importorskip("pygame")

from livegan.stage.control.tempo_choice import TempoLine  # noqa: E402
from livegan.stage.overlay.hud import Hud, Readings  # noqa: E402
from livegan.stage.overlay.text import AMBER, Lettering, Panel, monospace, wrap  # noqa: E402
from livegan.stage.overlay.view import NoteLine, Slot, View  # noqa: E402

SIZES = [(160, 120), (320, 240), (1024, 1024), (1280, 720), (720, 1280), (3840, 2160)]
FULL = View(
    engine="playing",
    version=12,
    commit="refused",
    refusal="four.py:7: " + "there is no model 'nebulla'; did you mean 'nebula'? " * 4,
    slots=tuple(Slot(name, "model", "timeline") for name in "abcd"),
    notes=(
        NoteLine("the engine stopped; restarting it now with version 3", 0),
        NoteLine("saved", 0),
    ),
)
THUMBS = np.full((192, 384, 3), 90, np.uint8)


@pytest.fixture(autouse=True)
def fonts() -> Iterator[None]:
    pygame.font.init()
    yield
    pygame.font.quit()


def overlap(one: Panel, other: Panel) -> bool:
    first = one.surface.get_rect(topleft=one.position)
    return bool(first.colliderect(other.surface.get_rect(topleft=other.position)))


@pytest.mark.parametrize("size", SIZES)
def test_panels_lie_inside_a_window_of_any_size(size: tuple[int, int]) -> None:
    hud = Hud()
    panels = hud.panels(FULL, Readings(flags=("frozen", "solo 2")), size, 0, THUMBS, 1)
    panels += hud.waiting("preparing the set", size) + hud.hint(NoteLine("frozen", 0), size, 0)
    names = {panel.name for panel in panels}
    assert {"status", "refusal", "thumbs", "note 0", "note 1", "waiting", "hint"} == names
    for panel in panels:
        assert panel.position[0] >= 0
        assert panel.position[0] + panel.surface.get_width() <= size[0], panel.name


@pytest.mark.parametrize("size", [(640, 480), (720, 1280), (1024, 1024), (1280, 720)])
def test_panels_do_not_cover_each_other(size: tuple[int, int]) -> None:
    panels = Hud().panels(FULL, Readings(), size, 0, THUMBS, 1)
    for number, one in enumerate(panels):
        for other in panels[number + 1 :]:
            assert not overlap(one, other), (one.name, other.name)


@pytest.mark.parametrize("size", [(320, 240), (640, 480), (720, 1280), (1280, 720), (3840, 2160)])
def test_the_help_shows_every_key(size: tuple[int, int]) -> None:
    (panel,) = Hud().help(size)
    rect = panel.surface.get_rect(topleft=panel.position)
    assert pygame.Rect(0, 0, *size).contains(rect)


def test_a_long_name_of_a_sound_is_cut_with_a_mark() -> None:
    def seen(name: str) -> list[str]:
        hud, written = Hud(), []
        hud._lettering((640, 480))
        letters = hud._plates.letters
        assert letters is not None
        plain = letters.text
        letters.text = lambda text, colour=AMBER: written.append(text) or plain(text, colour)  # type: ignore[assignment,method-assign,func-returns-value]
        hud.panels(View(), Readings(source=name), (640, 480), 0)
        return [text for text in written if text.startswith("sound")]

    assert seen("demo") == ["sound demo"]
    assert seen("device " * 20)[0].endswith("…") and len(seen("device " * 20)[0]) <= 48


def test_what_has_not_changed_is_not_drawn_again() -> None:
    hud = Hud()
    first = hud.panels(FULL, Readings(bpm=120), (1280, 720), 1, THUMBS, 1)
    drawn = hud.redrawn
    again = hud.panels(FULL, Readings(bpm=120), (1280, 720), 2, THUMBS, 1)
    assert hud.redrawn == drawn
    assert [a.surface for a in first] == [b.surface for b in again]
    hud.panels(FULL, Readings(bpm=121), (1280, 720), 3, THUMBS, 1)
    assert hud.redrawn == drawn + 1
    hud.panels(FULL, Readings(bpm=121), (1280, 720), 4, THUMBS, 2)
    assert hud.redrawn == drawn + 2


def test_it_is_drawn_ten_times_a_second_at_most() -> None:
    hud = Hud()
    for frame in range(60):
        hud.panels(FULL, Readings(bpm=frame), (1280, 720), frame / 60)
    assert hud.redrawn <= 10 + 4


def test_what_is_awaited_stands_above_the_notes_and_does_not_fade() -> None:
    hud = Hud()
    view = View(notes=(NoteLine("saved", 0),), awaited=(("sound", "the sound is gone"),))
    for now in (0.0, 100.0):
        panels = hud.panels(view.faded(now), Readings(), (640, 480), now)
        named = {panel.name: panel for panel in panels}
        assert named["note 0"].alpha == max(panel.alpha for panel in panels)
        assert ("note 1" in named) == (now == 0.0)


def test_a_note_fades_without_being_drawn() -> None:
    hud = Hud()
    view = View(notes=(NoteLine("saved", 0),))
    strong = hud.panels(view, Readings(), (1280, 720), 0)[-1]
    weak = hud.panels(view, Readings(), (1280, 720), 5.5)[-1]
    assert weak.surface is strong.surface
    assert 0 < weak.alpha < strong.alpha == 1


def test_meters_grow_with_the_sound() -> None:
    def bright(level: float) -> int:
        readings = Readings(meters=(level,) * 5)
        panel = Hud().panels(View(), readings, (1280, 720), 0)[0]
        return int(pygame.surfarray.array3d(panel.surface).astype(int).sum())

    assert bright(0) < bright(0.5) < bright(1) == bright(3)


def test_a_refusal_is_legible_over_white_and_over_black() -> None:
    panel = next(p for p in Hud().panels(FULL, Readings(), (1280, 720), 0) if p.name == "refusal")
    for value in (0, 255):
        ground = pygame.Surface(panel.surface.get_size())
        ground.fill((value,) * 3)
        ground.blit(panel.surface, (0, 0))
        seen = pygame.surfarray.array3d(ground).astype(float) @ np.array([0.299, 0.587, 0.114])
        inside = seen[8:-8, 8:-8]
        assert inside.max() - np.median(inside) > 80


def test_the_letters_are_of_equal_width() -> None:
    path = monospace()
    assert path is not None and path.is_file()
    letters = Lettering(16)
    assert letters.text("iiii").get_width() == letters.text("MMMM").get_width()


def test_long_text_is_wrapped_and_what_is_lost_is_marked() -> None:
    assert wrap("one two three", 40, 2) == ["one two three"]
    assert wrap("one two three", 8, 2) == ["one two", "three"]
    assert wrap("one two three four five", 8, 2) == ["one two", "three…"]
    lines = wrap("word " * 50, 20, 2)
    assert len(lines) == 2 and lines[-1].endswith("…")
    assert all(len(line) <= 20 for line in wrap("x" * 500, 20, 3))
    assert wrap("", 10, 2) == []


def test_the_engines_state_stands_where_its_rate_was() -> None:
    def width(view: View) -> bytes:
        panel = Hud().panels(view, Readings(), (1280, 720), 0)[0]
        return bytes(pygame.image.tobytes(panel.surface, "RGBA"))

    assert width(replace(FULL, engine="dead")) != width(FULL)


def test_the_flash_guard_is_said_quietly_until_it_acts() -> None:
    def amber(guard: str) -> bool:
        panel = Hud().panels(FULL, Readings(guard=guard), (1280, 720), 0)[0]
        pixels = pygame.surfarray.array3d(panel.surface).astype(int)
        return bool((abs(pixels - AMBER[:3]) < 3).all(axis=2).any())

    assert not amber("flash guard on") and not amber("flash guard strict")
    assert amber("flash guard acts on 60%") and amber("flash guard off")


@pytest.mark.parametrize("small", [True, False])
def test_a_clock_that_is_lost_is_said_as_long_as_it_is(small: bool) -> None:
    def amber(tempo: TempoLine) -> bool:
        panels = Hud().panels(FULL, Readings(tempo=tempo), (1280, 720), 0, None, 0, small)
        (panel,) = [each for each in panels if each.name == "status"]
        pixels = pygame.surfarray.array3d(panel.surface).astype(int)
        return bool((abs(pixels - AMBER[:3]) < 3).all(axis=2).any())

    assert not amber(TempoLine("midi", "desk"))
    assert amber(TempoLine("midi", "lost, silent", there=False))
