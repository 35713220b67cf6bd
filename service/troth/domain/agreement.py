"""What a couple has agreed on, derived from what both have said, in the order of saying it.

The latest words by either are the wording; it holds once the other has said yes to it.
"""

from collections.abc import Mapping, Sequence
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
    """Return which answer holds the wording that the other said yes to last, if any does.

    A no by either takes that back, and is itself taken back by a later yes.
    """
    wording: int | None = None
    told: dict[str, Account] = {}
    agreed: list[int] = []
    for place, said in enumerate(spoken):
        if said.is_wording:
            wording, told = place, {}
        elif wording is None or _is_blind(said):
            continue
        else:
            told[said.partner] = said.account
            stands = agreed[-1:] == [wording]
            if Account.NO in told.values():
                agreed = agreed[:-1] if stands else agreed
            elif not stands and _other_said_yes(told, spoken[wording].partner):
                agreed.append(wording)
    return agreed[-1] if agreed else None


def _other_said_yes(told: Mapping[str, Account], author: str) -> bool:
    return any(who != author and account is Account.DONE for who, account in told.items())


def _is_blind(said: Spoken) -> bool:
    """Say whether this is a yes to words that had not come to who says it."""
    return said.account is Account.DONE and not said.is_wording and not said.is_read
