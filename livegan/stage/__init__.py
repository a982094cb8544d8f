"""Hears, shows and supervises; imports neither torch nor the engine."""
