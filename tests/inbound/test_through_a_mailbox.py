"""Answers by mail, over real mail servers and both ways: out as a nudge, back as a reply."""

from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path

import pytest

from tests.support.coffee import channel, coffee
from tests.support.house import House, house_in
from tests.support.mail_servers import (
    NOT_HERE,
    MailServers,
    are_mail_servers_here,
    running_mail_servers,
)
from troth.bootstrap import open_inbox
from troth.domain.states import OccurrenceState

URL = (
    "mailto://nudge:pw-nudge@127.0.0.1:{port}/alex@lab.test?user=nudge@lab.test&smtp=127.0.0.1"
    "&mode=insecure&from=Troth<nudge@lab.test>&format=text"
)
Answer = Callable[[EmailMessage, str], EmailMessage]


def answer_to(mail: EmailMessage, own: str) -> EmailMessage:
    """An answer as mail programs begin it: to whom it goes, and what it answers."""
    answer = EmailMessage()
    answer["From"] = "Ana <alex@lab.test>"
    answer["To"] = mail["Reply-To"]
    answer["Subject"] = f"Re: {mail['Subject']}"
    answer["Message-ID"] = make_msgid(domain="lab.test")
    if mail["Message-ID"]:
        answer["In-Reply-To"] = answer["References"] = mail["Message-ID"]
    answer.set_content(f"{own}\n")
    return answer


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


class Post:
    """A couple's service, with Ana's mailbox (alex's) at the other end of real mail."""

    def __init__(self, house: House, servers: MailServers) -> None:
        self.house, self.servers = house, servers
        with servers.mailbox("alex") as server:
            self._read = int(server.select("INBOX", readonly=True)[1][0] or 0)

    def next(self) -> EmailMessage:
        """The mail that comes next to Ana."""
        self._read += 1
        found: list[bytes] = []

        def came() -> bool:
            with self.servers.mailbox("alex") as server:
                server.select("INBOX", readonly=True)
                pieces = server.fetch(str(self._read), "(BODY[])")[1]
                found.extend(piece[1] for piece in pieces if isinstance(piece, tuple))
            return bool(found)

        self.servers.wait_until(came, "mail to Ana")
        return message_from_bytes(found[0], policy=policy.default)

    def brings_nothing(self) -> None:
        """Nothing came to Ana before what is sent now."""
        last = EmailMessage()
        last["From"], last["To"], last["Subject"] = "ben@lab.test", "alex@lab.test", "the end"
        self.servers.send(last)
        assert self.next()["Subject"] == "the end"

    def takes_in(self, mail: EmailMessage) -> None:
        """A mail is sent to Troth, and read there."""
        before = self._seen()
        self.servers.send(mail)
        self.servers.wait_until(lambda: self._seen() > before, "reading of a mail")

    def _seen(self) -> int:
        with self.servers.mailbox("nudge") as server:
            server.select("INBOX", readonly=True)
            return len(server.search(None, "SEEN")[1][0].split())


@pytest.fixture(scope="module")
def servers() -> Iterator[MailServers]:
    if not are_mail_servers_here():
        pytest.skip(NOT_HERE)
    with running_mail_servers() as servers:
        yield servers


@pytest.fixture
def post(tmp_path: Path, store_url: str, servers: MailServers) -> Iterator[Post]:
    """The inbox listens, and Ana has agreed; the coffee of the day was nudged for, unread."""
    imap = {"host": "127.0.0.1", "port": servers.imap, "security": "none"}
    login = {"user": "nudge@lab.test", "password": "pw-nudge"}
    with house_in(
        tmp_path,
        database_url=store_url,
        public_url="https://troth.test",
        inbound={"imap": imap | login},
        reply_address="nudge@lab.test",
    ) as house:
        post = Post(house, servers)
        with open_inbox(house.store).listening():
            servers.wait_until(house.knows_its_place, "place in the mailbox")
            agree(post)
            yield post


def agree(post: Post) -> None:
    url = URL.format(port=post.servers.smtp)
    post.house.take_in_file(coffee(channel(url, "mail:alex@lab.test")))
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
