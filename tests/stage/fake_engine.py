"""An engine without networks, that keeps to the messages and misbehaves when it is told to.

Its "set" is a text of commands, one a line, obeyed anew whenever the file changes:

    colour R G B     the picture's colour (a moving bar is drawn over it)
    refuse TEXT      the save is refused
    crash            the process dies by a segfault, one second on the air
    crash while proving
    hang             it stops answering, holding the interpreter lock
    exit             it leaves by itself with status 3
    print N          N lines on its output
    fork             it starts a program and forks; both go on, and hold what they inherited
    take N           N megabytes of memory
    spout NAME       an extra output
    knob NAME LOW HIGH   a knob; one named "red" is the colour's red
    pad NAME         a pad
    cue              it waits for its beat, which only comes when it is told not to wait
    hold N           no picture until N seconds after the start
    linger N         N seconds until it is back after a death
    strobe           every other picture is white
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np

from livegan.ipc.control_table import ControlTable
from livegan.ipc.picture_ring import PictureRing
from livegan.ipc.sound_ring import SoundRing

PERIOD = 1 / 30
SAFE = "colour 30 160 60"


class FakeEngine:
    def __init__(self, connection: Any, options: dict[str, Any]) -> None:
        self.connection = connection
        self.options = options
        self.sound = SoundRing.attach(options["sound_ring"])
        self.pictures = PictureRing.attach(options["picture_ring"])
        self.thumbs = PictureRing.attach(options["thumb_ring"])
        self.controls = ControlTable.attach(options["control_table"])
        self.cued: str | None = None
        self.path = Path(options["set"])
        self.began = time.monotonic()
        self.frame = 0
        self.version = 0
        self.commits = 0
        self.solo: int | None = None
        self.text: str | None = None
        self.on_air = ""
        self.before: list[str] = []
        self.extra: dict[str, PictureRing] = {}
        self.aired = 0.0

    def send(self, kind: str, **fields: Any) -> None:
        self.connection.send({"type": kind, **fields})

    def commit(self, status: str, **fields: Any) -> None:
        digest = hashlib.sha256((self.text or "").encode()).hexdigest()
        commit = {"id": self.commits, "file": str(self.path), "digest": digest, "at": 0.0}
        self.send("commit", status=status, **commit, **fields)

    def propose(self, text: str) -> None:
        self.text = text
        self.commits += 1
        self.commit("proposed")
        digest = hashlib.sha256(text.encode()).hexdigest()
        if "crash while proving" in text:
            time.sleep(0.1)
            if digest not in self.options["blocked"]:
                ctypes.string_at(0)
        for number, line in enumerate(text.splitlines(), start=1):
            if line.startswith("refuse"):
                where = f"{self.path}:{number}"
                self.commit("refused", reason=line[7:], where=where)
                return
        if digest in self.options["blocked"]:
            self.commit("refused", reason="this set ended the engine twice", where="")
            return
        self.commit("proven")
        self.commit("cued")
        if "cue" in text.splitlines() and self.on_air:
            self.cued = text
        else:
            self.put_on_air(text)

    def put_on_air(self, text: str, safe: bool = False) -> None:
        old = self.on_air.splitlines()
        changed = [n for n, line in enumerate(text.splitlines(), 1) if line not in old]
        self.before.append(self.on_air)
        self.on_air = text
        self.version += 1
        self.aired = time.monotonic()
        fields = {"source": text, "changed": changed, "kept": ["a"], "safe": safe}
        self.commit("on_air", version=self.version, **fields)
        names = [line.split()[1] for line in text.splitlines() if line.startswith("spout")]
        for name in names:
            self.extra.setdefault(name, PictureRing.create(256, 256))
        self.send(
            "outputs",
            outputs=[{"name": n, "kind": "spout", "ring": self.extra[n].name} for n in names],
        )
        self.send(
            "slots",
            slots=[
                {"name": n, "model": m, "condition": c}
                for n, m, c in (
                    ("a", "nebula", "timeline"),
                    ("b", "corridor", "waveform"),
                    ("c", "city", "levels"),
                    ("d", "ocean", "prev a"),
                )
            ],
        )
        lines = [line.split() for line in text.splitlines() if line]
        knobs = [
            {"name": n, "default": float(low), "low": float(low), "high": float(high), "doc": ""}
            for n, low, high in (words[1:] for words in lines if words[0] == "knob")
        ]
        pads = [f"pad/{words[1]}" for words in lines if words[0] == "pad"]
        controls = [*(f"knob/{knob['name']}" for knob in knobs), *pads]
        self.send("settings", bpm=None, controls=controls, knobs=knobs)

    def answer(self) -> bool:
        while self.connection.poll(0):
            message = self.connection.recv()
            if message["type"] == "quit":
                return False
            if message["type"] == "solo":
                self.solo = message["slot"]
            if message["type"] == "undo":
                self.send("obeyed", order="undo")
                if len(self.before) > 1:
                    self.put_on_air(self.before.pop())
            if message["type"] == "swap_now" and self.cued is not None:
                self.put_on_air(self.cued)
                self.cued = None
            if message["type"] == "scene":
                self.path = Path(message["file"])
                self.text = ""  # it is proposed with the next look at the file
            if message["type"] == "safe":
                self.send("obeyed", order="safe")
                self.put_on_air(SAFE, safe=True)
        return True

    def misbehave(self) -> None:
        if time.monotonic() - self.aired < 1:
            return
        for line in self.on_air.splitlines():
            if line == "crash":
                ctypes.string_at(0)
            if line == "exit":
                os._exit(3)
            if line == "fork":
                self.on_air = self.on_air.replace(line, "")
                program = subprocess.Popen(["sleep", "600"])
                forked = os.fork()
                if not forked:
                    time.sleep(600)
                self.send("note", text=f"forked {program.pid} {forked}")
            if line.startswith("print"):
                print("\n".join(["noise"] * int(line.split()[1])), flush=True)
                self.on_air = self.on_air.replace(line, "")
            if line.startswith("take"):
                self.taken = bytearray(b"x" * (int(line.split()[1]) * 1_000_000))
            if line == "hang":
                ctypes.PyDLL(None).sleep(600)

    def draw(self) -> None:
        for line in self.on_air.splitlines():
            if line.startswith("hold") and time.monotonic() - self.began < float(line.split()[1]):
                return
        colour = (40, 90, 200)
        for line in self.on_air.splitlines():
            if line.startswith("colour"):
                colour = tuple(int(c) for c in line.split()[1:4])
        red = self.controls.get("knob/red")
        if red is not None:
            colour = (int(red.value), *colour[1:])
        y, x = np.mgrid[0:512, 0:512]
        picture = np.empty((512, 512, 3), np.uint8)
        picture[:] = colour
        picture[..., 1] = np.maximum(picture[..., 1], (x // 4 + y // 4) % 128)
        bar = (self.frame * 4) % 512
        picture[:, bar : bar + 24] = 255
        if "strobe" in self.on_air.splitlines() and self.frame % 2:
            picture[:] = 255
        if self.solo is not None:
            picture[: 128 * (self.solo + 1)] //= 3
        position = self.sound.hops * 480
        tag = {"sound_position": position, "version": self.version, "frame": self.frame}
        self.pictures.write(picture, **tag)
        for ring in self.extra.values():
            ring.write(picture[:256, :256], **tag)
        if self.frame % 6 == 0:
            strip = np.zeros((192, 384, 3), np.uint8)
            for slot in range(4):
                strip[:96, 96 * slot : 96 * slot + 96] = (60 * slot + 40, self.frame % 256, 99)
                strip[96:, 96 * slot : 96 * slot + 96] = picture[100:196, 100:196]
            self.thumbs.write(strip)
        self.frame += 1

    def stand_by(self) -> None:
        """Wait to be told to take over."""
        kept = self.options["resume"]
        self.send("ready", version=kept["version"])
        while True:
            message = self.connection.recv()
            if message["type"] == "quit":
                raise EOFError
            if message["type"] == "keep":
                self.send("ready", version=message["resume"]["version"])
            if message["type"] == "take_over":
                self.options.update(message)
                return

    def play(self) -> None:
        if self.options.get("standby"):
            self.stand_by()
        self.send("hello", pid=os.getpid(), device="cpu", precision="float32")
        resume = self.options["resume"]
        if resume is not None:
            self.text = resume.get("source") or ""
            for line in self.text.splitlines():
                if line.startswith("linger"):
                    time.sleep(float(line.split()[1]))
            self.put_on_air(SAFE if resume.get("safe") else self.text, bool(resume.get("safe")))
            self.text = self.path.read_text()  # the save that is there now was seen before
        spoken = 0.0
        while self.answer():
            text = self.path.read_text()
            if text and text != self.text:
                self.propose(text)
            if self.on_air:
                self.draw()
            if time.monotonic() - spoken > 0.2:
                spoken = time.monotonic()
                self.send("alive", frame=self.frame, fps=30.0, node="")
            self.misbehave()
            time.sleep(PERIOD)


def run(connection: Any, options: dict[str, Any]) -> None:
    engine = FakeEngine(connection, options)
    with contextlib.suppress(EOFError, OSError):  # the stage is gone
        engine.play()
    for ring in (engine.sound, engine.pictures, engine.thumbs, engine.controls):
        ring.close()
    for ring in engine.extra.values():
        ring.close()
    for ring in engine.extra.values():
        ring.unlink()
