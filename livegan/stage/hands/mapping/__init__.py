"""The file beside a set that says which control of a controller moves which knob or pad."""
