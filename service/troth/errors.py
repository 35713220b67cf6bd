"""The failures that people meet: each text names its cause and its mend."""


class TrothError(Exception):
    """An expected failure. The CLI prints its text on one line and exits with 1."""


def cause_of(error: Exception) -> str:
    """Return what the system says of an error, fit to stand in the middle of a sentence."""
    said: str = getattr(error, "strerror", None) or str(error)
    return said.lower()
