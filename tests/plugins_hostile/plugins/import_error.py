"""A plugin whose library is not there."""

import no_such_library_at_all  # type: ignore[import-not-found]  # noqa: F401
