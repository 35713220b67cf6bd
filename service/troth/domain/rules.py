"""From what partners say of an occurrence to its outcome and credit."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from troth.domain.states import Account, Excuse, OccurrenceState, Rule


@dataclass(frozen=True)
class Terms:
    """What an occurrence was born with: its rule, its partners' keys and whose turn it is.

    Of a promise (`is_promise`) the lead is who made it.
    """

    rule: Rule
    partners: tuple[str, ...]
    lead: str | None = None
    is_promise: bool = False

    @property
    def needed(self) -> tuple[str, ...]:
        """The partners whose acknowledgement the rule asks for."""
        if self.rule is Rule.LEAD and self.lead is not None:
            return (self.lead,)
        return self.partners

    def needed_after(self, accounts: Mapping[str, Account]) -> tuple[str, ...]:
        """The same, as far as what was said so far has come: a bid waits for who reaches out."""
        is_bid = self.rule is Rule.BID and self.lead is not None
        if is_bid and Account.DONE not in accounts.values():
            return (str(self.lead),)
        return self.needed


@dataclass(frozen=True)
class Outcome:
    """What an occurrence settled to. `credit` is in 0..1, or None where it is not scored."""

    state: OccurrenceState
    credit: float | None
    reason: Excuse | None = None


def excused(reason: Excuse) -> Outcome:
    """Return the outcome that is in no score, for this reason."""
    return Outcome(OccurrenceState.EXCUSED, None, reason)


def scored(credit: float) -> Outcome:
    """Return kept for a credit of 1, missed for 0, partial between."""
    if credit >= 1:
        return Outcome(OccurrenceState.KEPT, 1.0)
    if credit <= 0:
        return Outcome(OccurrenceState.MISSED, 0.0)
    return Outcome(OccurrenceState.PARTIAL, credit)


def judge(
    terms: Terms, accounts: Mapping[str, Account], reached: AbstractSet[str], *, over: bool
) -> Outcome | None:
    """Return the outcome, or None while the occurrence stays open.

    `accounts` holds each partner's latest word, `reached` the partners to whom a nudge is known to
    have left, `over` whether the window has ended. Pure, and the same for a late reply: what was
    said counts as if it had been said in time.
    """
    if terms.is_promise:
        return _judge_promise(terms, accounts, reached, over=over)
    decide = _judge_each if terms.rule is Rule.EACH else _judge_joint
    outcome = decide(terms, accounts, over=over)
    if outcome is None or outcome.state in (OccurrenceState.KEPT, OccurrenceState.EXCUSED):
        return outcome
    unheard = set(terms.needed_after(accounts)) - set(accounts) - set(reached)
    if unheard:  # a miss needs a delivery: our failure is never the couple's
        return excused(Excuse.UNDELIVERED) if over else None
    return outcome


def _judge_joint(terms: Terms, accounts: Mapping[str, Account], *, over: bool) -> Outcome | None:
    """Judge one shared act: accounts can differ, and one person's skip lets both off."""
    said = set(accounts.values())
    if {Account.DONE, Account.NO} <= said:
        return excused(Excuse.DIFFERING)
    needed = terms.needed_after(accounts)
    done = [partner for partner in needed if accounts.get(partner) is Account.DONE]
    if len(done) == len(needed) or (done and terms.rule is Rule.EITHER):
        return scored(1.0)
    everyone_spoke = all(partner in accounts for partner in needed)
    if Account.SKIP in said and (terms.rule is not Rule.EITHER or everyone_spoke or over):
        return excused(Excuse.SKIPPED)
    denied = any(accounts.get(partner) is Account.NO for partner in needed)
    if denied and (terms.rule is not Rule.EITHER or everyone_spoke):
        return scored(0.0)
    return scored(len(done) / len(needed)) if over else None


def _judge_each(terms: Terms, accounts: Mapping[str, Account], *, over: bool) -> Outcome | None:
    """Judge separate acts: each partner's is their own share, and a skip takes only that share."""
    asked = [partner for partner in terms.needed if accounts.get(partner) is not Account.SKIP]
    if not asked:
        return excused(Excuse.SKIPPED)
    if not over and any(partner not in accounts for partner in asked):
        return None
    done = sum(accounts.get(partner) is Account.DONE for partner in asked)
    return scored(done / len(asked))


def _judge_promise(
    terms: Terms, accounts: Mapping[str, Account], reached: AbstractSet[str], *, over: bool
) -> Outcome | None:
    """Judge a promise: either may say that it was kept, its maker alone that it was not.

    Silence says nothing of a promise, so it is never a miss.
    """
    said, makers = set(accounts.values()), accounts.get(terms.lead or "")
    if {Account.DONE, Account.NO} <= said:
        return excused(Excuse.DIFFERING)
    if Account.DONE in said:
        return scored(1.0)
    if makers is Account.NO:
        return scored(0.0)
    if makers is Account.SKIP:
        return excused(Excuse.SKIPPED)
    return excused(Excuse.SKIPPED if accounts or reached else Excuse.UNDELIVERED) if over else None
