"""The writer's own words are read, and nothing of ours, whatever program they answer with."""

import pytest

from tests.inbound.mails import LAYOUTS, TOKEN, Texts, mail
from tests.inbound.tongues import TONGUES
from troth.inbound.mails.mail import read_mail


@pytest.mark.parametrize("tongue", TONGUES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_writers_own_words_are_read_and_nothing_of_ours(layout, tongue):
    spoken = TONGUES[tongue]
    read = read_mail(mail(LAYOUTS[layout](spoken)))
    assert read.text == spoken.own
    assert read.token == TOKEN
    assert not read.is_automatic


def read_plain(text: str) -> str:
    return read_mail(mail(Texts(text))).text


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("done\n\nSent from my heart", "done"),
        ("> Tea?\ndone\n> stop\nthanks", "done\nthanks"),
        ("2026-03-02 21:30 GMT+01:00 Troth <nudge@lab.test>:\n\n> stop\n\ndone", "done"),
        ("Troth <n@lab.test> schrieb am Mo., 2. März 2026,\n21:30:\n\n> stop\n\nja", "ja"),
        ("\uff1e stop\ndone", "done"),
        ("\u200b> stop\ndone", "done"),
        ("done\n--\nstop", "done"),
        ("On it!\nBoth of us: lovely", "On it!\nBoth of us: lovely"),
        ("From me to you: lovely\nTo us: yes", "From me to you: lovely\nTo us: yes"),
        ("a -- b\n--- done ---", "a -- b\n--- done ---"),
        ("Von meinem Fenster aus: schön", "Von meinem Fenster aus: schön"),
        ("", ""),
    ],
)
def test_marks_are_known_and_honest_lines_are_kept(text, own):
    assert read_plain(text) == own


def test_the_broken_end_of_a_quoted_line_is_no_answer():
    long = "> " + "How was your tea at nine, and would you like to do it again, or "
    assert read_plain(f"On 2 Mar 2026, Troth wrote:\n{long}\nstop\n\ndone") == "done"


def test_a_quotation_without_its_marks_is_no_answer():
    assert read_plain("On 2 Mar 2026 at 21:30, Troth wrote:\n\nTea? Reply\nstop\n\ndone") == ""


def test_the_plain_text_is_preferred_and_the_other_read_where_it_says_nothing():
    assert read_mail(mail(Texts("plain", "<p>other</p>"))).text == "plain"
    assert read_mail(mail(Texts("> quoted", "<p>other</p>"))).text == "other"


def test_a_phones_broken_html_is_read():
    html = "<title>x</title><p title=it's>4 &lt; 5 &amp; do&shy;ne<br>we < us</P><blockquote>stop"
    assert read_mail(mail(Texts(html=html))).text == "4 < 5 & do\u00adne\nwe < us"


def test_at_most_64_lines_and_4096_characters_are_read():
    assert len(read_plain("a\n" * 500).splitlines()) == 64
    assert len(read_plain("a" * 100_000)) <= 4_096
