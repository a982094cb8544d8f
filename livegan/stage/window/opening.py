"""Opens the stage's window: the audience's, or the operator's where the audience has its own."""

from __future__ import annotations

from collections.abc import Callable

from livegan.stage.options import Options
from livegan.stage.window import displays as screen
from livegan.stage.window.arrangement import OPERATOR_SIZE, Arrangement, arranged
from livegan.stage.window.trimming import Trimming
from livegan.stage.window.window import Window
from livegan.stage.window.window_thread import WindowThread

ROOM = 0.88  # of a display, for the operator's window: title and task bars need the rest


def opened(
    options: Options,
    thread: WindowThread,
    told: Callable[[str, str], None],
    note: Callable[[str], None],
) -> tuple[Arrangement, Window]:
    """Where the windows are, and the stage's own. Raises NoWindow or NoDisplay."""
    displays = thread.run(lambda: screen.reach(options.display))
    sized = options.window is not None
    where = arranged(len(displays), options.display, options.operator, sized)
    size = options.window
    if where.operator and not sized:
        wide, high = displays[where.stage]
        size = min(OPERATOR_SIZE[0], round(wide * ROOM)), min(OPERATOR_SIZE[1], round(high * ROOM))
    window = thread.open(
        size,
        title=f"livegan: {options.set.name}",
        fullscreen=options.fullscreen and not where.operator,
        display=where.stage,
        told=told,
        trimming=None if where.operator else Trimming(options.set, "main", note),
    )
    return where, window
