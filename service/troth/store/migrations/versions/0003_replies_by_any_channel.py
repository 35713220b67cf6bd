"""Replies by any channel: whose address wrote, what is said back, and where listeners stand.

The new columns may be empty, so that processes of the version before go on writing meanwhile.
"""

import sqlalchemy as sa
from alembic import op

from troth.store.migrations.checks import widen

revision = "0003"
down_revision = "0002"

_WAS = "purpose IN ('ritual', 'reminder', 'snooze', 'step', 'consent')"
_IS = "purpose IN ('ritual', 'reminder', 'snooze', 'step', 'consent', 'answer')"


def upgrade() -> None:
    op.add_column("channels", sa.Column("address_mark", sa.String(length=64)))
    op.add_column("partners", sa.Column("paused_until", sa.DateTime(timezone=True)))
    op.add_column("channels", sa.Column("answers_by", sa.String(length=16)))
    op.create_index(op.f("ix_channels_address_mark"), "channels", ["address_mark"])
    op.create_index(op.f("ix_replies_partner"), "replies", ["partner_id", "id"])
    op.create_table(
        "positions",
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_positions")),
    )
    widen("nudges", "ck_nudges_purpose_word", _WAS, _IS)
