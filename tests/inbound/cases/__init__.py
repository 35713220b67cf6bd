"""Every way in that providers of text messages call."""

from tests.inbound.case import Case
from tests.inbound.cases import (
    aws_sns,
    messagebird,
    plivo,
    standard_webhook,
    telnyx,
    twilio,
    unsigned,
    vonage,
)

CASES: tuple[Case, ...] = (
    twilio.CASE,
    telnyx.CASE,
    vonage.CASE,
    plivo.CASE,
    messagebird.CASE,
    aws_sns.CASE,
    standard_webhook.CASE,
    *unsigned.CASES,
)
