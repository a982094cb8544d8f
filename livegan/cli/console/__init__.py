"""What the commands share: options, errors, tables, and what the terminal can show."""
