"""Where somebody is, so that every time is shown in their own: guessed and confirmed, or asked for."""

from flows.booking.search import INSTEAD, Search
from flows.cards import Card, Option
from flows.requests import Unavailable
from flows.scheduling import FindZone, GuessZone, Zones
from flows.steps import Wrote, call, note
from flows.words import booking_en as words

MOST = 8  # places to choose from where a name means several


async def where(search: Search, at: str = "", guess: bool = True) -> str:
    """Settle `search.zone`; "" once it is, or what the person decided for instead."""
    said: str | Wrote = ""
    if guess:
        likely = await call(f"zone{at}.guess", GuessZone(search.appointment))
        if isinstance(likely, Zones) and likely.found:
            zone, label, now = likely.found[0]
            said = await search.question(f"zone{at}", words.are_you_in(label, now), [words.YES_THERE, words.ELSEWHERE])
            if said == words.YES_THERE.id:
                return await _settle(search, at, zone)
    return await _asked(search, at, said)


async def _asked(search: Search, at: str, said: str | Wrote) -> str:
    """Ask for a city until one is found. `said`: what was answered to the guess, perhaps a city already."""
    n, card = 0, words.CITY
    back = [words.BACK] if search.zone else []
    while True:
        if isinstance(said, str) and said in INSTEAD:
            return said
        if said == words.BACK.id:
            return ""
        if isinstance(said, Wrote):
            key = f"{at}.{said.utterance}"
            found = await call(f"place{key}", FindZone(said.text))
            zones = () if isinstance(found, Unavailable) else found.found
            said = await _which(search, key, zones)
            if isinstance(said, Wrote) or said in INSTEAD:
                continue
            if said:
                return await _settle(search, at, said)
            card = words.CITY_OTHER if zones else words.CITY_AGAIN
            card = words.CITY_TROUBLE if isinstance(found, Unavailable) else card
        n += 1
        said = await search.question(f"city{at}#{n}", Card(card, tone="question"), back)


async def _which(search: Search, key: str, zones: tuple[tuple[str, str, str], ...]) -> str | Wrote:
    """The zone meant, "" for none of them; or another place, in words."""
    if len(zones) < 2:
        return zones[0][0] if zones else ""
    options = [words.place(n, label, now) for n, (_, label, now) in enumerate(zones[:MOST])]
    card = Card(words.WHICH_PLACE, tone="question")
    said = await search.question(
        f"which{key}", card, [*options, words.NOT_LISTED], read=lambda text: _part(options, text)
    )
    if isinstance(said, Wrote) or said in INSTEAD:
        return said
    return next((zones[n][0] for n, o in enumerate(options) if o.id == said), "")


def _part(options: list[Option], text: str) -> str | None:
    """A part of a label that only one has: "Illinois"."""
    found = [o.id for o in options if text.strip(" .").casefold() in o.label.casefold()]
    return found[0] if len(found) == 1 else None


async def _settle(search: Search, at: str, zone: str) -> str:
    search.zone = zone
    await note(f"zone{at}.given", "zone_given", appointment=search.appointment, zone=zone)
    return ""
