"""What only a graphics card needs: it works on its own, and no frame waits for it but once.

Why so: docs/decisions/graphics-card.md.
"""
