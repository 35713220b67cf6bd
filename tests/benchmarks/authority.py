"""A certificate authority for one run, and a certificate of 127.0.0.1 that it signed.

Whom clients trust is the usual bundle with ours added: reading its 117 authorities is the greater
part of what a fresh TLS context costs, and everybody's clients do it. With ours alone, those who
make a context for each send would look twice as good as they are.
"""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from troth.clock import SystemClock

ADDRESS = ipaddress.ip_address("127.0.0.1")


@dataclass(frozen=True)
class Papers:
    """Files in PEM: whom clients trust, and the server's key with its certificate."""

    authority: Path
    certificate: Path


def issue(folder: Path) -> Papers:
    """Make both for a day."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _named("benchmark authority", root_key.public_key(), "benchmark authority")
    root = root.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    leaf = _named("127.0.0.1", key.public_key(), "benchmark authority")
    leaf = leaf.add_extension(
        x509.SubjectAlternativeName([x509.IPAddress(ADDRESS)]), critical=False
    )
    papers = Papers(folder / "authority.pem", folder / "server.pem")
    ours = root.sign(root_key, SHA256()).public_bytes(Encoding.PEM)
    papers.authority.write_bytes(Path(certifi.where()).read_bytes() + b"\n" + ours)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    papers.certificate.write_bytes(pem + leaf.sign(root_key, SHA256()).public_bytes(Encoding.PEM))
    return papers


def _named(name: str, key: ec.EllipticCurvePublicKey, issuer: str) -> x509.CertificateBuilder:
    now = SystemClock().now()
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
    )
