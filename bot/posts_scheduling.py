"""The hiring channel's post about an appointment: a view of stored state, as in `bot.posts`.

Its times are in the zone of the plan, which is that of whoever asked for it. Of the candidate it holds the name, and
whether they have confirmed; not why something was cancelled, nor what they wrote.
"""

from dataclasses import dataclass

from bot import hiring, people
from bot.keyring import Keyring
from bot.scheduling import appointments
from bot.scheduling.plans import CANDIDATE, Plan
from bot.store import guard
from bot.store.store import Row, Tx
from calendar_sync import when
from flows.cards import Card, Tone
from flows.cards import Row as CardRow
from flows.words import schedule_en as words

_TONES: dict[str, Tone] = {"booked": "done", "over": "done", "cancelled": "aside", "missed": "notice"}


@dataclass(frozen=True, slots=True)
class AppointmentState:
    """What the post is computed from.

    sessions: (title, when, names); attendance: (name, what they last said about coming); silent: who was asked to
    confirm and hasn't yet.
    """

    candidate: str
    role: str
    title: str
    state: str
    at: str
    sessions: tuple[tuple[str, str, tuple[str, ...]], ...]
    attendance: tuple[tuple[str, str], ...] = ()
    silent: tuple[str, ...] = ()


def appointment_state(tx: Tx, keys: Keyring, row: Row) -> AppointmentState:
    """Read an appointment's state for its post."""
    tenant, plan = row["tenant_id"], Plan.from_json(row["plan"])

    def name(person: str) -> str:
        return people.name_of(tx, keys, tenant, person)

    interview = hiring.get_interview(tx, tenant, row["interview_id"])
    requisition = hiring.get_requisition(tx, tenant, interview["requisition_id"])
    seats = guard.seats_of(tx, tenant, row["booking_id"]) if row["booking_id"] else ()
    sessions: list[tuple[int, tuple[str, str, tuple[str, ...]]]] = []
    for session in plan.sessions:
        mine = [s for s in seats if s.part == session.key and s.part != CANDIDATE]
        if mine:
            at = when.clock(mine[0].start, plan.zone)
            sessions.append((mine[0].start, (session.title, at, tuple(name(s.interviewer_id) for s in mine))))
    said = appointments.attendance(row)
    everybody = (row["candidate_id"], *appointments.interviewers(tx, row))
    at = ""
    if row["start_minute"] is not None and row["end_minute"] is not None:
        at = when.spoken_range(row["start_minute"], row["end_minute"], plan.zone)
    words_of = appointments.words_of(tx, keys, row)
    usual = {"loop": words.INTERVIEW_DAY, "bot": words.WITH_PARLEY}.get(row["kind"], words.INTERVIEW)
    return AppointmentState(
        name(row["candidate_id"]),
        requisition["title"],
        words_of["title"] or usual,
        row["state"],
        at,
        tuple(s for _, s in sorted(sessions)),
        tuple((name(p), a) for p, a in said.items()),
        tuple(name(p) for p in everybody if p not in said) if row["state"] == "booked" else (),
    )


def appointment_card(state: AppointmentState) -> Card:
    """The post, from its state alone."""
    said = words.STATES[state.state].format(name=state.candidate)
    text = f"{state.title}: {said}"
    if state.at and state.state not in ("open", "cancelled"):
        text += f", {state.at}"
    rows: list[CardRow] = []
    for title, at, names in state.sessions if state.state not in ("open", "cancelled") else ():
        several = len(state.sessions) > 1
        rows.append(
            CardRow(title if several else words.WHO, f"{at}: {', '.join(names)}" if several else ", ".join(names))
        )
    confirmed = [n for n, answer in state.attendance if answer == "confirmed"]
    rows += [CardRow(words.CONFIRMED, ", ".join(confirmed))] if confirmed else []
    rows += [CardRow(n, words.attends(a)) for n, a in state.attendance if a != "confirmed"]
    rows += [CardRow(words.NOT_CONFIRMED, ", ".join(state.silent))] if state.silent else []
    tone = _TONES.get(state.state, "plain")
    return Card(text + ".", title=words.post_title(state.candidate, state.role), tone=tone, rows=tuple(rows))


def appointment_post(tx: Tx, keys: Keyring, tenant_id: str, appointment_id: str) -> Card | None:
    """The post from what is stored now; None when the appointment is gone."""
    try:
        row = appointments.get(tx, tenant_id, appointment_id)
    except appointments.NoSuchAppointment:
        return None
    return appointment_card(appointment_state(tx, keys, row))
