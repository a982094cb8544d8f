"""What a set says: pictures, signals, leaves, names.  Pure: no torch, no threads."""
