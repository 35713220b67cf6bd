"""Which ways in there are, and those that the settings open."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from troth.errors import TrothError
from troth.inbound.hook import HookWay
from troth.schedules.suggest import nearest

HOOKS: Mapping[str, type[Any]] = {}


def open_hooks(given: Mapping[str, Mapping[str, Any]]) -> dict[str, HookWay]:
    """Return the ways in by request; raises TrothError that names what is wrong, and no secret."""
    return {name: _open(name, told) for name, told in given.items()}


def _open(name: str, told: Mapping[str, Any]) -> HookWay:
    kind = HOOKS.get(name)
    if kind is None:
        known = ", ".join(HOOKS)
        raise TrothError(
            f"TROTH_INBOUND: there is no way in '{name}'{nearest(name, HOOKS)}; one of: {known}"
        )
    try:
        way: HookWay = kind(kind.Settings.model_validate(told))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join((name, *map(str, first["loc"])))
        raise TrothError(f"TROTH_INBOUND: {place}: {first['msg'].lower()}") from None
    return way
