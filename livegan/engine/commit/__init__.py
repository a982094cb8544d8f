"""The way of a save to the air: noticed, read, run, proven, cued. Imports program and isolation."""
