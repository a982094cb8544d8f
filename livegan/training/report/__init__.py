"""What a training tells: its log, its held-out pictures, its page."""
