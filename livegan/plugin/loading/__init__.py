"""How plugins are found, imported, remembered between runs, and loaded again after a save."""
