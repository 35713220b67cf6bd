"""The couple of most talks: asked for a coffee at 07:15, which either may answer for both."""

from collections.abc import Sequence

COFFEE = """
couple = "Ana & Ben"
timezone = "Europe/Lisbon"
[partners.ana]
nudges_a_day = 24
name = "Ana"
channels = [{ana}]
[partners.ben]
nudges_a_day = 24
name = "Ben"
channels = [{ben}]
[rituals.coffee]
practice = "shared-coffee"
cron = "15 7 * * *"
rule = "either"
"""
INBOX = '"troth://"'


def channel(url: str, address: str) -> str:
    """A channel as a couple's file tells it, which may show everything."""
    return f'{{ url = "{url}", address = "{address}", sensitivity = "open" }}'


def coffee(*ana: str, ben: Sequence[str] = (INBOX,)) -> str:
    """The couple's file, with the channels of both."""
    return COFFEE.format(ana=", ".join(ana), ben=", ".join(ben))
