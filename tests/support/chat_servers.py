"""Real chat servers and brokers: private, on loopback, gone when the tests are.

Prosody and mosquitto come from the system; Synapse and the Telegram emulator from `make servers`.
"""

import json
import os
import shutil
import subprocess
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import pytest
import requests

from tests.support import leash
from tests.support.authority import Authority
from tests.support.ports import answers, free_port
from tests.support.programs import owned
from tests.support.servers import Server

TOOLS = Path(__file__).parents[2] / ".tools"
_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", str(TOOLS / "bin")])


class ChatServer(Server):
    """A server that answers on one loopback port."""

    def __init__(self) -> None:
        super().__init__()
        self.port = free_port()
        try:
            self.set_up()
        except BaseException:
            self.remove()
            raise

    @classmethod
    @abstractmethod
    def lacks(cls) -> str | None:
        """Why it cannot run here, and what mends that."""

    @classmethod
    @contextmanager
    def running_or_skipped(cls) -> Iterator[Self]:
        """One for the time of a `with` block; the test is skipped where its program is missing."""
        if (reason := cls.lacks()) is not None:
            pytest.skip(reason)
        with cls.running() as server:
            yield server

    @abstractmethod
    def set_up(self) -> None: ...

    def write(self, name: str, text: str) -> Path:
        """A file in its folder, readable by whoever it runs as."""
        path = self.folder / name
        path.write_text(text)
        return path

    def run(self, *command: str | Path) -> None:
        """Run a command to its end as whoever the server runs as."""
        done = subprocess.run(
            command, capture_output=True, check=False, text=True, cwd=self.folder, **leash.account()
        )
        assert done.returncode == 0, f"{command[0]}: {done.stdout}{done.stderr}"

    def wait_until(self, check: Callable[[], bool], what: str) -> None:
        """Return once `check` holds; else fail, with what the server said meanwhile."""
        assert self._process is not None
        self._process.wait_until(check, what)

    @property
    def output(self) -> str:
        """All that it said so far."""
        return self._process.output if self._process else ""

    def _answers(self) -> bool:
        return answers(self.port)


class Prosody(ChatServer):
    """An XMPP server for accounts at `localhost`, which demands TLS."""

    password = "pw-of-the-tests"
    modules = '"roster"; "saslauth"; "disco"; "ping"; "offline"; "tls"; "smacks"'

    @classmethod
    def lacks(cls) -> str | None:
        return None if find("prosody") else "no XMPP server: install prosody"

    def set_up(self) -> None:
        authority = Authority(self.folder)
        self.ca_file = authority.file
        pair = authority.certificate("localhost")
        self._config = self.write(
            "prosody.cfg.lua",
            f'''
daemonize = false
pidfile = "{self.folder}/prosody.pid"
data_path = "{self.folder}/data"
certificates = "{self.folder}"
ssl = {{ key = "{pair}"; certificate = "{pair}" }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {self.port} }}
s2s_ports = {{}}
http_ports = {{}}
https_ports = {{}}
modules_enabled = {{ {self.modules} }}
modules_disabled = {{ "s2s" }}
c2s_require_encryption = true
authentication = "internal_hashed"
log = {{ warn = "*console" }}
VirtualHost "localhost"
''',
        )
        (self.folder / "data").mkdir()
        owned(self.folder / "data")
        for account in ("nudge", "alex", "sam"):
            self.register(account)

    def register(self, account: str) -> None:
        """Make an account, with the password of all."""
        control = ("prosodyctl", "--config", self._config)
        self.run(*control, "register", account, "localhost", self.password)

    def _command(self) -> Sequence[str | Path]:
        return ["prosody", "-F", "--config", self._config]


class ArchivingProsody(Prosody):
    """One that keeps an archive, and so gives each message an id of its own (XEP-0313, 0359)."""

    modules = f'{Prosody.modules}; "mam"'


class Mosquitto(ChatServer):
    """An MQTT broker with a password."""

    username, password = "nudge", "pw-of-the-tests"

    @classmethod
    def lacks(cls) -> str | None:
        return None if find("mosquitto") else "no MQTT broker: install mosquitto"

    def set_up(self) -> None:
        passwords = self.folder / "passwords"
        self.run("mosquitto_passwd", "-b", "-c", passwords, self.username, self.password)
        self._config = self.write(
            "mosquitto.conf",
            f"listener {self.port} 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\n"
            "persistence false\nlog_type all\n",
        )

    def _command(self) -> Sequence[str | Path]:
        return [find("mosquitto") or "mosquitto", "-c", self._config]


class Synapse(ChatServer):
    """A Matrix homeserver where anybody may register."""

    patience = 80  # it loads for long where nothing of it is compiled yet

    @classmethod
    def lacks(cls) -> str | None:
        return None if find("synapse_homeserver") else "no Matrix server: run make servers"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def set_up(self) -> None:
        free = {"per_second": 1_000, "burst_count": 1_000}
        listener = {
            "port": self.port,
            "bind_addresses": ["127.0.0.1"],
            "type": "http",
            "resources": [{"names": ["client"]}],
        }
        config = {  # JSON is YAML
            "server_name": "lab.test",
            "listeners": [listener],
            "database": {"name": "sqlite3", "args": {"database": f"{self.folder}/synapse.db"}},
            "media_store_path": f"{self.folder}/media",
            "signing_key_path": f"{self.folder}/signing.key",
            "pid_file": f"{self.folder}/synapse.pid",
            "trusted_key_servers": [],
            "report_stats": False,
            "macaroon_secret_key": "of the tests",
            "form_secret": "of the tests",
            "bcrypt_rounds": 4,  # or each log-in, one a message of ours, takes a third of a second
            "enable_registration": True,
            "enable_registration_without_verification": True,
            "rc_message": free,
            "rc_registration": free,
            "rc_login": {"address": free, "account": free, "failed_attempts": free},
            "rc_joins": {"local": free, "remote": free},
            "rc_invites": {"per_room": free, "per_user": free, "per_issuer": free},
        }
        self._config = self.write("homeserver.yaml", json.dumps(config))
        subprocess.run([*self._program(), "--generate-keys"], check=True, capture_output=True)

    def register(self, name: str, password: str) -> str:
        """A new account; its access token."""
        body: dict[str, Any] = {
            "username": name,
            "password": password,
            "auth": {"type": "m.login.dummy"},
        }
        response = requests.post(f"{self.url}/_matrix/client/v3/register", json=body, timeout=20)
        token: str = response.json()["access_token"]
        return token

    def _command(self) -> Sequence[str | Path]:
        return [leash.SAME_USER, *self._program()]

    def _program(self) -> Sequence[str | Path]:
        return [find("synapse_homeserver") or "synapse_homeserver", "-c", self._config]

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/health", timeout=5).ok
        except requests.ConnectionError:
            return False


class TelegramEmulator(ChatServer):
    """What bots know of Telegram, with a door for its users. It does not wait in a poll."""

    modules = TOOLS / "node_modules"

    @classmethod
    def lacks(cls) -> str | None:
        found = find("node") and (cls.modules / "telegram-test-api").is_dir()
        return None if found else "no Telegram emulator: install node and run make servers"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def set_up(self) -> None:
        self._script = self.write(
            "emulator.js",
            f"""
const Emulator = require({json.dumps(str(self.modules / "telegram-test-api"))});
new Emulator({{ port: {self.port}, host: "127.0.0.1", storage: "RAM", storeTimeout: 600 }}).start();
""",
        )

    def write_to_bot(self, token: str, chat: int, text: str, **more: object) -> None:
        """A user writes in a private chat with the bot."""
        user = {"id": chat, "is_bot": False, "first_name": "Alex"}
        place = {"id": chat, "type": "private"}
        message: dict[str, Any]
        message = {"botToken": token, "from": user, "chat": place, "date": 1, "text": text, **more}
        requests.post(f"{self.url}/sendMessage", json=message, timeout=20).raise_for_status()

    def press(self, token: str, chat: int, data: str) -> None:
        """A user presses a button below a message of the bot's."""
        user = {"id": chat, "is_bot": False, "first_name": "Alex"}
        message = {"chat": {"id": chat, "type": "private"}, "text": "A nudge"}
        body: dict[str, Any]
        body = {"botToken": token, "from": user, "message": message, "data": data}
        requests.post(f"{self.url}/sendCallback", json=body, timeout=20).raise_for_status()

    def history(self, token: str) -> list[dict[str, object]]:
        """All that was said, by both."""
        body = {"token": token}
        told = requests.post(f"{self.url}/getUpdatesHistory", json=body, timeout=20).json()
        result: list[dict[str, object]] = told["result"]
        return result

    def _command(self) -> Sequence[str | Path]:
        return [find("node") or "node", self._script]


def find(program: str) -> str | None:
    """Where a program is: in the PATH, in /usr/sbin, or fetched by `make servers`."""
    return shutil.which(program, path=_PATH)
