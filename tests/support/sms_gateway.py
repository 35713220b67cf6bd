"""A real SMS gateway, Kannel: private, on loopback, gone when the tests are.

Its two programs are one server here: bearerbox keeps what comes and goes by the carrier, smsbox
takes what is to be sent and hands over what phones write.
"""

import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlencode

import requests

from tests.support import leash
from tests.support.carrier import OURS, Carrier
from tests.support.chat_servers import ChatServer, find
from tests.support.ports import answers, free_port
from tests.support.processes import Process

SECRET = "of-the-tests-" * 3

_CONFIGURATION = """\
group = core
admin-port = {admin}
admin-password = pw-of-the-tests
admin-interface = 127.0.0.1
smsbox-port = {boxes}
smsbox-interface = 127.0.0.1
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
store-type = file
store-location = "{folder}/store"

group = smsc
smsc = smpp
smsc-id = carrier
host = 127.0.0.1
port = {carrier}
transceiver-mode = true
smsc-username = troth
smsc-password = pw
system-type = ""

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {boxes}
sendsms-port = {port}
sendsms-interface = 127.0.0.1
global-sender = {ours}
mo-recode = true
http-request-retry = 60
http-queue-delay = 1

group = sendsms-user
username = nudge
password = pw-nudge
max-messages = 10
concatenation = true

group = sms-service
keyword = default
catch-all = yes
{method}-url = "http://127.0.0.1:{web}/in/gateway?secret={secret}&from=%p&text=%b&id=%I"
max-messages = 0
"""


class Kannel(ChatServer):
    """A gateway, with a carrier behind it.

    What phones write it hands, by `method`, to `/in/gateway` at `web_port`, where somebody may be
    or not; once a second it tries again.
    """

    method = "get"

    @classmethod
    def lacks(cls) -> str | None:
        return None if find("bearerbox") and find("smsbox") else "no SMS gateway: install kannel"

    def set_up(self) -> None:
        self.web_port, self._boxes = free_port(), free_port()
        self._smsbox: Process | None = None
        self.carrier = Carrier()
        told = {"carrier": self.carrier.port, "port": self.port, "boxes": self._boxes}
        more = {"web": self.web_port, "admin": free_port(), "folder": self.folder}
        ours = {"ours": OURS, "secret": SECRET, "method": self.method}
        self._config = self.write("kannel.conf", _CONFIGURATION.format(**told, **more, **ours))

    def start(self) -> None:
        super().start()
        command = [sys.executable, leash.__file__, *self._program("smsbox")]
        self._smsbox = Process(command, stdin=subprocess.PIPE)
        self._smsbox.wait_for_line("Connected to bearerbox")
        self._smsbox.wait_for_port(self.port)

    def stop(self) -> None:
        if self._smsbox is not None:
            self._smsbox.hang_up()
            self._smsbox = None
        super().stop()

    def remove(self) -> None:
        try:
            super().remove()
        finally:
            self.carrier.close()

    def channel(self, number: str) -> str:
        """The Apprise URL by which this gateway sends to a number."""
        fields = {":message": "text", ":title": "", ":type": "", ":version": ""}
        login = {"-username": "nudge", "-password": "pw-nudge", "-to": number}
        query = urlencode(fields | login | {"-coding": "2", "-charset": "UTF-8"}, safe=":")
        return f"form://127.0.0.1:{self.port}/cgi-bin/sendsms?method=get&{query}"

    def send(self, number: str, said: str) -> None:
        """Send a text by another program than ours."""
        told = {"username": "nudge", "password": "pw-nudge", "to": number, "text": said}
        response = requests.get(
            f"http://127.0.0.1:{self.port}/cgi-bin/sendsms", params=told, timeout=20
        )
        response.raise_for_status()

    def wait_until(self, check: Callable[[], bool], what: str) -> None:
        """Return once `check` holds; else fail, with what smsbox said meanwhile."""
        assert self._smsbox is not None
        self._smsbox.wait_until(check, what)

    def failures(self) -> list[str]:
        """Each time that something was not taken: where it was to go."""
        assert self._smsbox is not None
        return re.findall(r"Couldn't fetch <(\S+)>", self._smsbox.output)

    def _command(self) -> Sequence[str | Path]:
        return self._program("bearerbox")

    def _answers(self) -> bool:
        return self.carrier.is_bound.is_set() and answers(self._boxes)

    def _program(self, name: str) -> Sequence[str | Path]:
        return [find(name) or name, "-v", "1", self._config]


class PostingKannel(Kannel):
    """A gateway that hands over by POST."""

    method = "post"
