# pyright: reportAssignmentType=false
# (SQLModel declares `__tablename__` as a computed attribute; a plain string is its documented use.)
"""The rows: every table of Parley, as SQLModel classes. Mapping only; no behaviour.

Every table has `tenant_id`. Instants (`*_at`, `at`) are milliseconds since the epoch, UTC. Columns named
`body` or `sealed` hold bytes encrypted under the data key of `subject_id` (a candidate, a team member or
the tenant itself); all other columns are ids, keys, states and times, and never a person's words.
"""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel


def _big(**kw: bool) -> Column[int]:
    return Column(BigInteger, nullable=kw.get("nullable", False))


def _bytes(nullable: bool = False) -> Column[bytes]:
    return Column(LargeBinary, nullable=nullable)


def _json() -> Column[str]:
    return Column(Text, nullable=False)


class Tenant(SQLModel, table=True):
    """One hiring organisation. `wrapped_key` is its key, wrapped by the master key."""

    __tablename__ = "tenant"
    tenant_id: str = Field(primary_key=True)
    name: str
    wrapped_key: bytes = Field(sa_column=_bytes())
    created_at: int = Field(sa_column=_big())


class DataKey(SQLModel, table=True):
    """The key of one subject, wrapped by the tenant's key. Erasing a person is deleting this row."""

    __tablename__ = "data_key"
    tenant_id: str = Field(primary_key=True)
    subject_id: str = Field(primary_key=True)
    wrapped: bytes = Field(sa_column=_bytes())
    created_at: int = Field(sa_column=_big())


class Person(SQLModel, table=True):
    """A candidate or a team member. `body`: {"name", "contact"}, sealed under the person's own key."""

    __tablename__ = "person"
    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    kind: str
    body: bytes = Field(sa_column=_bytes())
    created_at: int = Field(sa_column=_big())


class Identity(SQLModel, table=True):
    """How a person is known on a platform: (platform, workspace, user). One person may have several."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("tenant_id", "platform", "workspace", "user_ref"),)
    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    person_id: str
    platform: str
    workspace: str
    user_ref: str
    created_at: int = Field(sa_column=_big())


class Installation(SQLModel, table=True):
    """One workspace (Slack team, Discord guild) and whose it is. `sealed`: its bot token, under the tenant's own key;
    empty once the workspace has removed Parley (`state`: active or removed)."""

    __tablename__ = "installation"
    platform: str = Field(primary_key=True)
    workspace: str = Field(primary_key=True)
    tenant_id: str
    name: str
    state: str
    sealed: bytes | None = Field(sa_column=_bytes(nullable=True))
    at: int = Field(sa_column=_big())


class Role(SQLModel, table=True):
    """What a person may do for a requisition ("*": all of them): admin, recruiter, panelist, observer."""

    __tablename__ = "role"
    tenant_id: str = Field(primary_key=True)
    requisition_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    role: str = Field(primary_key=True)


class Requisition(SQLModel, table=True):
    """An open position: title, kit (a frozen copy), where it is, and the channel of its hiring team."""

    __tablename__ = "requisition"
    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    title: str
    kit_name: str
    kit_version: int
    kit: str = Field(sa_column=_json())
    role_site: str
    channel_id: str
    settings: str = Field(sa_column=_json())
    created_at: int = Field(sa_column=_big())


class Interview(SQLModel, table=True):
    """One candidate's interview for one requisition. `status` moves only by flows.interviews.model."""

    __tablename__ = "interview"
    __table_args__ = (Index("interview_requisition", "tenant_id", "requisition_id"),)
    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    requisition_id: str
    candidate_id: str
    status: str
    version: int
    flags: str = Field(sa_column=_json())
    created_at: int = Field(sa_column=_big())
    deadline_at: int = Field(sa_column=_big())
    submitted_at: int | None = Field(sa_column=_big(nullable=True))
    revealed_at: int | None = Field(sa_column=_big(nullable=True))


class AccessToken(SQLModel, table=True):
    """A secret link, stored as its digest. Used up by one compare-and-set."""

    __tablename__ = "access_token"
    digest: str = Field(primary_key=True)
    tenant_id: str
    purpose: str
    person_id: str
    interview_id: str
    expires_at: int = Field(sa_column=_big())
    used_at: int | None = Field(sa_column=_big(nullable=True))
    created_at: int = Field(sa_column=_big())


class Session(SQLModel, table=True):
    """A signed-in browser, stored as the digest of its secret."""

    __tablename__ = "session"
    digest: str = Field(primary_key=True)
    tenant_id: str
    person_id: str
    expires_at: int = Field(sa_column=_big())
    revoked_at: int | None = Field(sa_column=_big(nullable=True))
    created_at: int = Field(sa_column=_big())


class Consent(SQLModel, table=True):
    """One answer to one consent question or notice, with the exact text it was given for."""

    __tablename__ = "consent"
    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    interview_id: str
    kind: str
    answer: str
    text_version: str
    text_hash: str
    language: str
    platform: str
    at: int = Field(sa_column=_big())


class Thread(SQLModel, table=True):
    """One chat: a person with Parley, or a hiring channel. `next_seq` orders everything in it.

    `version` is the compare-and-set that makes turns of one chat happen one after another. A person has one chat:
    `platform` and `address` say where it is shown now. `blocked`: why nothing reaches it ("" as long as it does).
    """

    __tablename__ = "thread"
    __table_args__ = (UniqueConstraint("tenant_id", "platform", "address"),)
    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    kind: str
    person_id: str
    platform: str
    address: str
    title: str
    subject_id: str
    next_seq: int = Field(sa_column=_big())
    version: int = Field(sa_column=_big())
    blocked: str


class Conversation(SQLModel, table=True):
    """One playing of one screenplay with one person. `sealed`: its arguments."""

    __tablename__ = "conversation"
    __table_args__ = (Index("conversation_thread", "tenant_id", "thread_id", "state"),)
    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    thread_id: str
    flow: str
    flow_version: int
    interview_id: str
    subject_id: str
    sealed: bytes = Field(sa_column=_bytes())
    state: str
    step: str
    token: str
    entries: int
    opened_at: int = Field(sa_column=_big())
    last_at: int = Field(sa_column=_big())


class JournalEntry(SQLModel, table=True):
    """One line of a journal, append-only. `body`: its value."""

    __tablename__ = "journal_entry"
    __table_args__ = ({"sqlite_with_rowid": False},)
    tenant_id: str = Field(primary_key=True)
    conversation_id: str = Field(primary_key=True)
    n: int = Field(primary_key=True)
    key: str
    kind: str
    body: bytes | None = Field(sa_column=_bytes(nullable=True))
    at: int = Field(sa_column=_big())


class Utterance(SQLModel, table=True):
    """What a person said: one row for each wording. `step` is the question it was heard for."""

    __tablename__ = "utterance"
    __table_args__ = (
        Index("utterance_conversation", "tenant_id", "conversation_id"),
        Index("utterance_thread", "tenant_id", "thread_id", "seq"),
        {"sqlite_with_rowid": False},
    )
    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    thread_id: str
    conversation_id: str
    interview_id: str
    person_id: str
    subject_id: str
    step: str
    reply_to: str
    seq: int = Field(sa_column=_big())
    body: bytes | None = Field(sa_column=_bytes(nullable=True))
    at: int = Field(sa_column=_big())


class Inbox(SQLModel, table=True):
    """Everything that ever came in, once: the dedupe key is (source, event_id).

    `state`: done, or pending for internal mail that is still to be delivered to its conversation.
    """

    __tablename__ = "inbox"
    __table_args__ = (Index("inbox_pending", "state", "due_at"), {"sqlite_with_rowid": False})
    tenant_id: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    event_id: str = Field(primary_key=True)
    thread_id: str
    subject_id: str
    state: str
    attempts: int
    body: bytes | None = Field(sa_column=_bytes(nullable=True))
    due_at: int = Field(sa_column=_big())
    at: int = Field(sa_column=_big())


class Outbox(SQLModel, table=True):
    """One message to deliver. `lane` is a thread (strict order by `seq`) or a post (latest wins).

    `state`: pending -> sending -> sent | failed | dropped. `act`: send, or edit (of `target`). `under`: the message in
    whose thread it stands, or "".
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("outbox_lane", "lane", "state", "seq"),
        Index("outbox_open", "state", "due_at"),
        Index("outbox_thread", "tenant_id", "thread_id", "seq"),
        {"sqlite_with_rowid": False},
    )
    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    lane: str
    thread_id: str
    conversation_id: str
    interview_id: str
    subject_id: str
    act: str
    target: str
    seq: int = Field(sa_column=_big())
    state: str
    step: str
    token: str
    chosen: str
    body: bytes | None = Field(sa_column=_bytes(nullable=True))
    platform_id: str
    attempts: int
    due_at: int = Field(sa_column=_big())
    at: int = Field(sa_column=_big())
    sent_at: int | None = Field(sa_column=_big(nullable=True))
    under: str = ""


class Timer(SQLModel, table=True):
    """Something due at an instant. A timer that no longer fits (other token) fires into a no-op."""

    __tablename__ = "timer"
    __table_args__ = (Index("timer_due", "due_at"), {"sqlite_with_rowid": False})
    tenant_id: str = Field(primary_key=True)
    owner_id: str = Field(primary_key=True)
    about: str = Field(primary_key=True)
    thread_id: str
    token: str
    due_at: int = Field(sa_column=_big())


class Work(SQLModel, table=True):
    """A request to the world. `state`: pending -> running -> done | failed. `sealed`: the request.

    `problem`: why it was tried again or failed; while it runs, how far it has come ("3/5").
    """

    __tablename__ = "work"
    __table_args__ = (Index("work_open", "state", "due_at"),)
    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    kind: str
    thread_id: str
    conversation_id: str
    interview_id: str
    subject_id: str
    step: str
    sealed: bytes = Field(sa_column=_bytes())
    state: str
    attempts: int
    problem: str
    due_at: int = Field(sa_column=_big())
    at: int = Field(sa_column=_big())


class FactRow(SQLModel, table=True):
    """What became true about an interview, append-only. `data` holds ids and states, never words."""

    __tablename__ = "fact"
    __table_args__ = (Index("fact_interview", "tenant_id", "interview_id", "at"),)
    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    interview_id: str
    conversation_id: str
    person_id: str
    name: str
    data: str = Field(sa_column=_json())
    at: int = Field(sa_column=_big())


class Post(SQLModel, table=True):
    """A message in a channel that is a view of stored state: computed, posted once, edited after."""

    __tablename__ = "post"
    __table_args__ = (UniqueConstraint("tenant_id", "kind", "about"),)
    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    thread_id: str
    kind: str
    about: str
    interview_id: str
    message_id: str
    at: int = Field(sa_column=_big())


class Scorecard(SQLModel, table=True):
    """One rater's card (or the machine's: rater "machine"). `state`: draft, submitted, revealed, frozen."""

    __tablename__ = "scorecard"
    __table_args__ = (UniqueConstraint("tenant_id", "interview_id", "rater_id", "version"),)
    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    interview_id: str
    rater_id: str
    kind: str
    state: str
    version: int
    subject_id: str
    body: bytes | None = Field(sa_column=_bytes(nullable=True))
    at: int = Field(sa_column=_big())
    revealed_at: int | None = Field(sa_column=_big(nullable=True))


class TeamQuestion(SQLModel, table=True):
    """A candidate's question that was passed to the team, and the clarification that came back.

    `sealed_say` is sealed under the tenant's own key, since it is offered to later candidates.
    """

    __tablename__ = "team_question"
    __table_args__ = (Index("team_question_lookup", "tenant_id", "requisition_id", "question"),)
    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    requisition_id: str
    interview_id: str
    conversation_id: str
    thread_id: str
    question: str
    utterance_id: str
    message_id: str
    answered_by: str
    sealed_say: bytes | None = Field(sa_column=_bytes(nullable=True))
    asked_at: int = Field(sa_column=_big())
    answered_at: int | None = Field(sa_column=_big(nullable=True))


class Batch(SQLModel, table=True):
    """Something a recruiter was asked to confirm. `kind`: csv (many invitations), twin (somebody of the same name), decide
    (many decisions), or compare (whom they have beside each other, kept for its buttons).

    `state`: open -> running -> done | stopped | cancelled | expired.
    """

    __tablename__ = "batch"
    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    person_id: str
    kind: str
    state: str
    size: int
    at: int = Field(sa_column=_big())


class BatchItem(SQLModel, table=True):
    """One line of it. `state`: open, invited, decided, skipped. `body`: who it is about; gone once the batch is over."""

    __tablename__ = "batch_item"
    tenant_id: str = Field(primary_key=True)
    batch_id: str = Field(primary_key=True)
    n: int = Field(primary_key=True)
    subject_id: str
    state: str
    interview_id: str
    body: bytes | None = Field(sa_column=_bytes(nullable=True))


class Interviewer(SQLModel, table=True):
    """A person whose time can be booked; `id` is the person's. Whoever books them locks this row first.

    `profile`: hours, zone, limits, skills and pools (`bot.scheduling.profiles`), sealed under the person's own key; None
    for somebody who has no hours of their own, such as a candidate. `state`: active or paused. `stamp`: changes, to a
    value that was never there before, whenever their profile, calendars or bookings do: what is kept of them is then old.
    """

    __tablename__ = "interviewer"
    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    state: str
    stamp: str
    profile: bytes | None = Field(sa_column=_bytes(nullable=True))
    created_at: int = Field(sa_column=_big())


class CalendarAccount(SQLModel, table=True):
    """One calendar that an interviewer has connected. `kind`: google, caldav or ics.

    `sealed`: address, secrets, sync token and push channel; `busy`: what is taken, as of `synced_at`; both under the
    person's own key. `state`: ok, partial, failed or stale (new: not read yet); anything but ok and partial counts as
    busy throughout. `problem`: its code; `told`: the problem that its owner has heard of. `due_at`: when to read next.
    `channel_id`, `channel_until`: the push channel ("" and 0 without one).
    """

    __tablename__ = "calendar_account"
    __table_args__ = (
        Index("calendar_account_interviewer", "tenant_id", "interviewer_id"),
        Index("calendar_account_due", "due_at"),
        Index("calendar_account_channel", "channel_id"),
    )
    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    interviewer_id: str
    kind: str
    state: str
    problem: str
    told: str
    errors: int
    sealed: bytes = Field(sa_column=_bytes())
    busy: bytes | None = Field(sa_column=_bytes(nullable=True))
    channel_id: str
    channel_until: int = Field(sa_column=_big())
    synced_at: int | None = Field(sa_column=_big(nullable=True))
    due_at: int = Field(sa_column=_big())
    created_at: int = Field(sa_column=_big())


class Appointment(SQLModel, table=True):
    """One thing to be scheduled with a candidate: an interview with people, a day of them, or one with Parley itself.

    `kind`: people, loop or bot. `state`: open -> booked -> began -> over; or cancelled, or missed. `version` is that of
    the booking, and grows with every change; `announced`: the version that everybody has been told. `plan`: what is
    wanted (`bot.scheduling.plans`); `why`: who was picked and why, as ids and numbers; `attendance`: what each person
    last said ("confirmed", "late 10", "here" ...). `sealed`: words about it (title, note, link, place), under the
    candidate's key. `zone`: the candidate's ("" until they have said). `nags`: how often they were asked for a time.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        Index("appointment_interview", "tenant_id", "interview_id"),
        Index("appointment_booking", "tenant_id", "booking_id"),
        Index("appointment_time", "tenant_id", "state", "start_minute"),
    )
    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    interview_id: str
    candidate_id: str
    kind: str
    state: str
    version: int
    announced: int
    booking_id: str
    zone: str
    plan: str = Field(sa_column=_json())
    why: str = Field(sa_column=_json())
    attendance: str = Field(sa_column=_json())
    sealed: bytes = Field(sa_column=_bytes())
    nags: int
    asked_by: str
    start_minute: int | None = Field(sa_column=_big(nullable=True))
    end_minute: int | None = Field(sa_column=_big(nullable=True))
    created_at: int = Field(sa_column=_big())
    changed_at: int = Field(sa_column=_big())


class CalendarEntry(SQLModel, table=True):
    """What stands (or shall stand) in one calendar for one appointment.

    `state`: wanted -> kept, or unwanted -> removed; failed where it needs somebody. `version`: that of the appointment
    which it shows. `problem`: the code of what went wrong last. `sealed`: the calendar's own names for it, under the
    owner's key. `account_id` "mail:<person>": an invitation by e-mail. `asked`: what outside change is being asked about.
    """

    __tablename__ = "calendar_entry"
    __table_args__ = (Index("calendar_entry_account", "tenant_id", "account_id", "state"),)
    tenant_id: str = Field(primary_key=True)
    appointment_id: str = Field(primary_key=True)
    account_id: str = Field(primary_key=True)
    person_id: str
    state: str
    version: int
    problem: str
    asked: str
    sealed: bytes | None = Field(sa_column=_bytes(nullable=True))
    at: int = Field(sa_column=_big())


class BusyCell(SQLModel, table=True):
    """Five minutes of one interviewer, and the hold or booking that owns them. `cell`: minutes since the epoch // 5.

    The primary key is what makes a double booking impossible. `release_at`: when the hold ends; None when booked.
    """

    __tablename__ = "busy_cell"
    __table_args__ = (Index("busy_cell_owner", "tenant_id", "owner"), {"sqlite_with_rowid": False})
    tenant_id: str = Field(primary_key=True)
    interviewer_id: str = Field(primary_key=True)
    cell: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    owner: str
    release_at: int | None = Field(sa_column=_big(nullable=True))


class Booking(SQLModel, table=True):
    """A hold, or the booking that it became. `version` grows with every change, so that a calendar entry can follow.

    `state`: held -> booked -> cancelled, or held -> released. `instead_of`: the booking that a hold is to replace;
    it takes the hold's seats, and the hold is then merged.
    """

    __tablename__ = "booking"
    __table_args__ = (Index("booking_interview", "tenant_id", "interview_id"),)
    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    interview_id: str
    instead_of: str
    state: str
    version: int
    release_at: int | None = Field(sa_column=_big(nullable=True))
    created_at: int = Field(sa_column=_big())
    changed_at: int = Field(sa_column=_big())


class BookingSeat(SQLModel, table=True):
    """One interviewer in one session of a booking, in minutes since the epoch. `part`: which session of a loop."""

    __tablename__ = "booking_seat"
    __table_args__ = (Index("booking_seat_interviewer", "tenant_id", "interviewer_id", "start_minute"),)
    tenant_id: str = Field(primary_key=True)
    booking_id: str = Field(primary_key=True)
    n: int = Field(primary_key=True)
    interviewer_id: str
    part: str
    start_minute: int = Field(sa_column=_big())
    end_minute: int = Field(sa_column=_big())


class BookingTap(SQLModel, table=True):
    """A tap that booked something, by its idempotency key, and the answer it was given: ids, codes and times."""

    __tablename__ = "booking_tap"
    tenant_id: str = Field(primary_key=True)
    verb: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    answer: str = Field(sa_column=_json())
    at: int = Field(sa_column=_big())


class Reading(SQLModel, table=True):
    """What a model read in one answer for one competency, kept until the scorecard is made.

    `digest` names everything it depends on (the words, the kit's part, the prompt, the model): a reading whose digest
    no longer fits is made again. `sealed`: its samples as they were verified, under the candidate's key.
    """

    __tablename__ = "reading"
    tenant_id: str = Field(primary_key=True)
    interview_id: str = Field(primary_key=True)
    question: str = Field(primary_key=True)
    competency: str = Field(primary_key=True)
    digest: str
    subject_id: str
    sealed: bytes = Field(sa_column=_bytes())
    at: int = Field(sa_column=_big())


class Comment(SQLModel, table=True):
    """A remark on a moment of a transcript. Its author's alone until the cards are revealed (`revealed_at`).

    `start`, `end`: characters of the wording that counted. `sealed`: {"text"}, under the candidate's key.
    """

    __tablename__ = "comment"
    __table_args__ = (Index("comment_interview", "tenant_id", "interview_id"),)
    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    interview_id: str
    utterance_id: str
    start: int
    end: int
    author_id: str
    subject_id: str
    sealed: bytes = Field(sa_column=_bytes())
    at: int = Field(sa_column=_big())
    revealed_at: int | None = Field(sa_column=_big(nullable=True))


class Decision(SQLModel, table=True):
    """What a named person decided about one interview, append-only: a later version takes the place of an earlier one.

    `outcome`: advance, offer, hold or reject. `next_interview_id`: where it goes on ("" if nowhere). `sealed`:
    {"reason"}, under the candidate's key. Written by `bot.funnel.deciding` and by nothing else.
    """

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("tenant_id", "interview_id", "version"),)
    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    interview_id: str
    version: int
    outcome: str
    decided_by: str
    next_interview_id: str
    subject_id: str
    sealed: bytes = Field(sa_column=_bytes())
    at: int = Field(sa_column=_big())


class Letter(SQLModel, table=True):
    """A decision's letter to its candidate, seen by a person beforehand and sent at `due_at`.

    `state`: planned -> sent, or stopped. `sealed`: {"card"} as it was previewed, under the candidate's key.
    """

    __tablename__ = "letter"
    __table_args__ = (Index("letter_interview", "tenant_id", "interview_id"),)
    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    interview_id: str
    kind: str
    state: str
    planned_by: str
    subject_id: str
    sealed: bytes = Field(sa_column=_bytes())
    due_at: int = Field(sa_column=_big())
    at: int = Field(sa_column=_big())


class Proposal(SQLModel, table=True):
    """A follow-up that somebody who reads a live interview along would like to have asked.

    `state`: waiting -> asked, or refused (`why`: a code), or lapsed. `sealed`: {"text"}, under the candidate's key.
    """

    __tablename__ = "proposal"
    __table_args__ = (Index("proposal_interview", "tenant_id", "interview_id", "state"),)
    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    interview_id: str
    person_id: str
    competency: str
    indicator: str
    question: str
    state: str
    why: str
    subject_id: str
    sealed: bytes = Field(sa_column=_bytes())
    at: int = Field(sa_column=_big())


class Measurement(SQLModel, table=True):
    """How far a scorer agreed with the team's own double ratings, for one question and competency of one kit version.

    `scorer`: "evidence-map", or "llm-evidence/MODEL@HOST/PROMPT_HASH". `verdict`: usable, assist-only or off. `figures`:
    the numbers behind it, and "cuts", where a level begins (`bot.calibration`). It holds for exactly this kit version and scorer.
    """

    __tablename__ = "measurement"
    tenant_id: str = Field(primary_key=True)
    kit_name: str = Field(primary_key=True)
    kit_version: int = Field(primary_key=True)
    question: str = Field(primary_key=True)
    competency: str = Field(primary_key=True)
    scorer: str = Field(primary_key=True)
    verdict: str
    figures: str = Field(sa_column=_json())
    at: int = Field(sa_column=_big())


class Drill(SQLModel, table=True):
    """An answer without a name that the team rates blind, to see how much it agrees. `state`: open -> closed.

    `sealed`: {"question", "text"}, under the key of whoever gave the answer (`subject_id`).
    """

    __tablename__ = "drill"
    __table_args__ = (Index("drill_requisition", "tenant_id", "requisition_id", "state"),)
    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    requisition_id: str
    interview_id: str
    question: str
    competency: str
    state: str
    subject_id: str
    sealed: bytes = Field(sa_column=_bytes())
    at: int = Field(sa_column=_big())


class DrillRating(SQLModel, table=True):
    """One person's level for a drill; theirs alone, for ever. None: no basis to rate."""

    __tablename__ = "drill_rating"
    tenant_id: str = Field(primary_key=True)
    drill_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    level: int | None
    at: int = Field(sa_column=_big())


class Recording(SQLModel, table=True):
    """One recording of a candidate; `id` is the utterance that its words become.

    purpose: answer, practice or check. form: voice or video, as it was sent. source: the platform it came by. `state`:
    coming -> kept (the bytes are ours) -> heard | unheard; dropped (taken back) or gone (its time was up). why: what was
    wrong with it, or doubtful about its words ("" for nothing). `sealed`: see `bot.recordings.shelf.Body`. blob, picture:
    names of what is kept in the media store ("" for nothing); size: its bytes, ms: its length. seq: its place in the chat.
    """

    __tablename__ = "recording"
    __table_args__ = (
        Index("recording_interview", "tenant_id", "interview_id"),
        Index("recording_subject", "tenant_id", "subject_id"),
        Index("recording_forget", "forget_at"),
    )
    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    interview_id: str
    conversation_id: str
    thread_id: str
    person_id: str
    subject_id: str
    purpose: str
    form: str
    source: str
    state: str
    why: str
    blob: str
    picture: str
    size: int = Field(sa_column=_big())
    ms: int = Field(sa_column=_big())
    seq: int = Field(sa_column=_big())
    sealed: bytes = Field(sa_column=_bytes())
    at: int = Field(sa_column=_big())
    forget_at: int | None = Field(sa_column=_big(nullable=True))


class Transcript(SQLModel, table=True):
    """What was heard in a recording, word by word with times, as the model gave it; corrections are further wordings of
    its utterance. engine: what listened. `sealed`: see `bot.recordings.transcripts`."""

    __tablename__ = "transcript"
    tenant_id: str = Field(primary_key=True)
    recording_id: str = Field(primary_key=True)
    engine: str
    language: str
    subject_id: str
    sealed: bytes = Field(sa_column=_bytes())
    at: int = Field(sa_column=_big())


class Coaching(SQLModel, table=True):
    """How a practice answer was delivered (pace, pauses, fillers): for the candidate alone. Nothing that rates reads it."""

    __tablename__ = "coaching"
    tenant_id: str = Field(primary_key=True)
    recording_id: str = Field(primary_key=True)
    subject_id: str
    sealed: bytes = Field(sa_column=_bytes())
    at: int = Field(sa_column=_big())


class PartialUpload(SQLModel, table=True):
    """A recording that is being sent from a page, piece by piece. `received`: bytes so far, in `parts` pieces.

    `state`: open -> whole (all there) -> done (it was sent off) | cancelled. `sealed`: see `bot.recordings.uploads.About`.
    """

    __tablename__ = "partial_upload"
    __table_args__ = (Index("partial_upload_open", "state", "forget_at"),)
    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    thread_id: str
    person_id: str
    subject_id: str
    state: str
    received: int = Field(sa_column=_big())
    parts: int
    sealed: bytes = Field(sa_column=_bytes())
    at: int = Field(sa_column=_big())
    forget_at: int = Field(sa_column=_big())
