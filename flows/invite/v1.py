"""The first conversation: an automated interviewer introduces itself and asks what it may do.

The order is the law's (design: privacy.md, section 2): what it is, where the person lives, the notice, three
separate questions, an offer of adjustments. Ends with "interview", or "human" where the person prefers one.
"""

from flows.cards import Card, Option, Row
from flows.interviews import place
from flows.steps import Patience, Wrong, ask, choose, note, say
from flows.words import en, legal_en
from flows.words import invite_en as words
from flows.words.legal_en import Legal

CALM = Patience(nudge=0)  # nobody is hurried towards an agreement
RESTING = Patience(0, 0)
CONSENTS = {
    "interview": legal_en.CONSENT_INTERVIEW,
    "scoring": legal_en.CONSENT_SCORING,
    "recording": legal_en.CONSENT_RECORDING,
}


async def invite(
    *,
    candidate_name: str,
    company: str,
    role_title: str,
    role_site: str,
    minutes: int,
    competencies: tuple[str, ...],
    scorer: str,
    retention_days: int,
    recording_days: int = 30,
    listener: str = "on our own server",
    contact: str,
    deadline: str,
    notice_url: str = "",
    live: bool = True,
    by_appointment: bool = False,
) -> str:
    """Everything that comes before the interview; the result is "interview", "booking" or "human".

    competencies: titles, as a candidate should read them. scorer: what reads the answers ("text matching, on
    our own server", or a model's host). retention_days, recording_days: how long text and recordings are kept. listener:
    where recordings are turned into text, if any are. deadline: a day, as a person writes it. live: the interview may be held at a
    time that is booked first; by_appointment: it has to be. Facts: opened, residence_given, notice_given, consent,
    accommodation_asked, and at the end consented or human_chosen.
    """
    await say("hello", legal_en.AI_DISCLOSURE.filled(name=candidate_name, company=company, role=role_title))
    await note("opened", "opened")
    await _residence(1, role_site)
    facts = {"company": company, "role": role_title, "minutes": minutes, "competencies": ", ".join(competencies)}
    kept: dict[str, str | int] = {"days": retention_days, "recording_days": recording_days, "listener": listener}
    await _notice(facts | kept | {"scorer": scorer, "contact": contact}, notice_url)

    n = 1
    while True:
        consents = await _consents(n, scorer, kept)
        if consents["interview"] == "no":
            await _agreed(n, consents)
            return await _person(contact)
        if n == 1 and await _accommodation() == "person":
            return await _person(contact)
        start = words.starts(live, by_appointment)
        ready = words.ready(consents, minutes, deadline, by_appointment)
        when = await choose(_nth("start", n), ready, start, patience=CALM)
        if when != "change":
            break
        n += 1
        await _residence(n, role_site)
    await _agreed(n, consents)
    await note("consented", "consented")
    if when == "later":
        await _later(company, deadline)
    return "booking" if when == "book" else "interview"


async def _residence(n: int, role_site: str) -> None:
    home = await ask(_nth("residence", n), words.residence(role_site), _home)
    # The keys carry the answer, so that a corrected answer is said and stated anew.
    await note(_nth(f"residence.{home}", n), "residence_given", place=home, role_site=place.read(role_site))
    await say(_nth(f"rules.{home}", n), words.rules(place.title(home)))


def _home(text: str) -> str | Wrong:
    if text.rstrip().endswith("?"):
        return Wrong(words.WHY_A_PLACE)
    return Wrong(words.NO_POSTCODE) if place.postal(text) else place.read(text)


async def _notice(facts: dict[str, str | int], url: str) -> None:
    """The short notice, and the long one behind a link (or below it, where there is no page to link to)."""
    await say("notice", words.notice(legal_en.NOTICE_SHORT.filled(**facts), url))
    if not url:
        await say("notice.long", Card(legal_en.NOTICE_LONG.filled(**facts), tone="notice"))
    for legal in (legal_en.NOTICE_SHORT, legal_en.NOTICE_LONG):
        await note(f"given.{legal.id}", "notice_given", **_shown(legal))


async def _consents(n: int, scorer: str, kept: dict[str, str | int]) -> dict[str, str]:
    """The three questions, for the nth time. Who prefers a person isn't asked the other two: they'd be moot."""
    yes_no = [words.INTERVIEW_YES, words.INTERVIEW_NO]
    if await _asked("interview", n, words.consent_interview(), yes_no) == "no":
        person = [words.PERSON_YES, words.PERSON_NO]
        if await choose(_nth("instead", n), words.A_PERSON, person, patience=CALM) == "human":
            return {"interview": "no"}
    scoring = await _asked("scoring", n, words.consent_scoring(scorer), [words.SCORING_YES, words.SCORING_NO])
    record = await _asked("recording", n, words.consent_recording(kept), [words.RECORDING_YES, words.RECORDING_NO])
    return {"interview": "yes", "scoring": scoring, "recording": record}


async def _asked(kind: str, n: int, card: Card, options: list[Option]) -> str:
    return await choose(_nth(f"consent.{kind}", n), card, options, patience=CALM)


async def _agreed(n: int, consents: dict[str, str]) -> None:
    """State the answers once they are settled: a question that wasn't asked is no answer."""
    for kind, answer in consents.items():
        shown = _shown(CONSENTS[kind])
        await note(_nth(f"agreed.{kind}", n), "consent", kind=kind, answer=answer, **shown)


async def _accommodation() -> str:
    wish = await choose("adjust", words.accommodation(), en.ACCOMMODATIONS, patience=CALM)
    if wish != "none":
        await note(f"adjust.{wish}", "accommodation_asked", wish=wish)
    if wish not in ("none", "person"):
        await say(f"adjusted.{wish}", en.ACCOMMODATED[wish])
    return wish


async def _person(contact: str) -> str:
    await note("human", "human_chosen")
    await say("person", words.person(contact))
    return "human"


async def _later(company: str, deadline: str) -> None:
    """Rest until the person writes again; whatever they write brings them back."""
    options, n = [words.START, words.NOT_YET], 1
    card = words.later(deadline)
    while await choose(_nth("later", n), card, options, read=_comes_back, patience=RESTING) == "later":
        n, card = n + 1, words.still_later(deadline)
    await say("again", legal_en.AI_AGAIN.filled(company=company))


def _comes_back(text: str) -> str:
    """Any message begins the interview, unless it says that it's too early."""
    said = text.casefold()
    too_early = ("not yet", "not now", "not today", "later", "tomorrow")
    return "later" if said.strip(" .") == "no" or any(w in said for w in too_early) else "start"


def _shown(legal: Legal) -> dict[str, str | int]:
    return {"id": legal.id, "version": legal.version, "hash": legal.hash, "language": legal_en.LANGUAGE}


def _nth(key: str, n: int) -> str:
    return key if n == 1 else f"{key}#{n}"


def standing(*, minutes: int, deadline: str, **_: object) -> tuple[Row, ...]:
    """What "where am I?" adds: that this is the beginning, how much comes, and until when there is time."""
    return Row(en.NEXT_STEPS, words.the_interview(minutes)), Row(en.OPEN_UNTIL, deadline)


def greet(*, company: str, **_: object) -> Card:
    """Said first whenever the person comes back after a rest (AI disclosure on each resume)."""
    return Card(legal_en.AI_AGAIN.filled(company=company), title=en.WELCOME_BACK)
