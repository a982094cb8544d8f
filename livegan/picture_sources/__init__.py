"""Pictures from outside: films, cameras, screens, network streams; each becomes a node of a set.

Knows neither the engine nor the stage. Live kinds run in a process of their own, which writes a
picture ring; films and picture files are read by whoever draws, by the time of the show.
"""
