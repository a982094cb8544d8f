"""The engine process: plays a set into the picture ring, and watches its file for saves."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from livegan import share
from livegan.sound import HOP
from livegan.sound.ring import SoundRing
from livegan.stage.pictures import PictureRing

ALIVE_S = 0.2
HUNG_S = 3.0
"""A frame that takes this long is not going to end: the heartbeat stops, and the stage acts."""
THUMBS_S = 0.15


class Engine:
    """One engine: the frame loop on the main thread, saves on another, the heartbeat on a third."""

    def __init__(self, connection: Any, options: dict[str, Any]) -> None:
        self.connection = connection
        self.options = options
        self.sending = threading.Lock()
        self.running = True
        self.frames = 0
        self.frame_began: float | None = None
        self.rate = 0.0
        self.thumbs = True
        self.announced = 0
        self.recalled = False
        """The set is to be read again, though no save was seen."""
        self.extra_rings: dict[str, PictureRing] = {}

    def send(self, message: dict[str, Any]) -> None:
        """Send to the stage; when it is gone, so is the engine."""
        try:
            with self.sending:
                self.connection.send(message)
        except (OSError, ValueError):
            self.running = False

    def run(self) -> None:
        """Play until told to quit or until the stage is gone."""
        threading.Thread(target=self.heartbeat, name="heartbeat", daemon=True).start()
        self.sound = SoundRing.attach(self.options["sound_ring"])
        self.pictures = PictureRing.attach(self.options["picture_ring"])
        self.thumb_ring = PictureRing.attach(self.options["thumb_ring"])
        self.prepare()
        saves = threading.Thread(target=self.watch_saves, name="saves", daemon=True)
        saves.start()
        try:
            self.play()
        finally:
            self.running = False
            self.watcher.stop()
            saves.join(2.0)
            self.player.close()
            for ring in (self.pictures, self.thumb_ring, *self.extra_rings.values()):
                ring.close()
            for ring in self.extra_rings.values():
                ring.unlink()
            self.sound.close()

    def prepare(self) -> None:
        """Import what is heavy and make the parts of the engine."""
        from livegan.engine.build import Builder
        from livegan.engine.commit import PLUGINS, Pipeline
        from livegan.engine.device import choose_device, describe_device
        from livegan.engine.player import Player
        from livegan.engine.safe import SafeSet
        from livegan.engine.watch import Watcher

        options = self.options
        device = choose_device(options.get("device") or "auto")
        self.path = Path(options["set"])
        folder = Path(options["folder"])
        followed = {name: Path(place) for name, place in (options.get("followed") or {}).items()}
        builder = Builder(
            folder, size=int(options.get("size") or 0), device=device, followed=followed
        )
        self.player = Player(
            self.sound,
            fps=float(options.get("fps") or 30),
            seed=int(options.get("seed") or 0),
            device=device,
            on_fault=lambda fault: self.send({"type": "fault", **fault}),
        )
        self.pipeline = Pipeline(
            self.path,
            folder,
            builder,
            self.player,
            self.send,
            blocked=frozenset(options.get("blocked") or ()),
            # The program that comes back keeps its number.
            version=max(0, int((options.get("resume") or {}).get("version") or 0) - 1),
        )
        self.safe = None
        if options.get("safe"):
            own = Builder(folder, size=int(options.get("size") or 0), device=device)
            packaged = share.folder("sets") / "safe.py"
            paths = list(dict.fromkeys([Path(options["safe"]), packaged]))
            self.safe = SafeSet(paths, own, self.player, self.pipeline, self.send)
        folders = [p for p in (self.path.parent, folder / PLUGINS) if p.is_dir()]
        self.watcher = Watcher(self.pipeline.watched, folders)
        name, precision = describe_device(device)
        self.send({"type": "hello", "pid": os.getpid(), "device": name, "precision": precision})

    # Saves ---------------------------------------------------------------------------------------

    def watch_saves(self) -> None:
        """Propose what is saved; the first proposal is the set as it is, or as it last played."""
        from livegan.engine.watch import read_save, read_text

        lower_priority()
        resume = self.options.get("resume")
        first = True
        waiting, before = False, ""
        if resume and resume.get("safe") and self.safe is not None:
            self.safe.prove()
            self.safe.play()
            # What is in the file may be what the safe set was called for: the next save is taken.
            before, first = read_text(self.path) or "", False
        elif resume and resume.get("source"):
            # An engine that comes back plays what played before, whatever the file says by now.
            self.guarded(resume["source"])
        while self.running:
            if first or self.watcher.wait() or self.recalled:
                self.recalled = False
                if not first and self.pipeline.models_changed():
                    self.watcher.settle(self.path)
                patience = 0.05 if first and not resume else 0.5
                text = read_save(self.path, before=before, patience_s=patience)
                if text:
                    before = text
                    waiting = False
                    self.guarded(text)
                elif not waiting:
                    waiting = True
                    self.send(
                        {"type": "note", "text": f"waiting for {self.path}: {gone(self.path)}"}
                    )
                if first and self.safe is not None:
                    self.safe.prove()
                first = False

    def guarded(self, text: str) -> None:
        """Propose a text; a fault of livegan itself is told and costs only this save."""
        try:
            self.pipeline.propose(text)
        except BaseException as error:
            self.send({"type": "note", "text": f"save not read: {type(error).__name__}: {error}"})

    # Frames --------------------------------------------------------------------------------------

    def play(self) -> None:
        """Draw frames at the set's rate; a slow frame lowers the rate and never queues."""
        due = time.monotonic()
        last_thumbs = 0.0
        counted, since = 0, time.monotonic()
        last_position = -1
        while self.running:
            self.answer()
            if self.player.program is None and self.player.cued is None:
                time.sleep(0.01)
                continue
            position = self.sound.hops * HOP
            if position == last_position:
                time.sleep(0.002)
                continue
            last_position = position
            self.frame_began = time.monotonic()
            frame = self.player.frame(position)
            if frame is not None:
                self.show(frame)
                self.frames += 1
                counted += 1
            self.frame_began = None
            now = time.monotonic()
            if now - since >= 0.5:
                self.rate, counted, since = counted / (now - since), 0, now
            if self.thumbs and now - last_thumbs >= THUMBS_S:
                last_thumbs = now
                self.show_thumbs()
            program = self.player.program
            wanted = self.options.get("fps") or (program and program.setting("fps", 0)) or 30
            fps = self.player.fps = float(wanted)
            due = max(due + 1.0 / fps, now - 0.5 / fps)
            if due > now:
                time.sleep(due - now)

    def show(self, frame: Any) -> None:
        """Hand a frame over: the window's picture and every extra output's."""
        from livegan.engine.player import as_bytes

        began = time.perf_counter()
        tag = {"sound_position": frame.position, "version": frame.version, "frame": self.frames}
        self.pictures.write(as_bytes(fitted(frame.picture, self.pictures.room)), **tag)
        for name, picture in frame.extra.items():
            ring = self.extra_rings.get(name)
            if ring is not None:
                ring.write(as_bytes(fitted(picture, ring.room)), **tag)
        self.player.spent["output"] += time.perf_counter() - began
        if self.announced != frame.version:
            self.announced = frame.version
            self.announce()

    def announce(self) -> None:
        """Tell the stage what is on the air: slots, outputs, tempo."""
        from livegan.engine.thumbs import slots

        program = self.player.program
        assert program is not None
        self.send({"type": "slots", "slots": slots(program)})
        for _, name, _ in program.extra:
            if name not in self.extra_rings:
                self.extra_rings[name] = PictureRing.create(4 * program.size, 4 * program.size)
        outputs = [
            {"name": name, "kind": kind, "ring": self.extra_rings[name].name}
            for kind, name, _ in program.extra
        ]
        self.send({"type": "outputs", "outputs": outputs})
        bpm = program.graph.settings.get("bpm") or None
        self.send({"type": "settings", "bpm": bpm})

    def show_thumbs(self) -> None:
        """Draw the thumb strip."""
        from livegan.engine.thumbs import strip

        program = self.player.program
        picture = strip(program) if program is not None else None
        if picture is not None:
            self.thumb_ring.write(picture, sound_position=0, version=0, frame=self.frames)

    # Messages ------------------------------------------------------------------------------------

    def answer(self) -> None:
        """Do what the stage asks."""
        try:
            while self.connection.poll(0):
                message = self.connection.recv()
                kind = message.get("type")
                if kind == "quit":
                    self.running = False
                elif kind == "undo":
                    self.pipeline.undo()
                    self.send({"type": "obeyed", "order": kind})
                elif kind == "safe" and self.safe is not None:
                    # With no program to go back to, the set is taken as it is in its file.
                    self.recalled = not self.safe.switch()
                    self.send({"type": "obeyed", "order": kind})
                elif kind == "solo":
                    self.player.solo = message.get("slot")
                elif kind == "thumbs":
                    self.thumbs = bool(message.get("on"))
        except (EOFError, OSError):
            self.running = False

    def heartbeat(self) -> None:
        """Tell the stage that frames are drawn; fall silent when one hangs."""
        while self.running:
            began = self.frame_began
            if began is None or time.monotonic() - began < HUNG_S:
                pipeline = getattr(self, "pipeline", None)
                node = pipeline.busy if pipeline is not None else "starting"
                self.send(
                    {
                        "type": "alive",
                        "frame": self.frames,
                        "fps": round(self.rate, 1),
                        "node": node,
                    }
                )
            time.sleep(ALIVE_S)


def fitted(picture: Any, room: int) -> Any:
    """(3, H, W), made smaller if it has more than ``room`` pixels."""
    from livegan.generators.channels import resize

    height, width = picture.shape[1:]
    if height * width <= room:
        return picture
    scale = (room / (height * width)) ** 0.5
    return resize(picture, max(1, int(height * scale)), max(1, int(width * scale)))


def gone(path: Path) -> str:
    """Why a set cannot be read, in a word or two."""
    if not path.exists():
        return "it is gone"
    return "it is a folder" if path.is_dir() else "it is empty or not readable text"


def lower_priority() -> None:
    """Let this thread, and those it starts, build only in the time that frames leave (Linux)."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


def run(connection: Any, options: dict[str, Any]) -> None:
    """Entry of the engine process: see docs/internals.md for options and messages."""
    engine = Engine(connection, options)
    with contextlib.suppress(KeyboardInterrupt):
        engine.run()
