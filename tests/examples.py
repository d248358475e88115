"""The number of examples of the costlier properties."""

from hypothesis import settings

MORE = 20


def examples(few: int) -> int:
    """`few` with every change, twenty times as many in `make soak`."""
    return few * MORE if settings.get_current_profile_name() == "soak" else few
