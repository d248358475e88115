"""Words that are filled into conversations: places, who scores, what happens next."""

from urllib.parse import urlsplit

from flows.interviews import place as places

THE_TEAM = "the person who invited you"


def place(code: str) -> str:
    """A place as a person reads it; empty when it is not known."""
    return places.title(code) or ""


def scorer(base_url: str, model: str) -> str:
    """What reads the answers, for the notice."""
    if base_url and model:
        return f"the language model {model} at {urlsplit(base_url).hostname or base_url}"
    return "text matching, on our own server"


def next_steps(day: str) -> str:
    return f"People on the team read your answers and rate them on their own. You'll hear from us by {day}."
