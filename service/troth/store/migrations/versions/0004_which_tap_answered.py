"""Which tap an answer was: what takes the tap away takes back that answer, and no other.

The new column may be empty, so that processes of the version before go on writing meanwhile.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("replies", sa.Column("tap", sa.String(length=200)))
