"""The buttons of an ntfy notification, as far as the phone that shows them can tell."""

import json
from urllib.parse import quote

import pytest
from apprise import Apprise

from tests.support.scripted import scripted
from troth.delivery.ntfy_actions import LabelError, actions_for
from troth.domain.grammar import Verb
from troth.schedules.languages import load_languages

TOKEN = "abcdefghijklmnopqrstuvwxyz234567"
LABELS = {Verb.DONE: "Done", Verb.LATER: "Später", Verb.SKIP: 'Not, this; "time"'}


def test_three_buttons_post_to_the_answer_address_and_take_the_nudge_away() -> None:
    buttons = json.loads(actions_for("https://troth.example.org/", TOKEN, LABELS))
    assert [button["label"] for button in buttons] == list(LABELS.values())
    assert [button["url"].rpartition("/")[2] for button in buttons] == ["done", "later", "skip"]
    for button in buttons:
        assert button["url"].startswith(f"https://troth.example.org/r/{TOKEN}/")
        assert (button["action"], button["method"], button["clear"]) == ("http", "POST", True)


def test_no_label_is_anything_but_plain_in_the_header() -> None:
    told = actions_for("https://troth.example.org", TOKEN, LABELS)
    assert told.isascii()
    assert told.isprintable()


@pytest.mark.parametrize("label", ["", "  ", "Done ✅", "a\u0085\x07b"])
def test_a_label_that_would_not_arrive_is_refused(label: str) -> None:
    with pytest.raises(LabelError):
        actions_for("https://troth.example.org", TOKEN, {**LABELS, Verb.DONE: label})


def test_every_language_has_labels_that_travel() -> None:
    for language in load_languages().by_key.values():
        labels = {verb: language.say(f"button_{verb}") for verb in LABELS}
        assert len(json.loads(actions_for("https://troth.example.org", TOKEN, labels))) == 3


def test_apprise_hands_the_buttons_on_as_they_are() -> None:
    told = actions_for("https://troth.example.org", TOKEN, LABELS)
    with scripted() as ntfy:
        ntfy.say({"id": "1"})
        url = f"{ntfy.url.replace('http', 'ntfy', 1)}/topic?image=no&actions={quote(told)}"
        assert Apprise.instantiate(url).notify(body="There is a moment waiting for you.")
        assert ntfy.next_asked().headers["x-actions"] == told
