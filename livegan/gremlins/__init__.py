"""Gremlins: what goes wrong on a stage, done on purpose to a real show, and judged."""
