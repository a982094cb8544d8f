"""Thumbnails of the slots as small JPEGs, for clients that ask for them."""

from __future__ import annotations

import base64
import io

from livegan.ipc.picture_ring import PictureRing

QUALITY = 80


class SlotThumbs:
    """Reads the strip of thumbnails that an engine draws; on one thread."""

    def __init__(self, ring: str) -> None:
        """``ring`` is the name of the strip's memory; it is attached when it is first wanted."""
        self._name = ring
        self._ring: PictureRing | None = None
        self._made: tuple[int, list[str]] = (0, [])
        """Serial of the strip, and its pictures."""

    def pictures(self, count: int) -> list[str]:
        """The pictures of so many slots, left to right, JPEGs in base64; empty before the first."""
        if not count:
            return []
        if self._ring is None:
            self._ring = PictureRing.attach(self._name)
        serial, made = self._made
        strip = self._ring.latest(serial if len(made) == count else 0)
        if strip is not None:
            from PIL import Image

            # Conditions are in the upper row.
            lower = Image.fromarray(strip.pixels[strip.pixels.shape[0] // 2 :])
            made = []
            for n in range(count):
                sides = lower.width * n // count, lower.width * (n + 1) // count
                file = io.BytesIO()
                lower.crop((sides[0], 0, max(sides[0] + 1, sides[1]), lower.height)).save(
                    file, "JPEG", quality=QUALITY
                )
                made.append(base64.b64encode(file.getvalue()).decode())
            self._made = strip.serial, made
        return made if len(made) == count else [""] * count

    def close(self) -> None:
        """Let go of the memory."""
        if self._ring is not None:
            self._ring.close()
