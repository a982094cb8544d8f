"""``livegan bench io``: what each way in and out costs, from one frame drawn to one frame seen.

A picture carries its number and the time at which it was drawn, as black and white squares. Who
receives it reads them back, in another process and with a library of its own where there is one.
"""
