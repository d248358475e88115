"""Recordings, what was heard in them, coaching for those who practise, and uploads that are under way."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recording",
        *_names("tenant_id", "id", "interview_id", "conversation_id", "thread_id", "person_id", "subject_id"),
        *_names("purpose", "form", "source", "state", "why", "blob", "picture"),
        *_times("size", "ms", "seq"),
        _sealed(),
        *_times("at"),
        sa.Column("forget_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
    )
    op.create_index("recording_interview", "recording", ["tenant_id", "interview_id"])
    op.create_index("recording_subject", "recording", ["tenant_id", "subject_id"])
    op.create_index("recording_forget", "recording", ["forget_at"])
    op.create_table(
        "transcript",
        *_names("tenant_id", "recording_id", "engine", "language", "subject_id"),
        _sealed(),
        *_times("at"),
        sa.PrimaryKeyConstraint("tenant_id", "recording_id"),
    )
    op.create_table(
        "coaching",
        *_names("tenant_id", "recording_id", "subject_id"),
        _sealed(),
        *_times("at"),
        sa.PrimaryKeyConstraint("tenant_id", "recording_id"),
    )
    op.create_table(
        "partial_upload",
        *_names("tenant_id", "id", "thread_id", "person_id", "subject_id", "state"),
        *_times("received"),
        sa.Column("parts", sa.Integer(), nullable=False),
        _sealed(),
        *_times("at", "forget_at"),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
    )
    op.create_index("partial_upload_open", "partial_upload", ["state", "forget_at"])


def _names(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _times(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def _sealed() -> sa.Column[bytes]:
    return sa.Column("sealed", sa.LargeBinary(), nullable=False)


def downgrade() -> None:
    for name in ("partial_upload", "coaching", "transcript", "recording"):
        op.drop_table(name)
