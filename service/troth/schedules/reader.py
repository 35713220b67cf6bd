"""Reads one TOML file into its form; what is wrong becomes a problem with file, line and key."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from troth.schedules.lines import KeyLines
from troth.schedules.problems import Problem, ScheduleError
from troth.schedules.suggest import nearest

FormT = TypeVar("FormT", bound=BaseModel)
LARGEST_FILE = 1_000_000  # bytes


class Document:
    """A TOML file with its lines."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.data, text = _read(file)
        self._lines = KeyLines(text)

    def problem(self, path: Sequence[str | int], message: str) -> Problem:
        """Return a problem at a key of this file."""
        key = ".".join(str(part) for part in path)
        return Problem(self.file, self._lines.of(path), key, message)

    def into(self, form: type[FormT]) -> FormT:
        """Return the file's content in its form, or raise ScheduleError with every problem."""
        try:
            return form.model_validate(self.data)
        except ValidationError as error:
            told = _without_misspelt(error.errors())
            raise ScheduleError(self._from_pydantic(form, detail) for detail in told) from None

    def _from_pydantic(self, form: type[BaseModel], detail: ErrorDetails) -> Problem:
        path = _walked(self.data, detail["loc"])
        if detail["type"] == "extra_forbidden":
            name = str(detail["loc"][-1])
            known = _known_keys(form, path[:-1])
            message = f"there is no such key{nearest(name, known)}"
            return self.problem(path, f"{message}; known keys: {', '.join(sorted(known))}")
        if detail["type"] == "missing":
            return self.problem([*path, str(detail["loc"][-1])], "this key is needed")
        return self.problem(path, _plain(detail))


def _without_misspelt(details: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """Leave out a missing key that stands there misspelt: that is told of the misspelt one."""
    strange = [detail["loc"] for detail in details if detail["type"] == "extra_forbidden"]

    def is_misspelt(detail: ErrorDetails) -> bool:
        table, name = detail["loc"][:-1], str(detail["loc"][-1])
        beside = [str(place[-1]) for place in strange if place[:-1] == table]
        return detail["type"] == "missing" and bool(nearest(name, beside))

    return [detail for detail in details if not is_misspelt(detail)]


def _walked(data: Any, path: Sequence[str | int]) -> list[str | int]:  # noqa: ANN401 - TOML
    """Return the parts of a pydantic location that are keys of the file, leaving out its tags."""
    walked: list[str | int] = []
    for part in path:
        inside_list = isinstance(data, list) and isinstance(part, int) and part < len(data)
        if inside_list or (isinstance(data, dict) and part in data):
            data = data[part]
            walked.append(part)
    return walked


def _known_keys(form: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    """Return the keys that the table at `path` may have."""
    for part in path:
        field = form.model_fields.get(str(part))
        form = (_form_in(field.annotation) if field else None) or form
    return [field.alias or name for name, field in form.model_fields.items()]


def _form_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - a type expression
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((form for arg in get_args(annotation) if (form := _form_in(arg))), None)


def _plain(detail: ErrorDetails) -> str:
    """Return pydantic's message in our words where its own would not help to mend."""
    context = detail.get("ctx", {})
    if detail["type"] == "enum":
        known = str(context["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
        hint = nearest(str(detail["input"]), known)
        return f"'{detail['input']}' is not known{hint}; one of: {', '.join(known)}"
    if detail["type"] == "string_pattern_mismatch":
        return "names here have small letters, digits and dashes only, such as evening-check-in"
    if detail["type"] == "too_short":
        return f"at least {context['min_length']} are needed, here are {context['actual_length']}"
    if detail["type"] == "too_long":
        return f"at most {context['max_length']} are taken, here are more"
    if detail["type"] in ("greater_than_equal", "less_than_equal"):
        least, most = context.get("ge"), context.get("le")
        return f"it must be at least {least:g}" if most is None else f"it must be at most {most:g}"
    if detail["type"].startswith(("date_", "datetime_")):
        return "it must be a date, written without quotes: 2026-12-24"
    message = detail["msg"].removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


def _read(file: Path) -> tuple[dict[str, Any], str]:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise ScheduleError([Problem(file, 1, "", "a schedule file has at most 1 MB")])
        text = file.read_text(encoding="utf-8")
        return tomllib.loads(text), text
    except UnicodeDecodeError:
        raise ScheduleError([Problem(file, 1, "", "it is not UTF-8 text")]) from None
    except OSError as error:
        raise ScheduleError([Problem(file, 1, "", f"can't be read: {error.strerror}")]) from None
    except RecursionError:
        raise ScheduleError([Problem(file, 1, "", "it is nested too deeply")]) from None
    except tomllib.TOMLDecodeError as error:
        raise ScheduleError([_not_toml(file, text, str(error))]) from None
    except ValueError:  # a number of many thousand digits
        raise ScheduleError([Problem(file, 1, "", "it holds a number too large")]) from None


def _not_toml(file: Path, text: str, message: str) -> Problem:
    """tomllib names the place only in words: `... (at line 3, column 5)`."""
    what, _, place = message.rpartition(" (at ")
    number = "".join(char for char in place.partition(",")[0] if char.isdigit())
    line = int(number) if number else text.count("\n") + 1
    return Problem(file, line, "", f"it is not TOML: {(what or message).lower()}")
