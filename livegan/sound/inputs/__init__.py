"""Where a show's sound comes from: devices, files, addresses; each read beside the show."""
