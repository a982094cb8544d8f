"""Checks of sound that is not music, and of sound in other forms than a show's own."""

from __future__ import annotations

from livegan.plugin import Operation
from livegan.testing.checklist.frames import ALL, START, drawn, listens
from livegan.testing.playing import Play
from livegan.testing.rows import row

FORMATS = ("mono", "44.1 kHz", "96 kHz")


def sound_check(name: str, change: str) -> None:
    """Make a sound that is not music a check."""

    def check(operation: Operation) -> None:
        did = {
            "silence": "played silence",
            "noise": "played loud noise",
            "clipping": "played clipped music",
            "not-a-number": "played sound with not-a-number and infinities, as the stage mends it",
        }[name]
        play = Play(operation, name)
        for seconds in (0.0, 0.01, START, 3.0) if name == "silence" else (START, 3.0):
            drawn(play, seconds, did, change)

    check.__name__ = name.replace("-", "_")
    check.__doc__ = f"It copes with {name if name != 'not-a-number' else 'broken sound'}"
    row(*ALL, needs=("draws",), when=listens)(check)


sound_check("silence", "a show begins in silence: guard what divides by the loudness")
sound_check("noise", "every frequency at full level is drawn too")
sound_check("clipping", "samples stay at -1 and 1 for long: that is drawn too")
sound_check("not-a-number", "what is mended is silence: draw it too")


@row(*ALL, needs=("draws",), when=listens)
def formats(operation: Operation) -> None:
    """It copes with mono, and with what came at 44.1 and 96 kHz"""
    for name in FORMATS:
        did = f"played {name} sound"
        play = Play(operation, name)
        for seconds in (START, 3.5):
            drawn(play, seconds, did, "what is heard is always 48 kHz, two channels")
