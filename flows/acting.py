"""How a happening is acted out: the screenplay is driven from step to step, and what it shows is collected.

Answers that are in the journal are replayed by step key; the first unanswered step is where it waits. Repairs (help,
stop, ...) are small screenplays that interrupt it.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any, cast

from flows import beside, filling, repair, speaking, widgets
from flows.cards import Card
from flows.events import (
    Commanded,
    Edited,
    Fact,
    Happening,
    Learned,
    Returned,
    Said,
    Silence,
    Spoke,
    Submitted,
    Tapped,
)
from flows.ledger import Entry, Journal, Ledger
from flows.registry import Flow
from flows.requests import Request, decode_request, encode_request
from flows.steps import Answer, Asking, Call, Fill, Hear, Lapsed, Note, Question, Say, Skipped, Step, Wait, Wrote
from flows.turns import Shown, Turn, token
from flows.words import en as words
from flows.words.adjust_en import LEARNED

CALLED_OFF = "called_off"  # what a conversation learns when somebody else ends it


class ForeignAwait(TypeError):
    """A screenplay awaited something that is not one of the steps in `flows.steps`."""


class Drift(RuntimeError):
    """The journal does not fit the screenplay: it was changed after people had begun it."""


@dataclass(frozen=True, slots=True)
class _Ended:
    result: Any


class Acting:
    """The state of one turn while it is being computed.

    May be kept after it: as long as it `goes_on`, `more` makes of the next happening exactly what `turn` would make
    of it from the journal, without replaying. It is never needed, and what was kept can be dropped at any time.
    """

    def __init__(self, flow: Flow, journal: Journal, at: int) -> None:
        self.flow, self.at, self.led = flow, at, Ledger(journal)
        self.coro: Coroutine[Any, Any, Any] | None = None
        self.here: Step[Any] | _Ended = _Ended(None)
        self._fresh()
        self.seen: set[str] = set()
        self.nth: tuple[int, int] | None = None  # the newest question that says which one it is, of how many

    def _fresh(self) -> None:
        self.shown: list[Shown] = []
        self.calls: list[tuple[str, Request[Any]]] = []
        self.facts: list[Fact] = []
        self.settled: list[tuple[str, str]] = []
        self.reply: dict[str, str] = {}
        self.words: list[tuple[str, str]] = []
        self.inner: Step[Any] | None = None

    # -- acting -----------------------------------------------------------------------------------

    def play(self, asked: str | None, happening: Happening | None) -> Turn:
        """The turn, from the beginning of the journal."""
        self.coro = self.flow.begin()
        gone = self.led.get("~end", "noted")
        here = _Ended(gone.value["name"]) if gone else self._advance(self.coro, "")
        if gone is None:
            self._check_drift(here)
        if happening is None or isinstance(here, _Ended):
            if happening is not None and isinstance(happening, Said | Spoke | Tapped | Submitted | Commanded):
                self.show("over", words.OVER)
            return self._turn(here)
        return self._turn(self._take(self.coro, here, asked, happening))

    def goes_on(self, flow: Flow) -> bool:
        """Can `more` be asked, for `flow`? Not after an end, and not after an earlier answer was changed: what the
        screenplay did with the earlier one can only be undone by playing it again."""
        changed = any(e.kind in ("reopened", "worded") for e in self.led.new)
        same = self.flow.play is flow.play and self.flow.args is flow.args and self.flow.seed == flow.seed
        return same and not changed and not isinstance(self.here, _Ended)

    def more(self, asked: str | None, happening: Happening) -> Turn:
        """The next turn, after one whose entries were all kept. Ask `goes_on` first."""
        assert self.coro is not None
        assert not isinstance(self.here, _Ended)
        self.at = happening.at
        self.led.new = []
        self._fresh()
        return self._turn(self._take(self.coro, self.here, asked, happening))

    def close(self) -> None:
        if self.coro is not None:
            self.coro.close()

    def _advance(self, coro: Coroutine[Any, Any, Any], prefix: str, value: Any = None) -> "Step[Any] | _Ended":
        """Run on until a step that the journal does not answer; such a step is shown, once."""
        while True:
            try:
                step: Any = coro.send(value)
            except StopIteration as stop:
                return _Ended(stop.value)
            if not isinstance(step, Step):
                raise ForeignAwait(f"{self.flow.play.id} awaited {step!r}; a screenplay awaits steps only")
            key = prefix + step.key
            self.seen.add(key)
            known, value = self._answered(step, key)  # pyright: ignore[reportUnknownArgumentType]
            if not known:
                found: Any = cast("Any", step)
                return replace(found, key=key) if prefix else found

    def _answered(self, step: Step[Any], key: str) -> tuple[bool, Any]:
        led = self.led
        if isinstance(step, Say):
            self._fits(key, "said")
            if not led.get(key, "said"):
                led.add(key, "said", None, self.at)
                self.shown.append(Shown(key, step.card))
            return True, None
        if isinstance(step, Note):
            self._fits(key, "noted")
            noted, fact = led.get(key, "noted"), {"name": step.fact.name, **step.fact.data}
            if noted is None or (led.corrected and noted.value != fact):
                led.add(key, "noted", fact, self.at)
                self.facts.append(step.fact)
            return True, None
        if isinstance(step, Call):
            return self._called(step, key)
        if isinstance(step, Wait):
            self._fits(key, "learned")
            got = led.get(key, "learned")
            return (True, _learned(got)) if got else (False, None)
        if not isinstance(step, Asking):
            raise ForeignAwait(f"{self.flow.play.id} awaited {step!r}, which is not a step of flows.steps")
        self._fits(key, "asked")
        self.nth = step.card.progress or self.nth
        answer = led.answer(key)
        if answer is None:
            self._ask(step, key)
            return False, None
        return True, self._value(step, key, answer)

    def _called(self, step: Call[Any], key: str) -> tuple[bool, Any]:
        self._fits(key, "called")
        result = self.led.get(key, "result")
        if result:
            return True, type(step.request).decode(result.value)
        if not self.led.get(key, "called"):
            self.led.add(key, "called", encode_request(step.request), self.at)
            self.calls.append((key, step.request))
        return False, None

    def _fits(self, key: str, kind: str) -> None:
        recorded = self.led.kinds.get(key)
        if recorded is not None and recorded != kind:
            raise Drift(
                f"{self.flow.play.id}: step {key!r} is recorded as {recorded!r}, the screenplay now has {kind!r}"
            )

    def _check_drift(self, here: "Step[Any] | _Ended") -> None:
        # A changed answer may rightly leave later steps unvisited; without one, every record must be met.
        if self.led.corrected:
            return
        left = [k for k in self.led.kinds if k not in self.seen and not k.startswith("~")]
        if left:
            where = "its end" if isinstance(here, _Ended) else repr(here.key)
            raise Drift(f"{self.flow.play.id}: the journal has {left}, but the screenplay came to {where} without them")

    # -- showing ----------------------------------------------------------------------------------

    def token(self, key: str) -> str:
        """The question that a step puts, in its newest version."""
        return token(self.flow.seed, self.led.current(key))

    def show(self, key: str, what: str | Card, token: str = "") -> None:
        self.shown.append(Shown(key, what if isinstance(what, Card) else Card(what, tone="aside"), token))

    def _ask(self, step: Asking[Any], key: str) -> None:
        current = self.led.current(key)
        if not self.led.get(current, "asked"):
            self.led.add(current, "asked", None, self.at)
            for ref in step.begin_with if isinstance(step, Hear) else ():
                self.led.add(current, "part", ref, self.at)
            self.show(key, step.card, self.token(key))
            if isinstance(step, Hear):
                widgets.offer_unplaced(self, step, key)

    def ask_again(self, step: Step[Any]) -> None:
        """Put the open question on the screen once more, in its short form if it has one."""
        if isinstance(step, Asking):
            field = filling.card(self, step) if isinstance(step, Fill) else None
            self.show(step.key, field or step.again or step.card, self.token(step.key))

    # -- what happened ----------------------------------------------------------------------------

    def _take(
        self, coro: Coroutine[Any, Any, Any], here: Step[Any], asked: str | None, event: Happening
    ) -> "Step[Any] | _Ended":
        if isinstance(event, Said | Edited):
            self.led.told[event.id] = [*self.led.told.get(event.id, ()), event.text]
        if isinstance(event, Returned):
            return self._returned(coro, here, event)
        if isinstance(event, Learned):
            return self._learn(coro, here, event)
        if isinstance(event, Silence):
            return self._silence(coro, here, event)
        if self.led.parked is not None and self.order(here, event) == "pause":
            self.show("~paused", words.PAUSED)
            return here
        resumed = self._resume()
        if isinstance(event, Spoke):
            speaking.spoke(self, here, asked, event)
            if resumed:
                self.ask_again(here)
            return here
        if (there := speaking.about_one(self, coro, here, event)) is not None:
            return there
        if self.led.repair is not None:
            if not (isinstance(event, Tapped | Submitted) and event.token == self.token(here.key)):
                return self._in_repair(coro, here, asked, event)
            # The person answered the question itself instead: the interruption is over.
            self.led.add(self.led.repair.key, "repaired", "resumes", self.at)
        order = self.order(here, event)
        if isinstance(here, Fill) and filling.means(self, here, order):
            order = None  # "skip", say: this field, not the question
        if resumed and (order in ("pause", "continue")):
            self.ask_again(here)
            return here
        if order is not None:
            return self.begin_repair(coro, here, order)
        return self.answering(coro, "", here, asked, event, resumed)

    def order(self, here: Step[Any], event: Happening) -> str | None:
        """The repair a person asked for, by a word, a command or a tool button; None for anything else."""
        if isinstance(event, Commanded):
            return event.name if event.name in self.allowed else None
        if isinstance(event, Tapped) and event.option.startswith("~"):
            name, _, which = event.option[1:].partition(".")  # which: of the recordings, "~fix.2"
            return event.option[1:] if name in self.allowed and (not which or name == "fix") else None
        if isinstance(event, Said):
            if isinstance(here, Asking) and here.own is not None and here.own(event.text) is not None:
                return None
            named = repair.intent(event.text)
            if named == "stop" and named not in self.allowed:
                named = "pause"  # nothing to withdraw from: "stop, later" means not now
            return named if named in self.allowed else None
        return None

    @property
    def allowed(self) -> frozenset[str]:
        """The interruptions that work in this conversation."""
        return self.flow.repairs if self.led.spoke else self.flow.repairs - {"fix"}

    def _resume(self) -> bool:
        if self.led.parked is None:
            return False
        self.led.add("~rest", "resumed", None, self.at)
        greeting = self.flow.greeting()
        if greeting is not None:
            self.show("~greeting", greeting)
        return True

    def answering(
        self,
        coro: Coroutine[Any, Any, Any],
        prefix: str,
        here: Step[Any],
        asked: str | None,
        event: Happening,
        resumed: bool = False,
    ) -> "Step[Any] | _Ended":
        """Offer the happening to the open step; on an answer, run on."""
        if not isinstance(here, Asking):
            if isinstance(event, Said):
                self.led.add("~aside", "offered", {"u": event.id, "asked": asked or ""}, self.at)
                self.led.add("~aside", "unplaced", event.id, self.at)
                self.show("busy", words.ONE_MOMENT if isinstance(here, Call) else words.WAITING_FOR_OTHERS)
            return here
        verdict = widgets.take(self, here, asked, event)  # pyright: ignore[reportUnknownArgumentType]
        if verdict is None:
            if resumed and not any(s.token for s in self.shown):
                self.ask_again(here)
            return here
        return self.answer(coro, prefix, here, verdict.value, verdict.chosen)

    def answer(
        self, coro: Coroutine[Any, Any, Any], prefix: str, here: Asking[Any], value: Any, chosen: str
    ) -> "Step[Any] | _Ended":
        self.settled.append((self.token(here.key), chosen))
        entry = self.led.add(self.led.current(here.key), "answer", value, self.at)
        n = self.led.versions.get(here.key, 1)
        if n > 1:
            before = self.led.answer_before(here.key)
            self.show("changed", words.ANSWERED_AFTER_ALL if before and "skipped" in before.data else words.CHANGED)
        step = replace(here, key=here.key.removeprefix(prefix)) if prefix else here
        there = self._advance(coro, prefix, self._value(step, here.key, entry))
        if self.led.corrected and isinstance(there, Asking) and not any(s.token for s in self.shown):
            self.ask_again(there)
        return there

    def _value(self, step: Asking[Any], key: str, entry: Entry) -> Any:
        """A journaled answer as what the screenplay receives."""
        v = entry.data
        if "lapsed" in v:
            return Lapsed()
        if "skipped" in v:
            return Skipped()
        if "learned" in v:
            return Learned(v["learned"]["name"], v["learned"]["data"], entry.at)
        if "wrote" in v:
            ((u, text),) = self.led.texts([v["wrote"]])
            return Wrote(u, text.strip())
        if not isinstance(step, Hear):
            return entry.value
        if "question" in v:
            ((u, text),) = self.led.texts([v["question"]])
            return Question(u, text)
        asked, said = self.led.get(entry.key, "asked"), self.led.texts(v["parts"])
        spoken = tuple(u for u, _ in said if u in self.led.spoke)
        return Answer(said, asked.at if asked else entry.at, entry.at, spoken, self.led.seconds(spoken))

    def _returned(self, coro: Coroutine[Any, Any, Any], here: Step[Any], event: Returned) -> "Step[Any] | _Ended":
        called = self.led.get(event.key, "called")
        if called is None or self.led.get(event.key, "result"):
            return here  # never asked for, or twice
        value = type(decode_request(called.value)).decode(event.value)
        if speaking.is_ours(event.key):
            return speaking.came_back(self, coro, here, event.key, value)
        self.led.add(event.key, "result", event.value, self.at)
        if self.led.repair is not None and event.key.startswith(f"{self.led.repair.key}."):
            return self._run_repair(coro, here, lambda small, prefix: self._advance(small, prefix))
        if not isinstance(here, Call) or here.key != event.key:
            return here  # an earlier answer is being changed; the result is there when it is needed
        return self._advance(coro, "", value)

    def _learn(self, coro: Coroutine[Any, Any, Any], here: Step[Any], event: Learned) -> "Step[Any] | _Ended":
        if event.name == CALLED_OFF:
            return self._called_off(here, event)
        if isinstance(here, Wait) and event.name in here.facts:
            entry = self.led.add(here.key, "learned", {"name": event.name, "data": event.data}, self.at)
            return self._advance(coro, "", _learned(entry))
        if isinstance(here, Asking) and event.name in here.facts:
            return self.answer(coro, "", here, {"learned": {"name": event.name, "data": event.data}}, "")
        if event.name == LEARNED and not self.led.unhurried:
            self.led.add("~rest", "unhurried", None, self.at)
        card = words.relayed(event.name, event.data)
        if card is not None:
            self.show(f"~learned.{event.name}", card)
            if self.led.parked is None and self.led.repair is None:
                self.ask_again(here)
        return here

    def _called_off(self, here: Step[Any], event: Learned) -> _Ended:
        """The team has ended this conversation, wherever it stands; `data["text"]` says so kindly."""
        if isinstance(here, Asking):
            self.settled.append((self.token(here.key), ""))
        if event.data["text"]:
            self.show("~called_off", Card(event.data["text"], tone="notice"))
        self.led.add("~end", "noted", {"name": CALLED_OFF}, self.at)
        return _Ended(CALLED_OFF)

    def _silence(self, coro: Coroutine[Any, Any, Any], here: Step[Any], event: Silence) -> "Step[Any] | _Ended":
        due = next((w for w in beside.wakes(self, here) if (w.about, w.token) == (event.about, event.token)), None)
        if due is None or due.at > self.at:
            return here  # the person spoke meanwhile, or the question has moved on
        if event.about == "until" and isinstance(here, Wait):
            entry = self.led.add(here.key, "learned", {"lapsed": True}, self.at)
            return self._advance(coro, "", _learned(entry))
        if not isinstance(here, Asking):
            return here
        if event.about == "until":
            return self.answer(coro, "", here, {"lapsed": True}, "")
        if event.about == "quiet" and isinstance(here, Hear):
            self.show("~taken", words.TAKEN_AFTER_PAUSE)
            return self.answer(coro, "", here, widgets.parts_value(self, here), "done")
        if event.about == "nudge":
            self.led.add(self.token(here.key), "nudged", None, self.at)
            self.show("~nudge", words.nudge(bool(self.led.parts.get(self.led.current(here.key)))))
        else:
            self.led.add("~rest", "parked", {"by": "silence"}, self.at)
            self.show("~parked", words.PARKED)
        return here

    # -- repairs: help, stop, ... as small screenplays with a key prefix -------------------------------

    def begin_repair(self, coro: Coroutine[Any, Any, Any], here: Step[Any], name: str) -> "Step[Any] | _Ended":
        """Interrupt the conversation by the repair called `name`."""
        if name == "change" and isinstance(here, Call) and here.binding:
            self.show("busy", words.ONE_MOMENT)
            return here
        self.led.add(f"~{self.led.repairs + 1}", "repair", name, self.at)
        return self._run_repair(coro, here, lambda small, prefix: self._advance(small, prefix))

    def _in_repair(
        self, coro: Coroutine[Any, Any, Any], here: Step[Any], asked: str | None, event: Happening
    ) -> "Step[Any] | _Ended":
        def go(small: Coroutine[Any, Any, Any], prefix: str) -> "Step[Any] | _Ended":
            inner = self._advance(small, prefix)
            if isinstance(inner, _Ended):
                return inner
            if isinstance(event, Said) and isinstance(inner, Asking) and asked == self.token(here.key):
                asked_now: str | None = None
            else:
                asked_now = asked
            return self.answering(small, prefix, inner, asked_now, event)

        return self._run_repair(coro, here, go)

    def _run_repair(
        self,
        coro: Coroutine[Any, Any, Any] | None,
        here: Step[Any],
        go: "Callable[[Coroutine[Any, Any, Any], str], Step[Any] | _Ended]",
    ) -> "Step[Any] | _Ended":
        opened = self.led.repair
        assert opened is not None
        name, _, which = opened.value.partition(".")
        small = repair.REPAIRS[name](self._scene(here, which))
        try:
            inner = go(small, f"{opened.key}.{name}.")
        finally:
            small.close()
        if not isinstance(inner, _Ended):
            self.inner = inner
            return here
        self.led.add(opened.key, "repaired", inner.result.name, self.at)
        return self._after_repair(coro, here, inner.result, opened.at) if coro is not None else here

    def _after_repair(
        self, coro: Coroutine[Any, Any, Any], here: Step[Any], outcome: repair.Outcome, since: int
    ) -> "Step[Any] | _Ended":
        match outcome.name:
            case "ends":
                self.led.add("~end", "noted", {"name": "withdrawn"}, self.at)
                self.facts.append(Fact("withdrawn", {}))
                return _Ended("withdrawn")
            case "parks":
                self.led.add("~rest", "parked", {"by": "person"}, self.at)
                return here
            case "skips" if isinstance(here, Asking):
                return self.answer(coro, "", here, {"skipped": True}, "~skip")
            case "reopens":
                self.led.add(outcome.key, "reopened", None, self.at)
                return self._replayed()
            case "unhurried":
                self.led.add("~rest", "unhurried", None, self.at)
            case "rewords":
                if (there := speaking.reword(self, coro, here, outcome.key, outcome.text)) is not here:
                    return there
                anew = self._replayed()  # what is open may quote the words
                if isinstance(anew, _Ended) or anew.key != here.key:
                    return anew
                here = anew
            case _:
                pass
        if (there := speaking.after(self, coro, here, since)) is not here:
            return there
        self.ask_again(here)
        return here

    def _replayed(self) -> "Step[Any] | _Ended":
        """Where the conversation is, played again from the beginning of the journal."""
        fresh = self.flow.begin()
        try:
            return self._advance(fresh, "")
        finally:
            fresh.close()

    def _scene(self, here: Step[Any], which: str) -> repair.Scene:
        help_ = self.flow.play.help or words.HELP
        opened = self.led.repair.at if self.led.repair else self.at
        heard, stands = speaking.correctable(self, opened, which), beside.standing(self, here)
        return repair.Scene(here, self.changeable(), self._skippable(here), help_, stands, heard)

    def changeable(self) -> tuple[str, ...]:
        """Answered steps, oldest first; a question that was asked back, or a fact from elsewhere, is no answer."""
        answers = ((k, self.led.answer(k)) for k in self.led.answered if not k.startswith("~"))
        return tuple(k for k, e in answers if e is not None and not {"question", "learned"} & e.data.keys())

    def _skippable(self, here: Step[Any]) -> bool:
        return isinstance(here, Asking) and here.skippable

    # -- what comes of it --------------------------------------------------------------------------

    def _turn(self, here: "Step[Any] | _Ended") -> Turn:
        ended = isinstance(here, _Ended)
        self.here = here
        if ended:
            self.close()  # also where the end was in the journal, and the screenplay never began
        if self.led.repair is not None and self.inner is None and not isinstance(here, _Ended):
            self._run_repair(None, here, lambda small, prefix: self._advance(small, prefix))
        state = "ended" if ended else "parked" if self.led.parked else "open"
        return Turn(
            tuple(self.led.new),
            tuple(self.shown),
            tuple(self.calls),
            tuple(self.facts),
            tuple(self.settled),
            None if isinstance(here, _Ended) else beside.waiting(self, here),
            () if isinstance(here, _Ended) else beside.wakes(self, here),
            state,
            here.result if isinstance(here, _Ended) else None,
            self.reply,
            tuple(self.words),
        )


def _learned(entry: Entry) -> Learned | Lapsed:
    if "lapsed" in entry.value:
        return Lapsed()
    return Learned(entry.value["name"], entry.value["data"], entry.at)
