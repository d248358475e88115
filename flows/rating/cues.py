"""What a well told example tends to contain: the STAR checklist. Cues for a reader; no accuracy is claimed for it."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Star:
    """Which parts of an example show (situation, task, action, result), and counts of what makes it concrete."""

    situation: bool
    task: bool
    action: bool
    result: bool
    first_person: int
    numbers: int
    time_words: int


_CUES: dict[str, dict[str, str]] = {
    "en": {
        "situation": r"\b(?:when|while|last (?:year|month|week|summer|winter)|at my|in my|once|there was|we had|back (?:in|when)|"
        r"at the time|during|a customer|a client|our team)\b",
        "task": r"\b(?:my (?:job|task|role|part|goal|responsibility)|i (?:had|needed|was asked|was responsible|was supposed|"
        r"was in charge)|responsible for|the goal was|we needed to|deadline)\b",
        "action": r"\bi(?:'ve| have|'d| had)?(?: \w+ly| then| also| first| just)?\s+(?:\w{2,}ed|wrote|built|made|took|led|ran|"
        r"spoke|told|went|found|set|put|brought|gave|got|began|chose|kept|sent|taught|drew|cut|held|met|called|did|fixed)\b",
        "result": r"\b(?:result\w*|in the end|finally|eventually|as a result|outcome|led to|reduced|increased|improved|saved|"
        r"went (?:down|up)|dropped|ended up|which meant|since then|afterwards|now we)\b",
        "time": r"\b(?:yesterday|today|last|ago|years?|months?|weeks?|days?|hours?|minutes?|monday|tuesday|wednesday|thursday|"
        r"friday|saturday|sunday|january|february|march|april|june|july|august|september|october|november|december|"
        r"then|after|before|later|meanwhile|first|next)\b",
    },
    "de": {
        "situation": r"\b(?:als|letzte\w* (?:jahr|monat|woche)|bei meine\w*|in meine\w*|einmal|damals|es gab|wir hatten|"
        r"während|ein\w* kund\w+|unser team)\b",
        "task": r"\b(?:meine (?:aufgabe|rolle|verantwortung)|mein (?:ziel|teil|job)|ich (?:musste|sollte|war (?:zuständig|"
        r"verantwortlich))|verantwortlich für|zuständig für|das ziel war|frist)\b",
        "action": r"\b(?:ich (?:habe|hab|bin)\b.{0,60}?\b\w{3,}(?:t|en)|(?:habe|hab|bin) ich\b.{0,60}?\b\w{3,}(?:t|en)|"
        r"ich \w{3,}te|ich (?:schrieb|sprach|nahm|ging|fand|rief|gab|begann|blieb))\b",
        "result": r"\b(?:ergebnis\w*|am ende|schließlich|letztlich|dadurch|führte zu|gesunken|gestiegen|verbessert|reduziert|"
        r"gespart|seitdem|danach|daraufhin|letztendlich)\b",
        "time": r"\b(?:gestern|heute|letzte\w*|vor|jahr\w*|monat\w*|woche\w*|tag\w*|stunde\w*|minute\w*|montag|dienstag|mittwoch|"
        r"donnerstag|freitag|samstag|sonntag|dann|danach|später|zuerst|nachdem|bevor)\b",
    },
}  # fmt: skip
_COMPILED = {
    language: {name: re.compile(cue, re.IGNORECASE) for name, cue in cues.items()} for language, cues in _CUES.items()
}
_NUMBER = re.compile(
    r"(?<![\w.])[€$£]?\d[\d.,:]*\s?%?|\b(?:two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|forty|fifty|"
    r"hundred|thousand|half|twice|double|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwanzig|hundert|tausend|halb|"
    r"doppelt)\b",
    re.IGNORECASE,
)


def star(text: str, language: str) -> Star:
    """The checklist of one answer. Languages without cues of their own get numbers only."""
    cues = _COMPILED.get(language, {})

    def seen(name: str) -> int:
        return sum(1 for _ in cues[name].finditer(text)) if name in cues else 0

    actions = seen("action")
    return Star(
        situation=seen("situation") > 0,
        task=seen("task") > 0,
        action=actions > 0,
        result=seen("result") > 0,
        first_person=actions,
        numbers=sum(1 for _ in _NUMBER.finditer(text)),
        time_words=seen("time"),
    )


def own_act(text: str, language: str) -> bool:
    """Does the sentence say in the first person what its writer did?"""
    return language in _COMPILED and bool(_COMPILED[language]["action"].search(text))


def measured(text: str, language: str) -> bool:
    """Does the sentence give an outcome together with a number?"""
    return language in _COMPILED and bool(_NUMBER.search(text) and _COMPILED[language]["result"].search(text))
