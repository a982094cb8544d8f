"""Pairs of condition and frame from films with soundtracks."""

from livegan.dataset.building import DataSet, DataSetError, build
from livegan.dataset.condition import Conditions, Drawing, EncoderError, drawing
from livegan.dataset.film import FilmError
from livegan.dataset.pairs import Progress
from livegan.dataset.report import FilmReport
from livegan.dataset.split import Split
from livegan.sound.soundtrack import Soundtrack

__all__ = [
    "Conditions",
    "DataSet",
    "DataSetError",
    "Drawing",
    "EncoderError",
    "FilmError",
    "FilmReport",
    "Progress",
    "Soundtrack",
    "Split",
    "build",
    "drawing",
]
