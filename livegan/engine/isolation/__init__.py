"""Keeps code of sets from harming the process: deadlines, process state, memory, GPU errors."""
