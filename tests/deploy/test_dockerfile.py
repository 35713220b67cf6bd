"""What the image promises, read from its Dockerfile; `make image` builds and runs it."""

import fnmatch
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from typer.main import get_command

from tests.deploy.reading import DEPLOY, ROOT, dockerfile, final
from troth import __version__
from troth.cli.main import app
from troth.settings import Settings

FILE = DEPLOY / "Dockerfile"


def test_hadolint_finds_nothing() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, FILE], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_it_runs_as_nobody_who_may_anything_and_ends_when_told() -> None:
    (user,), (stop,) = final("USER"), final("STOPSIGNAL")
    assert user.values == ["10001:10001"]
    assert stop.values == ["SIGTERM"]
    after = [step.word for step in dockerfile()[dockerfile().index(user) :]]
    assert not {"RUN", "COPY", "ADD"} & set(after)


def test_what_it_runs_is_a_command_of_troth() -> None:
    (entrypoint,), (command,) = final("ENTRYPOINT"), final("CMD")
    assert entrypoint.values == ["troth"]
    assert command.values[0] in get_command(app).commands  # type: ignore[attr-defined]


def test_its_health_check_asks_the_port_that_the_pages_have() -> None:
    (check,), (port,) = final("HEALTHCHECK"), final("EXPOSE")
    usual = str(Settings.model_fields["port"].default)
    assert port.values == [usual]
    assert f"http://127.0.0.1:{usual}/readyz" in check.rest
    assert '"troth.probe"' in check.rest


def test_every_setting_that_it_gives_exists() -> None:
    given = re.findall(r"\bTROTH_([A-Z_]+)=", FILE.read_text())
    assert given
    assert {name.lower() for name in given} <= set(Settings.model_fields)


def test_all_that_it_copies_is_there_and_reaches_the_builder() -> None:
    for step in dockerfile():
        if step.word == "COPY" and "--from=" not in step.rest:
            for source in step.values[:-1]:
                assert (ROOT / source).exists(), source
                assert _is_let_through(source), f".dockerignore holds {source} back"


def test_nothing_else_reaches_the_builder() -> None:
    copied = {s for step in dockerfile() if step.word == "COPY" for s in step.values[:-1]}
    for path in (".env", ".git", "deploy/.env", "deploy/kubernetes/base/secrets.env", "troth.toml"):
        assert path not in copied
        assert not _is_let_through(path), path


def test_whatever_is_fetched_is_pinned_by_its_hash() -> None:
    text = FILE.read_text()
    assert "--require-hashes" in text
    assert re.search(r"uv sync --frozen .*--no-dev", text)
    assert "apt-get" not in text
    assert "http" not in text.replace("http://127.0.0.1", "")
    tools = (DEPLOY / "build-tools.txt").read_text()
    names = re.findall(r"^(\S+)==\S+ \\\n    --hash=sha256:", tools, re.MULTILINE)
    assert len(names) == len(re.findall(r"^[a-z]", tools, re.MULTILINE))
    assert {"hatchling", "uv"} <= set(names)


def test_the_image_says_what_it_is_and_all_name_this_version() -> None:
    told = " ".join(step.rest for step in dockerfile() if step.word == "LABEL")
    for label in ("title", "description", "licenses", "version", "revision"):
        assert f"org.opencontainers.image.{label}=" in told, label
    files = (
        "docs/containers.md",
        "deploy/.env.example",
        "deploy/kubernetes/base/kustomization.yaml",
    )
    for name in files:
        named = re.findall(r"(?:\btroth:|VERSION=|newTag: )(\d\S*)", (ROOT / name).read_text())
        assert set(named) == {__version__}, name


def test_it_is_built_of_a_python_that_troth_supports_for_whatever_platform() -> None:
    text = FILE.read_text()
    supported = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["classifiers"]
    (version,) = re.findall(r"^ARG PYTHON=python:([\d.]+)-slim", text, re.MULTILINE)
    assert f"Programming Language :: Python :: {version}" in supported
    assert not re.search(r"amd64|x86_64|arm64|aarch64|--platform", text)
    assert text.count("FROM ${PYTHON}") == 2


def test_no_secret_is_in_it() -> None:
    for step in dockerfile():
        if step.word in ("ARG", "ENV"):
            assert not re.search(r"SECRET|PASSWORD|TOKEN|KEY|_URL", step.rest), step.rest


def _is_let_through(path: str) -> bool:
    """Whether .dockerignore lets it reach the builder: the last line that matches decides."""
    let = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if line and not line.startswith("#"):
            pattern = line.removeprefix("!").replace("**/", "*")
            parents = [path, *(str(parent) for parent in Path(path).parents)]
            if any(fnmatch.fnmatch(each, pattern) for each in parents):
                let = line.startswith("!")
    return let
