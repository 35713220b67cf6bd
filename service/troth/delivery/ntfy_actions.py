"""The buttons of an ntfy notification: each posts to an answer address of ours from the phone.

They stand on a locked screen, so they say the same for every ritual and nothing of any.
"""

import json
from collections.abc import Mapping

from troth.domain.grammar import Verb

OFFERED = (Verb.DONE, Verb.LATER, Verb.SKIP)  # ntfy shows three at most
LONGEST_LABEL = 40  # characters


class LabelError(ValueError):
    """A label that cannot travel in a header: ntfy's go as Latin-1."""


def actions_for(public_url: str, token: str, labels: Mapping[Verb, str]) -> str:
    """Return the value of `actions=` in an Apprise URL of ntfy, not yet percent-encoded.

    It is ntfy's JSON form and plain ASCII: in the short form a comma, a semicolon or a quote in a
    label would begin another field. Raises LabelError, and KeyError for a label that is not there.
    """
    buttons = [
        {
            "action": "http",
            "label": _label(labels[verb]),
            "url": f"{public_url.rstrip('/')}/r/{token}/{verb}",
            "method": "POST",
            "clear": True,
        }
        for verb in OFFERED
    ]
    return json.dumps(buttons, ensure_ascii=True, separators=(",", ":"))


def _label(label: str) -> str:
    """Return a label on one line; raise LabelError for one that phones may not get as it is."""
    plain = " ".join(label.split())[:LONGEST_LABEL]
    if not plain or not plain.isprintable():
        raise LabelError("a label has to say something")
    try:
        plain.encode("latin-1")
    except UnicodeEncodeError:
        raise LabelError("a label of ntfy's is Latin-1: no emoji") from None
    return plain
