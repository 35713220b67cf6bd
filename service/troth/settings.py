"""Settings: from the environment (`TROTH_*`), else from a settings file, else these defaults."""

import os
import tomllib
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from troth.errors import TrothError
from troth.schedules.suggest import nearest
from troth.sockets import is_loopback

SETTINGS_FILE = "troth.toml"
MOST_PROCESSES = MOST_THREADS = 256
MOST_CONCURRENCY = 10_000
MOST_AT_ONCE = 10_000  # each place is looked at for every send: more of them would stop all sending


class ProviderLimit(BaseModel):
    """How much one provider is given at most: sends at once, and sends begun a second."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at_once: int | None = Field(None, ge=1, le=MOST_AT_ONCE)
    per_second: float | None = Field(None, ge=0.01, le=10_000)


class Settings(BaseSettings):
    """Every setting. `troth doctor` explains each, and shows its value unless it may be secret."""

    model_config = SettingsConfigDict(env_prefix="TROTH_", extra="forbid", frozen=True)

    data: Path = Field(
        default_factory=lambda: user_data_path("troth"),
        description="The data folder. The secret key lies beside it, not in it.",
    )
    database_url: str | None = Field(
        None,
        description="The store: SQLite or PostgreSQL. Unset: a SQLite file in the data folder.",
        repr=False,
    )
    database_listen_url: str | None = Field(
        None,
        description="PostgreSQL without the pooler that the store's URL leads to: by it clocks are "
        "woken. Unset: by the store's URL, and behind a pooler clocks look each second.",
        repr=False,
    )
    redis_url: str | None = Field(
        None,
        description="The doorbell between processes, and the count of limits: a Redis, or "
        "sentinels. Unset, as the broker: everything in one process.",
        repr=False,
    )
    broker_url: str | None = Field(
        None,
        description="A RabbitMQ for the doorbell. Unset: Redis is it.",
        repr=False,
    )
    public_url: str | None = Field(
        None, description="Where partners reach the pages. Unset: the address the web listens on."
    )
    schedules: Path | None = Field(
        None, description="The folder of your schedule files. `troth up` applies it when it starts."
    )
    secret_key: str | None = Field(
        None,
        description="The key to all that is sealed; several with commas while it is changed, "
        "newest first. Unset: made on the first run.",
        repr=False,
    )
    backup_key: str | None = Field(
        None,
        description="The age key that seals `troth backup`: a public one (age1...), which can't "
        "open it again, or a secret one; several with commas.",
        repr=False,
    )
    host: str = Field("127.0.0.1", description="The address the web listens on.")
    port: int = Field(8787, ge=0, le=65_535, description="The port the web listens on.")
    threads: int = Field(
        8,
        ge=1,
        le=MOST_THREADS,
        description="How many nudges are sent at once where threads do it.",
    )
    processes: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=1,
        le=MOST_PROCESSES,
        description="How many processes `troth worker` runs.",
    )
    concurrency: int = Field(
        1_000,
        ge=2,
        le=MOST_CONCURRENCY,
        description="How many nudges each process of `troth worker` sends at once; half of them "
        "by one provider at most.",
    )
    keep_connections: bool = Field(
        True, description="Whether connections to a provider are kept for the next send."
    )
    limits: dict[str, ProviderLimit] = Field(
        default_factory=dict,
        description='What a provider is spared: {"mailto:example.org": {"at_once": 5}, '
        '"twilio": {"per_second": 10}}, over all processes.',
    )
    inbound: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description='By which providers replies come in, with what each is told: {"twilio": '
        '{"token": "..."}}; see the channels in the docs.',
        repr=False,
    )
    reply_address: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9._-]{1,31}@[A-Za-z0-9.-]{1,200}$",
        description="The mailbox to which answers to mails go; each mail asks for them at an "
        "address of its own in it, with a plus. Unset: mails are answered by their link.",
    )
    watch: str | None = Field(
        None,
        pattern=r"^[^\s:]+:\d{1,5}$|^\[[0-9A-Fa-f:.]+\]:\d{1,5}$",
        description="Where a role without pages answers /metrics, /livez, /readyz and /healthz, "
        "such as 127.0.0.1:9187. Unset: nowhere.",
    )
    metrics_token: str | None = Field(
        None,
        min_length=16,
        description="What opens /metrics from another machine: Authorization: Bearer. Unset: it "
        "answers this machine alone.",
        repr=False,
    )
    late_seconds: int = Field(
        300,
        ge=30,
        le=86_400,
        description="How many seconds what is due may wait until /healthz, troth doctor and the "
        "ping say that it is late.",
    )
    ping_url: str | None = Field(
        None,
        description="Called once a minute by a clock (or troth up) while all is well; with /fail "
        "at its end while it is not. Somebody else's watch then misses a service that died.",
        repr=False,
    )
    traces: str | None = Field(
        None,
        description="Where traces go: the OTLP/HTTP address of a collector. Unset: none are made.",
        repr=False,
    )
    log_format: Literal["console", "json"] = Field(
        "console", description="Log lines for people or for machines."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least level that is logged."
    )

    @field_validator("public_url")
    @classmethod
    def _is_web_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("a public URL starts with https:// (or http:// at home)")
        return value.rstrip("/") if value else value

    @field_validator("ping_url")
    @classmethod
    def _is_safe_to_ping(cls, value: str | None) -> str | None:
        if value is not None and not is_private_way(value):
            raise ValueError("the address to ping starts with https:// (http:// on this machine)")
        return value

    @field_validator("traces")
    @classmethod
    def _is_collector(cls, value: str | None) -> str | None:
        if value is not None and not (
            value.startswith(("http://", "https://")) and _is_readable(value)
        ):
            raise ValueError("the address of a collector starts with http:// or https://")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the caller gives beats the environment, which beats the settings file."""
        file = TomlConfigSettingsSource(settings_cls, toml_file=settings_file())
        return init_settings, env_settings, file

    @property
    def store_url(self) -> str:
        """The database URL that holds: the one given, or the file in the data folder."""
        return self.database_url or f"sqlite:///{self.data / 'troth.db'}"

    @property
    def key_file(self) -> Path:
        """Where a key made on the first run is kept: beside the data folder, not in it."""
        return self.data.with_name(f"{self.data.name}.key")

    @property
    def is_public(self) -> bool:
        """Whether the pages have an address beyond this machine, and so perhaps a proxy."""
        host = urlsplit(self.public_url or "http://localhost").hostname
        return not is_loopback(host or "")

    @property
    def page_url(self) -> str:
        """The address that links in nudges begin with."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104 - compared
        return self.public_url or f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def is_private_way(url: str) -> bool:
    """Say whether nobody between here and there can read what a URL holds."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return host != "" and (
        parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    )


def _is_readable(url: str) -> bool:
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:  # whose text may show a password
        return False


def settings_file() -> Path:
    """Return the settings file: `TROTH_SETTINGS`, or troth.toml in the working folder."""
    return Path(os.environ.get("TROTH_SETTINGS", SETTINGS_FILE))


def load_settings(**given: object) -> Settings:
    """Read the settings; raises TrothError naming each bad one and its mend."""
    try:
        _check_file()
        settings = Settings(**given)  # type: ignore[arg-type] # pydantic checks them
    except tomllib.TOMLDecodeError as error:
        raise TrothError(f"{settings_file()} is not TOML: {str(error).lower()}") from None
    except ValidationError as error:
        raise TrothError("\n".join(_problem(problem) for problem in error.errors())) from None
    return _with_paths_from(settings_file(), settings)


def _check_file() -> None:
    named = os.environ.get("TROTH_SETTINGS")
    if named and not Path(named).is_file():
        raise TrothError(f"the settings file {named} (TROTH_SETTINGS) is not there")


def _problem(problem: object) -> str:
    """Return one line for one bad setting. Its value is not shown: it may be a secret."""
    location, message = problem["loc"], problem["msg"]  # type: ignore[index]
    name = str(location[0]) if location else "settings"
    known = name in Settings.model_fields
    hint = "" if known else nearest(name, Settings.model_fields)
    text = message.removeprefix("Value error, ") if known else f"there is no such setting{hint}"
    return f"TROTH_{name.upper()} (or {name} in {settings_file()}): {text}"


def _with_paths_from(file: Path, settings: Settings) -> Settings:
    """Read the relative paths of a settings file as relative to that file."""
    if not file.is_file():
        return settings
    folder = file.resolve().parent
    named = {name: getattr(settings, name) for name in ("data", "schedules")}
    from_file = {
        name: folder / path
        for name, path in named.items()
        if path is not None and not path.is_absolute() and f"TROTH_{name.upper()}" not in os.environ
    }
    return settings.model_copy(update=from_file)


def strange_variables() -> list[str]:
    """Return the names of TROTH_* variables that are no settings: they may be misspelt."""
    known = {f"TROTH_{name.upper()}" for name in Settings.model_fields} | {"TROTH_SETTINGS"}
    return sorted(name for name in os.environ if name.startswith("TROTH_") and name not in known)
