"""What lies over the picture: HUD, panels, the code of the set. Draws; decides nothing."""
