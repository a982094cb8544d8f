"""What the audience sees is decided here, once, for the window and for every other output.

A stream is one distinct picture that a set shows. It goes: newest picture of the engine, ladder
(live, held, drift, still), hold and fades, blackout, flash guard, outputs. Knows neither the window
nor what lies over the picture there.
"""
