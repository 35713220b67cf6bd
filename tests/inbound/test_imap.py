"""A mailbox is read as mails come, once each, whatever becomes of its server meanwhile."""

import queue
import threading
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
from tests.support.mail_servers import (
    NOT_HERE,
    MailServers,
    are_mail_servers_here,
    running_mail_servers,
)
from troth.domain.incoming import Address, AddressKind, Incoming
from troth.inbound.imap import Imap, ImapSettings, Place

SOON = 20.0  # seconds: a limit for a busy machine


class Kept:
    """A memory, which tells when it is set."""

    def __init__(self) -> None:
        self.place: Place | None = None
        self.is_set = threading.Event()

    def get(self) -> Place | None:
        return self.place

    def set(self, place: Place) -> None:
        self.place = place
        self.is_set.set()


class Listener:
    """What reads nudge's mailbox, in a thread; what it takes is waited for."""

    def __init__(self, servers: MailServers, kept: Kept, folder: str, every: float) -> None:
        settings = ImapSettings(
            host="127.0.0.1",
            port=servers.imap,
            user="nudge@lab.test",
            password=SecretStr("pw-nudge"),
            folder=folder,
            security="none",
            every=every,
        )
        self.taken: queue.Queue[Incoming] = queue.Queue()
        self.refusals = 0
        self._imap, self._stopping = Imap(settings, kept), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def next(self) -> Incoming:
        return self.taken.get(timeout=SOON)

    def _run(self) -> None:
        self._imap.run(self.taken.put, self._stopping)

    @contextmanager
    def running(self) -> Iterator["Listener"]:
        self._thread.start()
        try:
            yield self
        finally:
            self._stopping.set()
            self._thread.join(SOON)
            assert not self._thread.is_alive()


@contextmanager
def listening(
    servers: MailServers, kept: Kept, folder: str = "INBOX", every: float = 60
) -> Iterator[Listener]:
    with Listener(servers, kept, folder, every).running() as listener:
        assert kept.is_set.wait(SOON)
        yield listener


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
    with listening(servers, Kept()) as listener, listening_as_alex(servers) as nudge:
        courier = apprise.Apprise()
        assert courier.add(url)
        assert courier.notify(title="Tea", body="Tea at nine? Reply done, later or stop.")
        came = nudge()
        assert came["Reply-To"] is not None
        quoted = "\n".join(f"> {line}" for line in came.get_payload(decode=True).decode().split())
        reply = answer(f"Done, lovely\n\nOn 2 Mar 2026, Troth wrote:\n{quoted}", came["Reply-To"])
        servers.send(reply)
        begun = time.monotonic()
        incoming = listener.next()
        assert time.monotonic() - begun < 1
    assert incoming == Incoming(
        way="imap",
        provider_id=reply["Message-ID"],
        address=Address(AddressKind.MAIL, "alex@lab.test"),
        text="Done, lovely",
        token=TOKEN,
    )


@contextmanager
def listening_as_alex(servers: MailServers):
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
    kept = Kept()
    with listening(servers, kept) as listener:
        servers.send(answer("done"))
        assert listener.next().text == "done"
        servers.send(answer("no"))
        assert listener.next().text == "no"
    assert flags(servers) == [True, True]
    with listening(servers, kept) as listener:
        servers.send(answer("skip"))
        assert listener.next().text == "skip"


def test_what_was_there_before_the_first_look_is_left_alone(servers):
    with listening(servers, Kept()) as first:
        servers.send(answer("an old mail"))
        first.next()
    with servers.mailbox("nudge") as server:
        server.select("INBOX")
        server.store("1", "-FLAGS", r"(\Seen)")
    with listening(servers, Kept()) as listener:
        servers.send(answer("done"))
        assert listener.next().text == "done"
    assert flags(servers) == [False, True]


def test_what_came_while_the_listener_was_away_is_read_in_its_order(servers):
    kept = Kept()
    with listening(servers, kept):
        pass
    with listening(servers, Kept()) as witness:  # by its coming we know that it arrived
        for text in ("one", "two", "three"):
            servers.send(answer(text))
            witness.next()
    with listening(servers, kept) as listener:
        assert [listener.next().text for _ in range(3)] == ["one", "two", "three"]


def test_an_outage_of_the_server_is_waited_out_and_nothing_is_lost(servers):
    with listening(servers, Kept()) as listener:
        servers.send(answer("before"))
        assert listener.next().text == "before"
        servers.stop_imap()
        servers.send(answer("meanwhile"))  # exim keeps it, as any mail server would
        servers.start_imap()
        assert listener.next().text == "meanwhile"
        servers.send(answer("after"))
        assert listener.next().text == "after"
        assert listener.taken.empty()


def test_a_mailbox_that_was_made_anew_is_read_where_nobody_has_seen_it(servers):
    kept = Kept()
    with servers.mailbox("nudge") as server:
        server.create("Troth")
    with listening(servers, kept, "Troth"):
        pass
    before = kept.place
    with servers.mailbox("nudge") as server:
        server.delete("Troth")
        server.create("Troth")
        server.append("Troth", r"(\Seen)", "", bytes(answer("seen before")))
        server.append("Troth", "", "", bytes(answer("not yet")))
        server.append("Troth", r"(\Seen)", "", bytes(answer("seen, too")))
    with listening(servers, kept, "Troth") as listener:
        assert listener.next().text == "not yet"
        with servers.mailbox("nudge") as server:
            server.append("Troth", "", "", bytes(answer("new")))
        assert listener.next().text == "new"
    assert before is not None
    assert kept.place is not None
    assert kept.place.validity != before.validity
    assert kept.place.uid == 4


def test_a_server_that_cannot_push_is_asked_again_and_again():
    if not are_mail_servers_here():
        pytest.skip(NOT_HERE)
    with (
        running_mail_servers(can_idle=False) as servers,
        listening(servers, Kept(), every=0.1) as listener,
    ):
        with servers.mailbox("nudge") as server:
            assert "IDLE" not in server.capabilities
        servers.send(answer("done"))
        assert listener.next().text == "done"
        servers.send(answer("no"))
        assert listener.next().text == "no"


def test_a_mail_of_a_megabyte_is_read_by_its_beginning(servers):
    with listening(servers, Kept()) as listener:
        servers.send(answer("done\n" + "a long letter\n" * 80_000))
        assert listener.next().text.startswith("done\n")


def test_a_mail_that_could_not_be_taken_is_the_first_to_be_taken_again(servers):
    kept = Kept()
    with listening(servers, kept) as listener:
        servers.send(answer("done"))
        listener.next()
    before = kept.place
    with servers.mailbox("nudge") as server:
        server.append("INBOX", "", "", bytes(answer("no")))
    stopping = threading.Event()

    def refuse(incoming: Incoming) -> None:
        raise RuntimeError("the store is away")

    with pytest.raises(RuntimeError):
        listener._imap.run(refuse, stopping)
    assert kept.place == before
    assert flags(servers) == [True, False]
    with listening(servers, kept) as again:
        assert again.next().text == "no"
    assert flags(servers) == [True, True]


def test_a_mail_that_nobody_wrote_steps_aside_and_the_next_is_read(servers):
    with listening(servers, Kept()) as listener:
        with servers.mailbox("nudge") as server:
            server.append("INBOX", "", "", b"Subject: who am I?\r\n\r\nstop")
        servers.send(answer("done"))
        assert listener.next().text == "done"
    assert flags(servers) == [False, True]


def test_a_password_is_sent_in_the_open_to_nobody_but_this_machine():
    with pytest.raises(ValidationError, match="without TLS") as refusal:
        ImapSettings(
            host="mail.lab.test", user="x", password=SecretStr("pw-secret"), security="none"
        )
    assert "pw-secret" not in str(refusal.value)
