"""In a process of its own: an output or source of a plugin, which may do there what it likes.

The stage starts these functions by name (`livegan.stage.outputs.guest`); none of this runs in it.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from livegan.heap import keep_freed
from livegan.ipc.picture_ring import PictureRing
from livegan.plugin.calling import taken
from livegan.plugin.catalogue import Offer, UnknownName, canonical
from livegan.plugin.guard import said
from livegan.plugin.loading.entry import entries
from livegan.plugin.loading.load import load
from livegan.plugin.registry import Registry
from livegan.stage.record.throttled_notes import ThrottledNotes
from livegan.stage.streams.formats import RGB, Formats

Message = dict[str, Any]
WAIT = 1 / 120  # seconds between looks at a ring
BEAT = 0.5  # seconds between signs of life


def send(connection: Connection, options: Message) -> None:
    """Send what comes into a ring to the output that ``options["kind"]`` names."""
    keep_freed()
    line = GuestPipe(connection)
    folder = Path(options["folder"])
    try:
        offer = offered(options, folder)
        given = {
            **dict(options.get("options", {})),
            "note": line.note,
            "folder": folder,
            "set": Path(options.get("set") or folder),
            "sound": str(options.get("sound") or ""),
            "tell": line.tell,
        }
        output = offer.make(options["name"], **taken(offer.make, given))
    except RuntimeError as error:  # it says why it is not to be had here
        line.tell("off", text=one_line(error))
        return
    except Exception as error:
        line.tell("failed", text=f"it cannot be opened: {type(error).__name__}: {one_line(error)}")
        return
    try:
        with PictureRing.attach(options["ring"]) as ring:
            show(line, ring, output)
    except FileNotFoundError:
        line.tell("off", text="")  # the stage that made the ring is gone
    except OutputClosed as closed:
        line.tell("off", text=one_line(closed), closed=True)
    except Exception as error:
        line.tell("failed", text=f"{type(error).__name__}: {one_line(error)}")
    finally:
        output.close()


class OutputClosed(Exception):
    """An output was closed from outside, such as a window by hand: it stays closed until the next
    save. The message is a line for the performer."""


def show(line: GuestPipe, ring: PictureRing, output: Any) -> None:
    """Send the newest picture, again and again, until told to end. The stage has guarded it.

    An output may also have ``turn()``, which is called between pictures, about 120 times a second,
    and ``hear(message)``, which takes what the stage sends to it.
    """
    turn, hear = getattr(output, "turn", None), getattr(output, "hear", None)
    names = taken(output.send, {"time": 0, "frame": 0, "version": 0})
    failed = ThrottledNotes(line.note, once=True)
    formats, serial = Formats(), 0
    line.opened()
    if getattr(output, "endless", False):  # it depends on a network that may be away for long
        line.tell("endless")
    while (message := line.next()) is not None:
        if message and hear is not None:
            hear(message)
        if turn is not None:
            with line.at_work():
                turn()
        picture = ring.latest(after=serial)
        if picture is None:
            time.sleep(0 if message else WAIT)
            continue
        serial = picture.serial
        pixels = formats.get(picture.pixels, getattr(output, "format", RGB) or RGB)
        about = {
            "time": picture.sound_position / 48000,
            "frame": picture.frame,
            "version": picture.version,
        }
        with line.at_work():
            try:
                output.send(pixels, **{name: about[name] for name in names})
            except RuntimeError as error:  # a receiver that resizes, a disk that is full
                failed(one_line(error))


def hear(connection: Connection, options: Message) -> None:
    """Pull sound from the source that ``options`` name, as often as the stage asks for it."""
    line = GuestPipe(connection)
    folder = Path(options["folder"])
    try:
        offer, argument = source_named(options, folder)
        if offer is None:
            line.tell("none")
            return
        given = {"note": line.note, "folder": folder}
        source = offer.make(argument, **taken(offer.make, given))
        source.open(line.note)
    except Exception as error:  # the source's own words, or a fault of it
        said = one_line(error)
        plain = type(error).__name__ in ("SourceError", "UnknownName")
        line.tell("failed", text=said if plain else f"{type(error).__name__}: {said}")
        return
    about = {"plugin": offer.plugin, "entry": offer.entry, "argument": argument}
    line.tell("open", kind=offer.name, name=str(source.name), rate=int(source.rate), **about)
    line.opened()
    try:
        while (message := line.receive()) is not None and "pull" in message:
            with line.at_work():
                block = source.pull(int(message["pull"]))
            line.tell("block", block=block, rate=int(source.rate))
    except Exception as error:
        line.tell("failed", text=one_line(error))
    finally:
        source.close()


def offered(options: Message, folder: Path) -> Offer:
    """The one thing that ``options["kind"]`` names, of the one plugin that has it.

    Raises
    ------
    RuntimeError
        If that plugin cannot be loaded, or has no such thing any more.
    """
    kind, name = options["kind"]
    for entry in entries(folder / "plugins"):
        if entry.value == options["entry"] and entry.package == options["plugin"]:
            record = load(entry)
            for offer in record.offers:
                if (offer.kind, offer.name) == (kind, name):
                    return offer
            told = [str(problem) for problem in record.problems]
            raise RuntimeError(told[0] if told else f"it no longer offers the {kind} {name!r}")
    raise RuntimeError("it is no longer installed")


def source_named(options: Message, folder: Path) -> tuple[Offer | None, str]:
    """The source of ``options["text"]``, NAME:ARGUMENT or PACKAGE:NAME:ARGUMENT, and the argument.

    None if no plugin has it; `UnknownName` where several claim it.
    """
    first, _, rest = str(options["text"]).partition(":")
    if options.get("entry"):
        return offered(options, folder), str(options["argument"])
    loaded = Registry().load(folder / "plugins")
    second, _, further = rest.partition(":")
    if ("source", canonical(first), second) in loaded.full:
        return loaded.offer("source", f"{first}:{second}"), further
    if ("source", first) in loaded.offers:
        return loaded.offer("source", first), rest
    lost = [p for p in loaded.problems if canonical(p.plugin) == canonical(first)]
    if lost:
        raise UnknownName(str(lost[0]))
    return None, ""


def one_line(error: BaseException) -> str:
    """What an error says, on one line."""
    return " ".join(said(error).split()) or type(error).__name__


class GuestPipe:
    """The pipe to the stage, and the signs of life on it."""

    def __init__(self, connection: Connection, clock: Callable[[], float] = time.monotonic) -> None:
        self._connection = connection
        self._notes = ThrottledNotes(lambda text: self.tell("note", text=text), clock=clock)
        self._sending = threading.Lock()
        self._since: float | None = None

    def tell(self, what: str, **fields: Any) -> None:
        """Say something; when the stage is gone, so are we."""
        try:
            with self._sending:
                self._connection.send({"type": what, **fields})
        except (OSError, ValueError):
            os._exit(0)

    def note(self, text: str) -> None:
        """A line for the performer; of very many, a few."""
        self._notes(" ".join(str(text).split()))

    def opened(self) -> None:
        """From now on, show that we are alive."""
        self.tell("ready")
        threading.Thread(target=self._beat, name="signs of life", daemon=True).start()

    @contextlib.contextmanager
    def at_work(self) -> Any:
        """Inside, the plugin works at one picture or block."""
        self._since = time.monotonic()
        try:
            yield
        finally:
            self._since = None

    def _beat(self) -> None:
        while True:
            since = self._since
            self.tell("alive", busy=0.0 if since is None else time.monotonic() - since)
            time.sleep(BEAT)

    def receive(self) -> Message | None:
        """What the stage says next, waiting for it; None for the end."""
        try:
            message: Message = self._connection.recv()
        except (EOFError, OSError):
            return None
        return None if message.get("type") == "quit" else message

    def next(self) -> Message | None:
        """What the stage says next, without waiting: empty if nothing, None for the end."""
        try:
            return self.receive() if self._connection.poll(0) else {}
        except (EOFError, OSError):
            return None

    def asked_to_end(self) -> bool:
        """Whether the stage wants us to end."""
        return self.next() is None
