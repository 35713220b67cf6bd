"""The failures that people meet: each text names its cause and its mend."""


class TrothError(Exception):
    """An expected failure. The CLI prints its text on one line and exits with 1."""
