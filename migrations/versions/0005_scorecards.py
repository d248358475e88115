"""Scorecards and what follows them: readings, comments, decisions, letters, proposals, measurements, drills."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("under", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("outbox", table_kwargs={"sqlite_with_rowid": False}) as outbox:
        outbox.alter_column("under", server_default=None)
    op.create_table(
        "reading",
        *_names("tenant_id", "interview_id", "question", "competency", "digest", "subject_id"),
        _sealed(),
        *_times("at"),
        sa.PrimaryKeyConstraint("tenant_id", "interview_id", "question", "competency"),
    )
    op.create_table(
        "comment",
        *_names("tenant_id", "id", "interview_id", "utterance_id"),
        *_counts("start", "end"),
        *_names("author_id", "subject_id"),
        _sealed(),
        *_times("at"),
        sa.Column("revealed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
    )
    op.create_index("comment_interview", "comment", ["tenant_id", "interview_id"])
    op.create_table(
        "decision",
        *_names("tenant_id", "id", "interview_id"),
        *_counts("version"),
        *_names("outcome", "decided_by", "next_interview_id", "subject_id"),
        _sealed(),
        *_times("at"),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
        sa.UniqueConstraint("tenant_id", "interview_id", "version"),
    )
    op.create_table(
        "letter",
        *_names("tenant_id", "id", "interview_id", "kind", "state", "planned_by", "subject_id"),
        _sealed(),
        *_times("due_at", "at"),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
    )
    op.create_index("letter_interview", "letter", ["tenant_id", "interview_id"])
    op.create_table(
        "proposal",
        *_names("tenant_id", "id", "interview_id", "person_id", "competency", "indicator", "question", "state", "why"),
        *_names("subject_id"),
        _sealed(),
        *_times("at"),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
    )
    op.create_index("proposal_interview", "proposal", ["tenant_id", "interview_id", "state"])
    _calibration()


def _calibration() -> None:
    op.create_table(
        "measurement",
        *_names("tenant_id", "kit_name"),
        *_counts("kit_version"),
        *_names("question", "competency", "scorer", "verdict"),
        sa.Column("figures", sa.Text(), nullable=False),
        *_times("at"),
        sa.PrimaryKeyConstraint("tenant_id", "kit_name", "kit_version", "question", "competency", "scorer"),
    )
    op.create_table(
        "drill",
        *_names("tenant_id", "id", "requisition_id", "interview_id", "question", "competency", "state", "subject_id"),
        _sealed(),
        *_times("at"),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
    )
    op.create_index("drill_requisition", "drill", ["tenant_id", "requisition_id", "state"])
    op.create_table(
        "drill_rating",
        *_names("tenant_id", "drill_id", "person_id"),
        sa.Column("level", sa.Integer(), nullable=True),
        *_times("at"),
        sa.PrimaryKeyConstraint("tenant_id", "drill_id", "person_id"),
    )


def _names(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _counts(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _times(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def _sealed() -> sa.Column[bytes]:
    return sa.Column("sealed", sa.LargeBinary(), nullable=False)


def downgrade() -> None:
    for name in ("drill_rating", "drill", "measurement", "proposal", "letter", "decision", "comment", "reading"):
        op.drop_table(name)
    with op.batch_alter_table("outbox", table_kwargs={"sqlite_with_rowid": False}) as outbox:
        outbox.drop_column("under")
