"""Buttons of Home Assistant's companion app: the YAML that the page shows, played to the end."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from jinja2.sandbox import SandboxedEnvironment

from tests.inbound.mqtt_topics import say, until_heard
from tests.support.chat_servers import Mosquitto
from tests.support.house import House, house_in
from tests.support.listening import listening
from tests.support.scripted import Scripted, scripted
from troth.domain.states import OccurrenceState
from troth.inbound.mqtt import MqttListener, MqttSettings

PAGE = Path(__file__).parents[2] / "docs/channels/home-assistant.md"
SHOWN = [
    yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
]
SCRIPT, BY_LINK, BY_MQTT = SHOWN
COUPLE = """
couple = "Ana & Ben"
timezone = "Europe/Lisbon"
[partners.ana]
name = "Ana"
channels = [{{ url = "hassio://127.0.0.1:{port}/long.lived.token/script.troth_ana"{more} }}]
[partners.ben]
name = "Ben"
[rituals.coffee]
practice = "shared-coffee"
cron = "15 7 * * *"
rule = "either"
"""


def rendered(shown: object, **known: object) -> Any:
    """What Home Assistant makes of templates; its filters and tests are these of ours here."""
    jinja = SandboxedEnvironment()
    jinja.filters["regex_findall"] = lambda text, find: re.findall(find, text)
    jinja.tests["match"] = lambda text, find: re.match(find, text) is not None
    if isinstance(shown, dict):
        return {key: rendered(value, **known) for key, value in shown.items()}
    if isinstance(shown, list):
        return [rendered(value, **known) for value in shown]
    return jinja.from_string(shown).render(known) if isinstance(shown, str) else shown


class Home:
    """A Home Assistant that calls itself by what the page shows."""

    def __init__(self, api: Scripted, house: House) -> None:
        self.api, self.house = api, house

    def notified(self) -> dict[str, Any]:
        """The notification that the script makes of the next call."""
        asked = self.api.next_asked()
        assert asked.path == "/api/services/script/troth_ana"
        variables, notify = SCRIPT["script"]["troth_ana"]["sequence"]
        token = rendered(variables["variables"], **asked.body)
        told: dict[str, Any] = rendered(notify["data"], **asked.body, **token)
        return told

    def buttons(self) -> list[str]:
        return [each["action"] for each in self.notified()["data"]["actions"]]


def on_press(automation: dict[str, Any], button: str) -> dict[str, Any] | None:
    """The action that a press leads to, rendered; None where its conditions are not met."""
    (told,) = automation["automation"]
    assert told["triggers"][0]["event_type"] == "mobile_app_notification_action"
    event = {"event": {"data": {"action": button}}}
    if rendered(told["conditions"], trigger=event)[0]["value_template"] != "True":
        return None
    action: dict[str, Any] = rendered(told["actions"][0], trigger=event)
    return action


@pytest.fixture(params=["", ', sensitivity = "open"'], ids=["discreet", "open"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    with scripted() as api, house_in(tmp_path) as house:
        for _ in range(4):
            api.say([])
        house.take_in_file(COUPLE.format(port=api.url.rpartition(":")[2], more=request.param))
        home = Home(api, house)
        house.wind(minutes=1)
        home.notified()  # the question of consent
        with house.serving() as pages:
            httpx.post(f"{pages}{house.consent_link('ana')}/start").raise_for_status()
        house.wind(hours=2)
        yield home


def states(house: House) -> set[OccurrenceState]:
    return {house.occurrence("ben", "coffee").state}


def press_link(pages: str, button: str) -> int:
    action = on_press(BY_LINK, button)
    assert action is not None
    command = BY_LINK["rest_command"][action["action"].removeprefix("rest_command.")]
    address = rendered(command["url"], **action["data"])
    path = address.removeprefix("https://troth.example.org")
    return httpx.request(command["method"].upper(), f"{pages}{path}").status_code


def test_a_button_answers_by_the_link_of_its_nudge(home: Home) -> None:
    done, later, skip = home.buttons()
    with home.house.serving() as pages:
        assert press_link(pages, later) == 204
        assert states(home.house) == {OccurrenceState.OPEN}
        assert press_link(pages, done) == 204
    assert states(home.house) == {OccurrenceState.KEPT}
    assert skip.startswith("TROTH skip ")


@pytest.fixture(scope="module")
def mosquitto() -> Iterator[Mosquitto]:
    with Mosquitto.running_or_skipped() as server:
        yield server


def test_a_button_answers_by_mqtt(home: Home, mosquitto: Mosquitto) -> None:
    action = on_press(BY_MQTT, home.buttons()[0])
    assert action is not None
    assert action["action"] == "mqtt.publish"
    told = action["data"]
    assert json.loads(told["payload"])["action"] == "done"
    login = {"username": mosquitto.username, "password": mosquitto.password, "tls": False}
    place = {"host": "127.0.0.1", "port": mosquitto.port, **login}
    with listening(MqttListener(MqttSettings.model_validate(place))) as ear:
        until_heard(mosquitto, ear)
        say(mosquitto, told["topic"], told["payload"])
        while (incoming := ear.next()).text == "here":
            pass
    assert home.house.store.hear(incoming) is not None
    assert states(home.house) == {OccurrenceState.KEPT}


@pytest.mark.parametrize("button", ["TROTH done ", "TROTH stop " + "a" * 32, "OPEN_GARAGE"])
@pytest.mark.parametrize("automation", [BY_LINK, BY_MQTT], ids=["link", "mqtt"])
def test_other_buttons_do_nothing(automation: dict[str, Any], button: str) -> None:
    assert on_press(automation, button) is None
