"""Where the shipped schedules are: inside the installed package, or in the checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_INSTALLED = _PACKAGE / "shipped"
_CHECKOUT = _PACKAGE.parent.parent / "schedules"


def shipped_schedules() -> Path:
    """Return the folder with the shipped `practices`, `couples` and `languages`."""
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
