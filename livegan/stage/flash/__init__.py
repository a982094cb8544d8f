"""The flash guard: limits how often a picture flashes.

Numpy only; knows nothing of the rest of the stage.
"""
