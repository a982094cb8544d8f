"""Nodes of a set that are built: each draws what it stands for, frame after frame."""
