"""One partner on the stage: expects a message, says something, expects the next."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.support.phones import Heard
from troth.domain.grammar import Verb
from troth.domain.reply import Reply
from troth.domain.said import Said
from troth.engine.door import Answer
from troth.store import inbox
from troth.store.records import Nudge

if TYPE_CHECKING:
    from tests.support.stage import Stage

INBOX = "inbox"


@dataclass
class Actor:
    """One partner, with everything that reached them and that nobody has looked at yet."""

    stage: "Stage"
    key: str
    _seen: set[object] = field(default_factory=set)

    def expects(self, *texts: str, on: str | None = None) -> Heard:
        """The oldest unread message that holds all of `texts`, on that channel; else it fails."""
        for mark, heard in self._unread():
            if all(text in heard.text for text in texts) and on in (None, heard.on):
                self._seen.add(mark)
                return heard
        unread = [heard for _, heard in self._unread()]
        raise AssertionError(f"{self.key} expected {texts} on {on or 'any'}, unread: {unread}")

    def reads_all(self) -> list[Heard]:
        """Every unread message, oldest first: a test of months expects each in its own way."""
        unread = self._unread()
        self._seen.update(mark for mark, _ in unread)
        return [heard for _, heard in unread]

    def expects_nothing(self) -> None:
        unread = [heard for _, heard in self._unread()]
        assert not unread, f"{self.key} did not expect {unread}"

    def says(
        self, text: str, *, to: Heard | None = None, on: str | None = None, again: str = ""
    ) -> str:
        """Say something, by the link of a message where `to` is given; return the answer."""
        nudge = self.stage.nudge_behind(to) if to else None
        linked = nudge.channel_id if nudge else None
        channel = self.stage.channel_id(self.key, on) if on else linked
        return self._reply(text, nudge, channel, None, again).text

    def presses(self, verb: Verb, to: Heard) -> str:
        """Press a button of the page that the message's link opens."""
        nudge = self.stage.nudge_behind(to)
        return self._reply("", nudge, nudge.channel_id, Said(verb), "").text

    def confirms(self, *on: str) -> None:
        """Say yes on the page behind the one question that each of these channels was asked."""
        for channel in on:
            self.presses(Verb.START, self.expects("Troth asks first", on=channel))

    def everything(self) -> list[Heard]:
        """All that ever reached this partner, oldest first."""
        return [heard for _, heard in self._all()]

    def _reply(
        self, text: str, nudge: Nudge | None, channel: int | None, said: Said | None, again: str
    ) -> Answer:
        stage, couple = self.stage, self.stage.in_play
        reply = Reply(
            way="stage",
            provider_id=again or f"message-{next(stage.numbers)}",
            couple_id=couple.id,
            partner_id=stage.partner_id(self.key),
            text=text,
            received_at=stage.clock.now(),
            nudge_id=nudge.id if nudge else None,
            channel_id=channel,
            said=said,
        )
        return stage.store.take(reply)

    def _unread(self) -> list[tuple[object, Heard]]:
        return [(mark, heard) for mark, heard in self._all() if mark not in self._seen]

    def _all(self) -> list[tuple[object, Heard]]:
        rung = [
            (index, heard)
            for index, heard in enumerate(self.stage.phones.heard)
            if heard.on.startswith(f"/{self.key}/")
        ]
        with self.stage.store.db.reading() as conn:
            letters = inbox.letters(
                conn, self.stage.store.vault, self.stage.partner_id(self.key), 500
            )
        laid = [
            (f"n{letter.nudge.id}", Heard(INBOX, letter.title, letter.body, letter.arrived_at))
            for letter in reversed(letters)
        ]
        return sorted([*rung, *laid], key=lambda pair: pair[1].at)
