"""Reads what lies in deploy/: the Dockerfile's steps, and what Compose and Kubernetes are told."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from troth.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
NO_COMPOSE = "no compose: install docker-compose"
NO_KUSTOMIZE = "no kubectl with kustomize 5: install kubernetes-client of Debian 13, or kubectl"


@dataclass(frozen=True)
class Step:
    """One instruction of a Dockerfile, and which stage it belongs to."""

    stage: int
    word: str
    rest: str

    @property
    def values(self) -> list[str]:
        """What follows its options: a JSON list, or words."""
        plain = re.sub(r"^(?:--\S+\s+)+", "", self.rest)
        return json.loads(plain) if plain.startswith("[") else plain.split()


def dockerfile() -> list[Step]:
    """The steps of deploy/Dockerfile; stage 0 is what stands before the first FROM."""
    text = re.sub(r"^\s*#.*\n", "", (DEPLOY / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = [line for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    steps: list[Step] = []
    for line in lines:
        word, _, rest = line.partition(" ")
        stage = steps[-1].stage if steps else 0
        steps.append(Step(stage + (word == "FROM"), word, rest.strip()))
    return steps


def final(word: str) -> list[Step]:
    """The steps of one kind in the last stage."""
    steps = dockerfile()
    return [step for step in steps if step.stage == steps[-1].stage and step.word == word]


def variables(path: Path) -> dict[str, str]:
    """What a file of NAME=value lines gives, also those lines that are commented out."""
    return dict(re.findall(r"^#?([A-Z][A-Z_]+)=(.*)$", path.read_text(), re.MULTILINE))


def compose_program() -> list[str]:
    """How Compose is called here: its plugin, or its program."""
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    docker = ["docker", "compose"]
    if shutil.which("docker") and subprocess.run([*docker, "version"], check=False).returncode == 0:
        return docker
    pytest.skip(NO_COMPOSE)


def kustomized(folder: Path) -> list[dict[str, Any]]:
    """The objects that `kubectl apply -k` would send."""
    if _kustomize_release() < 5:
        pytest.skip(NO_KUSTOMIZE)
    command = ["kubectl", "kustomize", str(folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""  # a warning tells of what the next release takes away
    return list(yaml.safe_load_all(done.stdout))


def _kustomize_release() -> int:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        return 0
    command = [kubectl, "version", "--client"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"Kustomize Version: v(\d+)", said)
    return int(found[1]) if found else 0


def strange_settings(names: Iterable[str]) -> list[str]:
    """Those TROTH_* variables that are no settings."""
    known = {f"TROTH_{name.upper()}" for name in Settings.model_fields}
    return [name for name in names if name.startswith("TROTH_") and name not in known]


def served_paths() -> set[str]:
    """What a machine may ask of every role."""
    source = (ROOT / "service/troth/web/health.py").read_text()
    return set(re.findall(r'"(/\w+)"', source))


def containers(objects: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every container with its object's name."""
    for each in objects:
        if "template" in each.get("spec", {}):
            for container in each["spec"]["template"]["spec"]["containers"]:
                yield each["metadata"]["name"], container
