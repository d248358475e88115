"""Words that are filled into conversations: places, who scores, what happens next."""

from flows.interviews import place as places

THE_TEAM = "the person who invited you"


def place(code: str) -> str:
    """A place as a person reads it; empty when it is not known."""
    return places.title(code) or ""


def scorer(host: str, model: str) -> str:
    """What reads the answers, for the notice."""
    if host and model:
        return f"the language model {model} at {host}"
    return "text matching, on our own server"


def listener(host: str) -> str:
    """Where recordings are turned into text, for the notice."""
    return f"of {host}" if host else "on our own server"


def next_steps(day: str) -> str:
    return f"People on the team read your answers and rate them on their own. You'll hear from us by {day}."
