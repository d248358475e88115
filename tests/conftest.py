"""How hard properties are tried: a little with every change, long in `make soak` (`--hypothesis-profile=soak`)."""

from hypothesis import settings

settings.register_profile("soak", max_examples=1_000, deadline=None)
