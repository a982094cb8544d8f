"""The supervision: the thread that keeps an engine playing and passes messages on."""

from __future__ import annotations

import contextlib
import itertools
import queue
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livegan.ipc.messages import (
    FROM_ENGINE,
    Commit,
    EngineMessage,
    EngineNews,
    FromEngine,
    Keep,
    Note,
    Poisoned,
    PrintedLines,
    Quit,
    TakeOver,
    ToEngine,
)
from livegan.ipc.wire import BadMessage, decode, encode
from livegan.stage.supervision import supervisor
from livegan.stage.supervision.actions import Announce, Kill, Start, SupervisorAction
from livegan.stage.supervision.engine_process import (
    ENGINE,
    EngineProcess,
    death,
    prepare,
    start_engine,
)
from livegan.stage.supervision.events import (
    EngineHeard,
    Gone,
    Insist,
    StandbyGone,
    StandbyHeard,
    SupervisorEvent,
    Tick,
)
from livegan.stage.supervision.health import STOPPED, Limits
from livegan.stage.supervision.standby import Warm
from livegan.stage.supervision.state import SupervisorState

TICK = 0.1  # seconds between looks at the clock
SLEPT = 2.0  # seconds without a tick after which it was the machine that stood still
GOODBYE = 2.0  # seconds an engine has to end when it is asked


@dataclass(frozen=True)
class Said:
    """What one of the engines says next; None: it is gone."""

    number: int
    """Of the engine."""
    message: FromEngine | None


class SupervisorThread:
    """Starts the engine, hears it, kills it when it hangs, and brings it back.

    ``hear`` is called on the supervisor's thread with each message of the engine, with
    `EngineNews` when its fate changes, and, on another thread, with `PrintedLines`; it must return
    at once. With ``standby`` a second engine is kept ready to take over.
    """

    def __init__(
        self,
        options: dict[str, Any],
        hear: Callable[[EngineMessage], None],
        *,
        target: str = ENGINE,
        limits: Limits | None = None,
        standby: bool = False,
    ) -> None:
        self._options = options
        self._set = Path(str(options.get("set") or ""))
        self._wants_standby = standby
        self._standby: EngineProcess | None = None
        self._standby_number = 0
        self._listener = hear
        self._target = target
        self._limits = limits or Limits()
        self._inbox: queue.SimpleQueue[Said | Insist | ToEngine] = queue.SimpleQueue()
        self._numbers = itertools.count(1)
        self._engine: EngineProcess | None = None
        self._number = 0
        self._looked = 0.0
        self.state = SupervisorState()
        """The supervisor's; replaced, never changed, so any thread may read it."""
        self._thread = threading.Thread(target=self._run, name="supervision", daemon=True)

    def start(self) -> None:
        """Start the engine; returns at once. No engine outlives the thread that calls this."""
        prepare()
        self._thread.start()

    def send(self, message: ToEngine) -> None:
        """Send a message to the engine that plays now, from any thread, without waiting."""
        self._inbox.put(message)

    def insist(self, resume: Commit, text: str) -> None:
        """Replace the engine, which does not do what a key asked, by one that plays ``resume``.

        From any thread, without waiting; ``text`` is what the performer is told.
        """
        self._inbox.put(Insist(resume, text))

    def stop(self) -> None:
        """End the engine, by force if need be, and the thread. Safe to call twice."""
        self._inbox.put(Quit())
        if self._thread.ident is not None:
            self._thread.join()

    @property
    def pid(self) -> int | None:
        """Of the engine that runs now."""
        engine = self._engine
        return engine.pid if engine is not None else None

    def _run(self) -> None:
        self.state, actions = supervisor.begin(time.monotonic(), standby=self._wants_standby)
        self._do(actions)
        ticked = time.monotonic()
        try:
            while True:
                with contextlib.suppress(queue.Empty):
                    came = self._inbox.get(timeout=TICK)
                    if isinstance(came, Quit):
                        return
                    if isinstance(came, Insist):
                        self._step(came)
                    elif isinstance(came, Said):
                        self._take(came.number, came.message)
                    elif self._engine is not None:
                        self._engine.send(encode(came))
                now = time.monotonic()
                if now - ticked > SLEPT:
                    self.state = supervisor.woke(self.state, now)
                ticked = now
                self._look(now)
        finally:
            self._end()

    def _take(self, number: int, message: FromEngine | None) -> None:
        """What one of the engines says; others are not heard any more."""
        if number == self._standby_number:
            if message is None:
                self._lay_off("")
            else:
                self._step(StandbyHeard(message))
        elif number == self._number:
            if message is None:
                self._bury("")
                return
            if isinstance(message, Poisoned) and self._engine is not None:
                self._engine.last_words = message.reason
            self._hear(message)
            self._step(EngineHeard(message))

    def _look(self, now: float) -> None:
        """See how the engines are; a tick, but no more often than that."""
        if now - self._looked < TICK:
            return
        self._looked = now
        self._step(Tick(self._engine.look() if self._engine is not None else None))
        standby, most = self._standby, self._limits.memory
        if standby is not None and most and standby.look().memory > most:
            self._lay_off("it took more memory than --memory")

    def _step(self, event: SupervisorEvent) -> None:
        before = self.state.phase
        self.state, actions = supervisor.step(self.state, event, time.monotonic(), self._limits)
        self._do(actions)
        if self.state.phase != before and not any(isinstance(a, Announce) for a in actions):
            self._say(Announce("phase", ""))

    def _do(self, actions: list[SupervisorAction]) -> None:
        for action in actions:
            if isinstance(action, Announce):
                self._say(action)
            elif isinstance(action, Start):
                self._start(action)
            elif isinstance(action, Kill):
                self._bury(action.how)
            elif isinstance(action, Warm):
                self._warm(action)
            elif isinstance(action, Keep) and self._standby is not None:
                self._standby.send(encode(action))
            elif isinstance(action, TakeOver):
                self._take_over(action)

    def _start(self, action: Start) -> None:
        self._number = next(self._numbers)
        options = {
            **self._options,
            "resume": action.resume,
            "earlier": list(action.earlier),
            "blocked": list(action.blocked),
        }
        try:
            engine = start_engine(options, self._target, self._printed)
        except OSError as error:  # no memory or no process to be had: try again later
            self._step(Gone(f"could not be started: {error}"))
            return
        self._engine = engine
        self._listen(engine, self._number)

    def _warm(self, action: Warm) -> None:
        options = {
            **self._options,
            "standby": True,
            "resume": action.resume,
            "blocked": list(action.blocked),
        }
        self._standby_number = next(self._numbers)
        try:
            self._standby = start_engine(options, self._target, self._printed)
        except OSError as error:
            self._step(StandbyGone(f"could not be started: {error}"))
            return
        self._listen(self._standby, self._standby_number)

    def _take_over(self, action: TakeOver) -> None:
        self._engine, self._standby = self._standby, None
        self._number, self._standby_number = self._standby_number, 0
        assert self._engine is not None
        self._engine.send(encode(action))

    def _lay_off(self, how: str) -> None:
        """See that the standby is gone."""
        standby, self._standby = self._standby, None
        self._standby_number = 0
        if standby is not None:
            if how or not standby.quit(0.5):
                standby.kill()
            standby.close()
            self._step(StandbyGone(how or death(standby.exitcode)))

    def _listen(self, engine: EngineProcess, number: int) -> None:
        threading.Thread(
            target=self._read, args=(engine, number), name="engine messages", daemon=True
        ).start()

    def _printed(self, lines: list[str]) -> None:
        self._hear(PrintedLines(lines))

    def _read(self, engine: EngineProcess, number: int) -> None:
        """Runs beside: a message that an engine stopped in the middle of must not stop us."""
        while (said := engine.receive()) is not None:
            try:
                message: FromEngine = decode(said, FROM_ENGINE)
            except BadMessage as error:
                message = Note(f"the engine sent an invalid message: {error}")
            self._inbox.put(Said(number, message))
        self._inbox.put(Said(number, None))

    def _bury(self, how: str) -> None:
        """See that the process is gone, and say how it ended."""
        engine, self._engine = self._engine, None
        self._number = next(self._numbers)  # what it still says is not heard
        gone = Gone(how or "gone")
        if engine is not None:
            if how and how != STOPPED:
                engine.ask_where()
            if not how and not engine.quit(0.5):
                how = "it closed its pipe and was killed"
            if engine.exitcode is None:
                # Where one stands by there is no need to wait until its memory is free.
                engine.kill(0.0 if self._standby is not None else 5.0)
            gone = engine.post_mortem(self._set, how)
            threading.Thread(target=_reap, args=(engine,), name="reap").start()
        self._step(gone)
        self._step(Tick())  # one that stands by need not wait for the next

    def _end(self) -> None:
        for engine in filter(None, (self._engine, self._standby)):
            engine.send(encode(Quit()))
        for engine in filter(None, (self._engine, self._standby)):
            if not engine.quit(GOODBYE):
                engine.kill()
            engine.close()
        self._engine = self._standby = None

    def _hear(self, message: EngineMessage) -> None:
        try:
            self._listener(message)
        except Exception:  # a fault of the stage costs one message, never the supervision
            traceback.print_exc()

    def _say(self, news: Announce) -> None:
        self._hear(EngineNews(phase=self.state.phase, pid=self.pid, **vars(news)))


def _reap(engine: EngineProcess) -> None:
    """Wait until a process that was killed is gone, however much memory it gives back."""
    engine.kill(60.0)
    engine.close()
