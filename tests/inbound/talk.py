"""A talk between the whole service and Ana, who sits at the far end of a real server."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from tests.support.coffee import channel, coffee
from tests.support.house import House, house_in
from troth.domain.states import ChannelState


class FarEnd(Protocol):
    """Ana's end. `channel` is the Apprise URL that leads there, `inbound` opens the way back."""

    @property
    def channel(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def inbound(self) -> dict[str, dict[str, Any]]: ...

    def next(self) -> str:
        """What comes next to her."""

    def write(self, said: str) -> None:
        """She writes."""

    def send(self, said: str) -> None:
        """Somebody else than Troth writes to her."""

    def wait_until(self, check: Callable[[], bool], what: str) -> None:
        """Return once `check` holds; else fail, with what the server said meanwhile."""


class Talk:
    """What comes to Ana and what she writes, with the house that it comes from."""

    def __init__(self, house: House, far: FarEnd) -> None:
        self.house, self.far = house, far

    def shows(self, *words: str) -> str:
        """What comes next to Ana, which holds these words."""
        said = self.far.next()
        assert all(word in said for word in words), said
        return said

    def shows_nothing(self) -> None:
        """Nothing came to her before what is sent now."""
        self.far.send("the end")
        assert self.far.next() == "the end"

    def writes(self, said: str) -> None:
        """Ana writes, and it is taken in."""
        before = self.house.kept()
        self.far.write(said)
        self.far.wait_until(lambda: self.house.kept() > before, f"reply {said!r}")

    def is_asked_first(self) -> None:
        self.house.take_in_file(coffee(channel(self.far.channel, self.far.address)))
        self.house.wind(minutes=1)
        self.shows("Is it all right to write to you here?")

    def is_nudged(self) -> None:
        """She has agreed, and time passes until the coffee of the day."""
        self.house.wind(minutes=1)
        assert self.house.channel_state("ana") is ChannelState.CONFIRMED
        self.shows("You will hear from Troth here")
        self.house.wind(hours=2)


@contextmanager
def talk_with(far: FarEnd, folder: Path, url: str) -> Iterator[Talk]:
    """A talk over this database; Ana has not been written to."""
    public = "https://troth.test"
    with house_in(folder, public_url=public, inbound=far.inbound, database_url=url) as house:
        yield Talk(house, far)
