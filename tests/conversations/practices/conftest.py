"""Couples that several conversations about practices begin with."""

import pytest

from tests.conversations.practices.listening import COFFEE
from tests.conversations.practices.promising import REVIEW
from tests.support.stage import Stage, couple_file


@pytest.fixture
def home(stage: Stage) -> Stage:
    """Coffee at 21:30 by both; it is Monday noon."""
    stage.couple(couple_file(COFFEE))
    return stage


@pytest.fixture
def house(stage: Stage) -> Stage:
    """Monday noon; a review of promises comes on the ninth."""
    stage.couple(couple_file(REVIEW))
    return stage
