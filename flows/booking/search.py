"""What a search for a time carries along, and how its questions are put.

Every question of a search can be tapped, or answered in words: what is none of its options comes back as `Wrote`.
Keys of steps carry what led to them, so that after a changed answer nothing old is taken for new.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flows.cards import Card, Option
from flows.steps import Ask, Patience, Wrong, Wrote, ask
from flows.typed import named
from flows.words import booking_en as words

CALM = Patience(nudge=0)  # nobody is hurried towards a time; who hasn't booked is reminded elsewhere
RESTING = Patience(0, 0)
INSTEAD = frozenset({words.KEEP.id, "cancel"})  # what a person may decide for instead of another time
LONGEST = 300  # characters of a wish, or of the name of a place


@dataclass(slots=True)
class Search:
    """A search for a time of one appointment.

    zone: IANA, "" while unknown. deadline: by when the person hears of new times, as a person writes it. always: the
    options under every question. own: words that mean something in this conversation (see `Asking.own`).
    round: how many times times were looked up. after: the last day seen. wish: what the person wrote, and wishes: how
    often they were asked to. lost: slots that somebody else took. told: what the team was told that none suits.
    """

    appointment: str
    title: str
    minutes: int
    who: str
    zone: str = ""
    deadline: str = ""
    always: tuple[Option, ...] = ()
    own: Callable[[str], str | None] | None = None
    round: int = 0
    after: str = ""
    wish: Wrote | None = None
    wishes: int = 0
    lost: set[str] = field(default_factory=lambda: set())
    told: set[str] = field(default_factory=lambda: set())

    def question(
        self,
        key: str,
        card: Card,
        options: Sequence[Option],
        patience: Patience = CALM,
        read: Callable[[str], str | None] = lambda _: None,
    ) -> Ask:
        """An option's id, or `Wrote`. `read` may understand words as one of the options, or as one not shown."""
        every = (*options, *self.always)

        def understood(text: str) -> Any:
            if len(text) > LONGEST:
                return Wrong(words.TOO_LONG)
            return named(every, text) or read(text) or text

        return ask(key, replace(card, options=every), understood, patience=patience, keeps=True, own=self.own)

    def begin_anew(self) -> None:
        """From the first day, without a wish."""
        self.after, self.wish = "", None
