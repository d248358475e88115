"""Chat platforms: the workspaces that Parley serves, chats that nothing reaches, and what awaits a recruiter's yes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("thread", sa.Column("blocked", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("thread") as table:
        table.alter_column("blocked", server_default=None)
    op.create_table(
        "installation",
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("platform", "workspace", "tenant_id", "name", "state")
        ),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "workspace"),
    )
    _batches()


def _batches() -> None:
    """What a recruiter was asked to confirm."""
    op.create_table(
        "batch",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("tenant_id", "id", "person_id", "kind", "state")),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
    )
    op.create_table(
        "batch_item",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("tenant_id", "batch_id")),
        sa.Column("n", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("subject_id", "state", "interview_id")),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "batch_id", "n"),
    )


def downgrade() -> None:
    op.drop_table("batch_item")
    op.drop_table("batch")
    op.drop_table("installation")
    with op.batch_alter_table("thread") as table:
        table.drop_column("blocked")
