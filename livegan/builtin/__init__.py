"""What livegan brings along, registered as a stranger's plugin would be."""
