"""The JSON schema that editors use says what the models say."""

import json

from troth.schedules.schema import schedule_schema
from troth.schedules.shipped import shipped_schedules


def test_the_committed_schema_is_the_generated_one() -> None:
    committed = json.loads((shipped_schedules() / "schema.json").read_text())
    assert committed == schedule_schema(), "write it anew: make schema"
