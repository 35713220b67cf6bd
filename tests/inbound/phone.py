"""Ana's phone, at the end of a line through a real gateway."""

from typing import Any, ClassVar

from tests.support.sms_gateway import SECRET, Kannel

ANA = "+15550100"


class Phone:
    """The far end of texts."""

    address = f"phone:{ANA}"
    inbound: ClassVar[dict[str, dict[str, Any]]] = {"gateway": {"secret": SECRET}}

    def __init__(self, kannel: Kannel) -> None:
        self.kannel, self.channel = kannel, kannel.channel(ANA)
        self.wait_until = kannel.wait_until

    def next(self) -> str:
        text = self.kannel.carrier.next()
        assert text.to == ANA
        return text.said

    def write(self, said: str) -> None:
        self.kannel.carrier.write(ANA, said)

    def send(self, said: str) -> None:
        self.kannel.send(ANA, said)
