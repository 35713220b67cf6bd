"""Answers by mail, over real mail servers and both ways: out as a nudge, back as a reply."""

from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.inbound.post import Post, answer_to, inbound, mailbox
from tests.support.coffee import coffee
from tests.support.house import house_in
from tests.support.mail_servers import (
    MailServers,
)
from troth.bootstrap import open_inbox
from troth.domain.states import OccurrenceState

Answer = Callable[[EmailMessage, str], EmailMessage]


def in_two_texts(mail: EmailMessage, own: str) -> EmailMessage:
    """Plain and HTML, each with all of the mail quoted below, in the way of Gmail."""
    answer, asked = answer_to(mail, own), mail.get_content().splitlines()
    who = f"On Mon, Mar 2, 2026 at 7:15 AM Troth <{mail['Reply-To']}> wrote:"
    quoted = "".join(f"> {line}\n" for line in asked)
    answer.set_content(f"{own}\n\n{who}\n\n{quoted}")
    lines = "<br>".join(asked)
    answer.add_alternative(
        f'<div dir="ltr">{own}</div><br><div class="gmail_quote"><div class="gmail_attr">{who}'
        f'</div><blockquote class="gmail_quote">{lines}</blockquote></div>',
        subtype="html",
    )
    return answer


def from_a_telephone(mail: EmailMessage, own: str) -> EmailMessage:
    """One text, with a signature that nobody wrote and the quote below it."""
    answer = answer_to(mail, own)
    quoted = "".join(f"> {line}\n" for line in mail.get_content().splitlines())
    head = "> On 2 Mar 2026, at 07:15, Troth wrote:\n> \n"
    answer.set_content(f"{own}\n\nSent from my iPhone\n\n{head}{quoted}")
    return answer


@pytest.fixture
def post(tmp_path: Path, store_url: str, mail_servers: MailServers) -> Iterator[Post]:
    """The inbox listens, and Ana has agreed; the coffee of the day was nudged for, unread."""
    with house_in(
        tmp_path,
        database_url=store_url,
        public_url="https://troth.test",
        inbound=inbound(mail_servers),
        reply_address="nudge@lab.test",
    ) as house:
        post = Post(house, mail_servers)
        with open_inbox(house.store).listening():
            mail_servers.wait_until(house.knows_its_place, "place in the mailbox")
            agree(post)
            yield post


def agree(post: Post) -> None:
    post.house.take_in_file(coffee(mailbox(post.servers)))
    post.house.wind(minutes=1)
    post.takes_in(in_two_texts(post.next(), "Yes"))
    post.house.wind(minutes=1)
    assert "You will hear from Troth here" in post.next().get_content()
    post.house.wind(hours=2)


@pytest.mark.parametrize("layout", [in_two_texts, from_a_telephone])
def test_a_nudge_goes_out_its_answer_settles_and_is_echoed_once(post: Post, layout: Answer) -> None:
    nudge = post.next()
    assert nudge["Reply-To"].partition("+")[0].endswith("nudge")
    assert "Two cups, one table" in nudge.get_content()
    post.takes_in(layout(nudge, "done"))
    assert post.house.states() == [OccurrenceState.KEPT]
    post.house.wind(minutes=1)
    assert "noted as done" in post.next().get_content()
    post.brings_nothing()


def test_the_same_answer_twice_counts_once(post: Post) -> None:
    answer = in_two_texts(post.next(), "done")
    post.takes_in(answer)
    post.takes_in(answer)
    assert post.house.kept() == 2
    post.house.wind(minutes=1)
    post.next()
    post.brings_nothing()


def test_what_a_program_answers_while_she_is_away_does_nothing(post: Post) -> None:
    away = answer_to(post.next(), "done")
    away["Auto-Submitted"] = "auto-replied"
    post.takes_in(away)
    assert (post.house.kept(), post.house.states()) == (1, [OccurrenceState.OPEN])
    post.house.wind(minutes=1)
    post.brings_nothing()


def test_an_answer_to_no_address_of_a_nudge_is_nobodys(post: Post) -> None:
    forged = in_two_texts(post.next(), "done")
    forged.replace_header("To", "Troth <nudge@lab.test>")
    post.takes_in(forged)
    assert (post.house.kept(), post.house.states()) == (1, [OccurrenceState.OPEN])
    post.brings_nothing()
