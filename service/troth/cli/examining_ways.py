"""What `troth doctor` says of the ways in: whether each opens, and what it lacks to be heard."""

from collections.abc import Iterable
from importlib.util import find_spec

from troth.domain.incoming import AddressKind
from troth.engine.findings import Finding, Health
from troth.errors import TrothError
from troth.inbound.ways import WAYS, handed_over
from troth.settings import Settings

FETCHED = "fetched by the inbox role: troth inbox, or troth up"


def examine_ways(settings: Settings) -> Iterable[Finding]:
    """Yield a finding for each way in that the settings name; its id is `inbound-NAME`."""
    for name, told in settings.inbound.items():
        finding = f"inbound-{name}"
        try:
            is_hook = name in handed_over({name: told})
        except TrothError as error:
            yield Finding(finding, Health.BAD, str(error))
            continue
        where = f"handed over at {settings.page_url}/in/{name}" if is_hook else FETCHED
        yield Finding(finding, Health.GOOD, f"messages are {where}")
        for health, text in _lacks(settings, name, is_hook=is_hook):
            yield Finding(finding, health, text)


def _lacks(settings: Settings, name: str, *, is_hook: bool) -> Iterable[tuple[Health, str]]:
    way = WAYS[name]
    if is_hook and settings.public_url is None:
        yield Health.NOTICE, "its provider can't reach this machine; set TROTH_PUBLIC_URL"
    if AddressKind.MAIL in way.kinds and settings.reply_address is None:
        yield Health.NOTICE, "no mail asks for an answer; set TROTH_REPLY_ADDRESS to the mailbox"
    if way.needs and find_spec(way.needs) is None:
        yield Health.BAD, f"its library is not installed; mend: pip install 'troth[{name}]'"
