"""Patches: sound made and changed by a set, with pyo, hop by hop."""
