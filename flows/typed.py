"""What typed words mean where something else than a free answer was asked for: an option, a field, a question back."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from flows.cards import Field, Option
from flows.words import en as words

_QUESTION_WORDS = 30
_SHORT = 5
_POLITE = frozenset({"please", "pls", "thx", "thanks", "thank", "you", "well", "hm", "oh", "um"})
_YES = frozenset({"yes", "ye", "yeah", "yep", "yup", "sure", "fine", "ok", "okay", "y"})
_NO = frozenset({"no", "nope", "nah", "n"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """The open question is answered: `value` goes into the journal, `chosen` is shown on its card."""

    value: Any
    chosen: str = ""


def visible(text: str) -> bool:
    """Is there anything to see? Emoji count; spaces, zero-width and control characters do not."""
    return any(unicodedata.category(c)[0] not in "ZC" for c in text)


def asks_back(text: str) -> bool:
    """Does a first, short message read as a question to the interviewer rather than as an answer?"""
    text = text.strip()
    return text.endswith(("?", "？", "؟", "?!")) and len(text.split()) <= _QUESTION_WORDS and "\n\n" not in text


def named(options: tuple[Option, ...], text: str) -> str | None:
    """The option a person means by typing its number, its label, or enough of it to mean no other.

    What can't be undone (`danger`) is only ever chosen by its whole label: nobody withdraws by half a sentence.
    """
    raw = tokens(text)
    said = [w for w in raw if w not in _POLITE] or raw
    labels = {o.id: [w for w in tokens(o.label) if w not in _POLITE] or tokens(o.label) for o in options}
    # A whole label before a number: on a scale from 0 to 4, "1" is the label and not the first of the list.
    exact = next((o.id for o in options if said in (labels[o.id], [o.id])), None)
    numbered = next((o.id for n, o in enumerate(options, 1) if said == [str(n)]), None)
    if exact or numbered:
        return exact or numbered
    tame = [o.id for o in options if o.style != "danger"]
    guesses = (
        [i for i in tame if said and labels[i][: len(said)] == said],
        [i for i in tame if len(labels[i]) > 1 and set(labels[i]) <= set(said)],
        [i for i in tame if len(said) > 1 and set(said) <= set(labels[i])],
        [i for i in tame if len(raw) <= _SHORT and _same_answer(raw, labels[i])],
    )
    return next((found[0] for found in guesses if len(found) == 1), None)


def tokens(text: str) -> list[str]:
    """The words of a text, without punctuation and case."""
    return re.sub(r"[^\w\s]", " ", text).casefold().split()


def _same_answer(said: list[str], label: list[str]) -> bool:
    """Both a yes, or both a no, whatever words for it were used."""
    return any(said[:1] and said[0] in kind and label and label[0] in kind for kind in (_YES, _NO))


def problem(field: Field, value: str) -> str:
    """What is wrong with a field's value, as a sentence; empty when nothing is."""
    if field.required and not visible(value):
        return words.FIELD_REQUIRED
    if len(value) > field.max_length:
        return words.field_too_long(len(value), field.max_length)
    if value and field.kind in ("choice", "scale") and value not in [o.id for o in field.options]:
        return words.FIELD_PICK
    return ""
