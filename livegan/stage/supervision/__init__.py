"""Starts, watches and replaces engines. Decisions are pure (`supervisor`, `health`, `standby`)."""
