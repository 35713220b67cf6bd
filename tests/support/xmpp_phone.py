"""Somebody's own client at an XMPP server."""

import asyncio
import ssl
from itertools import zip_longest

from slixmpp import JID, ClientXMPP

from tests.support.chat_servers import Prosody


class XmppPhone:
    """Comes to write and to read, and goes: the server keeps what is sent meanwhile.

    With `numbers`, each visit is of one resource and its messages bear these in turn.
    """

    def __init__(self, prosody: Prosody, name: str, numbers: str = "") -> None:
        self._prosody, self._name, self._numbers = prosody, name, numbers
        self._unread: list[str] = []

    def next(self) -> str:
        """What is sent to them next."""
        if not self._unread:
            self._unread = self.write(wait_for=1)
        return self._unread.pop(0)

    def write(self, *texts: str, to: str = "nudge", wait_for: int = 0) -> list[str]:
        """Send texts to an account, wait for so many messages, and go; all that came."""
        return asyncio.run(asyncio.wait_for(self._visit(texts, to, wait_for), timeout=30))

    async def _visit(self, texts: tuple[str, ...], to: str, wait_for: int) -> list[str]:
        context = ssl.create_default_context(cafile=self._prosody.ca_file)
        jid = f"{self._name}@localhost{'/phone' if self._numbers else ''}"
        client = ClientXMPP(jid, self._prosody.password, ssl_context=context)
        client.enable_direct_tls = False
        started: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heard: asyncio.Queue[str] = asyncio.Queue()
        client.add_event_handler("session_start", lambda _: started.set_result(None))
        client.add_event_handler("message", lambda stanza: heard.put_nowait(stanza["body"]))
        client.connect("127.0.0.1", self._prosody.port)
        await started
        if wait_for:
            client.send_presence()
        for text, number in zip_longest(texts, self._numbers[: len(texts)]):
            message = client.make_message(JID(f"{to}@localhost"), text, mtype="chat")
            message["id"] = number or message["id"]
            message.send()
        told = [await heard.get() for _ in range(wait_for)]
        await client.disconnect(wait=2.0)
        return [*told, *(heard.get_nowait() for _ in range(heard.qsize()))]
