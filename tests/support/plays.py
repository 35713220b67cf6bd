"""The mark of a test that plays practices of the catalogue through."""

import pytest


def plays(*names: str) -> pytest.MarkDecorator:
    """Mark a test as one that plays these practices through by reply."""
    return pytest.mark.plays(*names)
