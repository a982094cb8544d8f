"""What a set said, gathered while it ran: what is shown, the settings, and every node."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from livegan.control_names import KNOB
from livegan.graph.binding import describe
from livegan.graph.naming import label, name_nodes
from livegan.graph.outputs import options_of_output, read_outputs, taken_twice
from livegan.graph.patch import PatchSound, patches_of
from livegan.graph.picture import LEAVES, ORDINALS, Picture
from livegan.graph.place import Place, SetError, SetNote, here
from livegan.graph.signals.seen import seen_in, seen_name
from livegan.graph.sound import SOUNDS, SoundHandle
from livegan.plugin.closest import suggestion
from livegan.plugin.declare import Operation
from livegan.plugin.output_options import OptionValue
from livegan.plugin.tempo_wish import TempoWish


@dataclass(frozen=True)
class Shown:
    """One ``show(...)``: the picture, and the outputs it goes to besides the window."""

    picture: Picture
    outputs: tuple[tuple[str, str], ...]
    place: Place | None
    options: Mapping[str, OptionValue] = field(default_factory=dict)
    """What else was said of these outputs."""


@dataclass(frozen=True)
class Declared:
    """A control that a set listens to, by its name in the control table."""

    kind: str
    """``knob``, ``pad``, ``midi``, ``gamepad`` or ``osc``."""
    name: str
    default: float = 0.0
    low: float = 0.0
    high: float = 1.0
    doc: str = ""
    place: Place | None = None


@dataclass
class Graph:
    """A set, run: immutable from then on."""

    shown: list[Shown] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    nodes: list[Picture] = field(default_factory=list)
    """Every node that is drawn, inputs before what uses them."""
    controls: dict[str, Declared] = field(default_factory=dict)
    """What the set listens to besides the sound, by name."""
    sounds: dict[str, SoundHandle] = field(default_factory=dict)
    """What it hears besides the show's own sound, by key."""
    sends: list[Any] = field(default_factory=list)
    """What is sent to other programs: a `livegan.graph.send.Send` each."""
    notes: list[SetNote] = field(default_factory=list)
    """What is not wrong and may not be meant."""

    @property
    def window(self) -> Picture:
        """What the window shows: the last plain ``show``, else the first of all."""
        plain = [s for s in self.shown if not s.outputs]
        return (plain[-1] if plain else self.shown[0]).picture

    @property
    def extra(self) -> list[tuple[str, str, Picture]]:
        """(kind, name, picture) of every output besides the window."""
        return [(kind, name, s.picture) for s in self.shown for kind, name in s.outputs]

    @property
    def output_options(self) -> dict[tuple[str, str], dict[str, OptionValue]]:
        """What is said of an output besides its name, by kind and name."""
        return {
            (kind, name): {
                option: value
                for option, value in s.options.items()
                if option in options_of_output(kind)
            }
            for s in self.shown
            for kind, name in s.outputs
        }

    @property
    def models(self) -> list[Picture]:
        """The slots, in the order the set wrote them."""
        found = [n for n in self.nodes if n.kind == "model"]
        return sorted(found, key=lambda n: (n.place.line if n.place else 0, found.index(n)))

    @property
    def knobs(self) -> list[dict[str, Any]]:
        """``name``, ``default``, ``low``, ``high`` and ``doc`` of each knob of the set."""
        return [
            {
                "name": each.name.removeprefix(KNOB),
                "default": each.default,
                "low": each.low,
                "high": each.high,
                "doc": each.doc,
            }
            for each in self.controls.values()
            if each.kind == "knob"
        ]

    @property
    def inputs(self) -> list[str]:
        """The named inputs of the show that the set listens to."""
        return [key for key, each in self.sounds.items() if each.title == "input"]

    @property
    def patches(self) -> list[PatchSound]:
        """The sounds that it makes itself, each after those that it is given."""
        return patches_of(self.sounds)

    @property
    def values(self) -> list[Any]:
        """What its nodes, patches and messages are given: numbers, words and signals."""
        found = [value for node in self.nodes for value in node.live.values()]
        found += [value for patch in self.patches for value in patch.live.values()]
        return found + [value for each in self.sends for value in each.values]

    @property
    def seen(self) -> dict[str, tuple[Picture, str]]:
        """What is measured of its pictures in each frame, by name: the picture, and what of it."""
        return {seen_name(node, what): (node, what) for node, what in seen_in(self.values)}

    @property
    def tempo(self) -> TempoWish:
        """What the set wants to lead the beat."""
        return TempoWish.of(self.settings.get("tempo"), self.settings.get("bpm"))

    def node(self, name: str) -> Picture | None:
        """The node of that name, or None."""
        return next((n for n in self.nodes if n.name == name), None)


_collecting: ContextVar[Graph | None] = ContextVar("livegan_graph", default=None)


def collected() -> Graph | None:
    """The graph of the set that runs, if one does."""
    return _collecting.get()


@contextlib.contextmanager
def collecting() -> Iterator[Graph]:
    """Gather what ``show`` and ``settings`` say inside the block."""
    graph = Graph()
    token, leaves = _collecting.set(graph), LEAVES.set({})
    sounds, ordinals = SOUNDS.set(graph.sounds), ORDINALS.set(itertools.count())
    try:
        yield graph
    finally:
        ORDINALS.reset(ordinals)
        SOUNDS.reset(sounds)
        _collecting.reset(token)
        LEAVES.reset(leaves)


def remember_leaf(operation: Operation) -> None:
    """Let a mixer that the set has written be chained: ``picture.glow()``."""
    leaves = LEAVES.get()
    if operation.kind == "mixer" and leaves is not None:
        leaves.update(dict.fromkeys((operation.name, *operation.aliases), operation))


def declare(control: Declared) -> None:
    """The set listens to a control; SetError if it says two things about it."""
    graph = _collecting.get()
    if graph is None:
        return
    word = control.name.rpartition("/")[2]
    for other in graph.controls.values():
        if {other.kind, control.kind} == {"knob", "pad"} and word == other.name.rpartition("/")[2]:
            raise SetError(f"{word!r} is a knob and a pad; rename one of them")
    before = graph.controls.setdefault(control.name, control)
    span = (control.default, control.low, control.high)
    if (before.default, before.low, before.high) != span:
        line = f" in line {before.place.line}" if before.place else ""
        raise SetError(
            f"{control.kind} {word!r} was given another default or range{line}; give it one, and "
            "use the name that you assign it to"
        )


def show(picture: Any, **outputs: Any) -> None:
    """Show a picture in the window. ``spout="name"`` also sends it to a Spout sender of that name.

    Every output is a keyword. Its value is passed to the output, for example the name of the Spout
    sender. True stands for the name "livegan". Some outputs have options, which are keywords as
    well: ``show(a, window="left", display=1)``.
    """
    if isinstance(picture, (list, tuple)):
        raise SetError("show takes one picture; to show several, use show(grid(a, b))")
    if not isinstance(picture, Picture):
        raise SetError(f"show needs a picture, got {describe(picture)}")
    named, options = read_outputs(outputs)
    graph = _collecting.get()
    if graph is not None:
        there = [
            (*each, f"line {shown.place.line}" if shown.place else "before")
            for shown in graph.shown
            for each in shown.outputs
        ]
        if (why := taken_twice(named.items(), there)) is not None:
            raise SetError(f"show: {why}")
        new = Shown(picture, tuple(named.items()), here(), options)
        before = [shown for shown in graph.shown if not shown.outputs]
        if before and not named and before[-1].place and new.place:
            old, line = before[-1].place.line, new.place.line
            shows = f"the window shows line {line} and ignores the show(...) of line {old}"
            text = f"{shows}; to show both, use show(grid(a, b))"
            graph.notes.append(SetNote(text, before[-1].place))
        graph.shown.append(new)


def finish(graph: Graph, namespace: dict[str, Any]) -> Graph:
    """Name the nodes and find everything that must be drawn, inputs first.

    Raises
    ------
    SetError
        If nothing is shown, or ``prev`` names a node that does not exist.
    """
    if not graph.shown:
        # No line is at fault: the runner names the end of the set.
        error = SetError("the set shows nothing; end it with show(picture)")
        error.place = None
        raise error
    order: dict[int, Picture] = {}

    def visit(node: Picture) -> None:
        waiting = [node]  # a stack of its own: chains may be longer than Python's
        while waiting:
            above = waiting[-1]
            missing = [child for child in above.pictures if id(child) not in order]
            if missing:
                waiting += reversed(missing)
            else:
                order.setdefault(id(waiting.pop()), above)

    for shown in graph.shown:
        visit(shown.picture)
    named = name_nodes(namespace)
    # What only prev() refers to is drawn as well; that may bring in further prev() nodes.
    done: set[int] = set()
    while True:
        # So is what only a signal looks at.
        graph.nodes = list(order.values())
        for node, _ in seen_in(graph.values):
            visit(node)
        unseen = len(order) - len(graph.nodes)
        waiting = [n for n in order.values() if n.kind == "prev" and id(n) not in done]
        if not waiting and not unseen:
            break
        for node in waiting:
            done.add(id(node))
            target = node.target
            if target is None:
                continue
            if isinstance(target, str):
                keyed = {n.key: n for n in [*order.values(), *named.values()] if n.key}
                found = keyed.get(target)
                found = named.get(target) if found is None else found
                if found is None:
                    hint = suggestion(target, [*named, *keyed])
                    raise SetError(f"prev: nothing is called {target!r}{hint}", node.place)
                target = found
            node.target = target
            visit(target)
    graph.nodes = list(order.values())
    label(graph.nodes, [shown.picture for shown in graph.shown], named)
    return graph
