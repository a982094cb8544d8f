"""What the stage and the engine share: memory, rings, the pulse and messages.

Imports neither of them.
"""
