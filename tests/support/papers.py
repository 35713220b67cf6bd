"""What a server shows over TLS, in its own folder: it may run as somebody who reads no other."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.support.authority import Authority
from tests.support.programs import owned

HERE = "127.0.0.1"


@dataclass(frozen=True)
class Papers:
    """A certificate for an address, with its key, and the authority that gave it."""

    certificate: Path
    authority: Path
    odd: bool = False  # whether it is for another address than the server's

    @classmethod
    def of(cls, authority: Authority, address: str = HERE) -> "Papers":
        """Ask an authority for them."""
        return cls(Path(authority.certificate(address)), authority.file, address != HERE)

    def copied_to(self, folder: Path) -> tuple[Path, Path]:
        """Lay copies into a folder; return the certificate with its key, and the authority."""
        first, second = (
            owned(Path(shutil.copy(file, folder))) for file in (self.certificate, self.authority)
        )
        return first, second
