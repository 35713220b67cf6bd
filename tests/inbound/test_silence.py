"""Silence after the answer, of the service as it is run: one answer, and every channel is still."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.faults.roles import skewed
from tests.inbound.phone import Phone
from tests.inbound.post import Post, answer_to, inbound, mailbox
from tests.inbound.talk import Talk
from tests.support.coffee import channel, coffee
from tests.support.house import MONDAY, House, house_in
from tests.support.mail_servers import MailServers
from tests.support.processes import Process
from tests.support.sms_gateway import Kannel
from troth.domain.states import NudgeState, OccurrenceState
from troth.store.tables import nudges

PUBLIC = "https://troth.test"
AT_MOST = 5.0  # seconds


class Evening:
    """Ana at a phone, Ben at a mailbox; the service is a process of its own, whose clock jumps."""

    def __init__(self, house: House, kannel: Kannel, servers: MailServers) -> None:
        self.house, self._clock = house, house.folder / "skew"
        self.phone, self.post = Talk(house, Phone(kannel)), Post(house, servers)
        self.kannel, self.servers = kannel, servers

    def settings(self, url: str) -> dict[str, str]:
        ways = {**Phone.inbound, **inbound(self.servers)}
        return {
            "TROTH_DATABASE_URL": url,
            "TROTH_PUBLIC_URL": PUBLIC,
            "TROTH_PORT": str(self.kannel.web_port),
            "TROTH_INBOUND": json.dumps(ways),
            "TROTH_REPLY_ADDRESS": "nudge@lab.test",
            **self.jump(),
        }

    def jump(self, **after: float) -> dict[str, str]:
        """Set the service's clock to six o'clock of the Monday, or so long after."""
        ahead = MONDAY + timedelta(**after) - datetime.now(UTC)
        return skewed(self._clock, ahead.total_seconds())

    def agree(self) -> None:
        self.house.take_in_file(
            coffee(
                channel(self.phone.far.channel, self.phone.far.address),
                ben=[mailbox(self.servers)],
            )
        )
        self.phone.shows("Is it all right to write to you here?")
        self.phone.writes("YES")
        self.phone.shows("You will hear from Troth here")
        self.post.takes_in(answer_to(self.post.next(), "Yes"))
        assert "You will hear from Troth here" in self.post.next().get_content()

    def follow_ups(self) -> dict[int | None, NudgeState]:
        """How the last nudge about the coffee by each channel stands."""
        about = select(nudges).where(nudges.c.occurrence_id.is_not(None)).order_by(nudges.c.id)
        with self.house.store.db.reading() as conn:
            return {row.channel_id: row.state for row in conn.execute(about)}


@pytest.fixture
def evening(
    tmp_path: Path,
    store_url: str,
    mail_servers: MailServers,
    start_troth: Callable[..., Process],
) -> Iterator[Evening]:
    """Both have agreed; the service runs, and it is six in the morning."""
    with (
        Kannel.running_or_skipped() as kannel,
        house_in(tmp_path, database_url=store_url, public_url=PUBLIC) as house,
    ):
        evening = Evening(house, kannel, mail_servers)
        service = start_troth("up", **evening.settings(store_url))
        service.wait_for_line("Troth is up", timeout=60)
        service.wait_until(house.knows_its_place, "place in the mailbox")
        evening.agree()
        yield evening


def test_what_was_to_follow_is_taken_back_by_every_channel_within_five_seconds(evening: Evening):
    evening.jump(hours=1, minutes=15)
    evening.phone.shows("Two cups, one table")
    nudge = evening.post.next()
    evening.phone.writes("later 30m")
    evening.phone.shows()
    evening.post.takes_in(answer_to(nudge, "later 1h"))
    evening.post.next()
    assert list(evening.follow_ups().values()) == [NudgeState.PLANNED] * 2

    asked = time.monotonic()
    evening.phone.far.write("done")
    evening.phone.shows("noted as done")
    assert time.monotonic() - asked < AT_MOST
    assert list(evening.follow_ups().values()) == [NudgeState.WITHDRAWN] * 2
    assert evening.house.states() == [OccurrenceState.KEPT]

    evening.jump(hours=3)
    evening.phone.writes("score")
    evening.phone.shows()  # the clock has made its round at the hour that has come
    evening.phone.shows_nothing()
    evening.post.brings_nothing()
