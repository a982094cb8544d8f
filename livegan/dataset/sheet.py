"""The contact sheet of a data set: films by row, moments by column, conditions beside frames."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from livegan.dataset.pairs import PairSettings
from livegan.dataset.report import FilmReport
from livegan.saving import replacing

NAME = "contact.jpg"
MOMENTS = 6
FILMS = 24
HEIGHT = 112
LINE = 16


def contact_sheet(out: Path, settings: PairSettings, films: Sequence[FilmReport]) -> Path | None:
    """Write ``out/contact.jpg``: six moments of each film, evenly over its pairs.

    With several encoders each has a row of its own.  Of more than 24 films every so many are
    shown.  None if there are no pairs.
    """
    used = [film for film in films if film.pairs]
    used = used[:: -(-len(used) // FILMS)] if used else []
    if not used:
        return None
    rows = len(settings.encoders)
    wide = 2 * settings.size.scaled(HEIGHT).width
    block = LINE + rows * (HEIGHT + 2)
    sheet = Image.new("RGB", (MOMENTS * (wide + 4), len(used) * block), (18, 18, 18))
    pen = ImageDraw.Draw(sheet)
    for index, film in enumerate(used):
        top = index * block
        counts = f"{film.count('train')} to train on, {film.count('val')} held out"
        name = Path(film.film).name.encode("ascii", "replace").decode()
        pen.text((4, top + 2), f"{name}: {counts}", fill=(220, 220, 220))
        count = min(MOMENTS, len(film.pairs))
        for column in range(count):
            pair = film.pairs[(2 * column + 1) * len(film.pairs) // (2 * count)]
            for row, encoder in enumerate(settings.encoders):
                path = settings.folder(out, encoder.name, pair["side"]) / pair["file"]
                if not path.is_file():  # removed by hand, of this encoder alone
                    continue
                with Image.open(path) as picture:
                    small = picture.resize((wide, HEIGHT), Image.Resampling.BOX)
                sheet.paste(small, (column * (wide + 4), top + LINE + row * (HEIGHT + 2)))
            pen.text((column * (wide + 4) + 3, top + LINE + 2), f"{pair['time']:.1f} s", "white")
    path = out / NAME
    with replacing(path) as beside:
        sheet.save(beside, format="JPEG", quality=88)
    return path
