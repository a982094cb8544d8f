"""The code overlay shows the set, scrolled to its change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pygame = pytest.importorskip("pygame")

from livegan.stage.overlay.code import CHANGED, FADE, REFUSED, Code, blocks, coloured, scrolled  # noqa: E402
from livegan.stage.overlay.view import View  # noqa: E402


def test_colouring_keeps_every_character() -> None:
    source = 'a = model("nebula", wave)  # note\n\n@encoder\ndef f(x):\n\treturn 2 * x\n'
    lines = ["".join(text for text, _ in line) for line in coloured(source)]
    assert lines == source.expandtabs(4).splitlines()


def test_kinds_of_words_have_colours_of_their_own() -> None:
    (line,) = coloured("def f(): return 'x'  # y")
    colours = {text.strip(): colour for text, colour in line}
    assert len({colours["def"], colours["f"], colours["# y"]}) == 3


def test_what_is_no_python_is_shown_too() -> None:
    assert coloured("def (((: '''\n\0\n")[0]
    assert coloured("") == []


def test_it_scrolls_to_the_change_and_before_that_to_the_refusal() -> None:
    assert scrolled(10, 30, (9,), None) == 0
    assert scrolled(100, 30, (50, 90), None) == 39
    assert scrolled(100, 30, (50,), 90) == 70
    assert scrolled(100, 30, (), None) == 0


def test_lines_that_follow_each_other_are_one_mark() -> None:
    assert blocks((7, 3, 4, 5, 9)) == [(3, 3), (7, 1), (9, 1)]


@pytest.fixture
def fonts() -> object:
    pygame.font.init()
    yield
    pygame.font.quit()


@pytest.mark.usefixtures("fonts")
def test_changed_lines_are_marked_and_fade_and_the_text_is_drawn_once() -> None:
    code = Code()
    view = View(source="a = 1\nb = 2\nc = 3\n", changed=(2,), changed_at=10)
    text, mark = code.panels(view, (640, 480), 10)
    assert mark.alpha == 1
    assert mark.position[1] == mark.surface.get_height()
    assert mark.surface.get_at((20, mark.surface.get_height() // 2)) == CHANGED
    later = code.panels(view, (640, 480), 10 + FADE * 0.8)
    assert later[0].surface is text.surface
    assert 0 < later[1].alpha < 1
    assert len(code.panels(view, (640, 480), 11 + FADE)) == 1


@pytest.mark.usefixtures("fonts")
def test_of_a_refused_save_its_own_line_is_shown() -> None:
    code = Code()
    view = View(source="a = 1\n", changed=(1,), changed_at=10)
    (before, _) = code.panels(view, (640, 480), 10)
    view = replace(view, refused_text="a = 1\n\n\nb = e\n", refused_line=4)
    text, mark = code.panels(view, (640, 480), 10)
    line = mark.surface.get_height()
    assert mark.surface.get_at((20, line // 2)) == REFUSED and mark.position[1] == 3 * line
    assert text.surface.get_height() == 4 * before.surface.get_height()
    lit = np.asarray(pygame.surfarray.array3d(text.surface))[40:, 3 * line :].max()
    assert lit > 150, "the line itself is there"


@pytest.mark.usefixtures("fonts")
@pytest.mark.parametrize("size", [(160, 120), (640, 480), (3840, 2160)])
def test_a_long_set_fits_any_window(size: tuple[int, int]) -> None:
    code = Code()
    source = "\n".join(f"x{n} = {'y' * 200}" for n in range(500))
    view = View(source=source, changed=(400,), changed_at=0, refused_line=402)
    panels = code.panels(view, size, 0.5, above=40)
    for panel in panels:
        right = panel.position[0] + panel.surface.get_width()
        assert right <= size[0] and panel.position[1] + panel.surface.get_height() <= size[1]
    assert len(panels) == 3
    assert np.asarray(pygame.surfarray.array_alpha(panels[0].surface)).max() > 0
