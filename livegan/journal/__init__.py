"""The journal of a show: what came in and what was drawn, so that the show can be played again.

A show is a function of what came in: sound, saves, controls, and the moments at which frames were
drawn. The engine writes down frames, programs and controls (`engine_record`), the stage the sound
(`sound_writer`); `folder` reads it all. `livegan.rehearsal.replaying` plays it again. It imports
neither stage nor engine.
"""
