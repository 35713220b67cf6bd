"""Where a key stands in a TOML file."""

from troth.schedules.lines import KeyLines

TEXT = '''\
# a comment with key = "value"
couple = "A & B"
[partners.ana]
name = """
quiet = not a key
"""
quiet = "23:00-07:00"

[rituals."good night"]
  cron = "0 9 * * *"
steps = [
  { text = "one" },
]
[deep]
a.b = 1
'''


def test_keys_are_found_on_their_own_lines() -> None:
    lines = KeyLines(TEXT)
    assert lines.of(("couple",)) == 2
    assert lines.of(("partners", "ana", "name")) == 4
    assert lines.of(("partners", "ana", "quiet")) == 7
    assert lines.of(("rituals", "good night", "cron")) == 10
    assert lines.of(("deep", "a", "b")) == 15


def test_what_has_no_line_is_told_of_its_table() -> None:
    lines = KeyLines(TEXT)
    assert lines.of(("partners", "ana", "missing")) == 3
    assert lines.of(("rituals", "good night", "steps", 0, "text")) == 11
    assert lines.of(("partners",)) == 3
    assert lines.of(("nowhere",)) == 1


def test_every_table_of_a_list_has_lines_of_its_own() -> None:
    lines = KeyLines("[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = 3\n[e]\nb = 4\n")
    assert [lines.of(("a", place, "b")) for place in (0, 1)] == [2, 4]
    assert lines.of(("a", 1, "c", "d")) == 6
    assert lines.of(("e", "b")) == 8
    assert lines.of(("a",)) == 1
