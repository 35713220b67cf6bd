"""Real mail: exim takes it over SMTP and gives it to dovecot, which is read over IMAP.

All of it lives in a temporary folder and on loopback ports of its own; nothing of the machine's
configuration is used or touched. There are two people, `nudge@lab.test` and `alex@lab.test`, whose
passwords are `pw-nudge` and `pw-alex`.
"""

import imaplib
import os
import shutil
import smtplib
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

from tests.support import leash
from tests.support.folders import DISK, Folder
from tests.support.mail_settings import DOVECOT, EXIM
from tests.support.ports import answers, free_port
from tests.support.processes import Process

PEOPLE = ("nudge", "alex")
NOT_HERE = "no mail servers: install exim4-daemon-light, dovecot-imapd and dovecot-lmtpd, as root"


def are_mail_servers_here() -> bool:
    """Whether they are installed and may be started: they change to users of their own."""
    return os.getuid() == 0 and bool(shutil.which("exim4") and shutil.which("dovecot"))


class MailServers:
    """Exim and dovecot. The second may be stopped and started again; its mails stay."""

    def __init__(self, *, can_idle: bool) -> None:
        self._folder = Folder("troth-mail-", DISK)
        self.folder = self._folder.path
        self.folder.chmod(0o755)
        self.smtp, self.imap, self._lmtp = free_port(), free_port(), free_port()
        self._dovecot: Process | None = None
        self._exim: Process | None = None
        self._settle(can_idle)

    def start(self) -> None:
        """Start both and return once they answer."""
        self.start_imap()
        self._exim = self._leashed("exim4", "-C", self.folder / "exim.conf", "-bdf", "-q1s")
        self._exim.wait_for_port(self.smtp)

    def start_imap(self) -> None:
        """Let mailboxes be read (again)."""
        self._dovecot = self._leashed("dovecot", "-F", "-c", self.folder / "dovecot.conf")
        self._dovecot.wait_for_port(self.imap)
        self._dovecot.wait_for_port(self._lmtp)

    def stop_imap(self) -> None:
        """End dovecot; its connections break."""
        if self._dovecot is not None:
            self._dovecot.hang_up()
            self._dovecot = None
        assert not answers(self.imap)

    def remove(self) -> None:
        """End both and delete all that they kept."""
        try:
            self.stop_imap()
            if self._exim is not None:
                self._exim.hang_up()
        finally:
            self._folder.remove(ignore_errors=True)

    def send(self, message: EmailMessage) -> None:
        """Hand a mail to exim, as its writer's program would."""
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=20) as post:
            post.send_message(message)

    def wait_until(self, check: Callable[[], bool], what: str) -> None:
        """Return once `check` holds; else fail, with what exim said meanwhile."""
        assert self._exim is not None
        self._exim.wait_until(check, what)

    @contextmanager
    def mailbox(self, person: str) -> Iterator[imaplib.IMAP4]:
        """A person's mailbox, read by another program than ours."""
        with imaplib.IMAP4("127.0.0.1", self.imap, timeout=20) as server:
            server.login(f"{person}@lab.test", f"pw-{person}")
            yield server

    def _leashed(self, *command: str | Path) -> Process:
        leashed = [sys.executable, leash.__file__, leash.SAME_USER, *command]
        return Process(leashed, stdin=subprocess.PIPE)

    def _settle(self, can_idle: bool) -> None:
        for name in ("spool/input", "spool/msglog", "spool/db", "log", "dove", "mails"):
            (self.folder / name).mkdir(parents=True)
        shutil.chown(self.folder / "mails", "nobody", "nogroup")
        for folder in [self.folder / "log", *(self.folder / "spool").rglob("*")]:
            shutil.chown(folder, "Debian-exim", "Debian-exim")
        shutil.chown(self.folder / "spool", "Debian-exim", "Debian-exim")
        users = [f"{one}@lab.test:{{PLAIN}}pw-{one}::::::\n" for one in PEOPLE]
        self._write("users", "".join(users))
        self._write("passwords", "".join(f"{one}@lab.test: pw-{one}\n" for one in PEOPLE))
        told = {"folder": self.folder, "imap": self.imap, "lmtp": self._lmtp, "smtp": self.smtp}
        capabilities = "" if can_idle else "imap_capability = IMAP4rev1 LITERAL+ UIDPLUS\n"
        self._write("dovecot.conf", DOVECOT.format(**told) + capabilities)
        self._write("exim.conf", EXIM.format(**told))

    def _write(self, name: str, text: str) -> None:
        file = self.folder / name
        file.write_text(text)
        file.chmod(0o644)


@contextmanager
def running_mail_servers(*, can_idle: bool = True) -> Iterator[MailServers]:
    """Both for the time of a `with` block."""
    servers = MailServers(can_idle=can_idle)
    try:
        servers.start()
        yield servers
    finally:
        servers.remove()
