"""Appointments, interviewers' calendars, and what was written into these."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_account",
        *_names("tenant_id", "id", "interviewer_id", "kind", "state", "problem", "told"),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("busy", sa.LargeBinary(), nullable=True),
        *_names("channel_id"),
        *_times("channel_until"),
        sa.Column("synced_at", sa.BigInteger(), nullable=True),
        *_times("due_at", "created_at"),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
    )
    op.create_index("calendar_account_interviewer", "calendar_account", ["tenant_id", "interviewer_id"])
    op.create_index("calendar_account_due", "calendar_account", ["due_at"])
    op.create_index("calendar_account_channel", "calendar_account", ["channel_id"])
    _appointments()
    op.create_table(
        "calendar_entry",
        *_names("tenant_id", "appointment_id", "account_id", "person_id", "state"),
        sa.Column("version", sa.Integer(), nullable=False),
        *_names("problem", "asked"),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        *_times("at"),
        sa.PrimaryKeyConstraint("tenant_id", "appointment_id", "account_id"),
    )
    op.create_index("calendar_entry_account", "calendar_entry", ["tenant_id", "account_id", "state"])


def _appointments() -> None:
    op.create_table(
        "appointment",
        *_names("tenant_id", "id", "interview_id", "candidate_id", "kind", "state"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("announced", sa.Integer(), nullable=False),
        *_names("booking_id", "zone"),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("plan", "why", "attendance")),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("nags", sa.Integer(), nullable=False),
        *_names("asked_by"),
        sa.Column("start_minute", sa.BigInteger(), nullable=True),
        sa.Column("end_minute", sa.BigInteger(), nullable=True),
        *_times("created_at", "changed_at"),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
    )
    op.create_index("appointment_interview", "appointment", ["tenant_id", "interview_id"])
    op.create_index("appointment_booking", "appointment", ["tenant_id", "booking_id"])
    op.create_index("appointment_time", "appointment", ["tenant_id", "state", "start_minute"])


def _names(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _times(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def downgrade() -> None:
    for name in ("calendar_entry", "appointment", "calendar_account"):
        op.drop_table(name)
