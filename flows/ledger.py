"""The journal of one conversation, and an index over it.

A journal is append-only JSON that a person can read (`parley replay` prints it):
`{"entries": [{"key", "kind", "value", "at"}, ...], "told": {utterance id: [wording, ...]}}`.
What was said lives in `told` (in the store: the table `utterance`); entries refer to it by id and version.

Kinds of entries:
  said            a `say` was shown                   asked     a question was put on the screen
  part, unpart    a bubble of an answer came, was taken back
  field           a form is filled in field by field: what is asked for next, or what was given (see `Filling`)
  answer          a question was answered; a correction is a further answer with key `step@2`
  called, result  work was asked of the world, came back
  noted           a fact left this conversation       learned   a fact was learned by a `wait`
  unplaced        words said while work was going on: to be offered a place at the next free answer
  offered         words meant for another question, kept until the person says where they belong
  reopened        an answer is being changed          unhurried patience is switched off
  repair, repaired  an interruption (help, stop, ...) began and ended
  nudged, parked, resumed                             silence and coming back
  spoke           a recording came: {"u", "asked", "form"}, asked: the question it was an answer to
  heard, unheard  its words are there: {"u", "doubt", "seconds", "order"?}, or none could be made out: {"u", "why"};
                  order: they were no answer, but asked for an interruption (help, repeat, ...)
  dropped         a recording was taken back          finishing the answer ends with the recordings under way
  counted         the person says that doubtful words are right
  worded          the words of a recording were corrected: {"u", "v"}, v: the wording that counts from now on
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a journal. `key` is the step (with `@n` for a correction), `at` milliseconds UTC."""

    key: str
    kind: str
    value: Any
    at: int

    @property
    def data(self) -> dict[str, Any]:
        """The value where it is an object; empty where it is anything else."""
        value: Any = self.value
        return cast("dict[str, Any]", value) if type(value) is dict else {}

    def to_json(self) -> dict[str, Any]:
        return {"key": self.key, "kind": self.kind, "value": self.value, "at": self.at}


@dataclass(slots=True)
class Journal:
    """Entries in order, and every wording of every utterance in this conversation."""

    entries: list[Entry] = field(default_factory=lambda: [])
    told: dict[str, list[str]] = field(default_factory=lambda: {})

    def to_json(self) -> dict[str, Any]:
        return {"entries": [e.to_json() for e in self.entries], "told": self.told}

    def reworded(self) -> dict[str, int]:
        """Utterance -> the wording (from 0) that a recording's words were corrected to."""
        return {e.value["u"]: e.value["v"] for e in self.entries if e.kind == "worded"}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Journal":
        return cls([Entry(**e) for e in data["entries"]], {k: list(v) for k, v in data["told"].items()})


@dataclass(slots=True)
class Filling:
    """A form that is being filled in field by field; made by applying its entries of kind `field` in order.

    todo: keys of the fields still to be asked for, the open one first. given: keys in the order they were given.
    said: key -> the utterance that gave it. why: key -> what was wrong with it. picking: a field to change is chosen.
    Entries: {"ask": [keys], "why"?, "values"?}, {"pick": true, "values"?} or {"key", "value", "u"}.
    """

    values: dict[str, str] = field(default_factory=lambda: {})
    todo: list[str] = field(default_factory=lambda: [])
    given: list[str] = field(default_factory=lambda: [])
    said: dict[str, str] = field(default_factory=lambda: {})
    why: dict[str, str] = field(default_factory=lambda: {})
    picking: bool = False

    def apply(self, entry: dict[str, Any]) -> None:
        self.values.update(entry.get("values", {}))
        if "key" not in entry:
            self.picking = "pick" in entry
            self.todo = list(entry.get("ask", ()))
            self.given = [k for k in self.given if k not in self.todo]
            self.why = dict(entry.get("why", {}))
            return
        key = entry["key"]
        self.values[key] = entry["value"]
        self.said.pop(key, None)
        if entry["u"]:
            self.said[key] = entry["u"]
        self.why.pop(key, None)
        self.todo = [k for k in self.todo if k != key]
        self.given = [*(k for k in self.given if k != key), key]


class Ledger:
    """An index over a journal plus the entries of this turn. The journal itself is never changed."""

    def __init__(self, journal: Journal) -> None:
        self.told = dict(journal.told)
        self.new: list[Entry] = []
        self.by_kind: dict[tuple[str, str], Entry] = {}
        self.versions: dict[str, int] = {}
        self.parts: dict[str, list[str]] = {}
        self.answered: list[str] = []
        self.kinds: dict[str, str] = {}
        self.offered: dict[str, str] = {}
        self.unplaced: list[str] = []
        self.fillings: dict[str, Filling] = {}
        self.repair: Entry | None = None
        self.repairs = 0
        self.parked: Entry | None = None
        self.unhurried = False
        self.corrected = False
        self.nudged: set[str] = set()
        self.spoke: dict[str, Entry] = {}  # recordings, by utterance
        self.listening: dict[str, str] = {}  # those whose words are awaited -> the question they answer
        self.doubtful: dict[str, str] = {}  # those whose words the person has to look at -> the same
        self.heard: dict[str, Entry] = {}
        self.unheard: dict[str, Entry] = {}
        self.finishing: set[str] = set()
        self.reworded: dict[str, int] = {}
        self.last_at = 0
        for entry in journal.entries:
            self._index(entry)

    def add(self, key: str, kind: str, value: Any, at: int) -> Entry:
        entry = Entry(key, kind, value, at)
        self.new.append(entry)
        self._index(entry)
        return entry

    def _index(self, e: Entry) -> None:
        self.by_kind[(e.key, e.kind)] = e
        self.last_at = max(self.last_at, e.at)
        match e.kind:
            case "said" | "asked" | "called" | "noted" | "learned":
                self.kinds.setdefault(e.key.partition("@")[0], e.kind)
            case "part":
                self.parts.setdefault(e.key, []).append(e.value)
                self.offered.pop(e.value, None)
            case "unpart":
                self.parts[e.key] = [u for u in self.parts.get(e.key, []) if u != e.value]
            case "field":
                self.fillings.setdefault(e.key, Filling()).apply(e.data)
            case "answer":
                base = e.key.partition("@")[0]
                if base in self.answered:
                    self.answered.remove(base)
                self.answered.append(base)
                for u in e.value.get("offered", ()) if isinstance(e.value, dict) else ():  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
                    self.offered.pop(u, None)  # pyright: ignore[reportUnknownArgumentType]
            case "reopened":
                self.versions[e.key] = self.versions.get(e.key, 1) + 1
                self.corrected = True
            case "offered":
                self.offered[e.value["u"]] = e.value["asked"]
                self.unplaced = [u for u in self.unplaced if u != e.value["u"]]
            case "unplaced":
                self.unplaced.append(e.value)
            case "placed":
                self.offered.pop(e.value, None)
            case "repair":
                self.repair, self.repairs = e, self.repairs + 1
            case "repaired":
                self.repair = None
            case "parked":
                self.parked = e
            case "resumed":
                self.parked = None
                self.nudged.clear()
            case "nudged":
                self.nudged.add(e.key)
            case "unhurried":
                self.unhurried = True
            case "spoke" | "heard" | "unheard" | "dropped" | "counted" | "worded" | "finishing":
                self._recording(e)
            case _:
                pass

    def _recording(self, e: Entry) -> None:
        if e.kind == "finishing":
            self.finishing.add(e.key)
            return
        u: str = e.value["u"]
        asked = self.listening.pop(u, "") or self.doubtful.pop(u, "")
        match e.kind:
            case "spoke":
                self.spoke[u], self.listening[u] = e, e.value["asked"]
                self.unheard.pop(u, None)
            case "heard":
                self.heard[u] = e
                if e.value["doubt"]:
                    self.doubtful[u] = asked
                    self.finishing.clear()
            case "worded":
                self.reworded[u] = e.value["v"]
            case "dropped":
                self.heard.pop(u, None)
                self.unheard.pop(u, None)
                self.finishing.clear()
            case "unheard":
                self.unheard[u] = e
                self.finishing.clear()
            case _:
                pass

    def current(self, key: str) -> str:
        """The key under which the newest version of a step is kept: `step` or `step@2`."""
        n = self.versions.get(key, 1)
        return key if n == 1 else f"{key}@{n}"

    def get(self, key: str, kind: str) -> Entry | None:
        return self.by_kind.get((key, kind))

    def answer(self, key: str) -> Entry | None:
        """The newest answer to a step; None while it is open (never asked, or being changed)."""
        return self.by_kind.get((self.current(key), "answer"))

    def answer_before(self, key: str) -> Entry | None:
        """The answer that is being changed; None where the step is open for the first time."""
        n = self.versions.get(key, 1)
        return None if n == 1 else self.by_kind.get((key if n == 2 else f"{key}@{n - 1}", "answer"))

    def seconds(self, refs: Iterable[str]) -> float:
        """How long recordings are together."""
        return sum(float(e.value.get("seconds", 0)) for u in refs if (e := self.heard.get(u)))

    def wording(self, ref: str, version: int | None = None) -> str:
        """What an utterance said: the newest wording, or the one that counted (`version`, from 0)."""
        versions = self.told[ref]
        return versions[-1 if version is None else version]

    def texts(self, refs: Iterable[dict[str, Any]]) -> tuple[tuple[str, str], ...]:
        """The wordings that counted; of a recording, the one that its words were corrected to since."""
        return tuple((r["u"], self.wording(r["u"], max(r["v"], self.reworded.get(r["u"], 0)))) for r in refs)
