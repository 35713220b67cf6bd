"""Which of many texts are too alike to come one after the other."""

from collections.abc import Iterable
from difflib import SequenceMatcher

TOO_ALIKE = 0.75


def near(texts: Iterable[str], others: Iterable[str]) -> list[tuple[str, str]]:
    """Return the pairs, one of each, that read nearly the same.

    The two quick ratios are upper bounds, so they only spare work: a deck has thousands of pairs.
    """
    pairs = []
    firsts = [text.casefold() for text in texts]
    for other in others:
        matcher = SequenceMatcher(None, b=other.casefold())
        for first in firsts:
            matcher.set_seq1(first)
            ratios = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
            if all(ratio() >= TOO_ALIKE for ratio in ratios):
                pairs.append((first, other))
    return pairs


def alike(texts: Iterable[str]) -> list[tuple[str, str]]:
    """Return the pairs within these texts that read nearly the same."""
    told = list(texts)
    return [pair for at, text in enumerate(told) for pair in near(told[:at], [text])]
