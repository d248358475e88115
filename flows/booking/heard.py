"""What typed words mean while a time is chosen, where they are no wish."""

import re

from flows.typed import tokens
from flows.words.booking_en import NONE_OF_THESE

_CLOCK = re.compile(r"(?:at )?(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))? ?(?P<half>am|pm)?(?:,? please)?")
_NONE = frozenset(("no", "nope", "none", "neither"))
_FINE = frozenset(tokens("ok okay fine good great thanks thank you very much that's no problem all right alright"))


def clock(labels: dict[str, str], text: str) -> str | None:
    """ "At 10:30, please" where only one of the times (option id -> label) begins then; the option's id."""
    said = _CLOCK.fullmatch(text.casefold().strip(" ."))
    if said is None:
        return None
    hour = int(said["hour"]) % 12 + 12 * (said["half"] == "pm") if said["half"] else int(said["hour"])
    begins = f"{hour:02}:{said['minute'] or '00'}"
    found = [id for id, label in labels.items() if label.startswith(begins)]
    return found[0] if len(found) == 1 else None


def none(text: str) -> str | None:
    said = tokens(text)
    return NONE_OF_THESE.id if len(said) == 1 and said[0] in _NONE else None


def fine(text: str) -> str | None:
    """ "OK, thanks" is no time."""
    said = tokens(text)
    return "fine" if said and set(said) <= _FINE else None
