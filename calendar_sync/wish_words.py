"""The words of a wish about time, as tokens: "next week except Wed after 3pm" -> a window, a negation, days, a bound.

Nothing is decided here but the meaning of single phrases; `wish_reading` puts them together. Words that say nothing are
left out.
"""

import re
import unicodedata

from calendar_sync.wish_dates import DATE_PHRASES, Read, same
from calendar_sync.wish_tokens import Dates, Part, Time, Token, Word

_COUNT = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {word: str(n) for n, word in enumerate(_COUNT, 2)}
PARTS = {
    "morning": (420, 720),
    "early morning": (360, 540),
    "late morning": (600, 720),
    "afternoon": (720, 1080),
    "early afternoon": (720, 900),
    "late afternoon": (900, 1080),
    "evening": (1020, 1320),
    "night": (1200, 1440),
    "lunchtime": (720, 840),
    "office hours": (540, 1020),
}
_WORDS: dict[Word, str] = {
    "any": r"any ?time|any ?day|any (?:of the )?days?|anything|everything|every ?day|daily|whenever|always|"
    r"all (?:week|days?)|asap|as soon as possible",
    "busy": r"busy|unavailable|away|impossible|on (?:holiday|vacation|leave)|out of office|booked|occupied|at work|off|bad|"
    r"travel(?:l?ing)?|work(?= (?:until|till|from|on|every)(?!\w))",
    "fine": r"fine|ok(?:ay)?|good|great|works?|working|possible|available|free|perfect|better|best|suits?|convenient|"
    r"no (?:problem|worries|preference)|not (?:sure|certain)",
    "not": r"not|\w+n't|cant|dont|cannot|never|no|nor|neither|except(?:ing)?(?: for)?|apart from|other than|besides|"
    r"without|excluding|unable|avoid|instead of|all but",
    "but": r"but|however|though|although",
    "onwards": r"onwards?|(?:or|and) (?:later|after)(?! ?\d)|at the earliest",
    "or earlier": r"(?:or|and) (?:earlier|before)(?! ?\d)|at the latest",
    "and": r"(?:and|as well as|also|plus)(?!\w)|[&/+]",
    "or": r"or",
    "after": r"after|later than|past|earliest",
    "from": r"from|since|starting(?: from| on| at)?|as of|beginning",
    "before": r"before|earlier than|prior to|by|latest",
    "until": r"until|till|til|up to",
    "to": r"(?:to|through|thru)(?!\w)|-",
    "between": r"between|btw",
    "at": r"(?:at|around|about|about at|circa|roughly)(?!\w)|@",
    "week of": r"(?:the )?week (?:of|starting|beginning|commencing|from)(?: on)?",
    "stop": r"[;.!?\n]",
    "pause": r",|so(?!\w)",
}


def tokens(text: str, today: int) -> list[Token]:
    """What `text` says, in its order. `today` is the date of whoever wrote it."""
    text = _plain(text)
    found: list[Token] = []
    at = 0
    while at < len(text):
        meant, at = _phrase(text, at, today)
        found += meant
    return found


def _phrase(text: str, at: int, today: int) -> tuple[list[Token], int]:
    """What begins at `at`, and where it ends; of a word that says nothing, only where it ends."""
    for pattern, read in _PHRASES:
        if (match := pattern.match(text, at)) and (meant := read(match, today)):
            return meant, match.end()
    word = _REST.match(text, at)
    return [], word.end() if word else at + 1


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text[:500]).casefold()
    text = re.sub("[\u2010-\u2015\u2212]", "-", text).replace("\u2019", "'").replace("\u00a0", " ")
    text = re.sub(r"\b([ap])\.\s?m\b\.?", r"\1m", text)
    text = re.sub(r"\bo'?clock\b|\buhr\b", "", text)
    text = re.sub(rf"\b({'|'.join(_NUMBERS)})\b", lambda m: _NUMBERS[m.group()], text)
    text = re.sub(r"\bhalf past (\d{1,2})\b", r"\1:30", text)
    return re.sub(r"[ \t\r\f\v]+", " ", text)


def _this_part(m: re.Match[str], today: int) -> list[Token]:
    part = "evening" if m[0] == "tonight" else m[1]
    return [Dates((today,)), Part(*PARTS[part])]


def _part(m: re.Match[str], today: int) -> list[Token]:
    name = re.sub(r"^lunch(?: ?time)?$", "lunchtime", m[1])
    return [Part(*PARTS["office hours" if name.endswith("hours") else name])]


def _time(m: re.Match[str], today: int) -> list[Token]:
    hour, minute, half = int(m[1]), int(m[2] or m[3] or 0), m[4] or ""
    if hour > 24 or minute > 59 or (hour == 24 and minute) or (half and not 1 <= hour <= 12):
        return []
    exact = m[2] is not None or "h" in m[0] or bool(half)
    # "03:30" and "00:15" are times of the 24-hour clock; "3:30" may be one of the afternoon.
    return [Time(hour, minute, not exact, half or ("am" if m[1].startswith("0") and hour < 12 else ""))]


def _noon(m: re.Match[str], today: int) -> list[Token]:
    return [Time(12, 0)] if m[0] != "midnight" else [Time(24, 0)]


_REST = re.compile(r"\w+(?:'\w+)?")
_MARKS = ("stop", "pause", "to", "and", "at")  # those that may stand next to a letter or digit
_NAMED = r"early morning|late morning|early afternoon|late afternoon|morning|afternoon|evening|night|lunch(?: ?time)?"
_OFFICE = r"(?:office|working|business|work) hours"
_PHRASES: list[tuple[re.Pattern[str], Read]] = [
    (re.compile(pattern), read)
    for pattern, read in (
        (r"tonight\b", _this_part),
        (r"this (morning|afternoon|evening)\b", _this_part),
        *DATE_PHRASES,
        (rf"({_NAMED}|{_OFFICE})s?\b", _part),
        (r"(?:after work|end of (?:the )?day)\b", same(Part(1020, 1320))),
        (r"(?:noon|midday|midnight)\b", _noon),
        (
            r"(\d{1,2})(?:[:.h](\d\d)|h(\d\d)?)? ?([ap]m)?(?![\w:])(?! ?(?:(?:min|minute|hour|day|week|month|people)s?\b|%))",
            _time,
        ),
        *((rf"(?:{pattern})(?!\w)" if word not in _MARKS else pattern, same(word)) for word, pattern in _WORDS.items()),
    )
]
