"""An authority of the tests' own, and the certificates that it gives."""

import ipaddress
import ssl
from datetime import timedelta
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from troth.clock import SystemClock


class Authority:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("An authority for tests")
        certificate = self._certify(self._name, self._key, None)
        self.file = folder / "authority.pem"
        self.file.write_bytes(certificate.public_bytes(Encoding.PEM))

    def beside_the_usual(self) -> Path:
        """Return a bundle of everybody whom clients trust, and this authority.

        Reading its 117 authorities is the greater part of what a fresh TLS context costs: with
        ours alone, those who make a context for each send would look twice as good as they are.
        """
        bundle = self._folder / "bundle.pem"
        bundle.write_bytes(Path(certifi.where()).read_bytes() + b"\n" + self.file.read_bytes())
        return bundle

    def certificate(self, address: str = "127.0.0.1") -> str:
        """Return a file with a key and a certificate for this IP address or host."""
        file = self._folder / f"{address}.pem"
        if not file.exists():
            key = ec.generate_private_key(ec.SECP256R1())
            certificate = self._certify(_name(address), key, address)
            secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            file.write_bytes(secret + certificate.public_bytes(Encoding.PEM))
        return str(file)

    def server_context(self, address: str) -> ssl.SSLContext:
        """What a server of this address listens with; it would like to see certificates, too."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate(address))
        context.load_verify_locations(self.file)
        context.verify_mode = ssl.CERT_OPTIONAL
        return context

    def _certify(
        self, name: x509.Name, key: ec.EllipticCurvePrivateKey, address: str | None
    ) -> x509.Certificate:
        now = SystemClock().now()
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=address is None, path_length=None), True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), False
            )
            .add_extension(_usage(is_authority=address is None), True)
        )
        if address is not None:
            names = x509.SubjectAlternativeName([_place(address)])
            builder = builder.add_extension(names, False)
        return builder.sign(self._key, hashes.SHA256())


def _place(address: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(address))
    except ValueError:
        return x509.DNSName(address)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
