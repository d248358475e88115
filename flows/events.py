"""What can happen to a conversation. Plain, storable values; each carries its instant.

An instant (`at`) is an `int`: milliseconds since the Unix epoch, UTC. A `Happening` is made by an
adapter (a person did something), by a worker (a request returned) or by the clock (silence).
"""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Said:
    """A person wrote one message (one bubble). `id` names the stored utterance."""

    id: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Spoke:
    """A person sent a recording. `id` names the utterance that its words will be; `form`: voice or video; `seconds`: its
    length as the platform says (0: not known); `prepared`: it is a file that was made before, not recorded here."""

    id: str
    form: Literal["voice", "video"]
    seconds: float
    at: int
    prepared: bool = False


@dataclass(frozen=True, slots=True)
class Tapped:
    """A person pressed a button. `token` is the question it was printed under."""

    token: str
    option: str
    at: int


@dataclass(frozen=True, slots=True)
class Submitted:
    """A form was sent off: field key -> what was entered."""

    token: str
    fields: dict[str, str]
    at: int


@dataclass(frozen=True, slots=True)
class Commanded:
    """A word that is an order, not an answer: help, repeat, skip, pause, human, change, stop."""

    name: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Edited:
    """A message that was said before has a new wording."""

    id: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Removed:
    """A message that was said before was taken back."""

    id: str
    at: int


@dataclass(frozen=True, slots=True)
class Returned:
    """Work asked of the world came back. `key` is the step that asked, `value` the encoded result."""

    key: str
    value: Any
    at: int


@dataclass(frozen=True, slots=True)
class Learned:
    """A fact from elsewhere reached this conversation (a teammate replied, a booking moved)."""

    name: str
    data: dict[str, Any]
    at: int


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing was said for as long as was asked for. `token` and `about` say which wait it ends."""

    token: str
    about: Literal["quiet", "nudge", "park", "until"]
    at: int


Happening = Said | Spoke | Tapped | Submitted | Commanded | Edited | Removed | Returned | Learned | Silence

_KINDS: dict[str, type] = {
    c.__name__.lower(): c
    for c in (Said, Spoke, Tapped, Submitted, Commanded, Edited, Removed, Returned, Learned, Silence)
}


def to_json(happening: Happening) -> dict[str, Any]:
    """A happening as plain JSON: `{"kind": "said", ...}`."""
    return {"kind": type(happening).__name__.lower(), **asdict(happening)}


def from_json(data: dict[str, Any]) -> Happening:
    """The inverse of `to_json`. Unknown kinds raise `KeyError`."""
    rest = dict(data)
    return _KINDS[rest.pop("kind")](**rest)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is now true and concerns more than one person. Data holds ids, never words."""

    name: str
    data: dict[str, Any] = field(default_factory=lambda: {})
