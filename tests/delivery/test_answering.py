"""A message is answered where it is read: what its channel's URL is given for that."""

from urllib.parse import parse_qs, urlsplit

import pytest

from troth.delivery.answering import ReplyPath, answerable, labels_of
from troth.delivery.courier import is_channel_url
from troth.domain.states import NudgePurpose
from troth.schedules.languages import load_languages

TOKEN = "a2" * 16
ENGLISH = load_languages().of("en")
RITUAL = labels_of(NudgePurpose.RITUAL, ENGLISH)
PATH = ReplyPath("https://troth.test", TOKEN, "nudge@lab.test", RITUAL)
MAIL = "mailto://nudge:pw@127.0.0.1:2525/alex@lab.test?from=nudge@lab.test"


def given(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


def test_a_mail_asks_for_its_answer_at_an_address_of_its_own():
    url = answerable(MAIL, PATH)
    assert given(url)["reply"] == [f"nudge+{TOKEN}@lab.test"]
    assert is_channel_url(url)


def test_a_mail_says_what_it_is_and_how_one_click_ends_it():
    told = given(answerable(MAIL, PATH))
    assert told["+Auto-Submitted"] == ["auto-generated"]
    assert told["+List-Unsubscribe"] == [f"<https://troth.test/r/{TOKEN}/stop>"]
    assert told["+List-Unsubscribe-Post"] == ["List-Unsubscribe=One-Click"]


def test_without_a_mailbox_a_mail_asks_for_no_answer():
    assert "reply" not in given(answerable(MAIL, ReplyPath("https://troth.test", TOKEN)))


def test_what_its_owner_has_set_stays():
    own = f"{MAIL}&reply=me@lab.test"
    assert given(answerable(own, PATH))["reply"] == ["me@lab.test"]


def test_a_notification_of_ntfy_carries_three_buttons_and_nothing_of_the_ritual():
    url = answerable("ntfys://ntfy.sh/topic", PATH)
    actions = given(url)["actions"][0]
    for verb in ("done", "later", "skip"):
        assert f"/r/{TOKEN}/{verb}" in actions
    assert is_channel_url(url)


@pytest.mark.parametrize("purpose", [NudgePurpose.CONSENT, NudgePurpose.ANSWER, NudgePurpose.STEP])
def test_what_asks_for_no_answer_has_no_buttons(purpose: NudgePurpose):
    path = ReplyPath("https://troth.test", TOKEN, None, labels_of(purpose, ENGLISH))
    assert answerable("ntfys://ntfy.sh/topic", path) == "ntfys://ntfy.sh/topic"


@pytest.mark.parametrize("url", ["json://127.0.0.1/x", "tgram://1:a/2", "troth://"])
def test_other_channels_are_left_as_they_are(url: str):
    assert answerable(url, PATH) == url
