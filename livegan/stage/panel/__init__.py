"""The phone panel: the picture and the controls of a show on a page for phones."""
