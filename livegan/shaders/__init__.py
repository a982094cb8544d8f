"""Shaders: ISF files and other fragment shaders, read, made one dialect of GLSL, and painted.

Reading (``shader``, ``isf``, ``plain``, ``glsl``) is pure.  ``painter`` runs in a process of its
own, which has the OpenGL context; ``painting`` is the engine's end of it.
"""
