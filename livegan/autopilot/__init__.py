"""The autopilot: plays a set by small edits of its text; see docs/decisions/autopilot.md."""
