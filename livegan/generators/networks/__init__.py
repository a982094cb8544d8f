"""Networks: families that livegan knows, made ready to paint, and what lies between two."""
