"""Sealing a backup: the age format, by the library of its Rust implementation.

It seals in chunks that are counted, with a mark on the last: a chunk that is changed, missing, in
another's place or added is noticed. Whoever seals needs only the public key.
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from troth.errors import TrothError, cause_of
from troth.whole_files import drafted

SECRET, PUBLIC = "AGE-SECRET-KEY-1", "age1"


# What reading something raises that is not as it was written.
MALFORMED = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    zlib.error,
)


class Writer(Protocol):
    """Something that takes bytes."""

    def write(self, data: bytes, /) -> object:
        """Take some."""
        ...

    def flush(self) -> None:
        """Let go what was taken."""
        ...


@dataclass(frozen=True)
class BackupKeys:
    """Keys to backups: the public ones seal, the secret ones open."""

    public: Sequence[Any]
    secret: Sequence[Any]


def read_keys(text: str) -> BackupKeys:
    """Read keys that stand a line each, or between commas; `#` begins a remark.

    Raises TrothError where one is none, without showing it.
    """
    age = _age()
    words = [word.strip() for line in text.splitlines() for word in line.split("#")[0].split(",")]
    given = [word for word in words if word]
    try:
        secret = [age.x25519.Identity.from_str(word) for word in given if word.startswith(SECRET)]
        others = [word for word in given if not word.startswith(SECRET)]
        public = [age.x25519.Recipient.from_str(word) for word in others]
    except (age.IdentityError, age.RecipientError):
        raise TrothError(
            f"a backup key is not good; one begins with {PUBLIC} (it seals) or with {SECRET} "
            "(it opens, too): make one with troth backup --new-key FILE"
        ) from None
    return BackupKeys([*public, *(key.to_public() for key in secret)], secret)


def new_key(file: Path) -> str:
    """Make a secret key in a new file that only its owner may read; return the public one.

    Raises TrothError where the file is there already, or can't be made.
    """
    key = _age().x25519.Identity.generate()
    text = f"# opens backups of Troth; public key: {key.to_public()}\n{key}\n"
    try:
        with drafted(file) as stream:
            stream.write(text.encode())
    except FileExistsError:
        raise TrothError(f"{file} is there already; name one that is not") from None
    except OSError as error:
        raise TrothError(
            f"the key file {file} can't be made: {cause_of(error)}; "
            "make room, or name another place"
        ) from error
    return str(key.to_public())


def seal(parts: Iterable[bytes], keys: BackupKeys, into: Writer) -> None:
    """Write `parts`, one after the other, sealed."""
    if not keys.public:
        raise TrothError("there is no key to seal the backup with; see: troth backup --help")
    age, left, right = _age(), _Parts(iter(parts)), _Into(into)
    try:
        age.encrypt_io(left, right, keys.public)
    except (age.EncryptError, OSError) as error:
        raise left.trouble or right.trouble or error from None


def unseal(stream: IO[bytes], keys: BackupKeys, into: Writer) -> None:
    """Give what was sealed to `into`; its last part only once the end is known to be the end.

    Raises TrothError when no key fits, or when anything is not as it was written.
    """
    if not keys.secret:
        raise TrothError(
            "to open a backup takes its secret key; name the file with --key-file, "
            "or give the key in TROTH_BACKUP_KEY"
        )
    age, right = _age(), _Into(into)
    try:
        age.decrypt_io(stream, right, keys.secret)
    except age.DecryptError as error:
        if right.trouble is not None:
            raise right.trouble from None
        raise TrothError(
            f"the backup can't be opened: {str(error).lower()}; give the key that belongs to it, "
            "or take another copy"
        ) from None
    except OSError:
        raise right.trouble or damaged() from None


def damaged() -> TrothError:
    """Return what to say of a backup that is not as it was written."""
    return TrothError("the backup is damaged or not complete; take another copy")


class _Parts:
    """Parts, as something to read from; remembers its trouble, which the library would reword."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._left = memoryview(b"")
        self.trouble: Exception | None = None

    def read(self, size: int) -> bytes:
        """Return `size` bytes at the most, and none at the end."""
        try:
            while not self._left:
                self._left = memoryview(next(self._parts))
        except StopIteration:
            return b""
        except Exception as error:
            self.trouble = error
            raise
        taken, self._left = self._left[:size], self._left[size:]
        return bytes(taken)


class _Into:
    """What is written to; remembers its trouble likewise."""

    def __init__(self, into: Writer) -> None:
        self._into = into
        self.trouble: Exception | None = None

    def write(self, data: bytes) -> int:
        """Take all of it."""
        try:
            self._into.write(data)
        except Exception as error:
            self.trouble = error
            raise
        return len(data)

    def flush(self) -> None:
        """Let go what was taken."""
        self._into.flush()


def _age() -> Any:  # noqa: ANN401 - a library without types
    try:
        import pyrage
    except ModuleNotFoundError:
        raise TrothError(
            "backups are sealed by pyrage, which is not installed; "
            "install Troth with its backup extra: pip install 'troth[backup]'"
        ) from None
    return pyrage
