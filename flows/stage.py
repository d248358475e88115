"""Act a screenplay in a test, line by line, the way it reads on the screen.

    (Stage(booking, name="Ada")
        .bot("Which city are you in?")
        .says("Paris").gets("slots", Slots(...))
        .bot("Which suits you?").taps("t1")
        .ends(Booked(...)))

The process "restarts" (the journal goes through JSON) between every two lines: durability is not
one test, it is how all tests run. Beside it a second actor is kept between the lines, as a server does that was not
restarted (`Acting.more`), and has to do exactly the same. A failure prints the conversation so far.
"""

import json
from typing import Any, Literal

from flows.cards import Card
from flows.engine import Acting, Shown, Turn, turn
from flows.events import (
    Commanded,
    Edited,
    Happening,
    Learned,
    Removed,
    Returned,
    Said,
    Silence,
    Spoke,
    Submitted,
    Tapped,
)
from flows.ledger import Journal
from flows.registry import Flow, Play, Screenplay
from flows.requests import encode_result

START = 1_800_000_000_000  # an instant in January 2027


class Stage:
    """One conversation on a stage. Every method returns the stage itself; failures are AssertionErrors."""

    def __init__(self, screenplay: Screenplay | Play, **args: Any) -> None:
        play = screenplay if isinstance(screenplay, Play) else Play(screenplay.__name__, 1, screenplay)
        self.flow = Flow(play, "stage", args)
        self.now = START
        self.journal = Journal()
        self.told = 0
        self.transcript: list[str] = []
        self.pending: list[Shown] = []
        self.facts: list[Any] = []
        self.calls: dict[str, Any] = {}
        self.tokens: dict[str, str] = {}
        self.went_on = 0  # turns that the kept actor made without replaying
        self._kept: tuple[Acting, int] | None = None  # and the length of the journal it knows
        self.last: Turn = self._play(None)

    # -- the person ---------------------------------------------------------------------------------

    def says(self, text: str, asked: str | None = None) -> "Stage":
        """The person writes one message; `asked`: a step key whose question was on their screen then."""
        self._all_seen()
        self.told += 1
        self.transcript.append(f"      < {text}")
        token = self.tokens[asked] if asked else (self.last.waiting.token if self.last.waiting else None)
        self.last = self._play(Said(f"u{self.told}", text, self._tick()), token)
        return self

    def speaks(self, seconds: float = 20, form: Literal["voice", "video"] = "voice", prepared: bool = False) -> "Stage":
        """The person sends a recording."""
        self._all_seen()
        self.told += 1
        self.transcript.append(f"      < ({form}, {seconds:g} s)")
        token = self.last.waiting.token if self.last.waiting else None
        self.last = self._play(Spoke(f"u{self.told}", form, seconds, self._tick(), prepared), token)
        return self

    def taps(self, option: str, asked: str | None = None) -> "Stage":
        """The person presses a button of the open question, or of the earlier question `asked`."""
        self._all_seen()
        self.transcript.append(f"      < [{option}]")
        token = self.tokens[asked] if asked else (self.last.waiting.token if self.last.waiting else "")
        self.last = self._play(Tapped(token, option, self._tick()))
        return self

    def submits(self, **fields: str) -> "Stage":
        self._all_seen()
        self.transcript.append(f"      < {fields}")
        assert self.last.waiting, self._said("nothing is open to submit to")
        self.last = self._play(Submitted(self.last.waiting.token, fields, self._tick()))
        return self

    def commands(self, name: str) -> "Stage":
        self._all_seen()
        self.transcript.append(f"      < /{name}")
        self.last = self._play(Commanded(name, "", self._tick()))
        return self

    def edits(self, nth: int, text: str) -> "Stage":
        """The person changes the nth message they wrote (from 1)."""
        self._all_seen()
        self.transcript.append(f"      < (edits {nth}) {text}")
        self.last = self._play(Edited(f"u{nth}", text, self._tick()))
        return self

    def removes(self, nth: int) -> "Stage":
        self._all_seen()
        self.transcript.append(f"      < (takes back {nth})")
        self.last = self._play(Removed(f"u{nth}", self._tick()))
        return self

    # -- the world ----------------------------------------------------------------------------------

    def gets(self, key: str, value: Any) -> "Stage":
        """Work that was asked for under `key` comes back."""
        assert key in self.calls, self._said(f"{key!r} was not asked for; open calls: {list(self.calls)}")
        self.calls.pop(key)
        self.last = self._play(Returned(key, encode_result(value), self._tick()))
        return self

    def learns(self, name: str, **data: Any) -> "Stage":
        self.last = self._play(Learned(name, data, self._tick()))
        return self

    def waits(self, about: str) -> "Stage":
        """Time passes until the timer of that kind (quiet, nudge, park, until) fires."""
        self._all_seen()
        due = next((w for w in self.last.wakes if w.about == about), None)
        assert due, self._said(f"no {about!r} timer is set: {[w.about for w in self.last.wakes]}")
        self.now = max(self.now, due.at)
        self.transcript.append(f"      ... {about}")
        self.last = self._play(Silence(due.token, due.about, self.now))  # pyright: ignore[reportArgumentType]
        return self

    def late(self, about: str, token: str) -> "Stage":
        """A timer that was set for an earlier question fires all the same."""
        self.last = self._play(Silence(token, about, self._tick()))  # pyright: ignore[reportArgumentType]
        return self

    # -- what must be seen --------------------------------------------------------------------------

    def bot(self, *texts: str) -> "Stage":
        """Exactly these messages were shown next; each must contain the given words."""
        got = [s.card for s in self.pending]
        assert len(got) == len(texts), self._said(
            f"expected {len(texts)} messages, got {len(got)}: {[c.text for c in got]}"
        )
        for card, text in zip(got, texts, strict=True):
            assert text in _words(card), self._said(f"expected {text!r} in {_words(card)!r}")
        self.pending = []
        return self

    def quietly(self) -> "Stage":
        """Nothing was shown."""
        return self.bot()

    def notes(self, *names: str) -> "Stage":
        """These facts left the conversation since the last look."""
        assert [f.name for f in self.facts] == list(names), self._said(f"facts: {self.facts}")
        self.facts = []
        return self

    def ends(self, result: Any = None) -> "Stage":
        assert self.last.state == "ended", self._said(f"the conversation is {self.last.state}")
        assert self.last.result == result, self._said(f"it ended with {self.last.result!r}")
        return self

    # -- behind the scenes --------------------------------------------------------------------------

    def _tick(self) -> int:
        self.now += 1000
        return self.now

    def _play(self, happening: Happening | None, asked: str | None = None) -> Turn:
        data = json.loads(json.dumps(self.journal.to_json()))
        got = turn(self.flow, Journal.from_json(data), asked, happening, self.now)
        again = self._again(Journal.from_json(data), asked, happening)
        assert got == again, self._said(f"the same turn twice differs: {got}\n{again}")
        self.journal.entries.extend(got.entries)
        if isinstance(happening, Said | Edited):
            self.journal.told.setdefault(happening.id, []).append(happening.text)
        for u, text in got.words:
            self.journal.told.setdefault(u, []).append(text)
        self.pending.extend(got.shown)
        self.facts.extend(got.facts)
        self.calls.update(dict(got.calls))
        for s in got.shown:
            self.transcript.append(f"> {_words(s.card)}" + "".join(f" [{o.label}]" for o in s.card.options))
            if s.token:
                self.tokens[s.key] = s.token
        return got

    def _again(self, journal: Journal, asked: str | None, happening: Happening | None) -> Turn:
        """The same turn by the kept actor; by a new one where there is none that can go on."""
        if self._kept and happening:
            acting, known = self._kept
            if acting.goes_on(self.flow) and known == len(journal.entries):
                self.went_on += 1
                got = acting.more(asked, happening)
                self._kept = acting, known + len(got.entries)
                return got
            acting.close()
        acting = Acting(self.flow, journal, happening.at if happening else self.now)
        got = acting.play(asked, happening)
        self._kept = acting, len(journal.entries) + len(got.entries)
        return got

    def _all_seen(self) -> None:
        self.pending = []

    def _said(self, problem: str) -> str:
        return problem + "\n\nThe conversation so far:\n" + "\n".join(self.transcript)


def _words(card: Card) -> str:
    return "\n".join(x for x in (card.title, card.text, *(q.text for q in card.quotes), card.foot) if x)
