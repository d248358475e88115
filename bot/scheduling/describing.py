"""What stands in a calendar about an appointment: for an interviewer a brief, for the candidate how to come.

Nobody sees the other side's text, so a candidate is never an attendee of an interviewer's entry.
"""

import re

from bot import hiring, people
from bot.keyring import Keyring
from bot.scheduling import accounts, appointments, entries, readers
from bot.scheduling.plans import Plan
from bot.settings import Settings
from bot.store import guard
from bot.store.rows import CalendarAccount, Tenant
from bot.store.store import Row, Tx
from calendar_sync.calendar import Event
from calendar_sync.intervals import Interval
from flows.words import calendar_en as words

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")
PUTS = 100  # more than an entry is ever written again for one version of its appointment


def event(
    tx: Tx, keys: Keyring, settings: Settings, row: Row, person: str, puts: int = 0, times: Interval | None = None
) -> Event:
    """The entry for one person: an interviewer, or the candidate. `puts`: how often it was written again; `times`: those
    it had, where the appointment has none any more.

    A version of the appointment counts more than all that was written again for the one before.
    """
    start, end = times or entries.times_of(tx, row, person)
    if start is None:  # a cancellation is known by its UID; the time only has to be one
        start = row["changed_at"] // 60_000
        end = start + Plan.from_json(row["plan"]).minutes
    said = appointments.words_of(tx, keys, row)
    where = said["link"] or said["place"]
    zone = readers.zone(tx, keys, row, person, settings.time_zone)
    text = _prep if person == row["candidate_id"] else _brief
    summary, description = text(tx, keys, settings, row, person, said, where)
    return Event(row["id"], row["version"] * PUTS + puts, start, end, zone, summary, description, where)


def _brief(
    tx: Tx, keys: Keyring, settings: Settings, row: Row, person: str, said: dict[str, str], where: str
) -> tuple[str, str]:
    tenant = row["tenant_id"]
    interview = hiring.get_interview(tx, tenant, row["interview_id"])
    requisition = hiring.get_requisition(tx, tenant, interview["requisition_id"])
    candidate = people.name_of(tx, keys, tenant, row["candidate_id"])
    titles = {s.key: s.title for s in Plan.from_json(row["plan"]).sessions}
    seats = guard.seats_of(tx, tenant, row["booking_id"]) if row["booking_id"] else ()
    mine = [titles.get(s.part, "") for s in seats if s.interviewer_id == person]
    others = [p for p in appointments.interviewers(tx, row) if p != person]
    names = [candidate, *(people.name_of(tx, keys, tenant, p) for p in others)]
    kit = hiring.kit_of(requisition).competencies
    own = hiring.flags(interview).get("focus", {}).get(person, ())  # divided up among those who hold it
    focus = [c.title or k for k, c in kit.items() if k in own or not own]
    url = f"{settings.base_url}/review/{interview['id']}"
    session = ", ".join(dict.fromkeys(t for t in mine if t)) or said["title"]
    brief = words.brief(requisition["title"], company_of(tx, settings, tenant), names, focus, said["note"], url)
    return words.summary(candidate, requisition["title"], session), brief


def _prep(
    tx: Tx, keys: Keyring, settings: Settings, row: Row, person: str, said: dict[str, str], where: str
) -> tuple[str, str]:
    tenant = row["tenant_id"]
    interview = hiring.get_interview(tx, tenant, row["interview_id"])
    role = hiring.get_requisition(tx, tenant, interview["requisition_id"])["title"]
    team = [people.name_of(tx, keys, tenant, p) for p in appointments.interviewers(tx, row)]
    company = company_of(tx, settings, tenant)
    return words.own_summary(company, role), words.prep(company, role, team, where)


def company_of(tx: Tx, settings: Settings, tenant_id: str) -> str:
    """Who invites: the installation's own company, or the workspace of a further tenant."""
    first = tx.find(Tenant, {}, "created_at,tenant_id", 1)
    if first and first[0]["tenant_id"] != tenant_id:
        own = tx.one(Tenant, tenant_id=tenant_id)
        return own["name"] if own else settings.company
    return settings.company


def is_address(text: str) -> bool:
    """Is it one plain mail address? Nothing else may get into a header, a calendar file, or a list of attendees."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def address_of(tx: Tx, keys: Keyring, tenant_id: str, person: str) -> str:
    """Where somebody gets their mail: as they gave it, else that of their calendar; "" where it isn't known."""
    given = people.email_of(tx, keys, tenant_id, person)
    found = [accounts.content_of(tx, keys, a).get("mail", "") for a in accounts.of_person(tx, tenant_id, person)]
    return next((mail for mail in (given, *found) if is_address(mail)), "")


def attendees(tx: Tx, keys: Keyring, row: Row, account: Row) -> tuple[str, ...]:
    """Who is named in the entry of an account: its owner first (so that they can decline), then the other interviewers.

    With Google an attendee gets a copy, so colleagues whose own calendar is written to are left out.
    """
    tenant, owner = row["tenant_id"], account["interviewer_id"]
    found = [accounts.content_of(tx, keys, account).get("mail", "")]
    for person in appointments.interviewers(tx, row):
        own = accounts.written_to(tx, tenant, person)
        if person != owner and (account["kind"] != "google" or own is None):
            found.append(address_of(tx, keys, tenant, person))
    return tuple(dict.fromkeys(mail for mail in found if is_address(mail)))


def organiser(tx: Tx, row: Row) -> str:
    """The account that makes the meeting link: the first Google calendar of those who take part; "" without one."""
    for person in appointments.interviewers(tx, row):
        account = accounts.written_to(tx, row["tenant_id"], person)
        if account is not None and account["kind"] == "google":
            return account["id"]
    return ""


def account_row(tx: Tx, tenant_id: str, account_id: str) -> Row | None:
    return tx.one(CalendarAccount, tenant_id=tenant_id, id=account_id)
