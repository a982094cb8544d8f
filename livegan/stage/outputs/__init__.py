"""Where pictures go besides the window, and the processes of plugins' outputs and sources."""
