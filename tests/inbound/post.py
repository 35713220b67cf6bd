"""The post between a couple's house and a mailbox, alex's, over real mail servers."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import make_msgid
from imaplib import IMAP4
from typing import Any

from tests.support.coffee import channel
from tests.support.house import House
from tests.support.mail_servers import MailServers

URL = (
    "mailto://nudge:pw-nudge@127.0.0.1:{port}/alex@lab.test?user=nudge@lab.test&smtp=127.0.0.1"
    "&mode=insecure&from=Troth<nudge@lab.test>&format=text"
)


def mailbox(servers: MailServers) -> str:
    """Alex's mailbox, as a couple's file tells it."""
    return channel(URL.format(port=servers.smtp), "mail:alex@lab.test")


def inbound(servers: MailServers) -> dict[str, dict[str, Any]]:
    """What opens the way back."""
    place = {"host": "127.0.0.1", "port": servers.imap, "security": "none"}
    return {"imap": {**place, "user": "nudge@lab.test", "password": "pw-nudge"}}


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


class Post:
    """A house, and who reads alex's mails from it."""

    def __init__(self, house: House, servers: MailServers) -> None:
        self.house, self.servers = house, servers
        with servers.mailbox("alex") as server:
            self._read = _opened(server)

    def next(self) -> EmailMessage:
        """The mail that comes next."""
        self._read += 1
        found: list[bytes] = []

        def came() -> bool:
            with self.servers.mailbox("alex") as server:
                if _opened(server) >= self._read:
                    pieces = server.fetch(str(self._read), "(BODY[])")[1]
                    found.extend(piece[1] for piece in pieces if isinstance(piece, tuple))
            return bool(found)

        self.servers.wait_until(came, "mail")
        return message_from_bytes(found[0], policy=policy.default)

    def brings_nothing(self) -> None:
        """Nothing came before what is sent now."""
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
            _opened(server)
            return len(server.search(None, "SEEN")[1][0].split())


def _opened(server: IMAP4) -> int:
    """How many mails are in the mailbox, which can be read from now on."""
    return int(server.select("INBOX", readonly=True)[1][0] or 0)
