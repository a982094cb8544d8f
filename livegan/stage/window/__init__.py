"""The window: displays, canvas, and the loop that presents pictures.

Imports overlay, fallback, flash and control.
"""
