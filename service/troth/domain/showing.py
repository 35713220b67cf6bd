"""Whether words may be seen yet: at once, both together, at a review, or never. Pure."""

from collections.abc import Collection

from troth.domain.states import Visibility


def are_shown(visibility: Visibility, asked: Collection[str], wrote: Collection[str]) -> bool:
    """Say whether what was written may be seen by both now, beside any review.

    `asked` and `wrote` are partner keys.
    """
    if visibility is Visibility.REVEALED:
        return set(asked) <= set(wrote)
    return visibility is Visibility.NOW


def are_reviewed(visibility: Visibility, asked: Collection[str], wrote: Collection[str]) -> bool:
    """Say whether what was written may stand in the digest of a review that reads it."""
    return visibility is Visibility.REVIEW or are_shown(visibility, asked, wrote)
