"""What the conversations around a booked time share: is it still so, and what do typed words mean?"""

import re
from dataclasses import dataclass

from flows.booking.changes import as_it_is
from flows.cards import Card
from flows.repair import OWN
from flows.scheduling import HowItStands, Standing
from flows.steps import Ask, Lapsed, Patience, Wrong, ask, call, say
from flows.typed import tokens
from flows.words import attending_en as words
from flows.words.en import WELCOME_BACK
from flows.words.legal_en import AI_AGAIN

RESTING = Patience(0, 0)  # nobody is hurried, and nothing rests: the start ends it
REPAIRS = frozenset({"help", "repeat", "change"})
MOST_LATE = 60  # minutes; later than this is another time
_NEGATED = r"\b(?:not|never|\w*n t|no|unless|if|maybe|perhaps|but)\b"
_YES = (
    r"(?:yes|yeah|yep|yup|ok|okay|sure|fine|great|perfect|sounds good|all good|confirm|confirmed|see you|coming"
    r"|i m coming|on my way|i m on my way|of course|will do|(?:i ll|i will|we ll|we will) (?:be there|come|make it)"
    r"|thanks|thank you)\b"
)
_CANNOT = (
    r"\b(?:can t(?! wait)|cant(?! wait)|cannot|can not|won t (?:be (?:able|there|coming)|make|come|manage)|unable|not (?:able|coming|possible)"
    r"|(?:an ?other|a different|other|a new) (?:time|day|date)|reschedule|postpone|move it|(?:i m|i am) (?:ill|sick))\b"
)
_LATE = r"\b(?:late|delayed|held up|stuck in)\b"
_NOT_LATE = r"\b(?:not|never|won t) (?:be |running )?(?:too )?late\b"
_HOURS = frozenset({"h", "hr", "hrs", "hour", "hours"})
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "five": 5, "ten": 10, "fifteen": 15, "twenty": 20}
_AMOUNT = re.compile(rf"\b(\d{{1,4}}|{'|'.join(_NUMBERS)}) ?(minutes?|mins?|min|m|hours?|hrs?|h)\b|\b(\d{{1,4}})\b")


@dataclass(frozen=True, slots=True)
class Told:
    """What this person was told: an appointment at one version, what it is called and when it begins (ms)."""

    appointment: str
    version: int
    title: str
    start: int

    def holds(self, found: Standing) -> bool:
        """Is it still so, for them?"""
        return found.version == self.version and found.state not in ("open", "cancelled") and found.yours


async def holds_now(told: Told) -> Standing | None:
    """Asked before the first word: is it still what they were told? If not, they hear what is true, and it's None."""
    found = await call("stands", HowItStands(told.appointment))
    if not isinstance(found, Standing):
        return None  # nothing is known of it any more, so there is nothing to remind of
    return await _or_truth("changed", told, found)


async def holds_still(key: str, told: Told) -> Standing | None:
    """Asked after an answer, before anything is done: minutes or days have passed since the question."""
    return await _or_truth(f"{key}.changed", told, await as_it_is(key, told.appointment))


async def _or_truth(key: str, told: Told, found: Standing) -> Standing | None:
    if told.holds(found):
        return found
    await say(key, words.truth(told.title, told.start, found))
    return None


def asks_how_late(side: str) -> Ask:
    """The question how late; what it brings is read by `late_by`."""
    return ask("late", words.how_late(side), how_late, patience=RESTING)


def late_by(n: str | Lapsed) -> str | Lapsed:
    """ "late.10"; "other" where they would rather not come at all."""
    return f"late.{n}" if isinstance(n, str) and n.isdecimal() else n


def more_repairs(*, side: str, **_: object) -> frozenset[str]:
    """A candidate can reach a person and ask about themselves; the other side must not read about a candidate here."""
    return OWN | {"human"} if side == words.CANDIDATE else frozenset()


def greet(*, company: str, **_: object) -> Card:
    """Said first when the person comes back on another device (AI disclosure on each resume)."""
    return Card(AI_AGAIN.filled(company=company), title=WELCOME_BACK)


# -- what typed words mean ------------------------------------------------------------------------------


def minutes(text: str) -> int | None:
    """How many minutes are meant ("10", "ten minutes", "half an hour"); of two numbers the larger; None: none."""
    said = plain(text).replace("half an hour", "30 minutes")
    found = [
        (_NUMBERS.get(n) or int(n)) * (60 if unit in _HOURS else 1) if n else int(bare)
        for n, unit, bare in _AMOUNT.findall(said)
    ]
    return max(found, default=None)


def how_late(text: str) -> str | Wrong:
    """The answer to "how late?": a number of minutes as text, or that another time is wanted ("other")."""
    n = minutes(text)
    if n is None:
        return "other" if cannot(text) else Wrong(words.A_NUMBER)
    return str(n) if 0 < n <= MOST_LATE else Wrong(words.VERY_LATE)


def lateness(text: str) -> str | None:
    """ "late" or "late.10" where somebody says so; None where it's about something else."""
    said = plain(text)
    if not re.search(_LATE, said) or re.search(_NOT_LATE, said):
        return None
    n = minutes(text)
    return f"late.{n}" if n is not None and 0 < n <= MOST_LATE else "late"


def cannot(text: str) -> bool:
    """Does somebody say that they can't come, or want another time?"""
    said = plain(text)
    return said in ("no", "nope", "no sorry", "sorry no") or re.search(_CANNOT, said) is not None


def agrees(text: str) -> bool:
    """A plain yes: not a question, and without a but."""
    said = plain(text)
    if text.strip() == "\N{THUMBS UP SIGN}":
        return True
    unclear = "?" in text or re.search(_NEGATED, said.replace("can t wait", ""))
    return not unclear and re.match(_YES, said) is not None


def numbered(text: str, ids: tuple[str, ...]) -> str | None:
    """The option whose number was typed."""
    said = plain(text)
    return ids[int(said) - 1] if said.isdecimal() and 0 < int(said) <= len(ids) else None


def plain(text: str) -> str:
    """Lower case, without punctuation: "can't" becomes "can t"."""
    return " ".join(tokens(text))
