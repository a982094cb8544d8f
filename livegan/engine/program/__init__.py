"""A program: built from a graph, drawn frame after frame, swapped on the beat."""
