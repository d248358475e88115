"""Scheduling: interviewers, their booked time in cells of five minutes, holds and bookings, and taps already answered."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "interviewer",
        *_names("tenant_id", "id", "state", "stamp"),
        sa.Column("profile", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
    )
    op.create_table(
        "busy_cell",
        *_names("tenant_id", "interviewer_id"),
        sa.Column("cell", sa.BigInteger(), autoincrement=False, nullable=False),
        *_names("owner"),
        sa.Column("release_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "interviewer_id", "cell"),
        sqlite_with_rowid=False,
    )
    op.create_index("busy_cell_owner", "busy_cell", ["tenant_id", "owner"])
    _bookings()
    op.create_table(
        "booking_tap",
        *_names("tenant_id", "verb", "key"),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "verb", "key"),
    )


def _bookings() -> None:
    """Holds and bookings, and who sits in which of their sessions."""
    op.create_table(
        "booking",
        *_names("tenant_id", "id", "interview_id", "instead_of", "state"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("release_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
    )
    op.create_index("booking_interview", "booking", ["tenant_id", "interview_id"])
    op.create_table(
        "booking_seat",
        *_names("tenant_id", "booking_id"),
        sa.Column("n", sa.Integer(), nullable=False),
        *_names("interviewer_id", "part"),
        sa.Column("start_minute", sa.BigInteger(), nullable=False),
        sa.Column("end_minute", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "booking_id", "n"),
    )
    op.create_index("booking_seat_interviewer", "booking_seat", ["tenant_id", "interviewer_id", "start_minute"])


def _names(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def downgrade() -> None:
    for name in ("booking_tap", "booking_seat", "booking", "busy_cell", "interviewer"):
        op.drop_table(name)
