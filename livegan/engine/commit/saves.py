"""Saves: what the engine proposes, and when; a proposal that does not come back is given up."""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from livegan.engine.commit.pipeline import Pipeline
from livegan.engine.commit.safe_set import SafeSet
from livegan.engine.commit.scene_models import SceneModels
from livegan.engine.commit.watch import Awaiting, Watcher, read_save, read_text, unreadable
from livegan.engine.isolation.activity import PROVER
from livegan.engine.isolation.deadline import watchdog
from livegan.engine.isolation.gpu_errors import ContextLost
from livegan.heap import give_back
from livegan.ipc.messages import FromEngine, Note, Row
from livegan.plugin.guard import said

LOOK_S = 0.05
"""How often a proposal is looked after."""
SAVED_S = 0.5
"""How often it is looked for a newer save meanwhile, where no event tells of one."""
TIDY_S = 2.0
"""How long after a swap memory is given back: dissolves are over."""


class Saves:
    """A thread that watches the set's file and takes each save to the pipeline.

    Each proposal runs on a thread of its own, so that one which never comes back costs only itself.
    ``poisoned`` is called where the GPU's context is lost.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        watcher: Watcher,
        safe: SafeSet | None,
        emit: Callable[[FromEngine], None],
        poisoned: Callable[[ContextLost], None],
        models: SceneModels | None = None,
    ) -> None:
        """``models`` are those of scenes, which are read while there is nothing else to do."""
        self._models = models
        self._scene: Path | None = None
        """A set that is to play next, instead of the one that plays."""
        self.pipeline = pipeline
        self.watcher = watcher
        self.safe = safe
        self.emit = emit
        self.poisoned = poisoned
        self._moved = False
        """A file changed that was not taken yet."""
        self._awaiting = Awaiting("set", emit)
        self._playing = self._tidied = self._loaded = 0
        self._since = 0.0
        self._running = True
        self._orders: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="saves", daemon=True)

    def start(self) -> None:
        """Begin; nothing is proposed before `keep` or `watch` says so."""
        self._thread.start()

    def keep(self, message: Row, done: Callable[[], None]) -> None:
        """Make ready, unseen, what an on_air message says; calls ``done`` on the saves' thread."""

        def order() -> None:
            self.resume(message)
            done()

        self._orders.put(order)

    def watch(self, resumes: Sequence[Row] = ()) -> None:
        """From now on: play what the first of ``resumes`` says that is not refused, then the set
        as it is saved. One that crashed the engine too often only counts if nothing else plays."""
        self._orders.put(lambda: self._watch(resumes))

    def turn_to(self, scene: Path) -> None:
        """Take another set to the air; from any thread. The newest wish counts."""
        self._scene = scene
        self.watcher.changed.set()

    def stop(self) -> None:
        """End the thread."""
        self._running = False
        self._orders.put(None)
        self.watcher.stop()
        if self._thread.ident is not None:
            self._thread.join(2.0)

    def _run(self) -> None:
        lower_priority()
        while self._running and (order := self._orders.get()) is not None:
            order()

    # What is proposed ----------------------------------------------------------------------------

    def resume(self, message: Row) -> None:
        """Propose what played, whatever the file says by now."""
        if message.get("safe") and self.safe is not None:
            if not self.safe.on_air:
                self._aside(self._prove_safe)
                self.safe.play()
            return
        file = Path(str(message.get("file") or self.pipeline.path))
        if message.get("source") and file != self.pipeline.path:
            self.pipeline.turn_to(file)
        if message.get("source") and not self.pipeline.plays(str(message["source"])):
            self.pipeline.numbered(int(message.get("version") or 0))
            self.pipeline.trials.recall(message.get("texts"))
            self._propose(str(message["source"]))

    def _watch(self, resumes: Sequence[Row]) -> None:
        first, before = True, ""
        blocked = self.pipeline.blocked
        deadly = [resume for resume in resumes if resume.get("digest") in blocked]
        for resume in resumes:
            if resume in deadly:
                continue
            self.resume(resume)
            if not self._something_plays:
                continue  # it cannot be played any more: a model is gone
            if resume.get("safe") and self.safe is not None:
                # The file may hold what the safe set was called for: the next save is taken.
                before, first = read_text(self.pipeline.path) or "", False
            break
        while self._running:
            try:
                scene, self._scene = self._scene, None
                if scene is not None and not first:
                    before = self._take_scene(scene) or before
                elif scene is not None:
                    self._scene = scene  # the show has yet to begin
                newest = self.pipeline.player.lineup.newest
                if newest is not None and (known := self.pipeline.return_to(newest)):
                    before = newest.script.text
                    self.watcher.look(known)
                if first or self._moved or self.watcher.wait() or self.pipeline.read_again.is_set():
                    self._moved = False
                    self.pipeline.read_again.clear()
                    text = self._read(before, first, 0.05 if first and not resumes else 0.5)
                    if text:
                        before = self._take(text)
                    if first and not self._something_plays:
                        self._last_resort(deadly)
                    if first and self.safe is not None:
                        self._aside(self._prove_safe)
                    first = False
                self._tidy()
            except Exception as error:  # a fault of livegan itself costs only this save
                first = False
                self._failed(error)
                time.sleep(LOOK_S)

    @property
    def _something_plays(self) -> bool:
        return self.pipeline.has_program or (self.safe is not None and self.safe.ready)

    def _last_resort(self, deadly: Sequence[Row]) -> None:
        """Play what crashed the engine, for nothing else can be played: the stage starts an engine
        again however often it ends, ever later."""
        for resume in deadly:
            self.pipeline.unblock(str(resume["digest"]))
            self.resume(resume)
            if self._something_plays:
                self.pipeline.emit(
                    Note("no other version can be played, so the one that crashed the engine is")
                )
                return

    def _tidy(self) -> None:
        """Give memory back a while after a swap, when what it let go of is free."""
        program = self.pipeline.player.program
        version, now = program.version if program is not None else 0, time.monotonic()
        if version != self._playing:
            self._playing, self._since = version, now
        elif version != self._tidied and now - self._since > TIDY_S:
            self._tidied = version
            give_back()
        elif program is not None and self._models is not None and version != self._loaded:
            models, playing, more = self._models, program.script.path, []
            self._aside(lambda: more.append(models.load_next(playing)))
            if more == [False]:
                self._loaded = version

    def _take_scene(self, path: Path) -> str:
        """Propose what another set says; gives its text, or nothing if it cannot be read."""
        player = self.pipeline.player
        playing, cued = player.program, player.cued
        text = read_save(path)
        if not text:
            self.emit(Note(f"{path.name} cannot play: {unreadable(path)}"))
            return ""
        if cued is None and playing is not None and playing.script.path == path:
            self.emit(Note(f"{path.name} plays already"))
            return ""
        self.pipeline.turn_to(path)
        return self._take(text)

    def _read(self, before: str, first: bool, patience_s: float) -> str | None:
        """The set's text as it is saved, or None; says what it waits for."""
        path, written = self.pipeline.path, False
        with self.watcher.asking(), contextlib.suppress(OSError):
            written = not first and self.pipeline.models_changed()
        if written:
            self.watcher.settle(path)
        with self.watcher.asking():
            text = read_save(path, before=before, patience_s=patience_s)
            why = "" if text else unreadable(path)
        if text:
            self._awaiting.back(f"{path.name} is back")
        elif why:
            self._awaiting.without(f"waiting for {path.name}: {why}")
        return text

    def _take(self, text: str) -> str:
        """Propose a text, and whatever is saved while it is built and proven: the newest counts.

        Gives the text that was proposed last.
        """
        self.pipeline.put_back()
        while True:
            newer: list[str] = []
            looked = time.monotonic()

            def overtaken(text: str = text, newer: list[str] = newer) -> bool:
                nonlocal looked
                if self._scene is not None:
                    self.pipeline.overtake(None)
                    return self.pipeline.leave_behind()
                now = time.monotonic()
                if not newer and (self.watcher.changed.is_set() or now - looked > SAVED_S):
                    looked = now
                    newer.extend(self._newer(text))
                return bool(newer) and self.pipeline.leave_behind()

            self._aside(lambda text=text: self.pipeline.propose(text), overtaken)  # type: ignore[misc]
            if not newer:
                return text
            text = newer[0]

    def _newer(self, text: str) -> list[str]:
        """What was saved while a text is proven, if that takes its place."""
        self.watcher.changed.set()  # do not wait
        if not self.watcher.wait():
            return []
        path = self.pipeline.path
        with self.watcher.asking():
            saved = read_save(path, before=text)
        if saved and self.pipeline.overtake(saved):
            return [saved]
        self._moved = True
        return []

    def _propose(self, text: str) -> None:
        self._aside(lambda: self.pipeline.propose(text))

    def _prove_safe(self) -> bool:
        if self.safe is not None:
            self.safe.prove()
        return True

    def _aside(self, job: Callable[[], Any], leave: Callable[[], bool] = lambda: False) -> None:
        """Do something on a thread of its own, and go on without it if it does not come back, or
        once ``leave`` says so. Memory is given back unless the job gives None: it did nothing."""

        idle = False

        def do() -> None:
            nonlocal idle
            try:
                idle = job() is None
            except ContextLost as error:
                self.poisoned(error)
            except BaseException as error:  # a fault of livegan itself costs only this save
                self._failed(error)

        thread = threading.Thread(target=do, name=PROVER, daemon=True)
        thread.start()
        while thread.is_alive() and self._running:
            thread.join(LOOK_S)
            if thread.is_alive() and watchdog.stuck(thread.ident or 0):
                self.pipeline.abandon(thread.ident or 0)
                return
            if thread.is_alive() and leave():
                return
        if not idle:
            give_back()

    def _failed(self, error: BaseException) -> None:
        self.emit(Note(f"save not read: {type(error).__name__}: {said(error)}"))


def lower_priority() -> None:
    """Let this thread, and those it starts, work only in the time that frames leave (Linux)."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
