"""A mailbox is read as mails come, once each, whatever becomes of its server meanwhile."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.utils import make_msgid

import apprise
import pytest
from pydantic import SecretStr, ValidationError

from tests.inbound.mails import NUDGE, TOKEN
from tests.support.listening import Listening, Notebook, listening
from tests.support.mail_servers import (
    NOT_HERE,
    MailServers,
    are_mail_servers_here,
    running_mail_servers,
)
from troth.domain.incoming import Address, AddressKind, Incoming
from troth.inbound.imap import Imap, ImapSettings, Place

SOON = 20.0  # seconds: a limit for a busy machine


def settings(servers: MailServers, folder: str = "INBOX", every: float = 60) -> ImapSettings:
    return ImapSettings(
        host="127.0.0.1",
        port=servers.imap,
        user="nudge@lab.test",
        password=SecretStr("pw-nudge"),
        folder=folder,
        security="none",
        every=every,
    )


@contextmanager
def reading(
    servers: MailServers, notebook: Notebook, folder: str = "INBOX", every: float = 60
) -> Iterator[Listening]:
    """What reads nudge's mailbox, from when it knows where."""
    with listening(Imap(settings(servers, folder, every), notebook)) as ear:
        assert notebook.was_set.wait(SOON)
        yield ear


def place_in(notebook: Notebook) -> Place:
    (written,) = notebook.kept.values()
    return Place.read(written)


@pytest.fixture
def servers() -> Iterator[MailServers]:
    if not are_mail_servers_here():
        pytest.skip(NOT_HERE)
    with running_mail_servers() as running:
        yield running


def answer(text: str, to: str = NUDGE) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Alex <alex@lab.test>"
    message["To"] = to
    message["Message-ID"] = make_msgid()
    message.set_content(text)
    return message


def flags(servers: MailServers, folder: str = "INBOX") -> list[bool]:
    """Whether each mail in nudge's mailbox is marked as seen."""
    with servers.mailbox("nudge") as server:
        server.select(folder, readonly=True)
        _, found = server.fetch("1:*", "(FLAGS)")
        return [b"\\Seen" in line for line in found if isinstance(line, bytes)]


def test_an_answer_to_a_nudge_is_read_within_a_second_of_being_sent(servers):
    url = (
        f"mailto://nudge:pw-nudge@127.0.0.1:{servers.smtp}/alex@lab.test?user=nudge@lab.test"
        "&smtp=127.0.0.1&mode=insecure&from=Troth<nudge@lab.test>&format=text"
        f"&reply={NUDGE.replace('+', '%2B')}"
    )
    with reading(servers, Notebook()) as ear, mailbox_of_alex(servers) as nudge:
        courier = apprise.Apprise()
        assert courier.add(url)
        assert courier.notify(title="Tea", body="Tea at nine? Reply done, later or stop.")
        came = nudge()
        assert came["Reply-To"] is not None
        quoted = "\n".join(f"> {line}" for line in came.get_payload(decode=True).decode().split())
        reply = answer(f"Done, lovely\n\nOn 2 Mar 2026, Troth wrote:\n{quoted}", came["Reply-To"])
        servers.send(reply)
        begun = time.monotonic()
        incoming = ear.next()
        assert time.monotonic() - begun < 1
    assert incoming == Incoming(
        way="imap",
        provider_id=reply["Message-ID"],
        address=Address(AddressKind.MAIL, "alex@lab.test"),
        text="Done, lovely",
        token=TOKEN,
    )


@contextmanager
def mailbox_of_alex(servers: MailServers):
    """Waits in another person's mailbox for the next mail."""

    def next_mail():
        deadline = time.monotonic() + SOON
        while time.monotonic() < deadline:
            with servers.mailbox("alex") as server:
                server.select("INBOX")
                _, found = server.fetch("1", "(BODY[])")
                if isinstance(found[0], tuple):
                    return message_from_bytes(found[0][1])
        raise AssertionError("no mail came")

    yield next_mail


def test_a_mail_is_marked_as_seen_once_it_was_taken_and_is_taken_once(servers):
    notebook = Notebook()
    with reading(servers, notebook) as ear:
        servers.send(answer("done"))
        assert ear.next().text == "done"
        servers.send(answer("no"))
        assert ear.next().text == "no"
    assert flags(servers) == [True, True]
    with reading(servers, notebook) as ear:
        servers.send(answer("skip"))
        assert ear.next().text == "skip"


def test_what_was_there_before_the_first_look_is_left_alone(servers):
    with reading(servers, Notebook()) as first:
        servers.send(answer("an old mail"))
        first.next()
    with servers.mailbox("nudge") as server:
        server.select("INBOX")
        server.store("1", "-FLAGS", r"(\Seen)")
    with reading(servers, Notebook()) as ear:
        servers.send(answer("done"))
        assert ear.next().text == "done"
    assert flags(servers) == [False, True]


def test_what_came_while_the_listener_was_away_is_read_in_its_order(servers):
    notebook = Notebook()
    with reading(servers, notebook):
        pass
    with reading(servers, Notebook()) as witness:  # by its coming we know that it arrived
        for text in ("one", "two", "three"):
            servers.send(answer(text))
            witness.next()
    with reading(servers, notebook) as ear:
        assert [ear.next().text for _ in range(3)] == ["one", "two", "three"]


def test_an_outage_of_the_server_is_waited_out_and_nothing_is_lost(servers):
    with reading(servers, Notebook()) as ear:
        servers.send(answer("before"))
        assert ear.next().text == "before"
        servers.stop_imap()
        servers.send(answer("meanwhile"))  # exim keeps it, as any mail server would
        servers.start_imap()
        assert ear.next().text == "meanwhile"
        servers.send(answer("after"))
        assert ear.next().text == "after"
        assert ear.taken() == []


def test_a_mailbox_that_was_made_anew_is_read_where_nobody_has_seen_it(servers):
    notebook = Notebook()
    with servers.mailbox("nudge") as server:
        server.create("Troth")
    with reading(servers, notebook, "Troth"):
        pass
    before = place_in(notebook)
    with servers.mailbox("nudge") as server:
        server.delete("Troth")
        server.create("Troth")
        server.append("Troth", r"(\Seen)", "", bytes(answer("seen before")))
        server.append("Troth", "", "", bytes(answer("not yet")))
        server.append("Troth", r"(\Seen)", "", bytes(answer("seen, too")))
    with reading(servers, notebook, "Troth") as ear:
        assert ear.next().text == "not yet"
        with servers.mailbox("nudge") as server:
            server.append("Troth", "", "", bytes(answer("new")))
        assert ear.next().text == "new"
    assert place_in(notebook).validity != before.validity
    assert place_in(notebook).uid == 4


def test_a_server_that_cannot_push_is_asked_again_and_again():
    if not are_mail_servers_here():
        pytest.skip(NOT_HERE)
    with (
        running_mail_servers(can_idle=False) as servers,
        reading(servers, Notebook(), every=0.1) as ear,
    ):
        with servers.mailbox("nudge") as server:
            assert "IDLE" not in server.capabilities
        servers.send(answer("done"))
        assert ear.next().text == "done"
        servers.send(answer("no"))
        assert ear.next().text == "no"


def test_a_mail_of_a_megabyte_is_read_by_its_beginning(servers):
    with reading(servers, Notebook()) as ear:
        servers.send(answer("done\n" + "a long letter\n" * 80_000))
        assert ear.next().text.startswith("done\n")


def test_a_mail_that_could_not_be_taken_is_the_first_to_be_taken_again(servers):
    notebook = Notebook()
    with reading(servers, notebook) as ear:
        servers.send(answer("done"))
        ear.next()
    before = place_in(notebook)
    with servers.mailbox("nudge") as server:
        server.append("INBOX", "", "", bytes(answer("no")))
    ear = Listening(Imap(settings(servers), notebook), is_shut=True)
    assert ear.refused.acquire(timeout=SOON)
    assert flags(servers) == [True, False]
    ear.stop()
    assert place_in(notebook) == before
    with reading(servers, notebook) as again:
        assert again.next().text == "no"
    assert flags(servers) == [True, True]


def test_a_mail_is_given_again_until_the_door_takes_it(servers):
    with reading(servers, Notebook()) as ear:
        ear.shut.set()
        servers.send(answer("done"))
        assert ear.refused.acquire(timeout=SOON)
        ear.shut.clear()
        assert ear.next().text == "done"
    assert flags(servers) == [True]


def test_the_place_is_kept_under_a_name_that_shows_no_mailbox(servers):
    notebook = Notebook()
    with reading(servers, notebook):
        pass
    (key,) = notebook.kept
    assert key.startswith("imap:")
    assert not any(part in key for part in ("127", "nudge", "lab", "INBOX"))


def test_a_mail_that_nobody_wrote_steps_aside_and_the_next_is_read(servers):
    with reading(servers, Notebook()) as ear:
        with servers.mailbox("nudge") as server:
            server.append("INBOX", "", "", b"Subject: who am I?\r\n\r\nstop")
        servers.send(answer("done"))
        assert ear.next().text == "done"
    assert flags(servers) == [False, True]


def test_a_password_is_sent_in_the_open_to_nobody_but_this_machine():
    with pytest.raises(ValidationError, match="without TLS") as refusal:
        ImapSettings(
            host="mail.lab.test", user="x", password=SecretStr("pw-secret"), security="none"
        )
    assert "pw-secret" not in str(refusal.value)
