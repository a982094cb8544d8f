"""The newest picture as a JPEG of a phone's size."""

from __future__ import annotations

import io

from livegan.ipc.picture_ring import PictureRing

SIDE = 720
"""Pixels of the longer side, at most."""
QUALITY = 80


class PhonePictures:
    """Encodes a picture once for all phones, and none that nobody asks for."""

    def __init__(self, ring: PictureRing) -> None:
        self._ring = ring
        self._made: tuple[int, bytes] = (0, b"")

    @property
    def newest(self) -> int:
        """The number of the newest picture."""
        return self._ring.newest

    def jpeg(self, after: int) -> tuple[int, bytes]:
        """The newest picture and its number. The same as before if there is none after that
        number; 0 and no bytes before the first."""
        picture = self._ring.latest(max(after, self._made[0]))
        if picture is not None:
            from PIL import Image

            image = Image.fromarray(picture.pixels)
            longer = max(image.size)
            if longer > SIDE:
                size = [max(1, round(s * SIDE / longer)) for s in image.size]
                image = image.resize(
                    (size[0], size[1]), Image.Resampling.BILINEAR, reducing_gap=2.0
                )
            file = io.BytesIO()
            image.save(file, "JPEG", quality=QUALITY)
            self._made = picture.serial, file.getvalue()
        return self._made
