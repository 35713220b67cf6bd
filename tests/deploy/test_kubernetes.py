"""deploy/kubernetes, as kubectl would send it: valid, restricted, and asking for what is there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from tests.deploy.reading import (
    DEPLOY,
    containers,
    kustomized,
    served_paths,
    strange_settings,
    variables,
)
from troth.broker import sentinel_address
from troth.cli.main import app
from troth.inbound.imap import ImapSettings
from troth.inbound.mqtt import MqttSettings
from troth.inbound.xmpp import XmppSettings
from troth.processes.roles import STOP_SECONDS
from troth.settings import Settings

FOLDER = DEPLOY / "kubernetes"
OVERLAYS = ("base", "production")
RELEASES = ("1.30", "1.37")  # the oldest that the page names, and the newest there is a schema of
ROLES = {"clock", "worker", "inbox", "web"}


@pytest.fixture(scope="module")
def filled_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the folder with the example of secrets as secrets."""
    copy = tmp_path_factory.mktemp("kubernetes") / "kubernetes"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("secrets.env"))
    shutil.copy(FOLDER / "base/secrets.env.example", copy / "base/secrets.env")
    return copy


@pytest.fixture(scope="module", params=OVERLAYS)
def objects(request: pytest.FixtureRequest, filled_in: Path) -> list[dict[str, Any]]:
    return kustomized(filled_in / request.param)


@pytest.fixture(scope="module")
def production(filled_in: Path) -> list[dict[str, Any]]:
    return kustomized(filled_in / "production")


@pytest.mark.parametrize("release", RELEASES)
def test_every_object_is_what_kubernetes_allows(
    objects: list[dict[str, Any]], release: str, tmp_path: Path
) -> None:
    file = tmp_path / "objects.yaml"
    file.write_text(yaml.safe_dump_all(objects))
    program = Path(sys.executable).with_name("kubernetes-validate")
    command = [str(program), "--strict", "-k", release, str(file)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (done.stdout + done.stderr).count(" passed for ") == len(objects)


def test_every_role_runs_a_command_of_troth_with_settings_that_exist(
    objects: list[dict[str, Any]],
) -> None:
    found = dict(containers(objects))
    assert set(found) == {f"troth-{role}" for role in (*ROLES, "migrate")}
    for name, container in found.items():
        assert container["args"] == [name.removeprefix("troth-")]
        assert container["args"][0] in get_command(app).commands  # type: ignore[attr-defined]
    given = set(variables(FOLDER / "base/settings.env"))
    given |= set(variables(FOLDER / "base/secrets.env.example"))
    given |= {each["name"] for container in found.values() for each in container.get("env", ())}
    assert strange_settings(given) == []


def test_every_pod_keeps_to_the_restricted_standard_and_holds_no_token(
    objects: list[dict[str, Any]],
) -> None:
    for each in objects:
        if "template" not in each.get("spec", {}):
            continue
        pod = each["spec"]["template"]["spec"]
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] == 10001
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert {tuple(volume) for volume in pod["volumes"]} == {("emptyDir", "name")}
    for _, container in containers(objects):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert {"cpu", "memory"} <= container["resources"]["requests"].keys()
        assert "memory" in container["resources"]["limits"]


def test_every_probe_asks_a_path_that_is_served_at_a_port_that_is_open(
    objects: list[dict[str, Any]],
) -> None:
    for name, container in containers(objects):
        ports = {port["name"]: port["containerPort"] for port in container.get("ports", ())}
        probes = [asked["httpGet"] for key, asked in container.items() if key.endswith("Probe")]
        assert len(probes) == (0 if name == "troth-migrate" else 3)
        for asked in probes:
            assert asked["path"] in served_paths()
            assert asked["port"] in ports
        environment = {each["name"]: each["value"] for each in container.get("env", ())}
        if "watch" in ports:
            assert environment["TROTH_WATCH"] == f"0.0.0.0:{ports['watch']}"
        else:
            assert set(ports.values()) <= {Settings.model_fields["port"].default}


def test_a_worker_is_given_the_time_that_its_sends_may_take(objects: list[dict[str, Any]]) -> None:
    (worker,) = _of(objects, "Deployment", "troth-worker")
    assert worker["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] > STOP_SECONDS


def test_the_schema_can_be_brought_up_to_date_before_any_pod_is_replaced(
    objects: list[dict[str, Any]],
) -> None:
    """What the job needs can be applied alone, by the label that the page names."""
    kinds = {"Namespace", "ServiceAccount", "ConfigMap", "Secret", "NetworkPolicy", "Job"}
    first = {
        each["kind"]
        for each in objects
        if each["metadata"]["labels"].get("app.kubernetes.io/component")
        in ("groundwork", "migrate")
    }
    assert {"Namespace", "ServiceAccount", "ConfigMap", "Secret", "Job"} <= first <= kinds


def test_every_selector_finds_the_pods_of_a_role(production: list[dict[str, Any]]) -> None:
    pods = [
        each["spec"]["template"]["metadata"]["labels"]
        for each in production
        if each["kind"] in ("Deployment", "Job")
    ]
    for each in production:
        chosen = each.get("spec", {}).get("selector") or each.get("spec", {}).get("podSelector", {})
        wanted = chosen.get("matchLabels", {} if "matchExpressions" in chosen else chosen)
        assert any(wanted.items() <= labels.items() for labels in pods), each["metadata"]["name"]


def test_nothing_is_let_through_but_what_a_policy_names(production: list[dict[str, Any]]) -> None:
    policies = _of(production, "NetworkPolicy")
    (closed,) = _of(production, "NetworkPolicy", "deny-all")
    assert closed["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for policy in policies:
        for rule in (*policy["spec"].get("egress", ()), *policy["spec"].get("ingress", ())):
            assert rule["ports"]
            assert rule.get("to") or rule.get("from")
    (providers,) = _of(production, "NetworkPolicy", "providers")
    wide = providers["spec"]["egress"][0]["to"][0]["ipBlock"]
    private = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"}
    assert private <= set(wide["except"])


def test_every_port_that_a_service_may_need_stands_in_its_policy_and_on_the_page() -> None:
    stores, may_be_stores = _ports("stores")
    providers, may_be_providers = _ports("providers")
    imap, mqtt, xmpp = (
        form.model_fields["port"].default for form in (ImapSettings, MqttSettings, XmppSettings)
    )
    assert stores == {5432, 6379}
    assert may_be_stores == {sentinel_address.PORT, 5671, 5672, 6432, 4318}
    assert providers == {443, 465, 587, imap}
    assert may_be_providers == {mqtt, xmpp}
    page = (FOLDER.parents[1] / "docs/kubernetes.md").read_text()
    assert [port for port in may_be_stores | may_be_providers if f"{port}" not in page] == []


def test_workers_follow_what_is_due_and_nothing_sets_their_number_back(
    production: list[dict[str, Any]],
) -> None:
    (worker,) = _of(production, "Deployment", "troth-worker")
    (scaling,) = _of(production, "HorizontalPodAutoscaler")
    assert "replicas" not in worker["spec"]
    assert scaling["spec"]["scaleTargetRef"]["name"] == worker["metadata"]["name"]
    asked = {each["external"]["metric"]["name"] for each in scaling["spec"]["metrics"]}
    adapter = yaml.safe_load((FOLDER / "production/metrics-adapter.yaml").read_text())
    assert asked == {rule["name"]["as"] for rule in adapter["rules"]["external"]}


def _ports(policy: str) -> tuple[set[int], set[int]]:
    """The ports that a policy opens, and those that stand in it as comments."""
    texts = (FOLDER / "production/network.yaml").read_text().split("---\n")
    (text,) = (text for text in texts if yaml.safe_load(text)["metadata"]["name"] == policy)
    found = re.findall(r"^ +(# )?- \{protocol: TCP, port: (\d+)\}", text, re.MULTILINE)
    return {int(port) for mark, port in found if not mark}, {int(p) for mark, p in found if mark}


def _of(objects: list[dict[str, Any]], kind: str, name: str | None = None) -> list[dict[str, Any]]:
    return [
        each
        for each in objects
        if each["kind"] == kind and name in (None, each["metadata"]["name"])
    ]
