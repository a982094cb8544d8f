"""Which backend plays a network best on this machine: calibrated, checked, measured, remembered.

`livegan.generators.backends` plays; this finds out what to play with.  It may import what draws
conditions, which `generators` may not.
"""
