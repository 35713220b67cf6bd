"""${message}"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
change = "expands"  # or "contracts": then no process of an older version starts any more


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
