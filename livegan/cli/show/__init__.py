"""Commands that play a set, or tell of shows."""
