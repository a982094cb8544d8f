"""Diffusion models: folders in the layout of diffusers, played by that library.

The pip extra ``livegan[diffusers]``.  `folder` reads what a folder holds, without the library;
`loading` makes the library's pipeline of it; `prompts` are what it paints in the light of;
`repainter` paints one picture; `generator` is what a slot plays.
"""
