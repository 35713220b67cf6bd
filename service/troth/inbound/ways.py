"""Which ways in there are, and how the settings open them.

A way in is one line here and one file beside: its settings, and a hook (the provider hands messages
over) or a listener (we fetch them, or are told over a connection of ours).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from troth.domain.incoming import AddressKind as A
from troth.errors import TrothError
from troth.inbound.aws_sns import AwsSns, AwsSnsSettings
from troth.inbound.clicksend import ClickSend, ClickSendSettings
from troth.inbound.discord import DiscordHook, DiscordSettings
from troth.inbound.fortysix_elks import FortysixElks, FortysixElksSettings
from troth.inbound.gateway import Gateway, GatewaySettings
from troth.inbound.hook import HookWay, WaySettings
from troth.inbound.imap import Imap, ImapSettings
from troth.inbound.listener import Listener, Memory
from troth.inbound.mailgun import Mailgun, MailgunSettings
from troth.inbound.matrix import MatrixListener, MatrixSettings
from troth.inbound.messagebird import MessageBird, MessageBirdSettings
from troth.inbound.mqtt import MqttListener, MqttSettings
from troth.inbound.plivo import Plivo, PlivoSettings
from troth.inbound.postmark import Postmark, PostmarkSettings
from troth.inbound.sendgrid import SendGrid, SendGridSettings
from troth.inbound.signal_rest import SignalListener, SignalSettings
from troth.inbound.sinch import Sinch, SinchSettings
from troth.inbound.slack import SlackHook, SlackSettings
from troth.inbound.standard_webhook import StandardWebhook, StandardWebhookSettings
from troth.inbound.telegram import TelegramHook, TelegramListener, TelegramSettings
from troth.inbound.telnyx import Telnyx, TelnyxSettings
from troth.inbound.twilio import Twilio, TwilioSettings
from troth.inbound.vonage import Vonage, VonageSettings
from troth.inbound.xmpp import XmppListener, XmppSettings
from troth.schedules.suggest import nearest

Given = Mapping[str, Mapping[str, Any]]
TEXTS = frozenset({A.PHONE})
MAIL = frozenset({A.MAIL})


@dataclass(frozen=True)
class Way:
    """A way in: what it is told, the kinds of address it brings, and what takes its messages."""

    settings: type[WaySettings]
    kinds: frozenset[A]
    hook: Any = None  # of its settings
    listener: Any = None  # of its settings, and of a memory where it keeps a place
    remembers: bool = False
    needs: str = ""  # a library of an extra of the same name as the way

    def listens(self, settings: WaySettings) -> bool:
        """Whether messages are fetched: a way that could do both does, unless a hook is told of."""
        return self.listener is not None and not getattr(settings, "hook_secrets", ())


WAYS: Mapping[str, Way] = {
    "twilio": Way(TwilioSettings, TEXTS | {A.WHATSAPP}, Twilio),
    "telnyx": Way(TelnyxSettings, TEXTS, Telnyx),
    "vonage": Way(VonageSettings, TEXTS, Vonage),
    "plivo": Way(PlivoSettings, TEXTS, Plivo),
    "messagebird": Way(MessageBirdSettings, TEXTS, MessageBird),
    "sinch": Way(SinchSettings, TEXTS, Sinch),
    "46elks": Way(FortysixElksSettings, TEXTS, FortysixElks),
    "clicksend": Way(ClickSendSettings, TEXTS, ClickSend),
    "aws-sns": Way(AwsSnsSettings, TEXTS, AwsSns),
    "standard": Way(StandardWebhookSettings, TEXTS, StandardWebhook),
    "gateway": Way(GatewaySettings, TEXTS, Gateway),
    "mailgun": Way(MailgunSettings, MAIL, Mailgun),
    "postmark": Way(PostmarkSettings, MAIL, Postmark),
    "sendgrid": Way(SendGridSettings, MAIL, SendGrid),
    "imap": Way(ImapSettings, MAIL, listener=Imap, remembers=True),
    "telegram": Way(TelegramSettings, frozenset({A.TELEGRAM}), TelegramHook, TelegramListener),
    "matrix": Way(MatrixSettings, frozenset({A.MATRIX}), listener=MatrixListener, remembers=True),
    "xmpp": Way(XmppSettings, frozenset({A.XMPP}), listener=XmppListener, needs="slixmpp"),
    "slack": Way(SlackSettings, frozenset({A.SLACK}), SlackHook),
    "discord": Way(DiscordSettings, frozenset({A.DISCORD}), DiscordHook),
    "signal": Way(SignalSettings, frozenset({A.SIGNAL}), listener=SignalListener),
    "mqtt": Way(MqttSettings, frozenset({A.MQTT}), listener=MqttListener, needs="paho"),
}


def open_hooks(given: Given) -> dict[str, HookWay]:
    """Return the ways in by request, by name. Raises TrothError for what is wrong; no secret."""
    opened = ((name, way, settings) for name, way, settings in _open(given) if way.hook)
    return {name: way.hook(settings) for name, way, settings in opened}


def open_listeners(given: Given, memory: Memory) -> list[Listener]:
    """Return the ways in that listen; `memory` keeps where they stand. Raises TrothError."""
    found = []
    for _, way, settings in _open(given):
        if way.listens(settings):
            found.append(way.listener(settings, *([memory] if way.remembers else [])))
    return found


def handed_over(given: Given) -> frozenset[str]:
    """Return the ways whose providers call us; the others are listened to. Raises TrothError."""
    return frozenset(name for name, way, settings in _open(given) if not way.listens(settings))


def open_kinds(given: Given) -> frozenset[str]:
    """Return the kinds of address from which replies come in."""
    return frozenset(str(kind) for _, way, _ in _open(given) for kind in way.kinds)


def _open(given: Given) -> Iterator[tuple[str, Way, WaySettings]]:
    for name, told in given.items():
        way = WAYS.get(name)
        if way is None:
            hint = nearest(name, WAYS)
            known = ", ".join(WAYS)
            raise TrothError(f"TROTH_INBOUND: there is no way in '{name}'{hint}; one of: {known}")
        try:
            yield name, way, way.settings.model_validate(told)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            place = ".".join((name, *map(str, first["loc"])))
            raise TrothError(f"TROTH_INBOUND: {place}: {first['msg'].casefold()}") from None
