"""What a checkpoint file holds: its kind, its tensors, and the network that they belong to."""
