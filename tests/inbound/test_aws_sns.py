"""Amazon SNS: one topic, certificates from its own region's host, one confirmation."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from tests.inbound.case import NEW, OTHER, Message, Seal
from tests.inbound.cases.aws_sns import (
    HOST,
    TOPIC,
    address_of,
    body,
    certificate_of,
    envelope,
    fetching,
    sign,
    signed,
)
from troth.inbound.aws_sns import AwsSns, AwsSnsSettings
from troth.inbound.hook import AskAgainError, ForgedError, Received
from troth.inbound.proofs.sns_certificates import MOST_KEPT, PAUSE, host_of

NOW = datetime.now(UTC).replace(microsecond=0)
SEAL = Seal(NEW, NOW)
SAID = body(Message()).decode()
CONFIRM = f"{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=t"


class Amazon:
    """Answers with one certificate, and remembers what was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.is_down = False

    def __call__(self, url: str) -> bytes:
        self.asked.append(url)
        if self.is_down:
            raise OSError("nobody is there")
        return certificate_of(NEW)


@pytest.fixture
def amazon() -> Amazon:
    return Amazon()


@pytest.fixture
def way(amazon: Amazon) -> AwsSns:
    return fetching(amazon)


def subscription(kind: str = "SubscriptionConfirmation", **fields: str) -> dict[str, str]:
    more = {"Type": kind, "Token": "t", "SubscribeURL": CONFIRM, **fields}
    return envelope("You have chosen to subscribe", SEAL, **more)


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("more", [{}, {"Subject": "a reply"}])
def test_both_versions_of_the_signature_are_good(way, version, more):
    hook = signed(envelope(SAID, SEAL, SignatureVersion=version, **more), NEW)
    assert way.read(hook, NOW).messages


def test_the_signature_of_one_version_is_none_of_the_other(way):
    whole = json.loads(sign(SAID.encode(), SEAL).body)
    for version in ("1", "3", 2, None):
        told = json.dumps({**whole, "SignatureVersion": version}).encode()
        with pytest.raises(ForgedError):
            way.read(replace(sign(b"", SEAL), body=told), NOW)


def test_a_certificate_is_fetched_once(way, amazon):
    for _ in range(3):
        assert way.read(sign(SAID.encode(), SEAL), NOW).messages
    assert amazon.asked == [address_of(NEW)]


@pytest.mark.parametrize(
    "url",
    [
        address_of(NEW).replace("https", "http"),
        address_of(NEW).replace("eu-west-1", "us-east-1"),
        address_of(NEW).replace(".com", ".com.evil.example"),
        address_of(NEW).replace("https://", "https://evil.example/"),
        address_of(NEW).replace("https://", "https://evil@"),
        address_of(NEW).replace(".com/", ".com:8443/"),
        address_of(NEW).replace(".com/", ".com\\@evil.example/"),
        address_of(NEW).replace(".com/", ".com@evil.example/"),
        address_of(NEW).replace(".com/", ".com\n/"),
        address_of(NEW).replace(".pem", ".pem?x=1"),
        address_of(NEW).replace(".pem", ".txt"),
        HOST + "/other.pem",
        HOST + "/../SimpleNotificationService-1.pem",
        "https://[",
        "file:///etc/passwd",
        "",
    ],
)
def test_nothing_is_fetched_from_where_no_certificate_of_sns_is(way, amazon, url):
    with pytest.raises(ForgedError):
        way.read(signed(envelope(SAID, SEAL, SigningCertURL=url), NEW), NOW)
    assert amazon.asked == []


@pytest.mark.parametrize("topic", [TOPIC + "2", TOPIC.replace("1234", "4321"), ""])
def test_nothing_is_fetched_for_another_topic(way, amazon, topic):
    for told in (envelope(SAID, SEAL, TopicArn=topic), subscription(TopicArn=topic)):
        with pytest.raises(ForgedError):
            way.read(signed(told, NEW), NOW)
    assert amazon.asked == []


def test_the_topic_before_is_good_beside_the_new_one(amazon):
    way = fetching(amazon, previous=TOPIC + "-old")
    hook = signed(envelope(SAID, SEAL, TopicArn=TOPIC + "-old"), NEW)
    assert way.read(hook, NOW).messages


def test_a_subscription_of_the_topic_is_confirmed(way, amazon):
    assert way.read(signed(subscription(), NEW), NOW) == Received()
    assert amazon.asked == [address_of(NEW), CONFIRM]


def test_a_forged_subscription_is_not_confirmed(way, amazon):
    for told in (
        signed(subscription(), OTHER),
        signed(subscription(SubscribeURL="https://evil.example/"), NEW),
        signed(subscription(SubscribeURL=CONFIRM.replace("https", "http")), NEW),
    ):
        told_here = told.body.replace(address_of(OTHER).encode(), address_of(NEW).encode())
        with pytest.raises(ForgedError):
            way.read(replace(told, body=told_here), NOW)
    assert amazon.asked == [address_of(NEW)]


def test_an_end_of_the_subscription_asks_for_nothing(way, amazon):
    assert way.read(signed(subscription("UnsubscribeConfirmation"), NEW), NOW) == Received()
    assert amazon.asked == [address_of(NEW)]


def test_what_cannot_be_fetched_is_asked_for_again_after_a_pause(way, amazon):
    amazon.is_down = True
    for _ in range(3):
        with pytest.raises(AskAgainError):
            way.read(sign(SAID.encode(), SEAL), NOW)
    assert len(amazon.asked) == 1
    amazon.is_down = False
    assert way.read(sign(SAID.encode(), SEAL), NOW + PAUSE).messages


def test_a_confirmation_that_does_not_go_out_is_asked_for_again(way, amazon):
    assert way.read(sign(SAID.encode(), SEAL), NOW).messages
    amazon.is_down = True
    with pytest.raises(AskAgainError):
        way.read(signed(subscription(), NEW), NOW)


def test_only_so_many_certificates_are_kept(way, amazon):
    for number in range(2 * MOST_KEPT):
        url = f"{HOST}/SimpleNotificationService-{number}.pem"
        assert way.read(signed(envelope(SAID, SEAL, SigningCertURL=url), NEW), NOW).messages
    assert len(way.certificates._kept) == MOST_KEPT


def test_a_certificate_that_is_over_signs_nothing(way):
    later = NOW + timedelta(days=2)
    with pytest.raises(ForgedError):
        way.read(sign(SAID.encode(), Seal(NEW, later)), later)


def test_what_is_no_certificate_is_trouble_and_no_message():
    ask: Callable[[str], bytes] = lambda _url: b"<html>"  # noqa: E731
    with pytest.raises(AskAgainError):
        fetching(ask).read(sign(SAID.encode(), SEAL), NOW)


def test_a_topic_that_is_none_is_refused_when_it_is_set():
    for topic in ("", "replies", TOPIC.replace("eu-west-1", "evil.example/"), TOPIC + "\n"):
        with pytest.raises(ValidationError):
            AwsSnsSettings(topic=topic)


def test_each_partition_has_its_own_hosts():
    assert host_of("arn:aws:sns:eu-west-1:1:t") == "sns.eu-west-1.amazonaws.com"
    assert host_of("arn:aws-cn:sns:cn-north-1:1:t") == "sns.cn-north-1.amazonaws.com.cn"
