"""Finding what a command is about."""

from troth.bootstrap import Store, open_store
from troth.errors import TrothError
from troth.schedules.suggest import nearest
from troth.settings import load_settings
from troth.store import couples
from troth.store.records import Couple, Partner


def the_store() -> Store:
    """Open the store that the settings name."""
    return open_store(load_settings())


def the_couple(store: Store, name: str | None) -> Couple:
    """Return the couple of this name, or the only one there is."""
    with store.db.reading() as conn:
        known = {couple.name: couple.id for couple in couples.all_couples(conn)}
        if not known:
            raise TrothError("the store holds no couple yet; add one with: troth apply PATH")
        if name is None and len(known) > 1:
            raise TrothError(f"say which couple: --couple {' | '.join(map(repr, sorted(known)))}")
        if name in known:
            return couples.load_couple(conn, known[name])
        wanted = name.casefold() if name is not None else next(iter(known)).casefold()
        found = [
            couple_id for known_name, couple_id in known.items() if known_name.casefold() == wanted
        ]
        if not found:
            raise TrothError(f"there is no couple '{name}'{nearest(name or '', known)}")
        return couples.load_couple(conn, found[0])


def the_partner(couple: Couple, name: str) -> Partner:
    """Return the partner of this key or name."""
    found = couple.partner(name)
    if found is None:
        keys = " and ".join(partner.key for partner in couple.partners)
        raise TrothError(f"'{couple.name}' has no partner '{name}'; its partners are {keys}")
    return found
