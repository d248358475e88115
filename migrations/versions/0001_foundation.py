"""The foundation: every table of the first version.

Instants are milliseconds since the epoch. `body`, `sealed`, `wrapped` and the like are encrypted bytes.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = (
    "tenant",
    "data_key",
    "person",
    "identity",
    "role",
    "requisition",
    "interview",
    "access_token",
    "session",
    "consent",
    "thread",
    "conversation",
    "journal_entry",
    "utterance",
    "inbox",
    "outbox",
    "timer",
    "work",
    "fact",
    "post",
    "scorecard",
    "team_question",
)


def _columns(kind: type[sa.types.TypeEngine[Any]], names: Sequence[str], null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind(), nullable=null) for name in names]


def _str(*names: str) -> list[sa.Column[Any]]:
    return _columns(sa.String, names)


def _text(*names: str) -> list[sa.Column[Any]]:
    return _columns(sa.Text, names)


def _int(*names: str) -> list[sa.Column[Any]]:
    return _columns(sa.Integer, names)


def _big(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return _columns(sa.BigInteger, names, null)


def _bytes(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return _columns(sa.LargeBinary, names, null)


def _create(name: str, key: Sequence[str], *parts: sa.Column[Any] | sa.UniqueConstraint, rowid: bool = True) -> None:
    op.create_table(name, *parts, sa.PrimaryKeyConstraint(*key), sqlite_with_rowid=rowid)


def upgrade() -> None:
    """Create all tables."""
    for part in (_people, _hiring, _access, _chats, _post_office, _team):
        part()


def _people() -> None:
    """Tenants, keys, people and what they may do."""
    _create(
        "tenant",
        ["tenant_id"],
        *_str("tenant_id", "name"),
        *_bytes("wrapped_key"),
        *_big("created_at"),
    )
    _create(
        "data_key",
        ["tenant_id", "subject_id"],
        *_str("tenant_id", "subject_id"),
        *_bytes("wrapped"),
        *_big("created_at"),
    )
    _create(
        "person",
        ["tenant_id", "id"],
        *_str("tenant_id", "id", "kind"),
        *_bytes("body"),
        *_big("created_at"),
    )
    _create(
        "identity",
        ["tenant_id", "id"],
        *_str("tenant_id", "id", "person_id", "platform", "workspace", "user_ref"),
        *_big("created_at"),
        sa.UniqueConstraint("tenant_id", "platform", "workspace", "user_ref"),
    )
    _create(
        "role",
        ["tenant_id", "requisition_id", "person_id", "role"],
        *_str("tenant_id", "requisition_id", "person_id", "role"),
    )


def _hiring() -> None:
    """Positions and the interviews for them."""
    _create(
        "requisition",
        ["tenant_id", "id"],
        *_str("tenant_id", "id", "title", "kit_name"),
        *_int("kit_version"),
        *_text("kit"),
        *_str("role_site", "channel_id"),
        *_text("settings"),
        *_big("created_at"),
    )
    _create(
        "interview",
        ["tenant_id", "id"],
        *_str("tenant_id", "id", "requisition_id", "candidate_id", "status"),
        *_int("version"),
        *_text("flags"),
        *_big("created_at", "deadline_at"),
        *_big("submitted_at", "revealed_at", null=True),
    )
    op.create_index("interview_requisition", "interview", ["tenant_id", "requisition_id"])


def _access() -> None:
    """Links, browsers and consent."""
    _create(
        "access_token",
        ["digest"],
        *_str("digest", "tenant_id", "purpose", "person_id", "interview_id"),
        *_big("expires_at"),
        *_big("used_at", null=True),
        *_big("created_at"),
    )
    _create(
        "session",
        ["digest"],
        *_str("digest", "tenant_id", "person_id"),
        *_big("expires_at"),
        *_big("revoked_at", null=True),
        *_big("created_at"),
    )
    _create(
        "consent",
        ["tenant_id", "id"],
        *_str("tenant_id", "id", "interview_id", "kind", "answer", "text_version", "text_hash", "language", "platform"),
        *_big("at"),
    )


def _chats() -> None:
    """Chats, conversations, journals and what was said."""
    _create(
        "thread",
        ["tenant_id", "id"],
        *_str("tenant_id", "id", "kind", "person_id", "platform", "address", "title", "subject_id"),
        *_big("next_seq", "version"),
        sa.UniqueConstraint("tenant_id", "platform", "address"),
    )
    _create(
        "conversation",
        ["tenant_id", "id"],
        *_str("tenant_id", "id", "thread_id", "flow"),
        *_int("flow_version"),
        *_str("interview_id", "subject_id"),
        *_bytes("sealed"),
        *_str("state", "step", "token"),
        *_int("entries"),
        *_big("opened_at", "last_at"),
    )
    op.create_index("conversation_thread", "conversation", ["tenant_id", "thread_id", "state"])
    _create(
        "journal_entry",
        ["tenant_id", "conversation_id", "n"],
        *_str("tenant_id", "conversation_id"),
        *_int("n"),
        *_str("key", "kind"),
        *_bytes("body", null=True),
        *_big("at"),
        rowid=False,
    )
    _create(
        "utterance",
        ["tenant_id", "id", "version"],
        *_str("tenant_id", "id"),
        *_int("version"),
        *_str("thread_id", "conversation_id", "interview_id", "person_id", "subject_id", "step", "reply_to"),
        *_big("seq"),
        *_bytes("body", null=True),
        *_big("at"),
        rowid=False,
    )
    op.create_index("utterance_conversation", "utterance", ["tenant_id", "conversation_id"])
    op.create_index("utterance_thread", "utterance", ["tenant_id", "thread_id", "seq"])


def _post_office() -> None:
    """What came in, what goes out, what is due and what is asked of the world."""
    _create(
        "inbox",
        ["tenant_id", "source", "event_id"],
        *_str("tenant_id", "source", "event_id", "thread_id", "subject_id", "state"),
        *_int("attempts"),
        *_bytes("body", null=True),
        *_big("due_at", "at"),
        rowid=False,
    )
    op.create_index("inbox_pending", "inbox", ["state", "due_at"])
    _create(
        "outbox",
        ["tenant_id", "id"],
        *_str("tenant_id", "id", "lane", "thread_id", "conversation_id", "interview_id", "subject_id", "act", "target"),
        *_big("seq"),
        *_str("state", "step", "token", "chosen"),
        *_bytes("body", null=True),
        *_str("platform_id"),
        *_int("attempts"),
        *_big("due_at", "at"),
        *_big("sent_at", null=True),
        rowid=False,
    )
    op.create_index("outbox_lane", "outbox", ["lane", "state", "seq"])
    op.create_index("outbox_open", "outbox", ["state", "due_at"])
    op.create_index("outbox_thread", "outbox", ["tenant_id", "thread_id", "seq"])
    _create(
        "timer",
        ["tenant_id", "owner_id", "about"],
        *_str("tenant_id", "owner_id", "about", "thread_id", "token"),
        *_big("due_at"),
        rowid=False,
    )
    op.create_index("timer_due", "timer", ["due_at"])
    _create(
        "work",
        ["tenant_id", "id"],
        *_str("tenant_id", "id", "kind", "thread_id", "conversation_id", "interview_id", "subject_id", "step"),
        *_bytes("sealed"),
        *_str("state"),
        *_int("attempts"),
        *_str("problem"),
        *_big("due_at", "at"),
    )
    op.create_index("work_open", "work", ["state", "due_at"])


def _team() -> None:
    """What became true, and what the team sees of it."""
    _create(
        "fact",
        ["tenant_id", "id"],
        *_str("tenant_id", "id", "interview_id", "conversation_id", "person_id", "name"),
        *_text("data"),
        *_big("at"),
    )
    op.create_index("fact_interview", "fact", ["tenant_id", "interview_id", "at"])
    _create(
        "post",
        ["tenant_id", "id"],
        *_str("tenant_id", "id", "thread_id", "kind", "about", "interview_id", "message_id"),
        *_big("at"),
        sa.UniqueConstraint("tenant_id", "kind", "about"),
    )
    _create(
        "scorecard",
        ["tenant_id", "id"],
        *_str("tenant_id", "id", "interview_id", "rater_id", "kind", "state"),
        *_int("version"),
        *_str("subject_id"),
        *_bytes("body", null=True),
        *_big("at"),
        *_big("revealed_at", null=True),
        sa.UniqueConstraint("tenant_id", "interview_id", "rater_id", "version"),
    )
    _create(
        "team_question",
        ["tenant_id", "id"],
        *_str(
            "tenant_id",
            "id",
            "requisition_id",
            "interview_id",
            "conversation_id",
            "thread_id",
            "question",
            "utterance_id",
            "message_id",
            "answered_by",
        ),
        *_bytes("sealed_say", null=True),
        *_big("asked_at"),
        *_big("answered_at", null=True),
    )
    op.create_index("team_question_lookup", "team_question", ["tenant_id", "requisition_id", "question"])


def downgrade() -> None:
    """Drop all tables with everything in them. Indexes go with their tables."""
    for name in reversed(_TABLES):
        op.drop_table(name)
