"""The scorer's copy without whom it is about: names, ways to reach somebody, schools, pronouns somebody goes by.

Only what a model reads is changed. Quotes are checked against the candidate's own text afterwards, so people read what was
said. Where a name is also an everyday word, it is only taken out where it can't be one.
"""

import re
from collections.abc import Iterable, Sequence

NAME, CONTACT, SCHOOL = "[name]", "[contact]", "[school]"

_CONTACT = re.compile(
    r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b|\bhttps?://\S+|\bwww\.\S+|\b(?:linkedin|github|instagram|t)\.(?:com|me)/\S+"
    r"|(?<![\w@])@[A-Za-z_]\w{2,31}\b|(?<![\w.])\+\d[\d ()/-]{7,}\d",
    re.IGNORECASE,
)
_CAPITAL = r"(?!(?:At|In|From|The|My|Our|And|On|As|By|An|Der|Die|Das|Am|An)\b)[A-Z\u00c0-\u00de][\w'\u2019-]*"
_SCHOOL = re.compile(
    rf"\b(?:University|College|Institute of Technology) of (?:the )?{_CAPITAL}(?: {_CAPITAL}){{0,2}}"
    rf"|\b(?:{_CAPITAL} ){{1,3}}(?:University|College|Institute of Technology|High School|Business School)\b"
    rf"|\b(?:Technische |Freie )?(?:Universität|Hochschule|Fachhochschule|TU|FH|Uni) {_CAPITAL}"
)
_PRONOUNS = re.compile(
    r"[(\[]\s*(?:she|he|they|sie|er)\s*/\s*(?:her|him|them|ihr|ihm)(?:\s*/\s*\w+)?\s*[)\]]"
    r"|\b(?:my pronouns are|i go by|i use) (?:she|he|they)\b(?:\s*(?:/|and)\s*(?:her|him|them)\w*)?",
    re.IGNORECASE,
)
_TITLE = r"(?:\b(?:Mr|Mrs|Ms|Mx|Dr|Herr|Frau)\.? +)?"
_INTRODUCES = r"\b(?:i am|i'm|i\u2019m|my name is|my name's|this is|call me|ich bin|ich hei(?:ss|ß)e|mein name ist) +"
# Given and family names that are everyday words too.
_WORDS = frozenset(
    [
        "will",
        "mark",
        "may",
        "grace",
        "hope",
        "rose",
        "joy",
        "faith",
        "june",
        "april",
        "august",
        "summer",
        "art",
        "bill",
        "jack",
        "frank",
        "grant",
        "chase",
        "hunter",
        "rich",
        "pat",
        "sue",
        "drew",
        "dean",
        "miles",
        "page",
        "price",
        "young",
        "long",
        "brown",
        "white",
        "black",
        "green",
        "gray",
        "cook",
        "baker",
        "king",
        "knight",
        "day",
        "rain",
        "sky",
        "star",
        "hardy",
        "short",
        "small",
        "strong",
        "sharp",
        "swift",
        "best",
        "case",
        "field",
        "wood",
        "woods",
        "stone",
        "rivers",
        "banks",
        "bush",
        "lane",
        "hill",
        "ford",
        "carter",
        "mason",
        "christian",
        "ernst",
        "klein",
        "lange",
        "gross",
        "jung",
        "koch",
        "bauer",
        "weiß",
        "schwarz",
        "roth",
        "winter",
        "sommer",
        "herbst",
    ]
)


def name_parts(names: Iterable[str]) -> tuple[str, ...]:
    """The words of names that are looked for, the longest first; initials are left alone."""
    parts = {p.strip(".,;") for name in names for p in re.split(r"[\s\-]+", name)}
    return tuple(sorted((p for p in parts if len(p) >= 2 and any(c.isalpha() for c in p)), key=lambda p: (-len(p), p)))


def blinded(text: str, parts: Sequence[str]) -> str:
    """The text without contacts, schools, pronouns and the names of `parts` (`name_parts`)."""
    text = _PRONOUNS.sub("", _SCHOOL.sub(SCHOOL, _CONTACT.sub(CONTACT, text)))
    if not parts:
        return text
    either = "|".join(map(re.escape, parts))
    text = re.sub(rf"({_INTRODUCES})(?:{either})\b", rf"\1{NAME}", text, flags=re.IGNORECASE)
    text = re.sub(rf"{_TITLE}\b(?:{either})(?:[ -]+(?:{either}))+\b", NAME, text, flags=re.IGNORECASE)
    alone = "|".join(map(re.escape, sorted({p[:1].upper() + p[1:] for p in parts}, key=lambda p: (-len(p), p))))
    found = re.compile(rf"{_TITLE}\b(?P<part>{alone})\b(?:['\u2019]s\b)?")
    text = found.sub(lambda m: m.group() if _everyday(text, m) else NAME, text)
    return re.sub(rf"{re.escape(NAME)}(?:[ -]+{re.escape(NAME)})+", NAME, text)


def _everyday(text: str, found: re.Match[str]) -> bool:
    """Could this be the everyday word at the start of a sentence, and not the name?"""
    if found["part"].casefold() not in _WORDS or found.start() != found.start("part"):
        return False
    before = text[: found.start()].rstrip()
    return not before or before[-1] in ".!?:;\u2026\n" or text[: found.start()].endswith("\n")
