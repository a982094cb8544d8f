"""Films and folders of pictures that livegan writes: their forms, and the one way to write them."""

from livegan.film.form import FORMS, FilmError, Form, form_of
from livegan.film.writer import FilmWriter

__all__ = ["FORMS", "FilmError", "FilmWriter", "Form", "form_of"]
