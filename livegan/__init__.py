"""livegan: a live-coding instrument for pictures that neural networks make from sound."""

__version__ = "0.1.0"
