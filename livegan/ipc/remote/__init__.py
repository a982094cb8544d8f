"""One address for a show: its messages, where it is found, and a client."""
