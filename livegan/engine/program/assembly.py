"""What an engine is assembled of: a player, a pipeline and saves, as its options say."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livegan import share
from livegan.engine.commit.pipeline import PLUGINS, Pipeline
from livegan.engine.commit.safe_set import SafeSet
from livegan.engine.commit.saves import Saves
from livegan.engine.commit.scene_models import SceneModels
from livegan.engine.commit.watch import Watcher, slow_disk
from livegan.engine.isolation.gpu_errors import ContextLost
from livegan.engine.isolation.memory_limit import go_first, keep_to
from livegan.engine.program.build import Builder
from livegan.engine.program.device import choose_device, describe_device
from livegan.engine.program.hearings import RingSounds
from livegan.engine.program.nodes.slot_building import SlotBackends
from livegan.engine.program.player import Controls, Player
from livegan.ipc.messages import FromEngine, Hello, Note, Sources
from livegan.ipc.sound_ring import SoundRing
from livegan.picture_sources.board import RingBoard
from livegan.picture_sources.source import SourceName, Wanted
from livegan.size import Size


@dataclass(frozen=True)
class Assembly:
    """The parts of one engine, and what it greets the stage with."""

    builder: Builder
    player: Player
    pipeline: Pipeline
    saves: Saves
    """Not started yet."""
    hello: Hello
    board: RingBoard
    """Where pictures of live sources are."""


def assemble(
    options: dict[str, Any],
    sound: SoundRing,
    controls: Controls,
    send: Callable[[FromEngine], None],
    poisoned: Callable[[ContextLost], None],
) -> Assembly:
    """Make the parts of an engine; its options are in docs/internals.md."""
    device = choose_device(options.get("device") or "auto")
    go_first()
    if device.type == "cpu":
        keep_to(int(options.get("memory") or 0))
    path, folder = Path(options["set"]), Path(options["folder"])
    size = Size.read(options.get("size") or 0)
    followed = {name: Path(place) for name, place in (options.get("followed") or {}).items()}

    def ask(names: Sequence[SourceName], wanted: Wanted, only: bool) -> None:
        named = [[name.kind, name.argument] for name in names]
        send(Sources(named, wanted.height, wanted.width, only))

    board = RingBoard(lambda text: send(Note(text)), ask, given=options.get("stand_ins"))
    backends = SlotBackends(waits=False)
    builder = Builder(folder, size=size, device=device, followed=followed, backends=backends)
    player = Player(
        sound,
        fps=float(options.get("fps") or 30),
        seed=int(options.get("seed") or 0),
        device=device,
        on_fault=send,
        controls=controls,
        sources=board,
        sounds=RingSounds(sound),
    )
    blocked = frozenset(options.get("blocked") or ())
    pipeline = Pipeline(path, folder, builder, player, send, blocked=blocked)
    safe = None
    if options.get("safe"):
        own = Builder(folder, size=size, device=device, backends=SlotBackends(waits=False))
        packaged = share.folder("sets") / "safe.py"
        paths = list(dict.fromkeys([Path(options["safe"]), packaged]))
        safe = SafeSet(paths, own, player, send)
    scenes = [Path(scene) for scene in options.get("scenes") or ()]
    known = (path.parent, folder / PLUGINS, *(scene.parent for scene in scenes))
    folders = [p for p in dict.fromkeys(known) if p.is_dir()]
    watcher = Watcher(pipeline.inputs.watched, folders, slow_disk(path, send))
    models = SceneModels(scenes, builder) if len(scenes) > 1 else None
    saves = Saves(pipeline, watcher, safe, send, poisoned, models)
    name, precision = describe_device(device)
    hello = Hello(os.getpid(), name, precision)
    return Assembly(builder, player, pipeline, saves, hello, board)
