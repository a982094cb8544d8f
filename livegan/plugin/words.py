"""Names that plugins cannot use, because livegan uses them itself."""

from __future__ import annotations

WORDS = (
    "bar", "bars", "beat", "beats", "camera", "choose", "encode", "encoder", "every", "film",
    "gamepad", "highest", "knob", "lfo", "listen", "lowest", "midi", "mixer", "model", "morph",
    "osc", "pad", "param", "patch", "picture", "pictures", "prev", "require", "send", "settings",
    "shader", "show", "signal", "skyline", "source", "static", "time", "where",
)  # fmt: skip
"""The words of the language that are neither mixers nor signals."""

PARTS_OF_A_PICTURE = (
    "brightness", "build", "fixed", "hue_of", "inputs", "key", "kind", "live", "motion", "name",
    "operation", "ordinal", "pictures", "place", "sounds", "target", "title",
)  # fmt: skip
"""What a picture has: a mixer of such a name could not be chained."""

COMMANDS = (
    "analyze", "bench", "check", "dataset", "devices", "diff", "doctor", "encode", "export",
    "generate", "help", "lsp", "models", "new", "osc", "perform", "plugins", "record-source",
    "rehearse", "rehearse-all", "replay", "score", "score-hearing", "send", "shows", "soak",
    "tell", "train",
)  # fmt: skip
"""The commands of livegan, and the one that is typed in the hope of them."""

SHOWN = "picture"
"""What ``show`` takes first: no output can be called so."""

ARGUMENTS = {
    "key": "every picture can be given a key",
    "self": "Python gives that name to the object itself",
}
"""Arguments that no parameter can be called, and why; a signal has no key."""


def holder(kind: str, name: str) -> str:
    """What livegan itself means by a name, besides its own plugins, in words.

    Empty if it means nothing by it.
    """
    if kind in ("mixer", "signal", "patch", "word", "picture_source") and name in WORDS:
        return "a word of the set language"
    if kind == "mixer" and name in PARTS_OF_A_PICTURE:
        return "a part of every picture"
    if kind == "command" and name in COMMANDS:
        return "a command of livegan"
    if kind == "output" and name == SHOWN:
        return "what show is given first"
    return ""
