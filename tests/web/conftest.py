"""The pages of a couple at home, served for real, with a clock that tests wind by hand."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.support.house import House, house_in

AT_HOME = Path(__file__).parents[2] / "schedules" / "couples" / "at-home.toml"
OTHERS = """
couple = "Cleo & Dan"
timezone = "Europe/Lisbon"
[partners.cleo]
name = "Cleo"
[partners.dan]
name = "Dan"
[rituals.tea]
practice = "shared-coffee"
title = "Tea of the others"
cron = "15 7 * * *"
"""

Open = Callable[..., httpx.Client]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """It is Monday, 06:00. Coffee comes at 7:15, the hug at 18:30, the question at 20:00."""
    folder = tmp_path / "house"
    folder.mkdir()
    with house_in(folder) as house:
        house.take_in_file(AT_HOME.read_text())
        yield house


@pytest.fixture
def open_pages(house: House) -> Iterator[Open]:
    """Opens the pages: `open_pages(demo=True)`."""
    with ExitStack() as stack:

        def open_them(*, demo: bool = False) -> httpx.Client:
            address = stack.enter_context(house.serving(demo=demo))
            return stack.enter_context(httpx.Client(base_url=address))

        yield open_them


@pytest.fixture
def web(open_pages: Open) -> httpx.Client:
    return open_pages()
