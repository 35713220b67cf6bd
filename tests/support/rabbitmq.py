"""A real RabbitMQ: on loopback, in a folder of its own, gone when the tests are."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support import leash
from tests.support.papers import Papers
from tests.support.ports import answers, free_port
from tests.support.processes import Process
from tests.support.programs import PATH, find, owned
from tests.support.servers import Server


class RabbitMQ(Server):
    """RabbitMQ with one user and one virtual host, without guest; it speaks TLS as well."""

    patience = 60
    login = "troth:the-tests-know-it"

    def __init__(self, papers: Papers) -> None:
        super().__init__()
        self._program = find("rabbitmq-server", "rabbitmq-server")
        self.port, self.secure_port, self._dist, self._epmd_port = (free_port() for _ in range(4))
        self._epmd: Process | None = None
        self._log = self.folder / "log"
        user, password = self.login.split(":")
        everything = "".join(f"default_permissions.{of} = .*\n" for of in ("configure", "read"))
        certificate, authority = papers.copied_to(self.folder)
        secure = (
            f"listeners.ssl.1 = 127.0.0.1:{self.secure_port}\nssl_options.verify = verify_none\n"
            f"ssl_options.cacertfile = {authority}\nssl_options.certfile = {certificate}\n"
            f"ssl_options.keyfile = {certificate}\nssl_options.fail_if_no_peer_cert = false\n"
        )
        self._config = self._write(
            "rabbitmq.conf",
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\ndefault_user = {user}\n"
            f"default_pass = {password}\ndefault_vhost = troth\n{everything}{secure}"
            "default_permissions.write = .*\nlog.file = false\nlog.console = true\n"
            "log.console.level = warning\n",
        )
        self._plugins = self._write("plugins", "[].\n")

    @property
    def url(self) -> str:
        return f"amqp://{self.login}@127.0.0.1:{self.port}/troth"

    def secure_url(self, authority: Path, host: str = "127.0.0.1") -> str:
        """What a client needs that trusts this authority."""
        trust = f"ssl_options={{'ca_certs':'{authority}'}}"
        return f"amqps://{self.login}@{host}:{self.secure_port}/troth?{trust}"

    def start(self) -> None:
        if self._epmd is None:
            names = ["epmd", "-port", str(self._epmd_port), "-address", "127.0.0.1"]
            command = [sys.executable, leash.__file__, *names]
            self._epmd = Process(command, self._env(), stdin=subprocess.PIPE)
            self._epmd.wait_for_port(self._epmd_port)
        super().start()

    def remove(self) -> None:
        try:
            self.stop()
        finally:
            if self._epmd is not None:
                self._epmd.hang_up()
            self._folder.remove(ignore_errors=True)

    def _write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return owned(path)

    def _env(self) -> Mapping[str, str]:
        quiet = "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none"
        return {
            "PATH": PATH,
            "LANG": "C.UTF-8",
            "HOME": str(self.folder),  # where its cookie lies
            "RABBITMQ_NODENAME": f"troth-{self.port}@localhost",
            "RABBITMQ_CONFIG_FILE": str(self._config),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._plugins),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self._log),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            "RABBITMQ_DIST_PORT": str(self._dist),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": quiet,
        }

    def _command(self) -> Sequence[str | Path]:
        named = [f"{name}={value}" for name, value in self._env().items()]
        # Debian's own program is a script that changes the user and the folder.
        program = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
        return [
            leash.TERMINATE,
            "env",
            "-i",
            *named,
            program if program.exists() else self._program,
        ]

    def _answers(self) -> bool:
        return answers(self.port) and answers(self.secure_port)
