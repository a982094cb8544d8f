"""The keeper: the thread that keeps an engine playing and passes messages on."""

from __future__ import annotations

import contextlib
import itertools
import queue
import threading
import time
import traceback
from collections.abc import Callable

from livegan.stage import supervisor
from livegan.stage.launch import ENGINE, Engine, Message, death, start_engine
from livegan.stage.supervisor import Gone, Heard, Insist, Kill, Limits, Start, State, Tell, Tick

TICK = 0.1  # seconds between looks at the clock
SLEPT = 2.0  # seconds without a tick after which it was the machine that stood still
GOODBYE = 2.0  # seconds an engine has to end when it is asked


class Keeper:
    """Starts the engine, hears it, kills it when it hangs, and brings it back.

    ``hear`` is called on the keeper's thread with each message of the engine, and with
    ``{"type": "engine", "phase", "text", "pid"}`` when its fate changes; it must return at once.
    """

    def __init__(
        self,
        options: Message,
        hear: Callable[[Message], None],
        *,
        target: str = ENGINE,
        limits: Limits | None = None,
    ) -> None:
        self._options = options
        self._listener = hear
        self._target = target
        self._limits = limits or Limits()
        self._inbox: queue.SimpleQueue[tuple[str, int, Message]] = queue.SimpleQueue()
        self._numbers = itertools.count(1)
        self._engine: Engine | None = None
        self._number = 0
        self.state = State()
        """The supervisor's; replaced, never changed, so any thread may read it."""
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def start(self) -> None:
        """Start the engine; returns at once."""
        self._thread.start()

    def send(self, message: Message) -> None:
        """Send a message to the engine that plays now, from any thread, without waiting."""
        self._inbox.put(("send", 0, message))

    def insist(self, resume: Message, text: str) -> None:
        """Replace the engine, which does not do what a key asked, by one that plays ``resume``.

        From any thread, without waiting; ``text`` is what the performer is told.
        """
        self._inbox.put(("insist", 0, {"resume": resume, "text": text}))

    def stop(self) -> None:
        """End the engine, by force if need be, and the thread. Twice is once."""
        self._inbox.put(("stop", 0, {}))
        if self._thread.ident is not None:
            self._thread.join()

    @property
    def pid(self) -> int | None:
        """Of the engine that runs now."""
        engine = self._engine
        return engine.pid if engine is not None else None

    def _run(self) -> None:
        self.state, actions = supervisor.begin(time.monotonic())
        self._do(actions)
        ticked = time.monotonic()
        try:
            while True:
                with contextlib.suppress(queue.Empty):
                    what, number, message = self._inbox.get(timeout=TICK)
                    if what == "stop":
                        return
                    if what == "send" and self._engine is not None:
                        self._engine.send(message)
                    elif what == "heard" and number == self._number:
                        self._hear(message)
                        self._step(Heard(message))
                    elif what == "insist":
                        self._step(Insist(**message))
                    elif what == "gone" and number == self._number:
                        self._bury("")
                now = time.monotonic()
                if now - ticked > SLEPT:
                    self.state = supervisor.woke(self.state, now)
                ticked = now
                self._step(Tick())
        finally:
            self._end()

    def _step(self, event: supervisor.Event) -> None:
        before = self.state.phase
        self.state, actions = supervisor.step(self.state, event, time.monotonic(), self._limits)
        self._do(actions)
        if self.state.phase != before and not any(isinstance(a, Tell) for a in actions):
            self._say("phase", "")

    def _do(self, actions: list[supervisor.Action]) -> None:
        for action in actions:
            if isinstance(action, Tell):
                self._say(action.kind, action.text)
            elif isinstance(action, Start):
                self._start(action)
            elif isinstance(action, Kill):
                self._bury("it hung and was killed")

    def _start(self, action: Start) -> None:
        self._number = next(self._numbers)
        options = {
            **self._options,
            "resume": action.resume,
            "blocked": list(action.blocked),
        }
        try:
            engine = start_engine(options, self._target)
        except OSError as error:  # no memory or no process to be had: try again later
            self._step(Gone(f"could not be started: {error}"))
            return
        self._engine = engine
        reader = threading.Thread(
            target=self._read, args=(engine, self._number), name="engine messages", daemon=True
        )
        reader.start()

    def _read(self, engine: Engine, number: int) -> None:
        """Runs beside: a message that an engine stopped in the middle of must not stop us."""
        while (message := engine.receive()) is not None:
            self._inbox.put(("heard", number, message))
        self._inbox.put(("gone", number, {}))

    def _bury(self, how: str) -> None:
        """See that the process is gone, and say how it ended."""
        engine, self._engine = self._engine, None
        self._number = next(self._numbers)  # what it still says is not heard
        if engine is not None:
            if not how and not engine.quit(0.5):
                how = "it closed its pipe and was killed"
            if engine.exitcode is None:
                engine.kill()
            engine.close()
            how = how or death(engine.exitcode)
        self._step(Gone(how or "gone"))

    def _end(self) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            if not engine.quit(GOODBYE):
                engine.kill()
            engine.close()

    def _hear(self, message: Message) -> None:
        try:
            self._listener(message)
        except Exception:  # a malformed message costs itself, never the supervision
            traceback.print_exc()

    def _say(self, kind: str, text: str) -> None:
        self._hear(
            {
                "type": "engine",
                "kind": kind,
                "phase": self.state.phase,
                "text": text,
                "pid": self.pid,
            }
        )
