"""The grammar of a wish about time: which words belong together, and what a "not" speaks of."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from calendar_sync.wish_dates import nearest, week_of
from calendar_sync.wish_tokens import FOREVER, Dates, Days, Part, Time, Token, Window
from calendar_sync.zones import DAY

_AT = 120  # a single time, "Friday 10:00", means this long from it on: room for a session, and a little choice
Item = Days | Dates | Window | Part


@dataclass
class Reader:
    """Reads tokens from left to right into choices, each a list of what was said of it.

    After `run`, `take` are the choices, `leave` what does not suit, and `anything` is whether any time was said to.
    """

    words: list[Token]
    today: int
    at: int = 0
    take: list[list[Item]] = field(default_factory=lambda: [[]])
    leave: list[list[Item]] = field(default_factory=list[list[Item]])
    negated: bool = False
    anything: bool = False
    sentence: int = 0  # how many items the current choice had when this part of the sentence began

    def run(self) -> None:
        while self.at < len(self.words):
            word = self.words[self.at]
            if word in ("stop", "pause", "but"):
                self._pause(word)
            elif word in ("not", "busy"):
                self._negation()
            elif word == "any":
                self._any()
            else:
                begun = self.at
                for item in self._items():
                    self._add(item)
                self.at = max(self.at, begun + 1)

    def _any(self) -> None:
        self.anything = True
        self.at += 1
        kinds = {isinstance(item, Part) for item in self.take[-1]}
        if len(kinds) == 2:  # "after 17:00 on weekdays or any time at the weekend"
            self.take.append([])
            self.sentence = 0

    def _pause(self, word: Token) -> None:
        """What was negated ends here, but for one more day in a list: "not Monday, Tuesday"."""
        if word == "but" and self._word(-1) == "any":  # "any day but Friday"
            self._negation()
            return
        self.at += 1
        goes_on = word == "pause" and self.negated and isinstance(self._word(0), Days | Dates)
        if not (goes_on and "fine" not in self._rest() and not any(isinstance(w, Part | Time) for w in self._rest())):
            self.negated = False
        self.sentence = len(self.take[-1])

    def _negation(self) -> None:
        """ "not Monday" speaks of what follows, "Monday is not possible" of what stands before it."""
        self.at += 1
        while self._word(0) in ("fine", "busy"):
            self.at += 1
        if any(not isinstance(w, str) for w in self._rest()):
            self.negated = True
            self.leave.append([])
            return
        said = self.take[-1][self.sentence :]
        if said and not self.negated:
            del self.take[-1][self.sentence :]
            self.leave.append(said)

    def _rest(self) -> list[Token]:
        """What follows up to the next pause."""
        ends = (n for n in range(self.at, len(self.words)) if self.words[n] in ("stop", "pause", "but"))
        return self.words[self.at : next(ends, len(self.words))]

    def _word(self, ahead: int) -> Token | None:
        n = self.at + ahead
        return self.words[n] if 0 <= n < len(self.words) else None

    def _items(self) -> list[Item]:
        """What begins here; [] for what says nothing by itself."""
        word = self.words[self.at]
        if word == "week of" and isinstance(day := self._word(1), Dates):
            self.at += 2
            return [week_of(day.of[0])]
        if isinstance(word, str) and word in ("after", "from", "before", "until", "between"):
            return self._bound(word)
        if isinstance(word, Time):
            return self._times(word, sure=self._word(-1) == "at" or isinstance(self._word(-1), Days | Dates | Window))
        if isinstance(word, Days | Dates) and self._word(1) in ("to", "until"):
            return self._days_to(word)
        if isinstance(word, str):
            return []
        self.at += 1
        return [word]

    def _bound(self, word: str) -> list[Item]:
        self.at += 1
        if self._word(0) in ("at", "from", "after"):  # "until at 10", "earliest from 10"
            self.at += 1
        what = self._word(0)
        late = word in ("after", "from", "between")
        joins = ("to", "until", "before", *(["and"] if word == "between" else []))
        if isinstance(what, Time):
            if found := self._range(joins):
                return [found]
            self.at += 1
            time = _minutes(what)
            return [Part(time, DAY, bound=True) if late else Part(0, time, bound=True)] if 0 < time < DAY else []
        if isinstance(what, Part):
            self.at += 1
            return [Part(what.end if word == "after" else what.start, DAY, True) if late else Part(0, what.start, True)]
        if isinstance(what, Days | Dates | Window):
            ends = self._word(1) in joins and isinstance(self._word(2), Days | Dates | Window)
            if ends and word in ("from", "between"):
                return self._days_to(what)
            self.at += 1
            return [self._side(word, what)]
        return []

    def _side(self, word: str, what: Days | Dates | Window) -> Window:
        first, last = self._ends(what)
        after_not = self._word(-3) == "not" if word == "until" else False  # "not until Thursday": Thursday is fine
        if word == "after":
            return Window(last + 1, FOREVER)
        if word in ("from", "between"):
            return Window(first, FOREVER)
        return Window(-FOREVER, first - 1 if word == "before" or after_not else last)

    def _ends(self, what: Days | Dates | Window) -> tuple[int, int]:
        if isinstance(what, Days):
            day = nearest(what.of, self.today)
            return day, day
        return (min(what.of), max(what.of)) if isinstance(what, Dates) else (what.first, what.last)

    def _days_to(self, first: Days | Dates | Window) -> list[Item]:
        """ "Mon-Wed", "Friday to Monday", "from 3 December to 10 December", "tomorrow to Friday", "Friday until 3pm"."""
        last = self._word(2)
        if isinstance(first, Days) and isinstance(last, Days):
            self.at += 3
            a, b = max(first.of), max(last.of)
            return [Days(frozenset((a - 1 + n) % 7 + 1 for n in range((b - a) % 7 + 1)))]
        if isinstance(last, Days | Dates | Window):
            begin = self._ends(first)[0]
            end = nearest(last.of, begin) if isinstance(last, Days) else self._ends(last)[1]
            if begin <= end:
                self.at += 3
                return [Window(begin, end)]
        self.at += 1
        return [first]

    def _times(self, word: Time, *, sure: bool) -> list[Item]:
        if found := self._range(("to", "until")):
            return [found]
        self.at += 1
        start = _minutes(word)
        if self._word(0) in ("onwards", "or earlier"):
            part = Part(start, DAY, bound=True) if self._word(0) == "onwards" else Part(0, start, bound=True)
            self.at += 1
            return [part]
        if (word.bare and not sure) or start >= DAY:
            return []
        return [Part(start, min(start + _AT, DAY))]

    def _range(self, joins: Sequence[str]) -> Part | None:
        """Two times with one of `joins` between them."""
        first, last = self._word(0), self._word(2)
        if not (isinstance(first, Time) and isinstance(last, Time) and self._word(1) in joins):
            return None
        start, end = _span(first, last)
        self.at += 3
        return Part(start, end) if start < end <= DAY else None

    def _add(self, item: Item) -> None:
        if self.negated:
            self.leave[-1].append(item)
            return
        now = self.take[-1]
        if isinstance(item, Part):
            if any(isinstance(i, Part) for i in now) and not isinstance(now[-1], Part):
                self._split(now)
        elif self._full(now, item):
            self.take.append([])
            self.sentence = 0
        self.take[-1].append(item)

    def _split(self, now: list[Item]) -> None:
        """A second part of the day, after days: does it belong to days that follow it, or to the last ones?"""
        if isinstance(self._word(0), Days | Dates):  # "mornings on Monday, afternoons on Tuesday"
            self.take.append([])
        elif isinstance(now[0], Part) and len(now) > 2:  # "mornings on Monday, Friday afternoon"
            self.take.append([now.pop()])
        else:
            return  # "after 15:00 on Monday, before 18:00"
        self.sentence = 0

    @staticmethod
    def _full(now: list[Item], item: Days | Dates | Window) -> bool:
        """Whether more days begin a new choice: "Mon 9-12, Tue 14-17"; "Tue this week or Mon next week"."""
        if now and isinstance(now[-1], Part):
            return any(not isinstance(i, Part) for i in now)
        kinds = {type(i) for i in now}
        return {Days, Window} <= kinds and type(item) is not type(now[-1]) and not isinstance(item, Dates)


def _minutes(time: Time) -> int:
    """A time by itself; a bare 1 to 6 is one of the afternoon."""
    if time.half:
        return (time.hour % 12 + (12 if time.half == "pm" else 0)) * 60 + time.minute
    return (time.hour + (12 if 1 <= time.hour <= 6 else 0)) * 60 + time.minute


def _span(first: Time, last: Time) -> tuple[int, int]:
    """ "2-4" is 14 to 16, "9-5" 9 to 17, "10-2" 10 to 14, "9-11pm" 21 to 23, "11-1pm" 11 to 13."""
    end = _minutes(last)
    if last.half == "am" and end == 0:
        end = DAY  # "until 12am"
    if not first.half and last.half == "pm" and first.hour < 12:
        start = (first.hour + 12) * 60 + first.minute
        return (start, end) if start < end else (start - 720, end)
    start = _minutes(first) if last.half != "am" else first.hour * 60 + first.minute
    if not last.half and end <= start and last.hour <= 12:
        end = (last.hour % 12 + 12) * 60 + last.minute
    return start, end
