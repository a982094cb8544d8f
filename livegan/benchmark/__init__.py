"""`livegan bench`: what a user can measure. `frame` is the frame and its parts.

Each other module is one topic. Things that are compared are timed in turn in one run; numbers are
medians.
"""
