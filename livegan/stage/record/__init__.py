"""What a show writes: the show log, the terminal, the report, screenshots."""
