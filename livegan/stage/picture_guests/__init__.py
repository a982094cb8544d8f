"""Cameras, displays and streams that a set names: a process each, which writes a picture ring.

They belong to the stage, so an edit or a dead engine never closes a camera.
"""
