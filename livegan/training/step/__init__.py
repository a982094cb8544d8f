"""One step of training: the networks, the losses, the optimiser (imports torch)."""
