"""The stage's end of the address of a show: state for clients, and what they ask for."""
