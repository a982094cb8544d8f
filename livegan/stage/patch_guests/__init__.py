"""Patches of a show: each in a process of its own, between two sound rings.

They belong to the stage, as cameras do, so they play on when an engine dies.
"""
