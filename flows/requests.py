"""Work asked of the world: a request and what it can return, as plain storable values.

A screenplay writes `await call("probe", ChooseProbe(...))`. The engine stores the request, a worker
answers, the answer comes back as `Returned` and is journaled. What can go wrong for a person is one
of the results (`Unavailable`), never an exception.
"""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Generic, TypeVar, cast

T = TypeVar("T")

REQUESTS: "dict[str, type[Request[Any]]]" = {}


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The work could not be done. `reason` is for the operator's log, never for the person."""

    reason: str = ""


class Request(Generic[T]):
    """Base of all requests. A subclass is a frozen dataclass of JSON values and names its results."""

    returns: ClassVar[tuple[type, ...]]

    def __init_subclass__(cls) -> None:
        """Every kind of request is known by its name, so that a stored one can be read again."""
        REQUESTS[cls.__name__] = cls

    @classmethod
    def decode(cls, value: dict[str, Any]) -> T:
        """A stored result as its type. `KeyError` when the type is not one of `returns`."""
        known: dict[str, Any] = {r.__name__: r for r in (*cls.returns, Unavailable)}
        rest = dict(value)
        return known[rest.pop("is")](**_tuples(rest))


def encode_request(request: Request[Any]) -> dict[str, Any]:
    """A request as JSON: its type's name and its fields."""
    return {"is": type(request).__name__, **asdict(request)}  # pyright: ignore[reportArgumentType, reportCallIssue]


def encode_result(value: Any) -> dict[str, Any]:
    """A result as JSON: its type's name and its fields."""
    return {"is": type(value).__name__, **asdict(value)}


@dataclass(frozen=True, slots=True)
class Clarification:
    """Something a candidate may be told about a question: `by` is empty for the kit's own words."""

    say: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class NoClarification:
    """Neither the kit nor the team has answered this yet."""


@dataclass(frozen=True, slots=True)
class Clarify(Request[Clarification | NoClarification]):
    """What may be said to a candidate's question back (`utterance`) about `question` (or the role)."""

    question: str
    utterance: str
    returns: ClassVar[tuple[type, ...]] = (Clarification, NoClarification)


@dataclass(frozen=True, slots=True)
class Broadcast:
    """Clarifications that the team gave to earlier candidates on this question (fairness)."""

    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EarlierClarifications(Request[Broadcast]):
    """Ask for what earlier candidates were told on `question`."""

    question: str
    returns: ClassVar[tuple[type, ...]] = (Broadcast,)


@dataclass(frozen=True, slots=True)
class Enough:
    """No follow-up: everything asked for was shown, or the bounds are reached."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One follow-up to put to the candidate. `by` says who phrased it: the kit or a model."""

    indicator: str
    text: str
    by: str = "kit"


@dataclass(frozen=True, slots=True)
class ChooseProbe(Request[Enough | FollowUp]):
    """Is a follow-up worth asking? `utterances` are the answer so far, `asked` the probes already put
    (indicator keys of this question), `spent` the follow-ups so far per competency in the interview."""

    question: str
    utterances: tuple[str, ...]
    asked: tuple[str, ...] = ()
    spent: tuple[str, ...] = ()
    returns: ClassVar[tuple[type, ...]] = (Enough, FollowUp)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a recording says. `text` never stays in a journal: it becomes the words of the recording's utterance.

    language: a code such as "en"; seconds: how long it is. doubt: why the words may be wrong, so that nothing is made of
    them before the person has looked at them ("" for none): low_confidence, wrong_language, clipping, repetition.
    about: what whoever plays it will notice, so that its sender can record it again: cut_off, black, dark, frozen.
    """

    text: str
    language: str
    seconds: float
    doubt: str = ""
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotHeard:
    """A recording that no words come from. why: silence, too_short, empty, unreadable, no_audio, odd_format, too_long,
    too_large, corrupt, gone, quota, trouble (of ours: the recording is there, and it may be tried again) or off (nothing
    is set up that listens). figures: what a sentence about it names, such as a limit in minutes or megabytes; of too_large, as
    a second one, how many megabytes Parley's own page takes, where that is more."""

    why: str
    figures: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcribe(Request[Heard | NotHeard]):
    """Ask for the words of a recording. utterance: names the recording too. language: which one is expected, if any.
    video: the picture may be kept; otherwise only the sound is."""

    utterance: str
    language: str = ""
    video: bool = False
    returns: ClassVar[tuple[type, ...]] = (Heard, NotHeard)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept about a candidate, in numbers and days. since: the day of the first message ("" before it).

    agreed: the newest answer to each consent question, ("scoring", "yes") as "scoring=yes". days: how long all of it
    is kept after the decision. contact: who corrects, explains and erases.
    """

    messages: int
    since: str
    agreed: tuple[str, ...]
    company: str
    role: str
    days: int
    contact: str


@dataclass(frozen=True, slots=True)
class MyData(Request[Kept | Unavailable]):
    """Ask what is kept about the person in this conversation."""

    returns: ClassVar[tuple[type, ...]] = (Kept,)


def decode_request(value: dict[str, Any]) -> Request[Any]:
    """The inverse of `encode_request`."""
    rest = dict(value)
    cls = REQUESTS[rest.pop("is")]
    return cls(**_tuples(rest))


def _tuples(data: dict[str, Any]) -> dict[str, Any]:
    """JSON knows lists only; requests and results are frozen and hold tuples."""
    return {k: _frozen(v) for k, v in data.items()}


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, cast("list[Any]", value))) if isinstance(value, list) else value
