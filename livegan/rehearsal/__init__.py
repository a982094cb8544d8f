"""A show on a virtual clock, in one process: same set, sound and seed, same pictures.

It may import everything but `livegan.cli`. The stage and the engine never import it.
"""

from livegan.rehearsal.rehearsing import Edit, Rehearsal, Result, rehearse
from livegan.rehearsal.tempo import follow

__all__ = ["Edit", "Rehearsal", "Result", "follow", "rehearse"]
