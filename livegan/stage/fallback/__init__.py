"""What is shown when no new picture comes, so that the screen is never black.

Knows neither the window nor the engine.
"""
