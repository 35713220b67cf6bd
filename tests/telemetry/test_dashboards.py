"""Dashboards, alert rules, autoscaling and docs speak of metrics that exist, and of every one."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.house import house_in
from troth.bootstrap import open_bell, open_scrape
from troth.telemetry.metrics import Workers

ROOT = Path(__file__).resolve().parents[2]
GRAFANA = ROOT / "deploy/grafana"
PAGE = (ROOT / "docs/metrics.md").read_text()
AUTOSCALING = ROOT / "deploy/kubernetes/production/metrics-adapter.yaml"
ALERTS = GRAFANA / "alerts.yml"
NAME = re.compile(r"\b(?:troth|process)_[a-z_]+\b")
SUFFIXES = ("_bucket", "_sum", "_count")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a scrape tells of a process that has all there is to tell of."""
    with house_in(tmp_path_factory.mktemp("house")) as house:
        bell = open_bell(house.store.settings)
        return open_scrape(house.store, bell, Workers()).text().decode()


@pytest.fixture(scope="module")
def exported(told: str) -> dict[str, str]:
    """The name of every metric, with its kind."""
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", told, re.MULTILINE))
    assert len(kinds) > 20
    return kinds


def family(name: str, kinds: dict[str, str]) -> str:
    """The metric that a sample's name belongs to."""
    for suffix in SUFFIXES:
        if kinds.get(name.removesuffix(suffix)) == "histogram":
            return name.removesuffix(suffix)
    return name


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(ALERTS.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((GRAFANA / "dashboard.json").read_text())["panels"]
    return found


def queries() -> Iterator[str]:
    for rule in rules():
        yield rule["expr"]
    for panel in panels():
        yield from (target["expr"] for target in panel["targets"])
    for rule in yaml.safe_load(AUTOSCALING.read_text())["rules"]["external"]:
        yield rule["seriesQuery"]
        yield rule["metricsQuery"]


def test_every_metric_that_is_looked_at_exists(exported: dict[str, str]):
    for query in queries():
        named = [family(name, exported) for name in NAME.findall(query)]
        assert named or query.startswith('up{job="troth"}'), query  # Prometheus' own
        assert [name for name in named if name not in exported] == [], query


def test_a_bucket_that_is_asked_for_is_one_of_those_counted(told: str):
    for name, bound in re.findall(r'(\w+_bucket)\{le="([^"]+)"', "\n".join(queries())):
        assert f'{name}{{le="{bound}"}}' in told


def test_every_metric_is_described_and_no_other(exported: dict[str, str]):
    assert set(re.findall(r"`((?:troth|process)_[a-z_]+)`", PAGE)) == set(exported)


def test_every_alert_is_described_and_no_other():
    named = [rule["alert"] for rule in rules()]
    assert len(set(named)) == len(named)
    assert set(re.findall(r"`(Troth[A-Za-z]+)`", PAGE)) == set(named)


def test_an_alert_has_what_prometheus_reads_and_a_person_needs():
    for rule in rules():
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}, rule["alert"]
        assert set(rule["annotations"]) == {"summary", "mend"}, rule["alert"]
        assert rule["labels"]["severity"] in ("critical", "warning"), rule["alert"]
        assert re.fullmatch(r"\d+m", rule.get("for", "0m")), rule["alert"]


def test_the_panels_of_the_dashboard_stand_beside_each_other():
    places = [panel["gridPos"] for panel in panels()]
    cells = [
        (place["x"] + x, place["y"] + y)
        for place in places
        for x in range(place["w"])
        for y in range(place["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24
    assert len({panel["id"] for panel in panels()}) == len(places)


def test_alerts_fire_when_they_should_and_at_no_other_time():
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("no promtool: install prometheus")
    tested = Path(__file__).with_name("alerts_test.yml")
    for verb, file in (("check", ALERTS), ("test", tested)):
        command = [promtool, verb, "rules", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
