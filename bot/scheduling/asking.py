"""Somebody else takes an interviewer's sessions over: who could, asking them, and the first claim that wins.

`AskColleagues` writes a letter with a button to each of them; the button's deed calls `claim`. The seats change only
there, in the booking guard, and the engine is asked again: whoever was free may no longer be.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import orjson

from bot import hiring, people
from bot.ids import Ids
from bot.keyring import Erased, Keyring
from bot.mail import OURS
from bot.scheduling import appointments, booking, choosing, crews, finding, readers, slotting, telling
from bot.scheduling.availability import Availability, Seeker
from bot.scheduling.choosing import CLAIMED, Opening, Why
from bot.scheduling.plans import CANDIDATE, Plan, Session
from bot.scheduling.roster import MINUTE, Person
from bot.settings import Settings
from bot.store import guard
from bot.store.guard import Seat, Taken
from bot.store.rows import Appointment, FactRow, Inbox
from bot.store.store import Row, Store, Tx
from bot.work.job import Job
from calendar_sync import when
from calendar_sync.intervals import covers
from flows.cards import Card
from flows.cards import to_json as card_json
from flows.requests import Unavailable, decode_request, encode_result
from flows.scheduling import AskColleagues, Colleagues, TooLate
from flows.words import appointments_en
from flows.words import finding_en as words

MOST_ASKED = 5  # the least loaded of those who could
BUTTON = "do:claim:"  # then the appointment's id and that of the person who can't come
TEAM = ("panelist", "recruiter", "admin")


@dataclass(frozen=True, slots=True)
class Claimed:
    """The sessions are theirs now. row: the appointment as it is after that."""

    row: Row


@dataclass(frozen=True, slots=True)
class NotClaimed:
    """Nothing was changed. why: gone (somebody was first, or it is not to be had any more) or busy (it doesn't fit)."""

    why: str


class Swaps:
    """The worker `AskColleagues`, and the claim that answers it. `deliver`: have a chat's letters handed over."""

    def __init__(
        self,
        store: Store,
        keys: Keyring,
        ids: Ids,
        availability: Availability,
        settings: Settings,
        deliver: Callable[[str], None],
    ) -> None:
        self._store, self._keys, self._ids, self._availability = store, keys, ids, availability
        self._settings, self._deliver = settings, deliver

    async def ask(self, job: Job, now: int) -> dict[str, Any]:
        """AskColleagues: whoever is asked gets a letter with a button; nobody gets two for the same request."""
        request = cast("AskColleagues", decode_request(job.request))
        got, chats = await self._store.commit(lambda tx: self._ask(tx, job, request, now))
        for chat in chats:
            self._deliver(chat)
        return encode_result(got)

    def _ask(
        self, tx: Tx, job: Job, request: AskColleagues, now: int
    ) -> tuple[Colleagues | TooLate | Unavailable, list[str]]:
        row = tx.one(Appointment, tenant_id=job.row["tenant_id"], id=request.appointment)
        person = finding.person_of(tx, job.row)
        if row is None or not (mine := seats_of(tx, row, person)):
            return Unavailable("not_theirs"), []
        if row["state"] != "booked" or min(s.start for s in mine) * MINUTE <= now:
            return TooLate(words.NOBODY_TO_ASK if row["state"] == "booked" else words.OVER), []
        span = min(s.start for s in mine), max(s.end for s in mine)
        there = readers.zone(tx, self._keys, row, person, self._settings.time_zone)
        said = when.spoken_range(*span, there, now)
        note = f"fs_{job.row['id']}"
        if (asked := tx.one(FactRow, tenant_id=row["tenant_id"], id=note)) is not None:  # this work was done already
            return Colleagues(len(orjson.loads(asked["data"])["to"]), said), []
        who = colleagues(self._availability, tx, row, person, now)
        chats = [chat for one in who if (chat := self._letter(tx, row, person, one, span, now))]
        fact: Row = {"tenant_id": row["tenant_id"], "id": note, "interview_id": row["interview_id"], "at": now}
        fact |= {"conversation_id": job.row["conversation_id"], "person_id": person, "name": "swap_offered"}
        asked_now = len(chats)
        if not chats:
            who, chats = [], self._nobody(tx, row, person, span, now)
        data = {"appointment": row["id"], "start": span[0], "reason": request.reason, "to": who}
        tx.add(FactRow, {**fact, "data": orjson.dumps(data).decode()})
        return Colleagues(asked_now, said), chats

    def _nobody(self, tx: Tx, row: Row, person: str, span: tuple[int, int], now: int) -> list[str]:
        """Nobody else is free: whoever looks after the interview decides. Their chats."""
        tenant = row["tenant_id"]
        interview = hiring.get_interview(tx, tenant, row["interview_id"])
        role = hiring.get_requisition(tx, tenant, interview["requisition_id"])["title"]
        names = [telling.name_of(tx, self._keys, tenant, p) for p in (person, row["candidate_id"])]
        chats = list[str]()
        for one in readers.recruiters(tx, tenant, interview):
            there = readers.of_member(tx, self._keys, tenant, one, self._settings.time_zone)
            card = appointments_en.nobody_takes_over(names[0], names[1], role, when.spoken_range(*span, there, now))
            chats.append(self._send(tx, row, one, card, "", now))
        return [chat for chat in chats if chat]

    def _letter(self, tx: Tx, row: Row, person: str, to: str, span: tuple[int, int], now: int) -> str:
        """The question in a colleague's chat, which is returned; "" for somebody who has no chat (any more)."""
        card = self._card(tx, row, person, to, span, now)
        return self._send(tx, row, to, card, f"{BUTTON}{row['id']}:{person}", now)

    def _send(self, tx: Tx, row: Row, to: str, card: Card, token: str, now: int) -> str:
        tenant, subject = row["tenant_id"], row["candidate_id"]
        chat = people.chat_of(tx, tenant, to)
        try:
            self._keys.load(tx, tenant, subject)
        except Erased:
            return ""
        if not chat:
            return ""
        body = {"kind": "tell", "card": card_json(card), "subject_id": subject, "token": token}
        letter: Row = {"tenant_id": tenant, "source": OURS, "event_id": f"{now:014d}.0001.{self._ids.new('l')}"}
        letter |= {"thread_id": chat, "subject_id": subject, "state": "pending", "attempts": 0}
        tx.insert(Inbox, {**letter, "due_at": now, "at": now, "body": self._keys.seal(tenant, subject, body)})
        return chat

    def _card(self, tx: Tx, row: Row, person: str, to: str, span: tuple[int, int], now: int) -> Card:
        tenant = row["tenant_id"]
        interview = hiring.get_interview(tx, tenant, row["interview_id"])
        role = hiring.get_requisition(tx, tenant, interview["requisition_id"])["title"]
        there = readers.of_member(tx, self._keys, tenant, to, self._settings.time_zone)
        title = appointments.words_of(tx, self._keys, row)["title"]
        names = [telling.name_of(tx, self._keys, tenant, p) for p in (person, row["candidate_id"])]
        return words.may_take(names[0], names[1], role, when.spoken_range(*span, there, now), title)


# -- who could ------------------------------------------------------------------------------------------------------


def seats_of(tx: Tx, row: Row, person: str) -> tuple[Seat, ...]:
    """Somebody's seats of what is booked now."""
    booked = guard.seats_of(tx, row["tenant_id"], row["booking_id"]) if row["state"] == "booked" else ()
    return tuple(s for s in booked if s.interviewer_id == person and s.part != CANDIDATE)


def colleagues(availability: Availability, tx: Tx, row: Row, person: str, now: int) -> list[str]:
    """Who could take all of this person's seats: qualified, free then, the least loaded first; at most MOST_ASKED.

    Asking the engine takes milliseconds for each person, so it is asked about the least loaded ones only.
    """
    mine = seats_of(tx, row, person)
    if not mine:
        return []
    known, _ = availability.people(tx, row["tenant_id"], None, now=now)
    sitting = {s.interviewer_id for s in guard.seats_of(tx, row["tenant_id"], row["booking_id"])}
    plan = Plan.from_json(row["plan"])
    fit = [p for p in _qualified(tx, row, plan, mine, person, known) if p not in sitting]
    left = _perhaps_free(availability, tx, row, plan, mine, {p: known[p] for p in fit}, now)
    who = choosing.candidacies(tx, row["tenant_id"], known, left, mine[0].start, row["booking_id"])
    ranked: list[str] = []
    while left and len(ranked) < MOST_ASKED:
        picked = choosing.pick(row["id"], [Opening(mine[0].part, 1, tuple(left))], who, {})
        for _, chosen, *_ in picked or ():
            left.remove(chosen)
            ranked += [chosen] if _is_free(availability, tx, row, plan, mine, chosen, now) else []
    return ranked


def _perhaps_free(
    availability: Availability,
    tx: Tx,
    row: Row,
    plan: Plan,
    mine: Sequence[Seat],
    people: Mapping[str, Person],
    now: int,
) -> list[str]:
    """Those of `people` who have these times free, as far as one look at all of them shows (limits and movable events
    aside)."""
    window = min(s.start for s in mine), max(s.end for s in mine)
    gaps, moving = (plan.before, plan.after), row["booking_id"]
    free = availability.free(
        tx, row["tenant_id"], list(people), window, now=now, buffers=gaps, moving=moving, requester=row["id"]
    )
    return [
        id
        for id, person in people.items()
        if person.firm is not None or all(covers(free.get(id, []), s.start, s.end) for s in mine)
    ]


def _qualified(
    tx: Tx, row: Row, plan: Plan, mine: Sequence[Seat], person: str, known: Mapping[str, Person]
) -> list[str]:
    """Of each session: the others of the group that the seat belongs to. Of a seat by name: whoever leads one of the same
    pools, and where there are none, the interviewers of the same hiring team."""
    able = {id for id, p in known.items() if p.stamp.state == "active"} - {person}
    for seat in mine:
        session = next(s for s in plan.sessions if s.key == seat.part)
        able &= (
            _peers(tx, row, person, known)
            if person in (*session.fixed, *session.shadow)
            else _group(session, person, known)
        )
    return sorted(able)


def _group(session: Session, person: str, known: Mapping[str, Person]) -> set[str]:
    if person in slotting.learning(session, known):
        return set()  # nobody has to watch in their place
    groups = crews.crew_of(session, known).groups
    with_them = [set(who) for _, who in groups if person in who] or [set(who) for _, who in groups]
    return set[str]().union(*with_them)


def _peers(tx: Tx, row: Row, person: str, known: Mapping[str, Person]) -> set[str]:
    own = known[person].profile if person in known else None
    pools = [pool for pool in own.pools if own.leads(pool)] if own else []
    if pools:
        return {id for id, p in known.items() if p.profile and any(p.profile.leads(pool) for pool in pools)}
    interview = hiring.get_interview(tx, row["tenant_id"], row["interview_id"])
    team = people.with_role(tx, row["tenant_id"], interview["requisition_id"], *TEAM)
    return {id for id in team if id in known}


def _is_free(
    availability: Availability,
    tx: Tx,
    row: Row,
    plan: Plan,
    mine: Sequence[Seat],
    taker: str,
    now: int,
    keep: bool = True,
) -> bool:
    """Whether the engine would offer these seats to this person alone: the others sit there already."""
    seeker = Seeker(row["tenant_id"], plan, row["id"], moving=row["booking_id"])
    return all(slotting.is_free(availability, tx, seeker, taker, s.start, s.end, now, keep) for s in mine)


# -- the claim ------------------------------------------------------------------------------------------------------


def was_asked(tx: Tx, row: Row, person: str, taker: str) -> bool:
    """Was `taker` asked to take over what `person` has now? A button says nothing about that, and its time may be over."""
    mine = seats_of(tx, row, person)
    where = {"tenant_id": row["tenant_id"], "interview_id": row["interview_id"], "name": "swap_offered"}
    asked = [orjson.loads(f["data"]) for f in tx.find(FactRow, {**where, "person_id": person})]
    start = min((s.start for s in mine), default=None)
    return any((a["appointment"], a.get("start")) == (row["id"], start) and taker in a["to"] for a in asked)


def claim(availability: Availability, tx: Tx, row: Row, person: str, taker: str, now: int) -> Claimed | NotClaimed:
    """Give `person`'s seats of an appointment to `taker`. The caller announces it: the version is higher then.

    Raises Conflict where the appointment was changed in the same moment; the unit is then run again.
    """
    mine = seats_of(tx, row, person)
    if not mine or min(s.start for s in mine) * MINUTE <= now:
        return NotClaimed("gone")
    booked = guard.seats_of(tx, row["tenant_id"], row["booking_id"])
    known, _ = availability.people(tx, row["tenant_id"], None, now=now)
    plan = Plan.from_json(row["plan"])
    if taker in {s.interviewer_id for s in booked} or taker not in _qualified(tx, row, plan, mine, person, known):
        return NotClaimed("busy")
    seats = tuple(replace(s, interviewer_id=taker) if s in mine else s for s in booked)

    def still_fits(tx: Tx) -> str | None:
        return None if _is_free(availability, tx, row, plan, mine, taker, now, keep=False) else slotting.UNFIT

    ask = guard.Ask(row["tenant_id"], row["booking_id"], row["interview_id"], seats, now, still_fits)
    answer = guard.reschedule(tx, ask)
    if not isinstance(answer, guard.Booked):
        return NotClaimed("busy" if isinstance(answer, Taken) else "gone")
    values: Row = {"version": max(row["version"] + 1, answer.version), "changed_at": now}
    values |= {
        "plan": _named_anew(plan, mine, person, taker).to_json(),
        "why": _why(row, mine, person, taker),
        "attendance": _said(row, person),
    }
    booking.change(tx, row, values)
    return Claimed({**row, **values})


def _named_anew(plan: Plan, mine: Sequence[Seat], person: str, taker: str) -> Plan:
    """The plan with `taker` where `person` was named, so that moving it later asks for the right one."""
    parts = {s.part for s in mine}

    def other(who: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(taker if p == person else p for p in who)

    def session(s: Session) -> Session:
        return replace(s, fixed=other(s.fixed), shadow=other(s.shadow)) if s.key in parts else s

    return replace(plan, sessions=tuple(session(s) for s in plan.sessions))


def _why(row: Row, mine: Sequence[Seat], person: str, taker: str) -> str:
    kept = [w for w in cast("list[list[Any]]", orjson.loads(row["why"])) if w[1] != person]
    new: list[Why] = [(s.part, taker, CLAIMED, 0, 0, 0) for s in mine]
    return orjson.dumps([*kept, *new]).decode()


def _said(row: Row, person: str) -> str:
    """What the one who can't come had said about coming is void."""
    return orjson.dumps({p: a for p, a in appointments.attendance(row).items() if p != person}).decode()
