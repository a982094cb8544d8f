"""How well livegan hears: kicks, snares and beats next to what people annotated."""
