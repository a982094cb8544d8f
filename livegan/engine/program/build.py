"""Building a program: what the set keeps is taken over, what is new is made beside what plays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from livegan.engine.commit.script import Refusal, Script
from livegan.engine.isolation.activity import activity
from livegan.engine.isolation.deadline import Overrun, pressed
from livegan.engine.isolation.gpu_errors import check_context, first_line, is_full
from livegan.engine.program.models import Models
from livegan.engine.program.nodes.instance import (
    Instance,
    ModelInstance,
    Moment,
    OperationInstance,
    PrevInstance,
    painting_size,
)
from livegan.engine.program.nodes.shader_instance import ShaderInstance
from livegan.engine.program.nodes.signal_objects import (
    MAKING_S,
    feed_new,
    leaves_of,
    objects_of,
    proving_objects,
)
from livegan.engine.program.nodes.slot import slot, stamp_of
from livegan.engine.program.nodes.slot_building import SlotBackends
from livegan.engine.program.nodes.source_instances import source_instance
from livegan.engine.program.probe import FIRST_FRAME_S, Busy, probe
from livegan.engine.program.program import Program, Step, foreign
from livegan.engine.program.sends import sent_by
from livegan.generators import ModelError
from livegan.generators.finding import model_folders
from livegan.graph.graph import Graph
from livegan.graph.matching import match
from livegan.graph.picture import Picture, call
from livegan.graph.place import Place, SetError
from livegan.graph.send import Send
from livegan.graph.shader import ShaderPicture
from livegan.graph.sound import SOUND, SoundHandle
from livegan.operation.source import drew_alike
from livegan.patches.proof import prover
from livegan.picture_sources.board import NoSources
from livegan.plugin import registry
from livegan.plugin.guard import said
from livegan.shaders.shader import ShaderError
from livegan.size import UNSAID, Size, Written


@dataclass(frozen=True)
class Candidate:
    """A node of a new set, as matching sees it."""

    name: str
    build: str


DEFAULT_SIZE = Size.square(512)


def idle(what: str, place: Place | None = None, apart: bool = False, /) -> None:
    """Nobody wants to know what is built."""


class Builder:
    """Makes programs for one device.

    ``folder`` is the working folder, ``size`` the canvas, whatever a set says; of no pixels it is
    what the set says, or else 512x512.  ``followed`` are models by name that are played from where
    they are written by a training.  ``backends`` says what plays slots.
    """

    def __init__(
        self,
        folder: Path,
        *,
        size: Written = UNSAID,
        device: torch.device | str = "cpu",
        followed: Mapping[str, Path] | None = None,
        backends: SlotBackends | None = None,
    ) -> None:
        self.folder = folder
        self.size = Size.read(size)
        self.followed = dict(followed or {})
        self.note: Callable[[str], None] = lambda text: None
        """Receives warnings, one line each."""
        self.played: set[str] = set()
        """Texts of sets that were on the air: their patches are not tried again, so an engine that
        died is back sooner."""
        self.proven_patches: Callable[[Script], None] = lambda script: None
        """Receives a set whose patches can be played, before it is on the air."""
        self.device = torch.device(device)
        self.backends = backends or SlotBackends()
        self.cores = 1
        """Threads that a slot has which paints alone."""
        self._compared: set[tuple[str, str]] = set()
        self._told: set[str] = set()

    def models(self, set_path: Path) -> Models:
        """Where a set's models are."""
        return Models(model_folders(set_path, self.folder), self.followed)

    def size_of(self, graph: Graph) -> Size:
        """The canvas of a set."""
        return self.size or graph.settings.get("size") or DEFAULT_SIZE

    def build(
        self,
        script: Script,
        playing: Program | None,
        moment: Callable[[Size], Moment],
        busy: Busy = idle,
    ) -> Program:
        """A program of ``script`` that keeps what it can of ``playing``; proven by a probe.

        ``moment(size)`` is the newest moment of real sound, for building and probing.  ``busy`` is
        told before each slow thing.

        Raises
        ------
        Refusal
            If a model cannot be loaded or a node cannot draw; nothing that plays is touched.
        """
        graph = script.graph
        models = self.models(script.path)
        complete(graph, models)
        size = self.size_of(graph)
        alone = len(graph.models) == 1
        self.backends.threads = self.cores if alone else 1
        now = moment(size)
        fresh = [Candidate(n.name, n.build + stamp_of(n, models)) for n in graph.nodes]
        old = [s for s in playing.steps if s.node.kind != "prev"] if playing else []
        drawn = [i for i, n in enumerate(graph.nodes) if n.kind != "prev"]
        plan = match(old, [fresh[i] for i in drawn])
        kept = {drawn[new]: old[index] for new, index in plan.kept.items()}
        index_of = {id(node): i for i, node in enumerate(graph.nodes)}
        named = {step.name: step for step in old}
        steps: list[Step] = []
        for index, node in enumerate(graph.nodes):
            if index in kept:
                instance = kept[index].instance
                if isinstance(instance, ModelInstance):  # it may paint in another way now
                    instance.capture(node, painting_size(node, instance.generator, size))
            else:
                instance = self.make(node, models, now, busy, script.path.parent)
                hand_over(node, named.get(node.name), instance)
            inputs = tuple(
                index_of[id(i)] if isinstance(i, Picture) else None
                for i in node.inputs
                if not isinstance(i, SoundHandle)
            )
            steps.append(Step(node, instance, inputs, fresh[index].build))
        for step in steps:
            if isinstance(step.instance, PrevInstance) and step.node.target is not None:
                step.instance.target = steps[index_of[id(step.node.target)]].instance
        tell_arranged(steps)
        names = [graph.nodes[i].name for i in drawn]
        values = graph.values
        before = playing.objects if playing else {}
        objects = objects_of(values, before, busy)
        program = Program(
            script=script,
            steps=tuple(steps),
            window=index_of[id(graph.window)],
            extra=tuple((kind, name, index_of[id(p)]) for kind, name, p in graph.extra),
            output_options=graph.output_options,
            size=size,
            kept=tuple(names[i] for i in sorted(plan.kept)),
            built=tuple(names[i] for i in plan.built),
            retired=tuple(old[i].name for i in plan.retired),
            objects=objects,
        )
        proving = moment(size)
        proving.proving = True
        self.prove_patches(script, playing, proving, busy)
        feed_new(values, objects, before, proving.reading)
        self.tell_live(steps, values, proving)
        with proving_objects(objects, before) as proving.reading.objects:
            proving.reading.playing = frozenset(before)
            probe(program, kept, proving, busy)
            sent_by(program, proving.reading, FIRST_FRAME_S, refuse)
        self.compare_encoders(program)
        return program

    def prove_patches(
        self, script: Script, playing: Program | None, moment: Moment, busy: Busy
    ) -> None:
        """Try the patches that do not play yet as they are now.

        Raises
        ------
        Refusal
            At the first that cannot be played. One that cannot be tried, because pyo is missing,
            is silent, and the rest of the set plays.
        """
        known = {each.key: each.build for each in playing.graph.patches} if playing else {}
        for patch in script.graph.patches:
            if known.get(patch.key) == patch.build or script.text in self.played:
                continue
            busy(f"testing patch {patch.name}", patch.place, True)
            missing = prover.prove(patch, script, self.folder, moment.reading, moment.now.seed)
            busy(f"testing patch {patch.name}", patch.place)
            if missing:
                if missing not in self._told:
                    self._told.add(missing)
                    self.note(missing)
                return
        self.proven_patches(script)

    def tell_live(self, steps: list[Step], values: list[Any], moment: Moment) -> None:
        """Note, in a rehearsal, what follows the outside world: the next one may differ."""
        if not moment.sources.waits or isinstance(moment.sources, NoSources):
            return
        live = [step.name for step in steps if step.node.operation and step.node.operation.live]
        live += [each.leaf.name for each in leaves_of(values) if each.leaf and each.leaf.live]
        for name in dict.fromkeys(live):
            self.note(f"{name} follows the outside world, so another rehearsal may look different")

    def compare_encoders(self, program: Program) -> None:
        """Note, once for each, which models are fed by another version of the encoder that they
        were trained with."""
        for step in program.slots:
            assert isinstance(step.instance, ModelInstance)
            source = step.node.pictures[0].operation
            card = step.instance.generator.checkpoint.card
            trained = str(card.other.get("encoder_sha256") or "")
            if source is None or not trained or (card.name, card.encoder) in self._compared:
                continue
            own = card.encoder in (source.name, f"{source.origin.package}:{source.name}")
            if own and not drew_alike(source, trained):
                self._compared.add((card.name, card.encoder))
                self.note(
                    f"{step.name}: the encoder {card.encoder!r} has changed since "
                    f"{card.name!r} was trained with it; the model may paint worse than it did"
                )

    def make(
        self, node: Picture, models: Models, moment: Moment, busy: Busy, beside: Path
    ) -> Instance:
        """Build one node; ``beside`` is the folder of the set, for the files it names.

        Raises
        ------
        Refusal
            With the line of the node.
        """
        if node.kind == "prev":
            return PrevInstance()
        try:
            if node.kind == "model":
                what = f"loading model {node.fixed['checkpoint']}"
                busy(what, node.place, True)
                with activity.at(what, node.place):
                    made = slot(
                        node, models, moment.size, busy, self.device, self.note, self.backends
                    )
                busy(what, node.place)
                return made
            if node.kind == "source":
                what = f"opening {node.name}"
                busy(what, node.place)
                with activity.at(what, node.place):
                    return source_instance(node, [beside, self.folder], moment)
            if isinstance(node, ShaderPicture):
                what = f"compiling {node.title}"
                busy(what, node.place, True)
                with activity.at(what, node.place):
                    shaded = ShaderInstance(node, moment.size)
                busy(what, node.place)
                return shaded
            busy(f"building {node.name}", node.place)
            limit_s = MAKING_S if foreign(node.operation) else 0.0
            with activity.at(node.name, node.place, limit_s):
                return OperationInstance(node)
        except ModelError as error:
            check_context(error)
            raise Refusal(said(error), node.place) from None
        except ShaderError as error:
            if error.line:  # the place names the file
                raise Refusal(error.reason, Place(str(error.path), error.line)) from None
            raise Refusal(f"{node.title}: {error.reason}", node.place) from None
        except SetError as error:
            raise Refusal(error.message, error.place or node.place) from None
        except Refusal:
            raise
        except Overrun:
            reason = (
                f"{node.title} took more than {MAKING_S:g} s to build; do less in __init__, or "
                "begin it on a thread of your own"
            )
            raise Refusal(reason, node.place) from None
        except BaseException as error:  # a set may raise anything
            if pressed(error):
                raise
            check_context(error)
            reason = f"{node.title} cannot be built: {type(error).__name__}: {said(error)}"
            if is_full(error):
                reason = (
                    f"{node.title} does not fit into memory beside the set that plays "
                    f"({first_line(error)}); use fewer models or a smaller size"
                )
            raise Refusal(" ".join(reason.split()), node.place) from None


def refuse(send: Send, refusal: Refusal) -> None:
    """Refuse a save whose message cannot be worked out."""
    raise refusal


def complete(graph: Graph, models: Models) -> None:
    """Give each model without a condition the encoder that is on its card.

    Raises
    ------
    Refusal
        If the card names none, or one that nobody offers.
    """
    nodes: list[Picture] = []
    for node in graph.nodes:
        if node.kind == "model" and node.inputs[0] is None:
            name = node.fixed["checkpoint"]
            try:
                card = models.card(name)
                if not card.encoder:
                    reason = f"model {name!r} has no encoder on its card; give it a condition"
                    raise Refusal(f"{reason}: model({name!r}, encode.waveform(sound))", node.place)
                operation = registry.current().operation("encoder", card.encoder)
                drawn = call(operation, (SOUND,), dict(card.encoder_params or {}))
            except (ModelError, registry.UnknownName, SetError) as error:
                text = error.message if isinstance(error, SetError) else said(error)
                raise Refusal(text, node.place) from None
            drawn.place = node.place
            drawn.name = f"{node.name}.{card.encoder}"
            node.inputs = (drawn,)
            nodes.append(drawn)
        nodes.append(node)
    graph.nodes = nodes


def hand_over(node: Picture, before: Step | None, instance: Instance) -> None:
    """Let a class that was edited take over what its object from before knows.

    Its ``migrate(old)`` is called with that object, which goes on drawing meanwhile if it is on the
    air: it is only looked at.

    Raises
    ------
    Refusal
        If it fails; without it, the object begins anew.
    """
    if before is None or not isinstance(instance, OperationInstance):
        return
    old = before.instance
    migrate = getattr(instance.object, "migrate", None)
    if not callable(migrate) or not isinstance(old, OperationInstance):
        return
    mine, theirs = instance.held, old.held
    if mine is None or theirs is None:
        return
    if (before.node.kind, before.node.title) != (node.kind, node.title):
        return
    try:
        with activity.at(f"migrating {node.name}", node.place, MAKING_S):
            # On both threads: neither object does anything else meanwhile.
            theirs.run(lambda: mine.run(lambda: migrate(theirs.object)))
    except BaseException as error:
        if pressed(error):
            raise
        why = f"{type(error).__name__}: {said(error)}"
        reason = f"{node.title} cannot take over its earlier state: {why}"
        raise Refusal(" ".join(reason.split()), node.place) from None


def tell_arranged(steps: list[Step]) -> None:
    """Tell each ``prev()`` whether a mixer that makes more of its pictures comes after it."""
    after: set[int] = set()
    """Steps that lead to one."""
    for index in reversed(range(len(steps))):
        step = steps[index]
        operation = step.node.operation
        if index in after or (operation and getattr(operation.make, "any_size", False)):
            after.update(i for i in step.inputs if i is not None)
        if isinstance(step.instance, PrevInstance):
            step.instance.arranged = index in after
