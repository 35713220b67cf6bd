"""The JSON schema of schedule files, for editors: `python -m troth.schedules.schema FILE`."""

import json
import sys
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from troth.schedules.models import CoupleFile, LanguageFile, PracticeFile, TranslationFile
from troth.schedules.seasons import SeasonsFile

FORMS = (CoupleFile, PracticeFile, TranslationFile, LanguageFile, SeasonsFile)


def schedule_schema() -> dict[str, Any]:
    """Return one schema that takes a couple's file, practices, their translation, or a language."""
    modes: list[Any] = [(form, "validation") for form in FORMS]
    places, definitions = models_json_schema(modes, ref_template="#/$defs/{model}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Troth schedule file: a couple, practices, their translation, or a language",
        "anyOf": [places[mode] for mode in modes],
        **definitions,
    }


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(schedule_schema(), indent=2) + "\n")
