"""The way in by AWS (End User Messaging): two-way SMS as Amazon SNS hands it on.

Every account can have SNS sign and post whatever it likes to us, so the topic is pinned before
anything is fetched. A subscription of that topic is confirmed by asking for its SubscribeURL; what
unsubscribes brings nothing. Raw message delivery must be off, for it is not signed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from pydantic import Field

from troth.inbound.hook import AskAgainError, ForgedError, Hook, Received, WaySettings, is_same
from troth.inbound.proofs.age import check_age
from troth.inbound.proofs.key_pairs import from_base64
from troth.inbound.proofs.sns_certificates import Certificates, host_of, is_at
from troth.inbound.reading.body import posted
from troth.inbound.reading.document import fetch
from troth.inbound.reading.json_value import id_at, read_json, words_at
from troth.inbound.reading.text_message import received_text

RETRIED = timedelta(hours=1)  # for as long SNS comes again with what it made once
_ARN = r"^arn:(aws|aws-cn|aws-us-gov):sns:[a-z0-9-]{5,32}:[0-9]{12}:[A-Za-z0-9_-]{1,256}$"
_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_SUBSCRIPTION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_SIGNED = {
    "Notification": _NOTIFICATION,
    "SubscriptionConfirmation": _SUBSCRIPTION,
    "UnsubscribeConfirmation": _SUBSCRIPTION,
}


class AwsSnsSettings(WaySettings):
    """`topic` is the ARN that the number's two-way messages go to; `previous` the one before."""

    topic: str = Field(pattern=_ARN)
    previous: str | None = Field(default=None, pattern=_ARN)


@dataclass(frozen=True)
class AwsSns:
    """The messages of one topic. `fetch` takes a checked address and raises OSError."""

    settings: AwsSnsSettings
    fetch: Callable[[str], bytes] = fetch
    certificates: Certificates = field(init=False)
    name: ClassVar[str] = "aws-sns"

    def __post_init__(self) -> None:
        object.__setattr__(self, "certificates", Certificates(self.fetch))

    def read(self, hook: Hook, now: datetime) -> Received:
        """Verify and read a message, or confirm a subscription of the pinned topic.

        Raises AskAgainError where what has to be fetched cannot be had now.
        """
        envelope = read_json(posted(hook))
        host = self._host(envelope)
        self._verify(envelope, host, now)
        match envelope["Type"]:
            case "Notification":
                return self._message(envelope)
            case "SubscriptionConfirmation":
                self._confirm(envelope, host)
        return Received()

    def _host(self, envelope: Mapping[str, Any]) -> str:
        given = _said(envelope, "TopicArn")
        for topic in (self.settings.topic, self.settings.previous):
            if topic is not None and is_same(given, topic):
                return host_of(topic)
        raise ForgedError("this is another topic")

    def _verify(self, envelope: Mapping[str, Any], host: str, now: datetime) -> None:
        url = _said(envelope, "SigningCertURL")
        if not is_at(url, host):
            raise ForgedError("the certificate is of another host")
        check_age(_seconds(_said(envelope, "Timestamp")), now, RETRIED)
        signature = from_base64(_said(envelope, "Signature"))
        version = envelope.get("SignatureVersion")
        self.certificates.verify(url, signature, _canonical(envelope), version, now)

    def _message(self, envelope: Mapping[str, Any]) -> Received:
        message = read_json(_said(envelope, "Message"))
        sender, text = id_at(message, "originationNumber"), words_at(message, "messageBody")
        return received_text(self.name, id_at(envelope, "MessageId"), sender, text)

    def _confirm(self, envelope: Mapping[str, Any], host: str) -> None:
        url = _said(envelope, "SubscribeURL")
        if not is_at(url, host):
            raise ForgedError("the subscription is of another host")
        try:
            self.fetch(url)
        except OSError as error:
            raise AskAgainError("the subscription cannot be confirmed") from error


def _canonical(envelope: Mapping[str, Any]) -> bytes:
    """Return what is signed: names and values on lines of their own, in the order of the names."""
    names = _SIGNED.get(_said(envelope, "Type"))
    if names is None:
        raise ForgedError("this is no message of SNS")
    there = (name for name in names if name != "Subject" or envelope.get(name) is not None)
    lines = "".join(f"{name}\n{_said(envelope, name)}\n" for name in there)
    return lines.encode("utf-8", "replace")


def _said(envelope: Mapping[str, Any], name: str) -> str:
    value = envelope.get(name)
    if not isinstance(value, str):
        raise ForgedError(f"there is no {name}")
    return value


def _seconds(written: str) -> int:
    try:
        made_at = datetime.fromisoformat(written)
        made_at = made_at if made_at.tzinfo else made_at.replace(tzinfo=UTC)
        return int(made_at.timestamp())
    except (ValueError, OverflowError) as error:
        raise ForgedError("the time is none") from error
