"""From what partners say to an outcome: every rule, every pair of claims, reached or not."""

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.domain.rules import Outcome, Terms, excused, judge, scored
from troth.domain.states import Account, Excuse, OccurrenceState, Rule

PARTNERS = ("ana", "ben")
BOTH = frozenset(PARTNERS)
OPEN = None
KEPT, HALF, MISSED = scored(1), scored(0.5), scored(0)
SKIPPED, DIFFERING = excused(Excuse.SKIPPED), excused(Excuse.DIFFERING)
UNDELIVERED = excused(Excuse.UNDELIVERED)

# What ana and ben say ("-": nothing) -> the outcome within the window, and after it, with both
# reached. Ana leads. A bid waits for who reaches out, and from then on for both.
TABLE = {
    "both": {
        "- -": (OPEN, MISSED),
        "done -": (OPEN, HALF),
        "- done": (OPEN, HALF),
        "done done": (KEPT, KEPT),
        "no -": (MISSED, MISSED),
        "- no": (MISSED, MISSED),
        "no no": (MISSED, MISSED),
        "done no": (DIFFERING, DIFFERING),
        "no done": (DIFFERING, DIFFERING),
        "skip -": (SKIPPED, SKIPPED),
        "- skip": (SKIPPED, SKIPPED),
        "skip skip": (SKIPPED, SKIPPED),
        "done skip": (SKIPPED, SKIPPED),
        "skip done": (SKIPPED, SKIPPED),
        "no skip": (SKIPPED, SKIPPED),
        "skip no": (SKIPPED, SKIPPED),
    },
    "either": {
        "- -": (OPEN, MISSED),
        "done -": (KEPT, KEPT),
        "- done": (KEPT, KEPT),
        "done done": (KEPT, KEPT),
        "no -": (OPEN, MISSED),
        "- no": (OPEN, MISSED),
        "no no": (MISSED, MISSED),
        "done no": (DIFFERING, DIFFERING),
        "no done": (DIFFERING, DIFFERING),
        "skip -": (OPEN, SKIPPED),
        "- skip": (OPEN, SKIPPED),
        "skip skip": (SKIPPED, SKIPPED),
        "done skip": (KEPT, KEPT),
        "skip done": (KEPT, KEPT),
        "no skip": (SKIPPED, SKIPPED),
        "skip no": (SKIPPED, SKIPPED),
    },
    "lead": {
        "- -": (OPEN, MISSED),
        "done -": (KEPT, KEPT),
        "- done": (OPEN, MISSED),
        "done done": (KEPT, KEPT),
        "no -": (MISSED, MISSED),
        "- no": (OPEN, MISSED),
        "no no": (MISSED, MISSED),
        "done no": (DIFFERING, DIFFERING),
        "no done": (DIFFERING, DIFFERING),
        "skip -": (SKIPPED, SKIPPED),
        "- skip": (SKIPPED, SKIPPED),
        "skip skip": (SKIPPED, SKIPPED),
        "skip done": (SKIPPED, SKIPPED),
        "no skip": (SKIPPED, SKIPPED),
    },
    "each": {
        "- -": (OPEN, MISSED),
        "done -": (OPEN, HALF),
        "- done": (OPEN, HALF),
        "done done": (KEPT, KEPT),
        "no -": (OPEN, MISSED),
        "- no": (OPEN, MISSED),
        "no no": (MISSED, MISSED),
        "done no": (HALF, HALF),
        "no done": (HALF, HALF),
        "skip -": (OPEN, MISSED),
        "- skip": (OPEN, MISSED),
        "skip skip": (SKIPPED, SKIPPED),
        "done skip": (KEPT, KEPT),
        "skip done": (KEPT, KEPT),
        "no skip": (MISSED, MISSED),
        "skip no": (MISSED, MISSED),
    },
}
TABLE["bid"] = TABLE["both"] | {"- no": (OPEN, MISSED)}
LED = (Rule.LEAD, Rule.BID)
ROWS = [(Rule(rule), said, *row) for rule, rows in TABLE.items() for said, row in rows.items()]
CASES = [
    (Terms(rule, PARTNERS, lead), dict(zip(PARTNERS, said, strict=True)))
    for rule, lead, said in product(Rule, [None, "ana"], product([None, *Account], repeat=2))
]
SUBSETS = [frozenset(some) for count in range(3) for some in combinations(PARTNERS, count)]


def spoken(said: dict[str, Account | None]) -> dict[str, Account]:
    return {partner: claim for partner, claim in said.items() if claim is not None}


@pytest.mark.parametrize(("rule", "said", "within", "after"), ROWS)
def test_an_occurrence_settles_by_its_rule(rule, said, within, after):
    words = zip(PARTNERS, said.split(), strict=True)
    claims = {partner: Account(word) for partner, word in words if word != "-"}
    terms = Terms(rule, PARTNERS, "ana" if rule in LED else None)
    assert judge(terms, claims, BOTH, over=False) == within
    assert judge(terms, claims, BOTH, over=True) == after


def test_a_miss_needs_a_delivery():
    for (terms, said), reached, over in product(CASES, SUBSETS, (False, True)):
        claims = spoken(said)
        outcome = judge(terms, claims, reached, over=over)
        delivered = judge(terms, claims, BOTH, over=over)
        unheard = set(terms.needed_after(claims)) - set(claims) - reached
        if unheard and delivered and delivered.state in ("missed", "partial"):
            delivered = UNDELIVERED if over else OPEN
        assert outcome == delivered, (terms, said, reached, over)


def test_a_late_claim_counts_as_in_time():
    """What is settled within the window is settled alike after it, and nothing stays open."""
    for (terms, said), reached in product(CASES, SUBSETS):
        within = judge(terms, spoken(said), reached, over=False)
        after = judge(terms, spoken(said), reached, over=True)
        assert after is not None, (terms, said, reached)
        assert within in (after, OPEN), (terms, said, reached)


def test_a_claim_proves_that_its_partner_was_reached():
    terms = Terms(Rule.BOTH, PARTNERS)
    claims = dict.fromkeys(PARTNERS, Account.NO)
    assert judge(terms, claims, frozenset(), over=True) == MISSED


def test_only_the_lead_needs_a_delivery():
    assert judge(Terms(Rule.LEAD, PARTNERS, "ana"), {}, {"ana"}, over=True) == MISSED
    assert judge(Terms(Rule.LEAD, PARTNERS, "ana"), {}, {"ben"}, over=True) == UNDELIVERED


def test_a_bid_needs_a_delivery_to_who_reaches_out_and_then_to_the_other():
    bid = Terms(Rule.BID, PARTNERS, "ana")
    assert judge(bid, {}, {"ana"}, over=True) == MISSED
    assert judge(bid, {}, {"ben"}, over=True) == UNDELIVERED
    assert judge(bid, {"ana": Account.DONE}, {"ana"}, over=True) == UNDELIVERED
    assert judge(bid, {"ana": Account.DONE}, BOTH, over=True) == HALF


@given(st.sampled_from(CASES), st.sampled_from(SUBSETS), st.booleans())
def test_credit_is_between_0_and_1_or_absent_and_order_does_not_matter(case, reached, over):
    terms, said = case
    outcome = judge(terms, spoken(said), reached, over=over)
    if outcome is not None:
        excuse = outcome.state is OccurrenceState.EXCUSED
        assert excuse == (outcome.credit is None) == (outcome.reason is not None)
        assert outcome.credit is None or 0 <= outcome.credit <= 1
    claims = dict(reversed(spoken(said).items()))
    turned = Terms(terms.rule, terms.partners[::-1], terms.lead)
    assert judge(turned, claims, reached, over=over) == outcome


def test_neither_partner_counts_more_than_the_other():
    for (terms, said), over in product(CASES, (False, True)):
        if terms.lead is None:
            swapped = dict(zip(PARTNERS, reversed(said.values()), strict=True))
            one = judge(terms, spoken(said), BOTH, over=over)
            assert one == judge(terms, spoken(swapped), BOTH, over=over), (terms, said, over)


@pytest.mark.parametrize(
    ("credit", "state"),
    [(1.0, "kept"), (0.5, "partial"), (0.01, "partial"), (0.0, "missed")],
)
def test_a_credit_names_its_state(credit, state):
    assert scored(credit) == Outcome(OccurrenceState(state), credit)
