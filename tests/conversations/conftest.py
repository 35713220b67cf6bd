"""Every conversation plays over both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conversations.by_text import Text, texts_of_ben
from tests.support.stage import Stage, on_stage


@pytest.fixture
def stage(store_url: str, tmp_path: Path) -> Iterator[Stage]:
    folder = tmp_path / "stage"
    folder.mkdir()
    with on_stage(store_url, folder) as stage:
        yield stage


@pytest.fixture
def text(stage: Stage) -> Text:
    """Ben's phone and mail both reach him; this writes from one of them."""
    return texts_of_ben(stage)
