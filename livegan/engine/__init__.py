"""Plays programs: a save is built and proven beside what plays, and drawn frame after frame."""
