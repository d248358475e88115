"""What comes in: one letter to one chat, from outside or from ourselves. Plain and storable."""

from dataclasses import dataclass, field
from typing import Any

OURS = "parley"
FORM, BUTTON = "cmd:", "do:"  # what the tokens of the desk's forms and buttons begin with
MORE = "more"  # the token of a candidate's "more days, please"; its option is the interview and the deadline it means
RATE = "do:rate"  # the token of a button that begins a rating; its option is the interview


@dataclass(frozen=True, slots=True)
class Mail:
    """One thing for one chat. (source, event_id) is the dedupe key.

    kind: happening (data: flows.events.to_json, and "asked"), begin (start a conversation), tell (show a
    card), render (compute a post), command, said (a person in a channel), tapped (a post's button).
    person_id: who did it, from the verified envelope; "" for ourselves. address: where the person is now, on the
    platform `source`: their chat follows them there ("": it stays where it is).
    """

    tenant_id: str
    source: str
    event_id: str
    thread_id: str
    kind: str
    at: int
    data: dict[str, Any] = field(default_factory=lambda: {})
    person_id: str = ""
    address: str = ""

    @property
    def ours(self) -> bool:
        return self.source == OURS
