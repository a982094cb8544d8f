"""How an operation is called: the same for shows, rehearsals, data sets and checks of plugins.

It imports `livegan.plugin` alone; `graph`, `engine`, `dataset` and `testing` import it.
"""
