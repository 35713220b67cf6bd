"""Replies by any channel: whose address wrote, what is said back, and where listeners stand.

The new columns may be empty, so that processes of the version before go on writing meanwhile.
"""

import sqlalchemy as sa
from alembic import op

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
    if op.get_bind().dialect.name == "sqlite":
        _widen_on_sqlite()
    else:
        op.drop_constraint(op.f("ck_nudges_purpose_word"), "nudges")
        op.create_check_constraint(op.f("ck_nudges_purpose_word"), "nudges", _IS)


def _widen_on_sqlite() -> None:
    """Write the wider CHECK into the table's own text, as SQLite's manual has it.

    Copying the table and dropping the old one would delete every inbox with it: foreign keys act
    inside of a transaction, and can't be told not to.
    """
    bind = op.get_bind()
    version = bind.execute(sa.text("PRAGMA schema_version")).scalar_one()
    bind.execute(sa.text("PRAGMA writable_schema = ON"))
    widened = bind.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :was, :becomes)"
            " WHERE type = 'table' AND name = 'nudges' AND instr(sql, :was)"
        ),
        {"was": _WAS, "becomes": _IS},
    )
    if widened.rowcount != 1:
        raise RuntimeError("the table of nudges is not as the last version left it")
    bind.execute(sa.text(f"PRAGMA schema_version = {int(version) + 1}"))
    bind.execute(sa.text("PRAGMA writable_schema = OFF"))
