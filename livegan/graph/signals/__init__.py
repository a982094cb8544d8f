"""Numbers that change with time: signals, oscillators, controls, and what they are worth."""
