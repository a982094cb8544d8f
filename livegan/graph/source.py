"""Picture sources in a set: ``film(...)``, ``picture(...)``, ``camera(...)`` and the like.

A source is a node without inputs but for ``away=``, the picture that stands in for it. Its kind
and argument are fixed, so an edit that keeps them keeps the camera open and the film where it is.
"""

from __future__ import annotations

from typing import Any, Literal

from livegan.graph.binding import bind, describe
from livegan.graph.picture import Picture
from livegan.graph.place import SetError
from livegan.graph.signals.signal import Signal
from livegan.plugin.declare import Param
from livegan.size import FITS

SHAPE = (
    Param(
        "cover",
        doc="how it fills a canvas of another shape: cut at the sides, with borders, or stretched",
        choices=FITS,
        live=False,
        name="fit",
    ),
    Param(False, doc="left and right exchanged, as in a mirror", name="mirror"),
    Param(0, 0, 270, "turned clockwise, in steps of 90", "degrees", live=False, name="turn"),
)
"""What every source takes, as rows of data."""

FILM = (
    Param(1.0, -16, 16, "1 is as it was filmed, -1 backwards, 0 stands still", name="speed"),
    Param(0.0, 0, 86400, "where it begins", "s", live=False, name="begin"),
    Param(0.0, 0, 86400, "where it ends; 0 is its own end", "s", live=False, name="end"),
    *SHAPE,
)
"""The numbers of ``film(...)``, and what every source takes."""

SLIDES = (
    Param(8.0, 0.25, 4096, "beats for which each is seen", "beats", name="beats"),
    Param("name", choices=("name", "random"), live=False, name="order", doc="which comes next"),
    *SHAPE,
)
"""The options of ``pictures(...)``."""


class SourcePicture(Picture):
    """A picture from outside. ``.alpha`` is its transparency as a picture of its own; ``.here`` is
    1 while it delivers, else 0; ``.age`` the seconds since its newest picture."""

    @property
    def alpha(self) -> Picture:
        """Its transparency as a grey picture, white where it is opaque: ``a.mask(logo.alpha)``."""
        fixed = {**self.fixed, "plane": "alpha"}
        return SourcePicture(
            "source", self.title, inputs=self.inputs, live=dict(self.live), fixed=fixed
        )

    @property
    def here(self) -> Signal:
        """1 while the source delivers pictures, 0 while it is away."""
        return Signal("source_here", self.address)

    @property
    def age(self) -> Signal:
        """Seconds since its newest picture; 0 for films and files."""
        return Signal("source_age", self.address)

    @property
    def address(self) -> str:
        """Kind and argument as one text: ``camera:FaceTime``."""
        argument = self.fixed["argument"]
        return f"{self.title}:{argument}" if argument else self.title


def source(
    kind: str,
    argument: str,
    rows: tuple[Param, ...],
    values: dict[str, Any],
    *,
    away: Picture | None = None,
    key: str | None = None,
    live: dict[str, Any] | None = None,
    fixed: dict[str, Any] | None = None,
) -> SourcePicture:
    """A node for a picture source, its values checked.

    Raises
    ------
    SetError
        For a missing, unknown or unfit argument; the message names the closest one.
    """
    if away is not None and not isinstance(away, Picture):
        raise SetError(f"{kind}: away= takes a picture, got {describe(away)}")
    if key is not None and not isinstance(key, str):
        raise SetError(f"{kind}: key= takes a text")
    played, built = bind(kind, rows, values, ["away", "key"])
    if built.get("turn", 0) % 90:
        raise SetError(f"{kind}: turn is 0, 90, 180 or 270, got {built['turn']}")
    built |= {"argument": argument, "plane": "colour", **(fixed or {})}
    return SourcePicture(
        "source", kind, inputs=(away,), live=played | (live or {}), fixed=built, key=key
    )


def film(
    path: str | Signal,
    *,
    loop: bool | Literal["to and fro"] = True,
    start: float | Signal | None = None,
    position: float | Signal | None = None,
    speed: float | Signal = 1.0,
    begin: float = 0.0,
    end: float = 0.0,
    fit: Literal["cover", "contain", "stretch"] = "cover",
    mirror: bool | Signal = False,
    turn: int = 0,
    away: Picture | None = None,
    key: str | None = None,
) -> SourcePicture:
    """A film file, by the clock of the show; its sound is not heard.

    ``path`` is beside the set, in the working folder, or absolute; ``choose("a.mp4", "b.mp4",
    bars=4)`` changes between several. ``loop=False`` stops at the end, ``loop="to and fro"`` plays
    back and forth. ``start`` starts the film over whenever that signal jumps by more than a half
    within a frame: ``start=every(bars=4)``. ``position`` is a signal from 0 (its start) to 1 (its
    end) that scrubs through it, in place of ``speed``.
    """
    if loop not in (True, False, "to and fro"):
        raise SetError(f'film: loop is True, False or "to and fro", got {describe(loop)}')
    values: dict[str, Any] = {"speed": speed, "begin": begin, "end": end}
    values |= {"fit": fit, "mirror": mirror, "turn": turn}
    live: dict[str, Any] = {}
    paths: tuple[str, ...]
    if isinstance(path, Signal) and path.op == "choose":
        paths = tuple(v for v in path.args[2:] if isinstance(v, str))
        if len(paths) != len(path.args) - 2:
            raise SetError('film: choose the names of films: film(choose("a.mp4", "b.mp4"))')
        live["path"] = path
    else:
        paths = (named("film", path),)
    for name, value in (("start", start), ("position", position)):
        if value is not None:
            if isinstance(value, (str, Picture)) or not (
                isinstance(value, Signal) or hasattr(value, "__float__")
            ):
                raise SetError(f"film: {name} is a number or a signal, got {describe(value)}")
            live[name] = value
    ends = loop if isinstance(loop, str) else "loop" if loop else "once"
    fixed = {"paths": paths, "scrubbed": position is not None, "ends": ends}
    argument = paths[0] if len(paths) == 1 else "; ".join(paths)
    return source("film", argument, FILM, values, away=away, key=key, live=live, fixed=fixed)


def picture(
    path: str,
    *,
    fit: Literal["cover", "contain", "stretch"] = "cover",
    mirror: bool | Signal = False,
    turn: int = 0,
    away: Picture | None = None,
    key: str | None = None,
) -> SourcePicture:
    """A picture file: PNG, JPEG, TIFF, WebP, GIF... ``picture("logo.png").alpha`` is its mask."""
    values = {"fit": fit, "mirror": mirror, "turn": turn}
    return source("picture", named("picture", path), SHAPE, values, away=away, key=key)


def pictures(
    folder: str,
    *,
    beats: float | Signal = 8.0,
    order: Literal["name", "random"] = "name",
    fit: Literal["cover", "contain", "stretch"] = "cover",
    mirror: bool | Signal = False,
    turn: int = 0,
    away: Picture | None = None,
    key: str | None = None,
) -> SourcePicture:
    """The picture files of a folder, one after another: ``pictures("stills/", beats=8)``."""
    values = {"beats": beats, "order": order, "fit": fit, "mirror": mirror, "turn": turn}
    return source("pictures", named("pictures", folder), SLIDES, values, away=away, key=key)


def live_source(kind: str, argument: Any = "", /, **values: Any) -> SourcePicture:
    """A source that delivers by itself: a camera, a display, a stream of another program."""
    if isinstance(argument, bool) or not isinstance(argument, (str, int)):
        raise SetError(f"{kind} takes a name in quotes or a number, got {describe(argument)}")
    away, key = values.pop("away", None), values.pop("key", None)
    return source(kind, str(argument).strip(), SHAPE, values, away=away, key=key)


def named(kind: str, path: Any) -> str:
    """A path that a set names, as text."""
    if not isinstance(path, str) or not path.strip():
        what = "a folder" if kind == "pictures" else "a file"
        raise SetError(f"{kind} needs the name of {what} in quotes, got {describe(path)}")
    return path
