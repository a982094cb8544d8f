"""A show that is played as by a performer, with an engine that can be told to fail."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import ImageGrab

from livegan.stage.options import Options
from livegan.stage.stage import Stage
from livegan.stage.supervision.health import Limits

WINDOW = (640, 480)
FAKE = "tests.stage.fake_engine:run"


class Performance:
    """A stage that is played by a thread, as by a performer: keys, saves, looks at the screen."""

    def __init__(self, folder: Path, display: str, **more: Any) -> None:
        self.folder, self.display = folder, display
        self.set = folder / "set.py"
        self.set.write_text("colour 10 60 200\n")
        self.log = folder / "show.jsonl"
        limits = Limits(alive=more.pop("alive", 2), building=20, starting=60, backoff=0.1)
        options = {"hud": False, "window": WINDOW, "audio": "silence", "log": self.log, **more}
        self.stage = Stage(
            Options(set=self.set, folder=folder, engine=FAKE, limits=limits, **options)
        )

    def play(self, act: Callable[[], None]) -> int:
        """Run the show while ``act`` runs beside it; its failure is the test's."""
        failed: list[BaseException] = []

        def performer() -> None:
            try:
                act()
            except BaseException as error:
                failed.append(error)
            self.stage.stop()

        thread = threading.Thread(target=performer)
        thread.start()
        status = self.stage.run()
        thread.join()
        if failed:
            raise failed[0]
        return status

    def press(self, typed: str, name: str = "") -> None:
        import pygame

        key = pygame.key.key_code(name or typed)
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, unicode=typed, key=key, mod=0))

    def save(self, text: str) -> None:
        beside = self.set.with_suffix(".new")
        beside.write_text(text)
        os.replace(beside, self.set)

    def look(self) -> np.ndarray:
        """The screen, (H, W, 3)."""
        return np.asarray(ImageGrab.grab(xdisplay=self.display).convert("RGB")).astype(int)

    def at(self, x: int = 320, y: int = 470) -> tuple[int, ...]:
        return tuple(self.look()[y, x])

    def shows(self, red: int) -> bool:
        """The picture on the screen has this much red somewhere below, where no bar hides it."""
        row = self.look()[470, 90:550, 0]
        return bool(abs(int(np.median(row)) - red) <= 4)

    def lines(self, kind: str) -> list[dict[str, Any]]:
        text = self.log.read_text() if self.log.exists() else ""
        records = [json.loads(line) for line in text.splitlines() if line.endswith("}")]
        return [r for r in records if r["type"] == kind]
