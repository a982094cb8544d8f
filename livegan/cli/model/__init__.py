"""Commands that make models, measure them, and paint with them."""
