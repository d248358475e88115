"""The words of a scorecard, the same on every platform (the web page has them in `score.js`; a test compares)."""

from flows.cards import Status

NO_BASIS = "No basis to rate"
EVIDENCE = "Evidence"
BY_MACHINE = "Evidence found by machine"
NOT_FOUND = "Not found"
# A sign for the eye, and what it means.
MARKS: dict[Status, tuple[str, str]] = {
    "found": ("\u25a0", "found"),
    "unclear": ("\u25e7", "unclear"),
    "missing": ("\u25a1", "not found"),
    "none": ("\u00b7", "no evidence asked for"),
}


def level(given: int | None, why: str) -> str:
    """A level with the reason for it, if there is one."""
    shown = NO_BASIS if given is None else f"{given} of 5"
    return f"{shown}. {why}" if why.strip() else shown
