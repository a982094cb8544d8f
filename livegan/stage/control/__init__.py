"""What the performer's keys do: switches of the stage, commands to the engine."""
