"""What a couple has agreed on, derived from what both have said, in the order of saying it.

The latest words by either are the wording; it holds once the other has said yes to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from troth.domain.states import Account


@dataclass(frozen=True)
class Spoken:
    """One answer to an agreement. `is_wording` where it holds words of the partner's own.

    `is_read` where the other's latest words had come to them when they said it.
    """

    partner: str
    account: Account
    is_wording: bool
    is_read: bool = True


def agreed_accounts(spoken: Sequence[Spoken]) -> dict[str, Account]:
    """Return what each partner's answers come to, of all answers from oldest to newest.

    A yes or a no counts for the wording that was there when it was said, so one that is older than
    the other's latest words says nothing of these; nor does one that had not read them.
    """
    accounts: dict[str, Account] = {}
    for said in spoken:
        if _is_blind(said):
            continue
        if said.is_wording:
            accounts = {key: told for key, told in accounts.items() if told is Account.SKIP}
        accounts[said.partner] = said.account
    return accounts


def confirmed(spoken: Sequence[Spoken]) -> int | None:
    """Return which answer holds the wording that the other said yes to last, if any does."""
    wording: int | None = None
    agreed: list[int] = []
    for place, said in enumerate(spoken):
        if said.is_wording:
            wording = place
        elif wording is None:
            continue
        elif said.account is Account.NO and agreed[-1:] == [wording]:
            agreed.pop()
        elif _is_yes(said, to=spoken[wording]) and agreed[-1:] != [wording]:
            agreed.append(wording)
    return agreed[-1] if agreed else None


def _is_yes(said: Spoken, *, to: Spoken) -> bool:
    return said.account is Account.DONE and said.partner != to.partner and not _is_blind(said)


def _is_blind(said: Spoken) -> bool:
    """Say whether this is a yes to words that had not come to who says it."""
    return said.account is Account.DONE and not said.is_wording and not said.is_read
