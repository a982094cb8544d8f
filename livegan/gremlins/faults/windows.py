"""Faults of the window: closed by accident, hidden, moved, squeezed, destroyed; no X server."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace

from livegan.gremlins.fault import FRESH, MANAGED, Gremlin, Sight, nothing, told
from livegan.gremlins.screen import start_server
from livegan.gremlins.show import Show


def closed(show: Show) -> None:
    """The window's close button is hit once."""
    show.do(close=True)


def still_there(show: Show) -> list[str]:
    """The show goes on."""
    mark = show.mark()
    if show.wait(lambda: sum(p.presented for p in show.glances[mark.glances :]) > 3, 10.0):
        return []
    return ["nothing is presented any more"]


def xdotool(*words: str) -> Callable[[Show], None]:
    """A strike by the X server: to the window of the show."""

    def strike(show: Show) -> None:
        asked = ["xdotool", "search", "--class", "livegan"]
        found = subprocess.run(asked, env=dict(show.env), capture_output=True, text=True)
        for window in found.stdout.split():
            subprocess.run(
                ["xdotool", words[0], window, *words[1:]], env=dict(show.env), check=True
            )

    return strike


def moved(
    name: str,
    strike: Callable[[Show], None],
    mend: Callable[[Show], None] = nothing,
    must: tuple[Sight, ...] = (),
) -> Gremlin:
    """Something done to the window by others, as a fault."""
    return Gremlin(
        name, "window", strike, must, mend, edits=False, needs=("x11",), also=still_there
    )


PLAIN = (
    Gremlin(
        "the window's close button is hit once",
        "window",
        closed,
        mend=nothing,
        edits=False,
        also=still_there,
    ),
    moved(
        "the window is destroyed by another program",
        xdotool("windowclose"),
        must=(told("opened again", within=6.0),),
    ),
    moved("the window is hidden (unmapped)", xdotool("windowunmap"), xdotool("windowmap")),
    moved(
        "the window is dragged away",
        xdotool("windowmove", "400", "300"),
        xdotool("windowmove", "0", "0"),
    ),
    moved(
        "the window is squeezed",
        xdotool("windowsize", "200", "150"),
        xdotool("windowsize", "512", "512"),
    ),
)


def on_a_screen_of_its_own(show: Show) -> None:
    """The show runs on an X server that nothing else uses."""
    show.server, display = start_server()
    show.env = {**show.env, "DISPLAY": display}
    show.start()


def server_killed(show: Show) -> None:
    """The X server dies."""
    assert show.server is not None
    show.server.kill()
    show.server.wait(10)


def others_go_on(show: Show) -> list[str]:
    """Another output gets new pictures, and a signal ends the show in order."""
    mark = show.mark()
    if show.wait(lambda: sum(p.pictures for p in show.beside[mark.beside :]) > 3, 10.0):
        return []
    return ["another output gets no pictures any more"]


WINDOWS = (
    *PLAIN,
    *(
        replace(
            fault,
            name=f"{fault.name}, under a window manager",
            show=MANAGED,
            needs=("x11", "Xvfb", "icewm"),
        )
        for fault in PLAIN
    ),
    Gremlin(
        "the X server dies",
        "window",
        server_killed,
        (told("X server", "goes on", within=6.0),),
        mend=nothing,
        edits=False,
        window=False,
        before=on_a_screen_of_its_own,
        also=others_go_on,
        show=FRESH,
        needs=("x11", "Xvfb"),
    ),
)
