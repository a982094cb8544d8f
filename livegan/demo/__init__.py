"""The demo track: a minute of music that loops, composed by livegan, for when there is no other.

``livegan.share.demo_track()`` is the file, ``python -m livegan.demo`` composes it again.
"""
