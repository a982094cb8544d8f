"""Training of generators on pairs of condition and picture."""
