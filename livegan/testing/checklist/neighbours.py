"""Checks that an operation leaves alone what belongs to the whole process."""

from __future__ import annotations

from livegan.plugin import Operation
from livegan.testing.checklist.frames import ALL, START
from livegan.testing.checklist.state import PIECES, Piece, left_alone
from livegan.testing.playing import FPS, Play
from livegan.testing.rows import Flaw, row


def piece_check(piece: Piece) -> None:
    """Make one piece of global state a check of its own."""

    def check(operation: Operation) -> None:
        def play() -> None:
            playing = Play(operation, seeded=False)
            for frame in range(4):
                playing.at(START + frame / FPS)
            playing.close()

        said = left_alone(piece, play)
        if said:
            raise Flaw("played four frames", said, piece.change)

    check.__name__ = piece.name.replace("-", "_")
    check.__doc__ = f"It leaves alone what belongs to all: {piece.name.replace('-', ' ')}"
    row(*ALL, needs=("draws",))(check)


for each_piece in PIECES:
    piece_check(each_piece)
