"""The certificates that Amazon SNS signs with: from which host, how long kept, what they signed.

The host is made from the topic in our settings, never taken from a message; and as each message
names its certificate, no more of them are asked for than SNS could have in use.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate, load_pem_x509_certificate

from troth.inbound.hook import AskAgainError, ForgedError
from troth.inbound.proofs.key_pairs import check_signed

MOST_KEPT = 8
PAUSE = timedelta(seconds=10)  # after a certificate could not be had
HASHES: dict[object, hashes.HashAlgorithm] = {"1": hashes.SHA1(), "2": hashes.SHA256()}  # noqa: S303
_PATH = re.compile(r"/SimpleNotificationService-[0-9A-Za-z]{1,64}\.pem")


def host_of(topic: str) -> str:
    """Return the host of the region that a topic's ARN names."""
    _, partition, _, region, _ = topic.split(":", 4)
    return f"sns.{region}.amazonaws.com" + (".cn" if partition == "aws-cn" else "")


def is_at(url: str, host: str) -> bool:
    """Say whether an address is one of that host: by TLS, with no port, name or password in it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    printable = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    return printable and parts.scheme == "https" and parts.netloc == host


def _verify(
    key: RSAPublicKey, algorithm: hashes.HashAlgorithm, signature: bytes, signed: bytes
) -> None:
    key.verify(signature, signed, PKCS1v15(), algorithm)


class Certificates:
    """Certificates by address, fetched once each. Safe to share between threads."""

    def __init__(self, fetch: Callable[[str], bytes]) -> None:
        self._fetch = fetch
        self._kept: dict[str, Certificate] = {}
        self._rests_until: datetime | None = None

    def verify(
        self, url: str, signature: bytes, signed: bytes, version: object, now: datetime
    ) -> None:
        """Raise ForgedError unless the certificate at a checked address has signed.

        Raises AskAgainError where the certificate cannot be had now.
        """
        certificate = self._certificate(url, now)
        key, algorithm = certificate.public_key(), HASHES.get(version)
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise ForgedError("the certificate is not valid now")
        if not isinstance(key, RSAPublicKey) or algorithm is None:
            raise ForgedError("the signature is of an unknown kind")
        verify = partial(_verify, key, algorithm)
        check_signed([verify], signature, signed)

    def _certificate(self, url: str, now: datetime) -> Certificate:
        if not _PATH.fullmatch(urlsplit(url).path) or urlsplit(url).query:
            raise ForgedError("this is no certificate of SNS")
        certificate = self._kept.get(url)
        if certificate is None:
            certificate = self._load(url, now)
            newest = dict(list(self._kept.items())[1 - MOST_KEPT :])
            self._kept = {**newest, url: certificate}  # another thread's may get lost: no harm
        return certificate

    def _load(self, url: str, now: datetime) -> Certificate:
        """Whoever invents addresses at the right host is not to make us ask there all the time."""
        if self._rests_until is not None and now < self._rests_until:
            raise AskAgainError("a certificate could not be had a moment ago")
        try:
            return load_pem_x509_certificate(self._fetch(url))
        except (OSError, ValueError) as error:
            self._rests_until = now + PAUSE
            raise AskAgainError("the certificate cannot be had") from error
