"""Strokes of drums, from where the second network's recipe keeps them: models/recipes/drums.

    apt-get download hydrogen-drumkits sonic-pi-samples lmms-common
    for f in *.deb; do dpkg -x "$f" FOLDER; done

and, for the test, the samples in the source package of FoxDot unpacked beside them. SoundFonts: of
Debian's packages `fluid-soundfont-gm`, `timgm6mb-soundfont`, `csound-soundfont` and
`avldrums.lv2-soundfont`; `pip install tinysoundfont`.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "models" / "recipes"))

from drums.kits import kits
from drums.oneshots import CLASSES, RATE, SYNTHESISED, Wave, pools

__all__ = ["CLASSES", "HELD_OUT", "RATE", "SYNTHESISED", "Wave", "kits", "pools"]

HELD_OUT = ("TR808EmulationKit", "GMRockKit", "Millo_MultiLayered3", "BJA_Pacific", "foxdot")
"""Kits that the first network did not learn from."""
