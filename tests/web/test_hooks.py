"""Providers hand messages over: kept before they hear that it came, and never answered twice."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from tests.support.coffee import INBOX, coffee
from tests.support.house import House, house_in
from troth.domain.incoming import Address, AddressKind, Incoming
from troth.domain.states import OccurrenceState
from troth.errors import TrothError
from troth.inbound.ways import open_hooks
from troth.store.tables import replies

KEY = b64encode(b"k" * 32).decode()
INBOUND = {
    "standard": {"secret": f"whsec_{KEY}"},
    "gateway": {"secret": "s" * 40},
}
ANA = '{ url = "json://127.0.0.1:9/ana", address = "phone:+15550100" }'


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    folder = tmp_path / "house"
    folder.mkdir()
    with house_in(folder, public_url="https://troth.test", inbound=INBOUND) as house:
        house.take_in_file(coffee(INBOX, ANA))
        ana = Address(AddressKind.PHONE, "+15550100")
        house.store.hear(Incoming("sms", "m-0", ana, "yes"))  # her consent
        house.wind(hours=2)
        yield house


@pytest.fixture
def web(house: House) -> Iterator[httpx.Client]:
    with house.serving(demo=False) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield client


Send = Callable[..., httpx.Response]


@pytest.fixture
def send(house: House, web: httpx.Client) -> Send:
    """Hand a text over as a signed webhook does."""

    def post(text: str, number: str = "m-1", sender: str = "+15550100") -> httpx.Response:
        body = json.dumps({"from": sender, "text": text}).encode()
        at = str(int(house.clock.now().timestamp()))
        signed = hmac.new(b"k" * 32, f"{number}.{at}.".encode() + body, hashlib.sha256)
        headers = {
            "webhook-id": number,
            "webhook-timestamp": at,
            "webhook-signature": f"v1,{b64encode(signed.digest()).decode()}",
            "content-type": "application/json",
        }
        return web.post("/in/standard", content=body, headers=headers)

    return post


HEARTS = """
[rituals.hearts]
practice = "relaxation-measurement"
cron = "0 11 * * *"
"""


def test_a_watch_hands_in_what_it_measured(house: House, send: Send):
    house.take_in_file(coffee(INBOX, ANA) + HEARTS)
    house.wind(hours=4)
    assert send("62 ms").status_code == 204
    with house.store.db.reading() as conn:
        rows = conn.execute(select(replies.c.verb, replies.c.number)).all()
    assert tuple(rows[-1]) == ("number", 62)


def kept(house: House) -> int:
    with house.store.db.reading() as conn:
        handed_over = replies.select().where(replies.c.way == "standard")
        return len(conn.execute(handed_over).all())


def test_a_signed_message_is_kept_and_settles(house: House, send: Send) -> None:
    answered = send("done")
    assert (answered.status_code, answered.content) == (204, b"")
    assert house.occurrence("ana", "coffee").state is OccurrenceState.KEPT
    send("done")
    assert kept(house) == 1


def test_a_forged_message_is_refused_and_leaves_no_trace(house: House, web: httpx.Client) -> None:
    before = house.dump()
    assert web.post("/in/standard", json={"from": "+15550100", "text": "done"}).status_code == 403
    assert web.get("/in/gateway", params={"secret": "wrong"}).status_code == 403
    assert house.dump() == before


def test_a_stranger_is_taken_in_silence(house: House, send: Send) -> None:
    before = house.dump()
    assert send("hello", sender="+15550199").status_code == 204
    assert house.dump() == before


def test_a_way_that_nobody_opened_is_not_there(web: httpx.Client) -> None:
    assert web.post("/in/twilio", data={"From": "+15550100"}).status_code == 404
    assert web.post("/in/nothing").status_code == 404


def test_only_the_gateway_may_come_by_get(house: House, web: httpx.Client) -> None:
    before = house.dump()
    assert web.get("/in/standard", params={"text": "done"}).status_code in (204, 403)
    assert house.dump() == before
    told = {"secret": "s" * 40, "from": "+15550100", "text": "done", "id": "g-1"}
    assert web.get("/in/gateway", params=told).status_code in (200, 204)
    assert house.occurrence("ana", "coffee").state is OccurrenceState.KEPT


def test_a_body_without_end_is_refused_before_it_is_read(web: httpx.Client) -> None:
    assert web.post("/in/standard", content=b"x" * (1024 * 1024 + 1)).status_code == 413


def test_on_trouble_of_our_own_the_provider_is_to_come_again(
    house: House, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr("troth.engine.door.replies.complete_reply", fail)
        assert send("done").status_code == 500
    assert kept(house) == 0
    assert send("done").status_code == 204
    assert kept(house) == 1


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"twillio": {}}, r"no way in 'twillio'.*twilio"),
        ({"standard": {}}, r"standard\.secret: field required"),
        ({"standard": {"secret": "not-to-be-seen"}}, "standard"),
        ({"gateway": {"secret": "s" * 40, "colour": "red"}}, "gateway.colour"),
    ],
)
def test_a_setting_that_is_wrong_names_its_place_and_shows_no_secret(
    given: dict[str, dict[str, str]], told: str
) -> None:
    with pytest.raises(TrothError, match=told) as refusal:
        open_hooks(given)
    assert "not-to-be-seen" not in str(refusal.value)
