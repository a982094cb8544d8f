"""Whether SDL's renderer draws on a graphics card, or on the processor as if there was one."""

from __future__ import annotations

import ctypes
import functools

GL_RENDERER = 0x1F01  # GL/gl.h
SOFTWARE = ("llvmpipe", "softpipe", "swrast", "swiftshader", "software rasterizer")
"""What OpenGL drivers that draw on the processor call themselves, in small letters."""


@functools.cache
def has_graphics_card() -> bool:
    """Whether textures are worth it: False if OpenGL is drawn by the processor.

    Asked once for a process, with a window that nobody sees. True if nothing is known, as for
    Direct3D and Metal, which exist with a card only. Measured in docs/decisions/stage-window.md.
    """
    import pygame
    from pygame._sdl2.video import Renderer

    try:
        window = pygame.Window("livegan", (16, 16), hidden=True)
        try:
            renderer = Renderer(window)  # its OpenGL context is the current one from here on
            name = opengl_renderer()
            del renderer
        finally:
            window.destroy()
    except pygame.error:
        return False
    return not any(word in name.lower() for word in SOFTWARE)


def opengl_renderer() -> str:
    """What draws in the current OpenGL context, such as "llvmpipe (LLVM 15.0.6, 256 bits)"; "" if
    there is no context, or nobody to ask."""
    import pygame

    try:
        sdl = ctypes.CDLL(pygame.base.__file__)  # finds the SDL that pygame is linked against
        find = sdl.SDL_GL_GetProcAddress
        sdl.SDL_GL_GetCurrentContext.restype = ctypes.c_void_p
        if not sdl.SDL_GL_GetCurrentContext():
            return ""
    except (OSError, AttributeError):
        return ""
    find.restype, find.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
    address = find(b"glGetString")
    if not address:
        return ""
    name: bytes | None = ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.c_uint)(address)(GL_RENDERER)
    return (name or b"").decode("utf-8", "replace")
