"""Faults of picture sources: they die, flood, send garbage, change size, are unplugged, hang."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from livegan.gremlins.fault import Gremlin, Sight, save_good, told
from livegan.gremlins.graft import around
from livegan.gremlins.show import Show
from livegan.gremlins.wild_source import KIND, WORDS, call, order, plugin_text

ONE = "a"
TEN = (*WORDS, "well")
"""The arguments of ten sources of one set; what each is called it does, but for the last."""
OPENS = 30.0  # seconds that the set with its sources may take to be on the air


def name(argument: str) -> str:
    """How the show calls a source."""
    return f"{KIND}:{argument}"


def with_sources(text: str, arguments: tuple[str, ...]) -> str:
    """The set with sources over what it shows, each faintly, and all of them beside each other."""
    sources = ", ".join(map(call, arguments))
    code = f"from livegan.live import grid, source\ngremlin_sources = [{sources}]\n"
    seen = "gremlin_sources[0]" if len(arguments) == 1 else "grid(*gremlin_sources)"
    return around(text, code, f"({{}}).blend({seen}, 0.5)")


def opened(*arguments: str) -> Callable[[Show], None]:
    """Before a fault: the set plays with these sources, and they deliver."""

    def before(show: Show) -> None:
        order(show.copy.folder, {})
        plugins = show.copy.folder / "plugins"
        plugins.mkdir(exist_ok=True)
        file = plugins / "gremlin_sources.py"
        mark = show.mark()
        file.write_text(plugin_text(), encoding="utf-8")
        show.save(with_sources(show.good, arguments))
        if show.answered(mark, OPENS) != "on_air":
            raise OSError("the set with sources did not come on the air")
        show.listen(2.0)

    return before


def told_to(orders: Mapping[str, str]) -> Callable[[Show], None]:
    """The strike: each source does what it is told."""
    return lambda show: order(show.copy.folder, orders)


def well(show: Show) -> None:
    """All sources are as they were."""
    order(show.copy.folder, {})


def without(show: Show) -> list[str]:
    """The good set plays again, without sources."""
    mark = show.mark()
    save_good(show)
    return [] if show.answered(mark, OPENS) == "on_air" else ["the good set is not on the air"]


def away(argument: str, *words: str, within: float = 8.0) -> Sight:
    """A line says that the source is away, and why."""
    return told(f"{name(argument)} is away", *words, within=within)


def back(argument: str, within: float = 25.0) -> Sight:
    """A line says that it delivers again: after crashes in a row it is tried later each time."""
    return told(f"{name(argument)} is back", within=within)


NO_PICTURE = "a picture is uint8 of shape"
HANGS = 20.0
"""Seconds within which a source that does not answer must be found."""


def wrong(what: str, word: str, *must: Sight, returns: bool = True) -> Gremlin:
    """A source of the set that does what this word of `WORDS` says."""
    return Gremlin(
        f"a source {what}",
        "sources",
        told_to({ONE: word}),
        must,
        mend=well,
        edits=False,
        before=opened(ONE),
        then=(back(ONE),) if returns else (),
        also=without,
        stands=2.0,
    )


SOURCES = (
    wrong("is killed again and again", "dies", away(ONE, "killed by")),
    wrong("floods the show", "floods", returns=False),
    wrong("sends garbage", "garbage", told(name(ONE), NO_PICTURE), returns=False),
    wrong("changes its size with every picture", "resizes", returns=False),
    wrong("sends a picture every 3 s", "slow", returns=False),
    wrong("is unplugged and comes back", "unplugged", away(ONE, "pulled out")),
    wrong("is renamed", "renamed", away(ONE, "there is another")),
    wrong("does not answer", "hangs", away(ONE, "did not answer", within=HANGS)),
    wrong("raises an exception in every picture", "raises", away(ONE, "ZeroDivisionError")),
    Gremlin(
        "ten sources at once, nine of them wrong",
        "sources",
        told_to({argument: argument for argument in TEN}),
        (
            away("dies", "killed by"),
            away("raises", "ZeroDivisionError"),
            away("unplugged", "pulled out"),
            told(name("garbage"), NO_PICTURE),
        ),
        mend=well,
        edits=False,
        before=opened(*TEN),
        then=tuple(back(each) for each in ("dies", "raises", "unplugged", "renamed")),
        also=without,
        stands=2.0,
    ),
)
