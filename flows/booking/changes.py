"""What moving and cancelling a booked time have in common: how it stands, and what is left where it can't be done."""

from flows.booking.search import RESTING
from flows.cards import Card
from flows.repair import intent
from flows.scheduling import HowItStands, Standing
from flows.steps import call, choose, note, say
from flows.typed import tokens
from flows.words import change_en as words
from flows.words.en import HUMAN_COMING

LONGEST_ORDER = 8  # words: anything longer says more than that it should be cancelled


async def as_it_is(key: str, appointment: str) -> Standing:
    """The appointment as it is now; asked for until it can be told."""
    n = 0
    while True:
        n += 1
        now = await call(f"{key}#{n}", HowItStands(appointment))
        if isinstance(now, Standing):
            return now
        options = [words.TRY_AGAIN]
        await choose(f"{key}#{n}.failed", words.CANNOT_LOOK, options, read=lambda _: "again", patience=RESTING)


async def person_or_not(key: str, card: Card) -> None:
    """It can't be done here: a person can help, where that is wanted."""
    options = [words.HUMAN, words.LEAVE]
    if await choose(key, card, options, own=_human, patience=RESTING) == words.HUMAN.id:
        await note(f"{key}.asked", "human_asked", step=key)
        await say(f"{key}.coming", HUMAN_COMING)
    else:
        await say(f"{key}.left", words.ALL_RIGHT)


def _human(text: str) -> str | None:
    return words.HUMAN.id if intent(text) == "human" else None


def cancels(text: str) -> str | None:
    """ "cancel", "please cancel my interview": here it means the appointment, not leaving altogether."""
    said = tokens(text)
    meant = "cancel" in said and len(said) <= LONGEST_ORDER and not {"don", "dont", "not", "never"} & set(said)
    return "cancel" if meant else None
