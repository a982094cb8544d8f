"""The autopilot of a show: a process that plays by editing the set's file."""
