"""A pause in a quarrel has its end: both are asked back, gently, at the time that was said."""

from sqlalchemy import Connection

from troth.engine.mechanisms.hooks import Opening, Scene
from troth.store.occasions import Occasion

ATTEMPT = "repair-attempt"


def opened(_: Connection, scene: Scene, occasion: Occasion) -> Opening:
    """Ask both to come back; only one, where the pause was theirs alone."""
    texts = scene.ritual.lead_texts or scene.ritual.texts
    text = texts[int(occasion.about.get("turn", "0")) % len(texts)]
    keys = [partner.key for partner in scene.couple.partners]
    return Opening(asks={key: text for key in keys if occasion.lead in (None, key)})
