"""Words that no plugin can take: what a set says by them is said by livegan."""

from __future__ import annotations

WORDS = (
    "bar", "bars", "beat", "beats", "choose", "encode", "encoder", "every", "highest", "lfo",
    "listen", "lowest", "mixer", "model", "morph", "param", "prev", "require", "settings",
    "show", "signal", "skyline", "static", "time", "where",
)  # fmt: skip
"""The words of the language that are neither mixers nor signals."""

PARTS_OF_A_PICTURE = (
    "build", "fixed", "inputs", "key", "kind", "live", "name", "operation", "pictures", "place",
    "target", "title",
)  # fmt: skip
"""What a picture has: a mixer of such a name could not be chained."""


def taken(kind: str, name: str) -> bool:
    """Whether livegan itself means something by a name, besides its own plugins."""
    if kind == "mixer" and name in PARTS_OF_A_PICTURE:
        return True
    return kind in ("mixer", "signal") and name in WORDS
