"""Pairs of condition and frame from films with soundtracks."""

from livegan.dataset.building import DataSet, DataSetError, build
from livegan.dataset.condition import Conditions, Drawing, EncoderError, drawing
from livegan.dataset.film import BadFilm
from livegan.dataset.look import strike
from livegan.dataset.pairs import NEAR, Progress
from livegan.dataset.picture_pairs import PicturePairs, PicturesError, build_from_pictures
from livegan.dataset.report import FilmReport
from livegan.dataset.split import Split
from livegan.sound.soundtrack import Soundtrack

__all__ = [
    "NEAR",
    "BadFilm",
    "Conditions",
    "DataSet",
    "DataSetError",
    "Drawing",
    "EncoderError",
    "FilmReport",
    "PicturePairs",
    "PicturesError",
    "Progress",
    "Soundtrack",
    "Split",
    "build",
    "build_from_pictures",
    "drawing",
    "strike",
]
