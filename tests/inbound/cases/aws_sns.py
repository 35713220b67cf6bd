"""What Amazon SNS posts. No library signs it, so that is done here as it is documented."""

import base64
import functools
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from tests.inbound.case import URL, Case, Message, Seal
from troth.inbound.aws_sns import RETRIED, AwsSns, AwsSnsSettings
from troth.inbound.hook import Hook

TOPIC = "arn:aws:sns:eu-west-1:123456789012:replies"
HOST = "https://sns.eu-west-1.amazonaws.com"
HASHES = {"1": hashes.SHA1(), "2": hashes.SHA256()}  # noqa: S303 - what SNS signs with
NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
SUBSCRIPTION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")


@functools.cache
def key_of(secret: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


@functools.cache
def certificate_of(secret: str) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key_of(secret).public_key(), 1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key_of(secret), hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM)


def address_of(secret: str) -> str:
    mark = hashlib.sha256(secret.encode()).hexdigest()[:32]
    return f"{HOST}/SimpleNotificationService-{mark}.pem"


def way(secret: str, previous: str | None = None) -> AwsSns:
    known = {address_of(one): certificate_of(one) for one in (secret, previous) if one}
    return fetching(lambda url: known.get(url, certificate_of(secret)))


def fetching(fetch: Callable[[str], bytes], previous: str | None = None) -> AwsSns:
    return AwsSns(AwsSnsSettings(topic=TOPIC, previous=previous), fetch)


def body(message: Message) -> bytes:
    said = {"originationNumber": message.sender, "messageBody": message.text}
    return json.dumps({**said, "inboundMessageId": "not this one"}).encode()


def envelope(said: str, seal: Seal, **more: str) -> dict[str, str]:
    at = seal.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    fields = {
        "Type": "Notification",
        "MessageId": seal.id,
        "TopicArn": TOPIC,
        "Message": said,
        "Timestamp": at,
        "SignatureVersion": "2",
        "SigningCertURL": address_of(seal.secret),
    }
    return {**fields, **more}


def signed(fields: dict[str, str], secret: str) -> Hook:
    names = NOTIFICATION if fields["Type"] == "Notification" else SUBSCRIPTION
    text = "".join(f"{name}\n{fields[name]}\n" for name in names if name in fields)
    algorithm = HASHES[fields["SignatureVersion"]]
    signature = key_of(secret).sign(text.encode(), padding.PKCS1v15(), algorithm)
    whole = {**fields, "Signature": base64.b64encode(signature).decode()}
    return Hook("POST", URL, "", {}, json.dumps(whole).encode())


def sign(body: bytes, seal: Seal) -> Hook:
    return signed(envelope(body.decode("utf-8", "replace"), seal), seal.secret)


def unproven(hook: Hook) -> list[Hook]:
    """Its proofs stand in its body."""
    whole = json.loads(hook.body)
    proofs = ("Signature", "SignatureVersion", "SigningCertURL", "TopicArn", "Timestamp", "Type")
    lacking = ({name: whole[name] for name in whole if name != proof} for proof in proofs)
    return [replace(hook, body=json.dumps(fields).encode()) for fields in lacking]


CASE = Case("aws-sns", way, body, sign, window=RETRIED, unproven=unproven)
