"""The playbill: which conversations there are, by name and version.

A released version is frozen: open conversations go on with the version they began with, new ones
start on the newest. Parley refuses to start when a version that is still being played is gone.
"""

from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any

from flows.cards import Card, Row
from flows.repair import REPAIRS
from flows.steps import Speech

Screenplay = Callable[..., Coroutine[Any, Any, Any]]


class UnknownConversation(LookupError):
    """No such conversation is on the playbill: a deploy removed a version that somebody is still in."""


@dataclass(frozen=True, slots=True)
class Play:
    """One version of one conversation. `greet` is said first whenever the person comes back after a rest.

    repairs: which interruptions work in it (names of `flows.repair`); more_repairs: which others, depending on the
    conversation's arguments (on who reads it, say). help: what "help" says, if not the usual.
    standing: what "where am I?" adds, such as a deadline, from the conversation's arguments. in_passing: it asks beside
    whatever else goes on (a reminder in the middle of an interview), so what is typed belongs to that. resting: the step
    at which it only waits for the person to come back. speech: whether answers may be recordings, from the
    conversation's arguments; without it they may not.
    """

    name: str
    version: int
    screenplay: Screenplay
    greet: Callable[..., Card] | None = None
    repairs: frozenset[str] = frozenset(REPAIRS)
    help: str = ""
    standing: Callable[..., tuple[Row, ...]] | None = None
    more_repairs: Callable[..., frozenset[str]] | None = None
    in_passing: bool = False
    resting: str = ""
    speech: Callable[..., Speech] | None = None

    @property
    def id(self) -> str:
        return f"{self.name}/v{self.version}"


@dataclass(frozen=True, slots=True)
class Flow:
    """A play with its arguments: what the engine acts. `seed` makes its tokens its own."""

    play: Play
    seed: str = ""
    args: dict[str, Any] = field(default_factory=lambda: {})

    def begin(self) -> Coroutine[Any, Any, Any]:
        return self.play.screenplay(**self.args)

    def greeting(self) -> Card | None:
        return self.play.greet(**self.args) if self.play.greet else None

    @property
    def repairs(self) -> frozenset[str]:
        """The interruptions that work in this conversation."""
        more = self.play.more_repairs
        return self.play.repairs | more(**self.args) if more else self.play.repairs

    @property
    def speech(self) -> Speech:
        """Whether answers may be recordings, where a question says nothing else."""
        return self.play.speech(**self.args) if self.play.speech else Speech()

    def standing(self) -> tuple[Row, ...]:
        return self.play.standing(**self.args) if self.play.standing else ()


class Playbill:
    """All plays. Duplicate registration is a bug and raises `ValueError`."""

    def __init__(self, plays: Iterable[Play]) -> None:
        self._plays: dict[tuple[str, int], Play] = {}
        for play in plays:
            if (play.name, play.version) in self._plays:
                raise ValueError(f"{play.id} is on the playbill twice")
            self._plays[(play.name, play.version)] = play

    def get(self, name: str, version: int) -> Play:
        try:
            return self._plays[(name, version)]
        except KeyError:
            raise UnknownConversation(f"{name}/v{version} is not on the playbill") from None

    def newest(self, name: str) -> Play:
        versions = [v for n, v in self._plays if n == name]
        if not versions:
            raise UnknownConversation(f"{name} is not on the playbill")
        return self._plays[(name, max(versions))]

    def __iter__(self) -> Any:
        return iter(self._plays.values())
