"""The engine process: plays a set into the picture ring, or stands by until it is needed."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from os import _exit as leave_at_once
from pathlib import Path
from typing import Any

from livegan import share
from livegan.engine.held import let_go
from livegan.engine.surroundings import Surroundings, exits_refused
from livegan.engine.whereabouts import whereabouts
from livegan.plugin import registry
from livegan.sound import HOP
from livegan.sound.ring import SoundRing
from livegan.stage.pacing import Pace
from livegan.stage.pictures import PictureRing
from livegan.stage.pulse import Pulse

BEAT_S = 0.1
"""Between two beats of the pulse; every second one is told in a message as well."""
THUMBS_S = 0.15
LOOK_S = 1.0
"""How often it is looked whether the set changed what belongs to the whole process."""
WARM_FRAMES = 2
"""Frames that a standby draws unseen, so that the first one it shows is as quick as any."""
POISONED = 70
"""Exit status (EX_SOFTWARE of sysexits.h) after the GPU's context was lost."""


class Engine:
    """One engine: the frame loop on the main thread, saves on another, the heartbeat on a third."""

    def __init__(self, connection: Any, options: dict[str, Any]) -> None:
        self.connection = connection
        self.options = options
        self.sending = threading.Lock()
        self.running = True
        self.standing_by = bool(options.get("standby"))
        self.warm = threading.Event()
        """A standby has something new to draw unseen."""
        self.frames = 0
        self.rate = 0.0
        self.thumbs = True
        self.announced = 0
        self.extra_rings: dict[tuple[str, str], PictureRing] = {}
        self.pulse = Pulse.attach(options["pulse"])

    def send(self, message: dict[str, Any]) -> None:
        """Send to the stage; when it is gone, so is the engine."""
        try:
            with self.sending:
                self.connection.send(message)
        except (OSError, ValueError):
            self.running = False

    def run(self) -> None:
        """Play until told to quit or until the stage is gone."""
        from livegan.engine.poison import Poisoned

        threading.Thread(target=self.heartbeat, name="heartbeat", daemon=True).start()
        whereabouts.pulse = self.pulse
        self.sound = SoundRing.attach(self.options["sound_ring"])
        self.pictures = PictureRing.attach(self.options["picture_ring"])
        self.thumb_ring = PictureRing.attach(self.options["thumb_ring"])
        if self.standing_by:
            self.import_quietly()
        self.prepare()
        try:
            with exits_refused():
                told = self.stand_by() if self.standing_by else self.options
                if self.running:
                    self.enter([m for m in (told.get("resume"), *told.get("earlier", ())) if m])
                    self.play()
        except Poisoned as error:
            self.poisoned(error)
        finally:
            self.running = False
            self.saves.stop()
            self.player.close()
            let_go()
            for ring in (self.pictures, self.thumb_ring, *self.extra_rings.values()):
                ring.close()
            for ring in self.extra_rings.values():
                ring.unlink()
            self.sound.close()

    def poisoned(self, error: BaseException) -> None:
        """Nothing can be drawn in this process any more: say why, and end it."""
        self.send({"type": "poisoned", "reason": str(error)})
        leave_at_once(POISONED)

    def import_quietly(self) -> None:
        """Import what is heavy in the time that the playing engine leaves."""
        from livegan.engine.saves import lower_priority

        def load() -> None:
            lower_priority()
            import livegan.engine.safe
            import livegan.engine.saves  # noqa: F401

        thread = threading.Thread(target=load, name="imports")
        thread.start()
        thread.join()

    def prepare(self) -> None:
        """Import what is heavy and make the parts of the engine."""
        from livegan.engine.build import Builder
        from livegan.engine.commit import PLUGINS, Pipeline
        from livegan.engine.device import choose_device, describe_device
        from livegan.engine.memory import go_first, keep_to
        from livegan.engine.player import Player
        from livegan.engine.safe import SafeSet
        from livegan.engine.saves import Saves
        from livegan.engine.watch import Watcher, slow_disk

        options = self.options
        device = choose_device(options.get("device") or "auto")
        go_first()
        if device.type == "cpu":
            keep_to(int(options.get("memory") or 0))
        path, folder = Path(options["set"]), Path(options["folder"])
        size = int(options.get("size") or 0)
        followed = {name: Path(place) for name, place in (options.get("followed") or {}).items()}
        builder = Builder(folder, size=size, device=device, followed=followed)
        self.player = Player(
            self.sound,
            fps=float(options.get("fps") or 30),
            seed=int(options.get("seed") or 0),
            device=device,
            on_fault=lambda fault: self.send({"type": "fault", **fault}),
        )
        self.pipeline = Pipeline(
            path,
            folder,
            builder,
            self.player,
            self.send,
            blocked=frozenset(options.get("blocked") or ()),
        )
        safe = None
        if options.get("safe"):
            own = Builder(folder, size=size, device=device)
            packaged = share.folder("sets") / "safe.py"
            paths = list(dict.fromkeys([Path(options["safe"]), packaged]))
            safe = SafeSet(paths, own, self.player, self.pipeline, self.send)
        folders = [p for p in (path.parent, folder / PLUGINS) if p.is_dir()]
        watcher = Watcher(self.pipeline.watched, folders, slow_disk(path, self.send))
        self.saves = Saves(self.pipeline, watcher, safe, self.send, self.poisoned)
        self.saves.start()
        name, precision = describe_device(device)
        self.hello = {"type": "hello", "pid": os.getpid(), "device": name, "precision": precision}

    # Standing by ---------------------------------------------------------------------------------

    def stand_by(self) -> dict[str, Any]:
        """Keep the last good program ready, until told to take over; that message."""
        if self.options.get("resume"):
            self.saves.keep(self.options["resume"], self.warm.set)
        while self.running:
            if self.warm.is_set():
                self.warm.clear()
                self.draw_unseen()
                program = self.player.program
                version = program.version if program is not None else None
                self.send({"type": "ready", "version": version})
            try:
                if not self.connection.poll(0.1):
                    continue
                message = self.connection.recv()
            except (EOFError, OSError):
                break
            kind = message.get("type")
            if kind == "keep":
                self.saves.keep(message["resume"], self.warm.set)
            elif kind == "take_over":
                self.standing_by = False
                self.pipeline.blocked = frozenset(message.get("blocked") or ())
                resume, program = message.get("resume") or {}, self.player.program
                if program is not None and program.script.text != resume.get("source"):
                    # What is ready is not what shall play: it may be what ended the other engine.
                    self.player.forget()
                    self.pipeline.recall()
                return dict(message)
            elif kind == "quit":
                break
        self.running = False
        return {}

    def draw_unseen(self) -> None:
        """Put what is cued on the air of this engine, which nobody sees."""
        self.player.hurry()
        for _ in range(WARM_FRAMES):
            self.player.frame(self.sound.hops * HOP)

    # Playing -------------------------------------------------------------------------------------

    def enter(self, resumes: list[dict[str, Any]]) -> None:
        """Go on the air: with what a standby has ready, else with what the stage says."""
        self.send(self.hello)
        if resumes:
            # What hangs on the wall is what the first picture dissolves from, and what is fed back.
            last = self.pictures.latest()
            self.player.shown = None if last is None else self.player.as_picture(last.pixels)
        program = self.player.program
        if program is not None:
            self.player.again()
            self.pipeline.tell_again(program)
        self.saves.watch(resumes)

    def play(self) -> None:
        """Draw frames at the set's rate; a slow frame lowers the rate and never queues."""
        pace = Pace()
        last_thumbs = last_look = 0.0
        counted, since = 0, time.monotonic()
        last_position = -1
        self.around = Surroundings()
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
            pace = pace.at(time.monotonic())
            self.pulse.frame(True)
            frame = self.player.frame(position)
            if frame is not None:
                self.show(frame)
                self.frames += 1
                counted += 1
            self.pulse.frame(False)
            now = time.monotonic()
            if now - since >= 0.5:
                self.rate, counted, since = counted / (now - since), 0, now
            if self.thumbs and now - last_thumbs >= THUMBS_S:
                last_thumbs = now
                self.show_thumbs()
            if now - last_look >= LOOK_S and not self.pipeline.busy:
                last_look = now
                self.look_around()
            program = self.player.program
            wanted = self.options.get("fps") or (program and program.setting("fps", 0)) or 30
            fps = self.player.fps = float(wanted)
            pace = pace.presented(1.0 / fps, 0.5 / fps).at(now)
            if pace.wait > 0:
                time.sleep(pace.wait)

    def look_around(self) -> None:
        """Put back what code of the set changed in the whole process while it played."""
        functions, others = self.around.put_back()
        for what in (*functions, *others):
            reason = f"the set changed {what} while it played: put back"
            at = self.player.now.time
            self.send({"type": "fault", "node": "", "where": "", "reason": reason, "at": at})

    def show(self, frame: Any) -> None:
        """Hand a frame over: the window's picture and every extra output's."""
        from livegan.engine.player import as_bytes

        began = time.perf_counter()
        tag = {"sound_position": frame.position, "version": frame.version, "frame": self.frames}
        self.pictures.write(as_bytes(fitted(frame.picture, self.pictures.room)), **tag)
        for output, picture in frame.extra.items():
            ring = self.extra_rings.get(output)
            if ring is not None:
                ring.write(as_bytes(fitted(picture, ring.room)), **tag)
        self.player.spent["output"] += time.perf_counter() - began
        if self.announced != frame.version:
            self.announced = frame.version
            self.announce()
            self.around = Surroundings()

    def announce(self) -> None:
        """Tell the stage what is on the air: slots, outputs, tempo."""
        from livegan.engine.thumbs import slots

        program = self.player.program
        assert program is not None
        self.send({"type": "slots", "slots": slots(program)})
        outputs = []
        for kind, name, _ in program.extra:
            offer = registry.current().offer("output", kind)
            ring = self.extra_rings.get((kind, name))
            if ring is None:
                ring = PictureRing.create(4 * program.size, 4 * program.size)
                self.extra_rings[kind, name] = ring
            whose = {"plugin": offer.plugin, "entry": offer.entry, "stamp": offer.stamp}
            outputs.append({"name": name, "kind": kind, "ring": ring.name, **whose})
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
                elif kind == "safe" and self.saves.safe is not None:
                    # With no program to go back to, the set is taken as it is in its file.
                    self.saves.recalled = not self.saves.safe.switch()
                    self.send({"type": "obeyed", "order": kind})
                elif kind == "solo":
                    self.player.solo = message.get("slot")
                elif kind == "thumbs":
                    self.thumbs = bool(message.get("on"))
        except (EOFError, OSError):
            self.running = False

    def heartbeat(self) -> None:
        """Show the stage that the interpreter runs, and tell it how things stand."""
        while self.running:
            self.pulse.beat()
            if not self.standing_by:
                pipeline = getattr(self, "pipeline", None)
                node = pipeline.busy if pipeline is not None else "starting"
                rate = round(self.rate, 1)
                self.send({"type": "alive", "frame": self.frames, "fps": rate, "node": node})
            time.sleep(BEAT_S)


def fitted(picture: Any, room: int) -> Any:
    """(3, H, W), made smaller if it has more than ``room`` pixels."""
    from livegan.generators.channels import resize

    height, width = picture.shape[1:]
    if height * width <= room:
        return picture
    scale = (room / (height * width)) ** 0.5
    return resize(picture, max(1, int(height * scale)), max(1, int(width * scale)))


def run(connection: Any, options: dict[str, Any]) -> None:
    """Entry of the engine process: see docs/internals.md for options and messages."""
    engine = Engine(connection, options)
    with contextlib.suppress(KeyboardInterrupt):
        engine.run()
