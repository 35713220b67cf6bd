"""called: a practice as a couple does it when there is occasion, in their language."""

from troth.domain.ritual import Ritual
from troth.schedules.catalogue import shipped_catalogue
from troth.schedules.couple import resolve
from troth.schedules.models import RitualForm
from troth.store.records import Couple


def called_ritual(couple: Couple, practice: str) -> Ritual:
    """Return a practice as this couple does it when there is occasion, in their language."""
    form = RitualForm(practice=practice)
    return resolve(practice, form, shipped_catalogue()[practice], couple.language)
